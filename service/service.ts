import { setTimeout as sleep } from "node:timers/promises";

import { KinesisClient } from "@aws-sdk/client-kinesis";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { RotatedSecret } from "../rotation/client";
import { Artwork } from "./artwork";
import { Cache } from "./cache";
import { cacheTokens } from "./cache-token";
import { Database } from "./database";
import { checkDatabase, type DatabaseFinding } from "./database-check";
import { Deadline } from "./deadline";
import { HttpServer } from "./http/server";
import type { Log } from "./log";
import { artworkRoutes } from "./routes/artwork";
import { eventRoutes } from "./routes/events";
import { healthRoutes } from "./routes/health";
import { playbackRoutes } from "./routes/playback";
import { profileRoutes } from "./routes/profiles";
import { secretReader } from "./secret";
import type { Settings } from "./settings";
import { EventStream } from "./stream";
import { startTelemetry } from "./telemetry";

/** A deep check gives up after this time; milliseconds. */
const PROBE_MS = 3_000;

/** A call to AWS: time to connect, and for an answer; milliseconds. */
const AWS_TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };

/** A running service. */
export interface Service {
  readonly port: number;
  /**
   * Says that it should get no more requests, waits until that is known, takes no more, lets those under way end, and
   * closes what it has open. Resolves to whether all of them got their answer before the deadline.
   */
  drain(): Promise<boolean>;
}

/** Starts to serve. Database and cache are first touched by the first request that needs them. */
export async function startService(settings: Settings, log: Log): Promise<Service> {
  const telemetry = startTelemetry();
  const { instruments } = telemetry;
  const { region } = settings;
  const aws = () => ({ region, maxAttempts: 3, requestHandler: new NodeHttpHandler(AWS_TIMEOUTS) });
  const secrets = new SecretsManagerClient(aws());
  const kinesis = new KinesisClient(aws());

  const secret = new RotatedSecret({ read: secretReader(secrets, settings.database.secretArn) });
  const { ca, hosts } = settings.database;
  const database = new Database({ secret, hosts, ca, log, instruments });
  const cacheAt = ({ replicationGroup, ...place }: NonNullable<Settings["cache"]>) => {
    const { credentials, sha256 } = secrets.config;
    const token = cacheTokens({ replicationGroup, user: place.user, region, credentials, sha256 });
    return new Cache({ ...place, token, log, instruments });
  };
  const cache = settings.cache && cacheAt(settings.cache);
  const { eventsStream: name, filesDirectory } = settings;
  const stream =
    name === undefined ? undefined : new EventStream({ client: kinesis, name, log, instruments });
  const artwork = filesDirectory === undefined ? undefined : new Artwork(filesDirectory);

  const server: HttpServer = new HttpServer(
    [
      ...healthRoutes({
        draining: () => server.draining,
        needed: {
          database: () => answers(database),
          ...(artwork && { files: () => artwork.usable() }),
        },
        helpful: { ...(cache && { cache: () => cache.answers() }) },
      }),
      ...profileRoutes(database),
      ...playbackRoutes(database, cache),
      ...eventRoutes(database, stream),
      ...artworkRoutes(artwork),
    ],
    log,
    instruments,
  );
  const port = await server.listen(settings.host, settings.port);

  const finish = async () => {
    server.announceDrain();
    log("info", "draining", { inFlight: server.inFlight });
    await sleep(settings.drainNoticeMs);
    await server.close();
    cache?.close();
    await database.close();
    kinesis.destroy();
    secrets.destroy();
    await telemetry.stop();
    return true;
  };
  const drain = async () => {
    const late = sleep(settings.drainDeadlineMs, false);
    const done = await Promise.race([finish(), late]);
    if (!done) log("error", "requests broken off", { inFlight: server.inFlight });
    return done;
  };
  return { port, drain };
}

/** Looks at the database as a task sees it, and ends. */
export async function checkDatabaseOnce(settings: Settings, readerHost: string): Promise<DatabaseFinding[]> {
  const { region, database } = settings;
  const secrets = new SecretsManagerClient({ region, requestHandler: new NodeHttpHandler(AWS_TIMEOUTS) });
  const secret = new RotatedSecret({ read: secretReader(secrets, database.secretArn) });
  try {
    return await checkDatabase(secret, database.ca, readerHost);
  } finally {
    secrets.destroy();
  }
}

function answers(database: Database): Promise<boolean> {
  const statement = { name: "probe", on: "reader", text: "SELECT 1", values: [] } as const;
  return database.rows(statement, Deadline.in(PROBE_MS)).then(
    () => true,
    () => false,
  );
}
