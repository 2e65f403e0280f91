import { setTimeout as sleep } from "node:timers/promises";

import { Pool, type PoolClient } from "pg";

import { readThrown } from "../functions/shared/errors";
import { classifyConnect } from "../functions/shared/postgres";
import { type RotatedLogin, type RotatedSecret, withLogin } from "../rotation/client";
import type { Deadline } from "./deadline";
import { readOnly, unavailable } from "./failures";
import type { Log } from "./log";
import { inSpan, type Instruments } from "./telemetry";

/**
 * One statement with its values. It has to be idempotent: after a failover nobody knows whether it was carried out, and
 * it is sent again.
 */
export interface Statement {
  /** Short name for traces. */
  readonly name: string;
  /** Where it runs: what changes something, or has to see what was just changed, on the writer. */
  readonly on: "writer" | "reader";
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What a database is made of. */
export interface DatabaseOptions {
  readonly secret: RotatedSecret;
  /** Where writer and reader are. @default the secret's host; the reader where the writer is */
  readonly hosts?: Readonly<Partial<Record<"writer" | "reader", string | undefined>>>;
  /** PEM of the authorities to trust, and no others. */
  readonly ca: string;
  readonly log: Log;
  readonly instruments: Instruments;
  /** Milliseconds before each repetition of a statement that met a failover. @default 500 and 2000 */
  readonly retryPausesMs?: readonly number[];
  /** Milliseconds for which a database that took no write is not asked again. @default 1 second */
  readonly readOnlyMs?: number;
  /** Milliseconds after which a connection without work is closed. @default 30 seconds */
  readonly idleMs?: number;
}

/** Sessions of one task at most; twice that for a moment when rotation changes the user. */
const MAX_CONNECTIONS = 10;
/** Aurora pauses only while nobody is connected, so pools go down to nothing. */
const IDLE_MS = 30_000;
const RETRY_PAUSES_MS = [500, 2_000];
/** A copy of another region's database is one for days. One write a second finds out when it no longer is. */
const READ_ONLY_MS = 1_000;
const CONNECT_MS = 2_000;
/** A server that lives ends a slow statement itself, and that is no reason to send it again ... */
const STATEMENT_MS = 1_800;
/** ... one that does not answer at all is gone, and another may have taken its place. */
const ANSWER_MS = 2_000;
/** So that sessions move over to a writer that has changed behind the same name. */
const MAX_LIFETIME_SECONDS = 1_800;

/** PostgreSQL's `read_only_sql_transaction`. */
const READ_ONLY = "25006";
/** Beside what `classifyConnect` knows: a writer that became a reader, and a session that was ended. */
const FAILOVER_CODES = new Set([READ_ONLY, "08000", "08003", "08001"]);
/** What clients are told of. */
const SAID = "The database";
/** Errors of `pg` itself carry no code. */
const FAILOVER_TEXT = /^(Query read timeout|Client has encountered a connection error|Client was closed)/;
/** All sessions are busy and stay so: more attempts would only make the queue longer. */
const SATURATED = "timeout exceeded when trying to connect";

/**
 * The database, through the secret that rotation keeps. Statements survive a failover and a rotation; connections that a
 * failover may have spoilt are not used again. What only reads has a host of its own where the database is a copy: it
 * goes on while nothing can be written.
 */
export class Database {
  readonly #options: DatabaseOptions;
  /** All that still hold connections; one that was replaced empties by itself. */
  readonly #pools = new Set<Pool>();
  /** Those that new statements use, by host. */
  readonly #current = new Map<string, { readonly login: RotatedLogin; readonly pool: Pool }>();
  /** When the database last took no write; undefined since it took one. */
  #readOnlySince: number | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /**
   * Runs a statement, twice more at most when it meets a failover and time is left.
   *
   * @throws Failure 503 when the database can't be reached or takes no writes; `pg`'s own error when it refuses the statement
   */
  rows<Row extends object>(statement: Statement, deadline: Deadline): Promise<Row[]> {
    const attributes = { "db.system.name": "postgresql", "db.operation.name": statement.name };
    return inSpan(`database ${statement.name}`, attributes, () =>
      this.#withRetries<Row>(statement, deadline),
    );
  }

