import type { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

import { Client } from "pg";

import { OperatorError, readThrown, type Thrown } from "./errors";

/** One server and database, reached over verified TLS only. */
export interface Server {
  /** DNS name. */
  readonly host: string;
  /** The name that the certificate has to be for. @default the host */
  readonly certificateName?: string;
  readonly port: number;
  readonly database: string;
  /** PEM certificates of the authorities to trust, and no others. */
  readonly ca: string;
}

/** How long things may take; milliseconds. */
export interface Patience {
  /** One attempt to connect and sign in. An Aurora that was paused takes about 15 s to come back. */
  readonly connectMs: number;
  readonly statementMs: number;
  readonly lockMs: number;
}

/** Who signs in. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /**
   * Whether the password is a token of IAM: the server has to get that itself, since only AWS can check it. It is good
   * for a quarter of an hour, and only for this user on this server.
   *
   * @default false: a server that asks for the password itself is no server of ours
   */
  readonly isToken?: boolean;
  /** Shown in `pg_stat_activity` and the server's log. */
  readonly applicationName: string;
}

/** Why a connection could not be made. */
export type ConnectFailure = "transient" | "credential" | "tls" | "other";

const TRANSIENT = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "08006",
  "53300", // too many connections
  "57P01", // the server is shutting down
  "57P02",
  "57P03", // the server is starting
]);

/** Errors of `pg` itself carry no code. */
const TRANSIENT_TEXT = /^(timeout expired|timeout exceeded|Connection terminated)/;
const TLS_TEXT = /does not support SSL|asks for the password itself|no pg_hba\.conf entry.*no encryption/i;
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

/** Tells apart what waiting may mend, a refused credential, and a server that can't prove who it is. */
export function classifyConnect({ code, message }: Thrown): ConnectFailure {
  if (TLS_TEXT.test(message) || (code !== undefined && TLS_CODE.test(code))) return "tls";
  if (code === "28P01" || (code === "28000" && !message.includes("pg_hba.conf"))) return "credential";
  if ((code !== undefined && TRANSIENT.has(code)) || TRANSIENT_TEXT.test(message)) return "transient";
  return "other";
}

/** Whether a connection broke that was there: nobody can tell what the server still did. */
export function isLost({ code, message }: Thrown): boolean {
  if (code === undefined)
    return /^(Connection terminated|Client has encountered a connection error)/.test(message);
  return /^(ECONN|EPIPE$|ETIMEDOUT$|57P0|08|25P03$)/.test(code);
}

/** Connects once. Every setting is given, so none comes from the environment, which could switch verification off. */
export async function connectOnce(
  { host, certificateName = host, port, database, ca }: Server,
  { user, password, isToken = false, applicationName }: Credentials,
  { connectMs, statementMs, lockMs }: Patience,
): Promise<Client> {
  const client = new Client({
    host,
    port,
    database,
    user,
    password,
    ssl: {
      ca,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        checkServerIdentity(certificateName, certificate),
    },
    enableChannelBinding: true,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    lock_timeout: lockMs,
  });
  // A connection lost while idle is reported here; the next query then fails. Unheard it would end the process.
  client.on("error", () => undefined);
  try {
    const connected = client.connect();
    if (!isToken) refuseClearText(client);
    await connected;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

/** The right server never asks for the password itself, and any other must not get it; `pg` has no option for that. */
function refuseClearText(client: Client): void {
  const { connection } = client as unknown as { readonly connection: EventEmitter };
  connection.removeAllListeners("authenticationCleartextPassword");
  connection.on("authenticationCleartextPassword", () => {
    connection.emit("error", new Error("it asks for the password itself"));
  });
}

/** When and how often to try again. */
export interface Retry {
  /** No attempt starts after this time, in milliseconds since 1970. */
  readonly until: number;
  readonly pauseMs: number;
  /** Told about each attempt that will be repeated. */
  readonly onRetry: (reason: string) => void;
  /** Makes one attempt. @default connectOnce */
  readonly open?: typeof connectOnce;
}

/**
 * Connects, waiting for a server that is starting, restarting or not resolvable yet.
 *
 * @throws OperatorError that says which of the ways it failed in
 */
export async function connect(
  server: Server,
  credentials: Credentials,
  patience: Patience,
  retry: Retry,
): Promise<Client> {
  const { open = connectOnce } = retry;
  for (;;) {
    try {
      return await open(server, credentials, patience);
    } catch (error) {
      const thrown = readThrown(error);
      const failure = classifyConnect(thrown);
      if (failure !== "transient" || Date.now() + retry.pauseMs > retry.until) {
        throw connectError(server, credentials.user, failure, thrown);
      }
      retry.onRetry(thrown.code ?? thrown.message);
      await sleep(retry.pauseMs);
    }
  }
}

function connectError(server: Server, user: string, failure: ConnectFailure, thrown: Thrown): OperatorError {
  const where = `${server.host}:${server.port}/${server.database}`;
  const said = thrown.code === undefined ? thrown.message : `${thrown.code} ${thrown.message}`;
  switch (failure) {
    case "transient":
      return new OperatorError(
        "DatabaseUnavailable",
        `${where} could not be reached in time (${said}).`,
        "check that an instance is available and that the function's subnets, security group and DNS reach it; then run again.",
      );
    case "tls":
      return new OperatorError(
        "TlsRefused",
        `${where} could not prove over TLS that it is the right server (${said}).`,
        "give the endpoint name that the certificate is for, and a bundle with the authority that signed it; TLS is never weakened.",
      );
    case "credential":
      return new OperatorError(
        "SignInRefused",
        `${where} refused ${user} (${said}).`,
        "see that the current version of the user's secret holds the password that the database has.",
      );
    case "other":
      return new OperatorError(
        "DatabaseUnavailable",
        `${where} did not accept a connection of ${user} (${said}).`,
        "check the database's name and that the user may connect to it.",
      );
  }
}
