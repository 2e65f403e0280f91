import { escapeIdentifier as id } from "pg";

import { OperatorError } from "../shared/errors";
import type { Session } from "../shared/transaction";
import { deleteInBatches, type Pace } from "./batches";
import type { ErasureEntry } from "./erasure-log";
import { isHeld } from "./holds";
import type { RetentionPlan } from "./settings";
import type { Table } from "./tables";

/** Something that an erasure can't reach yet. */
export interface Remainder {
  readonly what: string;
  readonly why: string;
  /** When it will be gone at the latest, as a day; absent where nobody knows. */
  readonly until?: string;
}

/** What an erasure did. It does not say whose. */
export interface Erased {
  readonly digest: string;
  /** Rows by table, deleted by this run; in a dry run those that would be. */
  readonly rows: Readonly<Record<string, number>>;
  /** Whether no row is left. */
  readonly complete: boolean;
  readonly remaining: readonly Remainder[];
}

type OfSubjects = Table & Required<Pick<Table, "subjectColumn">>;

/** The tables that know subjects, keys of pseudonyms first: from then on nobody can link what is outside. */
export function ofSubjects(tables: readonly Table[]): OfSubjects[] {
  return tables.filter((table): table is OfSubjects => table.subjectColumn !== undefined);
}

/** Notes that a subject is to be erased; it stays open until nothing is left. */
export async function openErasure(session: Session, plan: RetentionPlan, entry: ErasureEntry): Promise<void> {
  await session.query(
    `INSERT INTO ${id(plan.schema)}.erasures (digest, reference, requested_at) VALUES ($1, $2, $3)
     ON CONFLICT (digest) DO UPDATE SET completed_at = NULL`,
    [entry.digest, entry.reference, entry.requestedAt],
  );
}

/** Notes that nothing is left. */
export async function closeErasures(
  session: Session,
  plan: RetentionPlan,
  digests: readonly string[],
): Promise<void> {
  await session.query(
    `UPDATE ${id(plan.schema)}.erasures SET completed_at = now() WHERE digest = ANY($1) AND completed_at IS NULL`,
    [digests],
  );
}

/**
 * Deletes a subject's rows, table by table, in batches, and sees what is left. Doing it again does no harm, and finishes
 * what was broken off.
 *
 * @throws OperatorError when a table can't be done; what is deleted stays deleted, and the erasure stays open
 */
export async function eraseSubject(
  session: Session,
  plan: RetentionPlan,
  tables: readonly Table[],
  subject: { readonly id: string; readonly digest: string },
  pace: Pace,
): Promise<Erased> {
  const { id: subjectId, digest } = subject;
  const rows: Record<string, number> = {};
  for (const table of ofSubjects(tables)) {
    const where = `t.${id(table.subjectColumn)} = $1 AND NOT ${isHeld(plan, table.table, table.cascades)}`;
    rows[table.table] = await eraseTable(session, plan, table, where, subjectId, pace);
  }
  const kept = await countRows(session, plan, tables, subjectId);
  const complete = Object.values(kept).every((count) => count === 0);
  if (complete) await closeErasures(session, plan, [digest]);
  return { digest, rows, complete, remaining: [...heldRows(kept), ...beyond(plan)] };
}

async function eraseTable(
  session: Session,
  plan: RetentionPlan,
  table: OfSubjects,
  where: string,
  subjectId: string,
  pace: Pace,
): Promise<number> {
  const selection = { schema: plan.schema, table: table.table };
  // The places of rows are the same in several partitions.
  const parts = table.isPartitioned ? await partitions(session, plan, table.table) : [undefined];
  let rows = 0;
  for (const part of parts) {
    const [within, values] =
      part === undefined
        ? [where, [subjectId]]
        : [`${where} AND t.tableoid::regclass = $2::regclass`, [subjectId, part]];
    const deleted = await deleteInBatches(session, { ...selection, where: within, values }, pace);
    rows += deleted.rows;
    if (!deleted.complete) {
      throw new OperatorError(
        "OutOfTime",
        "The time for an erasure ran out.",
        "send the event again: what is erased stays erased.",
      );
    }
  }
  return rows;
}

async function partitions(session: Session, plan: RetentionPlan, table: string): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT relid::regclass::text AS name FROM pg_partition_tree(format('%I.%I', $1::text, $2::text)::regclass)
      WHERE isleaf ORDER BY 1`,
    [plan.schema, table],
  );
  return rows.map(({ name }) => name);
}

/** A subject's rows by table. */
export async function countRows(
  session: Session,
  plan: RetentionPlan,
  tables: readonly Table[],
  subjectId: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { table, subjectColumn } of ofSubjects(tables)) {
    const { rows } = await session.query<{ rows: string }>(
      `SELECT count(*) AS rows FROM ${id(plan.schema)}.${id(table)} t WHERE t.${id(subjectColumn)} = $1`,
      [subjectId],
    );
    counts[table] = Number(rows[0]?.rows ?? 0);
  }
  return counts;
}

function heldRows(kept: Readonly<Record<string, number>>): Remainder[] {
  return Object.entries(kept)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => ({
      what: `${count} rows of ${table}`,
      why: "a legal hold is on them or on what refers to them, or they were made meanwhile; the daily run erases them when it is over",
    }));
}

const DAY_MS = 24 * 3600 * 1000;

/** What lies outside the database, which no erasure can change. */
export function beyond({ keptDays }: RetentionPlan, now = new Date()): Remainder[] {
  const after = (days: number) => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  return [
    {
      what: "backups",
      why: "a backup can't be altered; whoever restores one replays the erasure log before anybody uses it",
      until: after(keptDays.backup),
    },
    {
      what: "events in stream and archive",
      why: "they carry a pseudonym whose key is destroyed, so nobody can link them to the subject any more",
      until: after(keptDays.events),
    },
    {
      what: "audit evidence",
      why: "its bucket is locked, and the law asks for it; it holds no data of viewers but who of us did what",
      until: after(keptDays.evidence),
    },
  ];
}
