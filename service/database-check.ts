import { Client } from "pg";

import { readThrown } from "../functions/shared/errors";
import { classifyConnect, connectOnce, type Server } from "../functions/shared/postgres";
import { type RotatedLogin, type RotatedSecret, withLogin } from "../rotation/client";

/** What was found of one endpoint of the database. It holds no name of a host or user. */
export interface DatabaseFinding {
  readonly endpoint: "writer" | "reader";
  readonly role: "writer" | "reader";
  /** Such as `TLSv1.3`, as the server says. */
  readonly tls: string;
  /** What the server does with a client that would not encrypt. */
  readonly plain: "refused" | "admitted";
}

/** An Aurora that was paused takes about 15 s to come back. */
const PATIENCE = { connectMs: 30_000, statementMs: 5_000, lockMs: 1_000 };
const APPLICATION_NAME = "streamflix-database-check";

/**
 * Signs in at both endpoints with the current password, over verified TLS, and tries without.
 *
 * @param readerHost the reader endpoint; the writer's is in the secret
 * @throws `pg`'s own error when it can't sign in
 */
export async function checkDatabase(
  secret: RotatedSecret,
  ca: string,
  readerHost: string,
): Promise<DatabaseFinding[]> {
  return withLogin(secret, async (login) => [
    await checkEndpoint("writer", login, login.host, ca),
    await checkEndpoint("reader", login, readerHost, ca),
  ]);
}

async function checkEndpoint(
  endpoint: DatabaseFinding["endpoint"],
  { username, password, port, dbname }: RotatedLogin,
  host: string,
  ca: string,
): Promise<DatabaseFinding> {
  const server: Server = { host, port, database: dbname, ca };
  const credentials = { user: username, password, applicationName: APPLICATION_NAME };
  const client = await connectOnce(server, credentials, PATIENCE);
  try {
    // The service's users act as the owner of the tables, and a server shows a session's encryption to its own user only.
    await client.query("SET ROLE NONE");
    const { rows } = await client.query<{ tls: string; replica: boolean }>(
      "SELECT version AS tls, pg_is_in_recovery() AS replica FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl",
    );
    const [row] = rows;
    return {
      endpoint,
      role: row?.replica === true ? "reader" : "writer",
      tls: row?.tls ?? "none",
      plain: (await admitsPlain(server, username)) ? "admitted" : "refused",
    };
  } finally {
    await client.end();
  }
}

/** Whether a client without TLS gets as far as its password. It brings none: on this way anybody could read it. */
async function admitsPlain({ host, port, database }: Server, user: string): Promise<boolean> {
  const client = new Client({
    host,
    port,
    database,
    user,
    password: "none",
    ssl: false,
    connectionTimeoutMillis: PATIENCE.connectMs,
    application_name: APPLICATION_NAME,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return classifyConnect(readThrown(error)) !== "tls";
  } finally {
    await client.end().catch(() => undefined);
  }
}
