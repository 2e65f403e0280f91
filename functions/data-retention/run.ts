import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import { connect, connectOnce, isLost } from "../shared/postgres";
import { redacted, Redactor } from "../shared/redact";
import { parseEvent, type RequestOf, type RetentionEvent } from "./event";
import { digestOf, type ErasureLog } from "./erasure-log";
import { beyond, countRows, type Erased, eraseSubject, openErasure } from "./erasure";
import { countExpired, type ExpiredTable, expireTable, expiring } from "./expiry";
import { type Hold, listHolds, placeHold, releaseHold } from "./holds";
import type { Measures } from "./metrics";
import { finishOpen, type Replay, type Replayed, replayLog } from "./replay";
import type { RetentionPlan } from "./settings";
import { readTables } from "./tables";

/** What a run works with. */
export interface Dependencies {
  readonly plan: RetentionPlan;
  readonly host: string;
  /** PEM certificates of the authorities to trust for the database. */
  readonly ca: string;
  /** Makes a token to sign in with. */
  readonly token: () => Promise<string>;
  readonly log: ErasureLog;
  /** Reads the key of the log's digests. */
  readonly digestKey: () => Promise<string>;
  /** Told the figures of a run that expires rows. */
  readonly measure: (measures: Measures) => void;
  /** Time in milliseconds since 1970 by which the run has to be over. */
  readonly deadline: number;
  readonly now?: () => Date;
  readonly restFactor?: number;
  readonly patience?: Partial<typeof PATIENCE>;
  /** Makes connections. @default over verified TLS, by pg */
  readonly open?: typeof connectOnce;
}

/** What a run gives back: no personal data, but ids of holds. */
export type RetentionReport =
  | {
      readonly action: "expire";
      readonly dryRun: boolean;
      readonly complete: boolean;
      readonly tables: readonly ExpiredTable[];
      readonly erasures?: Replayed;
    }
  | ({ readonly action: "erase"; readonly dryRun: boolean } & Erased)
  | ({ readonly action: "replay" } & Replayed)
  | { readonly action: "hold"; readonly holdId: string }
  | { readonly action: "release"; readonly holdId: string; readonly released: boolean }
  | { readonly action: "holds"; readonly holds: readonly Hold[] };

const PATIENCE = {
  // An Aurora that was paused takes about 15 s to come back.
  connectMs: 20_000,
  serverMs: 60_000,
  pauseMs: 1_000,
  /** One batch. What takes longer than this would hold up others, and comes again with fewer rows. */
  statementMs: 5_000,
  lockMs: 1_000,
  /** For another run, by what a person waits for. */
  otherRunMs: 30_000,
};

/** After each batch as long again is left to others: half of one core at most goes to the deletion. */
export const REST_FACTOR = 1;
const APPLICATION_NAME = "streamflix-data-retention";

/**
 * Does what an event asks for.
 *
 * @throws OperatorError for every failure; a run that ended early leaves nothing that the next one does not find
 */
export async function run(event: unknown, dependencies: Dependencies): Promise<RetentionReport> {
  const redactor = new Redactor();
  try {
    const request = parseEvent(event);
    if (request.action === "erase") redactor.add(request.subjectId);
    return await runRequest(request, dependencies, redactor);
  } catch (error) {
    const thrown = readThrown(error);
    if (!(error instanceof OperatorError) && isLost(thrown)) {
      throw new OperatorError(
        "DatabaseUnavailable",
        `The connection to the database was lost (${thrown.code ?? thrown.message}).`,
        "run again: what is done stays done.",
      );
    }
    throw redacted(error, redactor);
  }
}

async function runRequest(
  request: RetentionEvent,
  dependencies: Dependencies,
  redactor: Redactor,
): Promise<RetentionReport> {
  const { plan } = dependencies;
  const patience = { ...PATIENCE, ...dependencies.patience };
  const session = await open(dependencies, patience, redactor);
  try {
    if (request.action === "hold") {
      return { action: "hold", ...(await placeHold(session, plan, request)) };
    }
    if (request.action === "release") {
      return { action: "release", ...(await releaseHold(session, plan, request.holdId)) };
    }
    if (request.action === "holds") return { action: "holds", ...(await listHolds(session, plan)) };

    await waitForOtherRun(session, request.action === "expire" ? 0 : patience.otherRunMs, patience.lockMs);
    const digestKey = await dependencies.digestKey();
    redactor.add(digestKey);
    const work: Replay = {
      session,
      plan,
      tables: await readTables(session, plan),
      digestKey,
      pace: {
        batchRows: plan.batchRows,
        restFactor: dependencies.restFactor ?? REST_FACTOR,
        // The last batch may take its whole time.
        until: dependencies.deadline - 2 * patience.statementMs,
      },
    };
    if (request.action === "erase") return await erase(work, request, dependencies);
    if (request.action === "replay")
      return { action: "replay", ...(await replayLog(work, dependencies.log)) };
    return await expire(work, request, dependencies);
  } finally {
    // Ending the session also gives up its lock.
    await session.end().catch(() => undefined);
  }
}

