import { setTimeout as sleep } from "node:timers/promises";

import { escapeIdentifier as id } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import type { Session } from "../shared/transaction";

/** Rows to delete: those of a table, or of one partition of it, that meet a condition on `t`. */
export interface Selection {
  readonly schema: string;
  readonly table: string;
  /** SQL with `$1`, `$2` … */
  readonly where: string;
  readonly values: readonly unknown[];
}

/** How fast rows may go. */
export interface Pace {
  readonly batchRows: number;
  /** After each batch its own duration times this is left to others. */
  readonly restFactor: number;
  /** No batch starts after this time, in milliseconds since 1970. */
  readonly until: number;
}

/** What a batch did. */
interface Batch {
  readonly seen: number;
  readonly gone: number;
  readonly until: string | null;
}

/** What several batches did. */
export interface Deleted {
  readonly rows: number;
  readonly batches: number;
  /** Whether nothing is left that met the condition, as far as this run saw. */
  readonly complete: boolean;
}

/** Waited too long for a lock, took too long, or met a deadlock: less at a time gets through. */
const TOO_MUCH = new Set(["55P03", "57014", "40P01"]);
/** Tries in a row, each with half of the rows, before a table is given up for this run. */
const TRIES = 8;

/**
 * Deletes rows in batches, each a transaction of its own. It keeps no account of where it is: after any interruption
 * what still meets the condition is what is left to do.
 *
 * @param orderBy column to go along; a batch starts where the last one ended, so that none reads dead rows again
 * @throws OperatorError when not even a few rows at a time get through
 */
export async function deleteInBatches(
  session: Session,
  selection: Selection,
  pace: Pace,
  orderBy?: string,
): Promise<Deleted> {
  let [rows, batches, size, tries] = [0, 0, pace.batchRows, 0];
  let from: string | null = null;
  while (Date.now() < pace.until) {
    const start = Date.now();
    try {
      const { seen, gone, until }: Batch = await deleteBatch(session, selection, size, orderBy, from);
      rows += gone;
      batches += 1;
      if (seen < size) return { rows, batches, complete: true };
      from = until;
      tries = 0;
      size = Math.min(pace.batchRows, size * 2);
    } catch (error) {
      tries += 1;
      if (!TOO_MUCH.has(readThrown(error).code ?? "") || tries === TRIES) throw batchError(selection, error);
      size = Math.ceil(size / 2);
    }
    await sleep((Date.now() - start) * pace.restFactor);
  }
  return { rows, batches, complete: false };
}

/** What a table's batches ended with, in words without a row's values: the server's detail quotes them. */
function batchError({ table }: Selection, error: unknown): OperatorError {
  const { code = "", message } = readThrown(error);
  return new OperatorError(
    "TablesFailed",
    `${table}: ${code} ${message.replace(/\.$/, "")}.`,
    "what is deleted stays deleted, and the next run goes on; if it fails again, see who holds locks for long.",
  );
}

async function deleteBatch(
  session: Session,
  { schema, table, where, values }: Selection,
  size: number,
  orderBy: string | undefined,
  from: string | null,
): Promise<Batch> {
  const target = `${id(schema)}.${id(table)} t`;
  const next = (offset: number) => `$${values.length + offset}`;
  const [column, onward] =
    orderBy === undefined
      ? ["NULL", ""]
      : [`t.${id(orderBy)}`, ` AND (t.${id(orderBy)} >= coalesce(${next(2)}::timestamptz, '-infinity'))`];
  // By ctid: that is a look-up without any index. A row that was changed since the first SELECT has to meet the condition
  // again: the server then checks the whole of it on the row's new version.
  const { rows } = await session.query<Batch>(
    `WITH batch AS MATERIALIZED (
       SELECT t.ctid AS place, ${column} AS time FROM ${target}
        WHERE ${where}${onward}${orderBy === undefined ? "" : ` ORDER BY ${column}`} LIMIT ${next(1)}),
     gone AS (
       DELETE FROM ${target} WHERE t.ctid = ANY (ARRAY(SELECT place FROM batch)) AND ${where} RETURNING 1)
     SELECT (SELECT count(*) FROM batch)::int AS seen, (SELECT count(*) FROM gone)::int AS gone,
            (SELECT max(time) FROM batch)::text AS until`,
    [...values, size, ...(orderBy === undefined ? [] : [from])],
  );
  return rows[0] ?? { seen: 0, gone: 0, until: null };
}
