import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "pg";

import { OperatorError } from "../shared/errors";
import { connect, type Patience, type Retry, type Server } from "../shared/postgres";
import { type Login, parseLogin, type SecretSource } from "../shared/secrets";

/** Shown in `pg_stat_activity`. */
export const APPLICATION_NAME = "streamflix-database-roles";

/** Membership options per grant exist from this version on, and the statements rely on them. */
const OLDEST_VERSION = 160000;

/** How the master signs in; reads its secret anew for each connection, since the secret may be rotated in between. */
export interface MasterAccess {
  readonly server: Server;
  readonly arn: string;
  readonly secrets: SecretSource;
  /** Told the password before anything else is done with it. */
  readonly remember: (secret: string) => void;
  readonly patience: Patience;
  readonly retry: Retry;
}

/** A session of the master on the writer, and the server's version such as `17.7`. */
export interface MasterSession {
  readonly client: Client;
  readonly version: string;
}

/**
 * Opens a session that can do what this function does.
 *
 * @throws OperatorError when the server can't be reached, refuses the master, is a reader or is unsuitable
 */
export async function openMaster(access: MasterAccess): Promise<MasterSession> {
  const { server, retry } = access;
  for (;;) {
    const client = await signInMaster(access);
    try {
      const { version, number, isReader, isAdministrator } = await inspect(client);
      if (!isReader) {
        if (number < OLDEST_VERSION) throw unsuitable(`PostgreSQL ${version}`, "use PostgreSQL 16 or later.");
        if (!isAdministrator) {
          throw unsuitable(
            "a master user without CREATEROLE",
            "name the secret of the cluster's master user.",
          );
        }
        return { client, version };
      }
      // After a failover the writer's name may still lead to what has become a reader.
      if (Date.now() + retry.pauseMs > retry.until) {
        throw unsuitable(
          `${server.host} is a reader`,
          "give the cluster's writer endpoint, not the reader endpoint.",
        );
      }
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    await client.end().catch(() => undefined);
    retry.onRetry("connected to a reader");
    await sleep(retry.pauseMs);
  }
}

/** Signs in, once more with a fresh secret where the password is refused: it may have been rotated that moment. */
export async function signInMaster(access: MasterAccess): Promise<Client> {
  const first = await readMaster(access);
  try {
    return await connectAs(access, first);
  } catch (error) {
    if (!(error instanceof OperatorError) || error.name !== "SignInRefused") throw error;
    access.retry.onRetry("the master's password was refused");
    await sleep(access.retry.pauseMs);
    const second = await readMaster(access);
    if (second.password === first.password) throw error;
    return await connectAs(access, second);
  }
}

async function readMaster({ arn, secrets, remember }: MasterAccess): Promise<Login> {
  const login = parseLogin(arn, await secrets.current(arn));
  remember(login.password);
  return login;
}

function connectAs(
  { server, patience, retry }: MasterAccess,
  { username, password }: Login,
): Promise<Client> {
  return connect(server, { user: username, password, applicationName: APPLICATION_NAME }, patience, retry);
}

interface Inspection {
  readonly version: string;
  readonly number: number;
  readonly isReader: boolean;
  readonly isAdministrator: boolean;
}

async function inspect(client: Client): Promise<Inspection> {
  const { rows } = await client.query<Inspection>(
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
            current_setting('server_version_num')::int AS number,
            pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "isReader",
            rolcreaterole OR rolsuper AS "isAdministrator"
       FROM pg_roles WHERE rolname = current_user`,
  );
  const [row] = rows;
  if (row === undefined) throw unsuitable("a server that does not know its own user", "check the endpoint.");
  return row;
}

function unsuitable(what: string, remedy: string): OperatorError {
  return new OperatorError("ServerUnsuitable", `The server can't be used: ${what}.`, remedy);
}