async function expire(
  work: Replay,
  { dryRun }: RequestOf<"expire">,
  { now = () => new Date(), measure }: Dependencies,
): Promise<RetentionReport> {
  const { session, plan, tables, pace } = work;
  const done: ExpiredTable[] = [];
  for (const table of expiring(tables)) {
    done.push(
      dryRun
        ? await countExpired(session, plan, table, now())
        : await expireTable(session, plan, table, now(), pace),
    );
  }
  const complete = done.every((table) => table.complete);
  if (dryRun) return { action: "expire", dryRun, complete, tables: done };
  const erasures = await finishOpen(work);
  const sum = (value: (table: ExpiredTable) => number) =>
    done.reduce((total, table) => total + value(table), 0);
  const failed = done.filter(({ failure }) => failure !== undefined);
  measure({
    RowsDeleted: sum(({ rows }) => rows),
    RowsHeld: sum(({ held = 0 }) => held),
    PartitionsDropped: sum(({ partitions }) => partitions.length),
    TablesFailed: failed.length,
    TablesUnfinished: sum(({ complete: isComplete, failure }) =>
      isComplete || failure !== undefined ? 0 : 1,
    ),
    ...(await openErasures(work)),
  });
  if (failed.length > 0) {
    throw new OperatorError(
      "TablesFailed",
      `${failed.length} tables could not be done: ${failed.map(({ failure }) => failure).join(" ")}`,
      "mend what the server says; the others are done, and the next run goes on with these.",
    );
  }
  return { action: "expire", dryRun, complete, tables: done, erasures };
}

async function openErasures({ session, plan }: Replay) {
  const { rows } = await session.query<{ open: number; days: number }>(
    `SELECT count(*)::int AS open, coalesce(max(extract(epoch FROM now() - requested_at)) / 86400, 0)::float8 AS days
       FROM ${id(plan.schema)}.erasures WHERE completed_at IS NULL`,
  );
  return { ErasuresOpen: rows[0]?.open ?? 0, OldestErasureDays: rows[0]?.days ?? 0 };
}

async function erase(
  work: Replay,
  { subjectId, reference, dryRun }: RequestOf<"erase">,
  { log, now = () => new Date() }: Dependencies,
): Promise<RetentionReport> {
  const { session, plan, tables, digestKey, pace } = work;
  const digest = digestOf(digestKey, subjectId);
  if (dryRun) {
    const rows = await countRows(session, plan, tables, subjectId);
    return { action: "erase", dryRun, digest, rows, complete: false, remaining: beyond(plan) };
  }
  // First of all the log outside: what is in it is erased in the end, whatever happens to this run or the database.
  const entry = { digest, reference, requestedAt: now().toISOString() };
  await log.add(entry);
  await openErasure(session, plan, entry);
  const erased = await eraseSubject(session, plan, tables, { id: subjectId, digest }, pace);
  return { action: "erase", dryRun, ...erased };
}

/** @param waitMs 0 where another run does the same work anyhow */
async function waitForOtherRun(session: Client, waitMs: number, lockMs: number): Promise<void> {
  const end = Date.now() + waitMs;
  for (;;) {
    const { rows } = await session.query<{ mine: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended('streamflix:data-retention', 0)) AS mine",
    );
    if (rows[0]?.mine === true) return;
    if (Date.now() >= end) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(lockMs, end - Date.now())));
  }
  throw new OperatorError(
    "RunInProgress",
    "Another run is under way.",
    "send the event again when it is over, a quarter of an hour at most; nothing was changed.",
  );
}

async function open(
  { plan, host, ca, token, deadline, open: opened }: Dependencies,
  patience: typeof PATIENCE,
  redactor: Redactor,
): Promise<Client> {
  const password = await token();
  redactor.add(password);
  const session = await connect(
    { host, port: plan.port, database: plan.database, ca },
    { user: plan.user, password, isToken: true, applicationName: APPLICATION_NAME },
    patience,
    {
      until: Math.min(deadline, Date.now() + patience.serverMs),
      pauseMs: patience.pauseMs,
      onRetry: () => undefined,
      ...(opened === undefined ? {} : { open: opened }),
    },
  );
  // Times without a zone count as UTC, and ranges of partitions are read in it.
  await session.query("SET TIME ZONE 'UTC'");
  return session;
}
