import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";

import { scramVerifier } from "../../../functions/shared/scram";
import { HOST, PostgresServer } from "../../functions/support/postgres-server";
import { DATABASE, PASSWORDS, World } from "../../functions/support/world";
import { SecretsManagerFake } from "../../rotation/support/secrets-manager";
import { ANY_TOKEN_USER, CacheServer } from "./cache-server";
import { KinesisServer } from "./kinesis-server";
import { ServiceProcess } from "./service-process";

const MIGRATIONS = path.resolve(__dirname, "../../../functions/database-roles/migrations");

/** Users who take turns. */
export const USERS = ["streamflix_app", "streamflix_app_clone"] as const;

export const STREAM = "streamflix-events-test";

/** Everything that the service talks to: real database and cache, fakes of AWS's services, a folder for the files. */
export class ServiceWorld {
  readonly roles: World;
  readonly cache: CacheServer;
  readonly kinesis: KinesisServer;
  readonly files = mkdtempSync(path.join(tmpdir(), "streamflix-files-"));
  readonly #secrets: SecretsManagerFake;
  readonly #secretArn: string;
  readonly #secretHost: string;
  #turns = 0;

  private constructor(
    roles: World,
    cache: CacheServer,
    kinesis: KinesisServer,
    secrets: SecretsManagerFake,
    secretHost: string,
  ) {
    this.#secretHost = secretHost;
    this.roles = roles;
    this.cache = cache;
    this.kinesis = kinesis;
    this.#secrets = secrets;
    this.#secretArn = secrets.createSecret({
      name: "streamflix-database-service",
      value: this.#loginText(USERS[0], PASSWORDS.app),
    });
  }

  /** @param secretHost host that the service's secret names */
  static async start(secretHost: string = HOST): Promise<ServiceWorld> {
    const roles = new World(await PostgresServer.start());
    const world = new ServiceWorld(
      roles,
      await CacheServer.start(),
      await KinesisServer.start(STREAM),
      await SecretsManagerFake.start(),
      secretHost,
    );
    for (const name of readdirSync(MIGRATIONS)) {
      copyFileSync(path.join(MIGRATIONS, name), path.join(roles.migrations, name));
    }
    await roles.reset();
    // Its migrations grant rights to the user for data retention.
    await roles.run({ iamUsers: [{ user: "streamflix_retention", access: "granted" }] });
    writeFileSync(world.databaseCaFile, roles.server.ca);
    return world;
  }

  async end(): Promise<void> {
    await this.kinesis.stop();
    await this.#secrets.stop();
    await this.cache.stop();
    await this.roles.end();
    rmSync(this.files, { recursive: true, force: true });
  }

  get databaseCaFile(): string {
    return path.join(this.files, "database-ca.pem");
  }

  /** Reads a version of the service's secret, as a client does. */
  readonly readSecret = (stage: string): Promise<string | undefined> =>
    Promise.resolve(this.#secrets.value(this.#secretArn, stage));

  /**
   * Does what a rotation with users who take turns does: a pending version, the new password for the user whose turn it
   * is, and then the version becomes the current one.
   */
  async rotate(): Promise<void> {
    this.#turns += 1;
    const user = USERS[this.#turns % 2] ?? USERS[0];
    const password = `rotated-${this.#turns}-${user}`;
    const client = this.#secrets.client();
    const SecretId = this.#secretArn;
    const { VersionId: former } = await client.send(new GetSecretValueCommand({ SecretId }));
    const SecretString = this.#loginText(user, password);
    const { VersionId: pending } = await client.send(
      new PutSecretValueCommand({ SecretId, SecretString, VersionStages: ["AWSPENDING"] }),
    );
    await this.roles.asMaster((master) =>
      master.query(`ALTER ROLE ${user} PASSWORD ${master.escapeLiteral(scramVerifier(password))}`),
    );
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: pending,
        RemoveFromVersionId: former,
      }),
    );
    client.destroy();
  }

  /** The service's environment; nothing of the tests' own gets to it. */
  environment(overrides: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PORT: "0",
      AWS_REGION: "eu-central-1",
      DATABASE_SECRET_ARN: this.#secretArn,
      DATABASE_CA_FILE: this.databaseCaFile,
      CACHE_HOST: "localhost",
      CACHE_PORT: String(this.cache.port),
      CACHE_REPLICATION_GROUP: "streamflix-cache-test",
      CACHE_USER: ANY_TOKEN_USER,
      EVENTS_STREAM: STREAM,
      FILES_DIRECTORY: this.files,
      DRAIN_NOTICE_SECONDS: "0",
      // What Node and AWS's and OpenTelemetry's libraries read by themselves.
      NODE_EXTRA_CA_CERTS: this.cache.caFile,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "only-for-this-test",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.#secrets.url,
      AWS_ENDPOINT_URL_KINESIS: this.kinesis.url,
      // Nobody listens there.
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      ...overrides,
    };
  }

  startService(overrides: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    return ServiceProcess.start(this.environment(overrides));
  }

  #loginText(username: string, password: string): string {
    const { port } = this.roles.server;
    const host = this.#secretHost;
    return JSON.stringify({ engine: "postgres", host, port, dbname: DATABASE, username, password });
  }
}
