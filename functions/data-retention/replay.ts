import { escapeIdentifier as id } from "pg";

import { OperatorError } from "../shared/errors";
import type { Session } from "../shared/transaction";
import type { Pace } from "./batches";
import { digestOf, type ErasureLog } from "./erasure-log";
import { closeErasures, type Erased, eraseSubject, ofSubjects, openErasure } from "./erasure";
import type { RetentionPlan } from "./settings";
import type { Table } from "./tables";

/** What a replay did. */
export interface Replayed {
  /** Erasures that were looked for. */
  readonly entries: number;
  /** Subjects of theirs that were there, with what was done. */
  readonly erased: readonly Erased[];
}

/** What both ways of going through the subjects need. */
export interface Replay {
  readonly session: Session;
  readonly plan: RetentionPlan;
  readonly tables: readonly Table[];
  readonly digestKey: string;
  readonly pace: Pace;
}

/** Subjects read at a time. */
const PAGE = 5_000;

/** Erases everybody in the log who is in the database again, as after a restore. */
export async function replayLog(replay: Replay, log: ErasureLog): Promise<Replayed> {
  const { session, plan } = replay;
  const digests = await log.digests();
  const { rows } = await session.query<{ digest: string }>(
    `SELECT digest FROM ${id(plan.schema)}.erasures WHERE digest = ANY($1)`,
    [[...digests]],
  );
  const known = new Set(rows.map(({ digest }) => digest));
  // What was erased after the backup is news to the database.
  for (const digest of digests) {
    if (!known.has(digest)) await openErasure(session, plan, await log.get(digest));
  }
  return eraseAll(replay, digests);
}

/** Goes on with the erasures that are open: broken off, or with rows that were held. */
export async function finishOpen(replay: Replay): Promise<Replayed> {
  const { rows } = await replay.session.query<{ digest: string }>(
    `SELECT digest FROM ${id(replay.plan.schema)}.erasures WHERE completed_at IS NULL`,
  );
  return eraseAll(replay, new Set(rows.map(({ digest }) => digest)));
}

async function eraseAll(replay: Replay, digests: ReadonlySet<string>): Promise<Replayed> {
  if (digests.size === 0) return { entries: 0, erased: [] };
  const { session, plan, tables, digestKey, pace } = replay;
  const found = new Map<string, string>();
  for (const table of ofSubjects(tables)) {
    for await (const subjectId of subjectsOf(session, plan, table, pace)) {
      const digest = digestOf(digestKey, subjectId);
      if (digests.has(digest)) found.set(digest, subjectId);
    }
  }
  const erased: Erased[] = [];
  for (const [digest, subjectId] of found) {
    erased.push(await eraseSubject(session, plan, tables, { id: subjectId, digest }, pace));
  }
  await closeErasures(
    session,
    plan,
    [...digests].filter((digest) => !found.has(digest)),
  );
  return { entries: digests.size, erased };
}

/** Every subject that a table knows, a page at a time. */
async function* subjectsOf(
  session: Session,
  plan: RetentionPlan,
  { table, subjectColumn }: ReturnType<typeof ofSubjects>[number],
  { until }: Pace,
): AsyncGenerator<string> {
  const column = `t.${id(subjectColumn)}`;
  let last: string | undefined;
  for (;;) {
    if (Date.now() >= until) {
      throw new OperatorError(
        "OutOfTime",
        "The time for going through all subjects ran out.",
        "send the event again at a quieter time; what is erased stays erased.",
      );
    }
    const { rows }: { rows: { subject: string }[] } = await session.query<{ subject: string }>(
      `SELECT ${column}::text AS subject FROM ${id(plan.schema)}.${id(table)} t
        WHERE ${last === undefined ? `${column} IS NOT NULL` : `${column} > $1`}
        GROUP BY ${column} ORDER BY ${column} LIMIT ${PAGE}`,
      last === undefined ? [] : [last],
    );
    yield* rows.map(({ subject }) => subject);
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.subject;
  }
}