  /** Closes all connections; statements that are under way are waited for. */
  async close(): Promise<void> {
    this.#current.clear();
    await Promise.all([...this.#pools].map((pool) => pool.end()));
    this.#pools.clear();
  }

  /** Connections, busy or not. */
  get connections(): number {
    return [...this.#pools].reduce((sum, pool) => sum + pool.totalCount, 0);
  }

  async #withRetries<Row extends object>(statement: Statement, deadline: Deadline): Promise<Row[]> {
    const pauses = this.#pausesOf(statement);
    for (let attempt = 0; ; attempt += 1) {
      try {
        const rows = await withLogin(this.#options.secret, (login) => this.#once<Row>(login, statement));
        this.#wasLetIn(statement);
        return rows;
      } catch (error) {
        if (!isAway(error)) {
          this.#wasLetIn(statement);
          throw error;
        }
        const { code = "connection" } = readThrown(error);
        // Spread, so that requests that failed together don't come back together.
        const pauseMs = (pauses[attempt] ?? Infinity) * (0.75 + Math.random() / 2);
        if (!meetsFailover(error) || pauseMs >= deadline.remainingMs) {
          if (this.#takesNoWrite(statement, error)) {
            this.#readOnlySince = Date.now();
            this.#options.log("warn", "database takes no writes", { code, attempt });
            throw readOnly(SAID, error);
          }
          this.#options.log("error", "database does not serve", { code, attempt });
          throw unavailable(SAID, error);
        }
        this.#options.instruments.databaseRetries.add(1, { code });
        await sleep(pauseMs);
      }
    }
  }

  /**
   * Pauses before repetitions. A database that took no write is asked once in a while whether it takes one again, without
   * repetitions: only who just lost its writer gets it back within them.
   *
   * @throws Failure 503 in between, at once
   */
  #pausesOf({ on }: Statement): readonly number[] {
    const { retryPausesMs = RETRY_PAUSES_MS, readOnlyMs = READ_ONLY_MS } = this.#options;
    if (on === "reader" || this.#readOnlySince === undefined) return retryPausesMs;
    if (Date.now() < this.#readOnlySince + readOnlyMs) throw readOnly(SAID);
    // This statement asks for all.
    this.#readOnlySince = Date.now();
    return [];
  }

  #wasLetIn({ on }: Statement): void {
    if (on === "writer") this.#readOnlySince = undefined;
  }

  /** A copy's own writer is not there before the copy takes over, so that nobody answers either. */
  #takesNoWrite({ on }: Statement, error: unknown): boolean {
    if (on === "reader") return false;
    return (
      readThrown(error).code === READ_ONLY ||
      (this.#options.hosts?.reader !== undefined && meetsFailover(error))
    );
  }

  async #once<Row extends object>(login: RotatedLogin, { on, text, values }: Statement): Promise<Row[]> {
    const { writer = login.host, reader = writer } = this.#options.hosts ?? {};
    const host = on === "writer" ? writer : reader;
    const pool = this.#poolOf({ ...login, host });
    let client: PoolClient | undefined;
    try {
      client = await pool.connect();
      const { rows } = await client.query<Row>({ text, values: [...values] });
      client.release();
      return rows;
    } catch (error) {
      const spoilt = meetsFailover(error);
      client?.release(spoilt);
      if (spoilt && this.#current.get(host)?.pool === pool) this.#current.delete(host);
      throw error;
    }
  }

  /** The pool of a login; a new one when rotation has changed it or a failover has spoilt the last one. */
  #poolOf(login: RotatedLogin): Pool {
    const current = this.#current.get(login.host);
    if (current !== undefined && sameLogin(current.login, login)) return current.pool;
    const pool = new Pool({
      host: login.host,
      port: login.port,
      database: login.dbname,
      user: login.username,
      password: login.password,
      ssl: { ca: this.#options.ca, rejectUnauthorized: true, minVersion: "TLSv1.2" },
      enableChannelBinding: true,
      application_name: "streamflix-service",
      min: 0,
      max: MAX_CONNECTIONS,
      idleTimeoutMillis: this.#options.idleMs ?? IDLE_MS,
      maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: ANSWER_MS,
    });
    // A connection lost while idle is reported here; the pool has dropped it. Unheard it would end the process.
    pool.on("error", () => undefined);
    pool.on("remove", () => {
      if (pool.totalCount === 0 && this.#current.get(login.host)?.pool !== pool) this.#pools.delete(pool);
    });
    this.#pools.add(pool);
    this.#current.set(login.host, { login, pool });
    return pool;
  }
}

function sameLogin(one: RotatedLogin, other: RotatedLogin): boolean {
  const names = ["username", "password", "host", "port", "dbname"] as const;
  return names.every((name) => one[name] === other[name]);
}

/** Whether the server is gone, going, or no longer the writer: another attempt on a new connection may succeed. */
function meetsFailover(error: unknown): boolean {
  const thrown = readThrown(error);
  if (thrown.message === SATURATED) return false;
  if (FAILOVER_CODES.has(thrown.code ?? "") || FAILOVER_TEXT.test(thrown.message)) return true;
  return classifyConnect(thrown) === "transient";
}

/** Whether the database can't be used now; else the statement itself was refused. */
function isAway(error: unknown): boolean {
  if (meetsFailover(error)) return true;
  const thrown = readThrown(error);
  // 57014: ended after its time.
  return thrown.message === SATURATED || thrown.code === "57014" || classifyConnect(thrown) !== "other";
}
