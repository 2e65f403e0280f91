import { escapeIdentifier as id } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import { inTransaction, type Session } from "../shared/transaction";
import { isHeld } from "./holds";
import type { RetentionPlan } from "./settings";
import type { Table } from "./tables";

/** One part of a table that is partitioned by time. */
export interface Partition {
  /** Its name, quoted where needed. */
  readonly name: string;
  readonly oid: string;
  /** Where its range starts; absent for the default partition, and for one without a start. */
  readonly start: string | null;
  /** Where its range ends, or the cut-off where that comes first. */
  readonly end: string;
  /** Whether its whole range lies before the cut-off. */
  readonly isPast: boolean;
}

/** The partitions that hold something before the cut-off, in the order of their ranges; the default one is last. */
export async function pastPartitions(
  session: Session,
  plan: RetentionPlan,
  table: string,
  cutoff: string,
): Promise<Partition[]> {
  const { rows } = await session.query<Partition>(
    `SELECT name, oid, start::text, least("end", $3::timestamptz)::text AS "end",
            coalesce("end" <= $3::timestamptz, false) AS "isPast"
       FROM (SELECT c.oid::regclass::text AS name, c.oid::text AS oid,
                    substring(b.bound FROM 'FROM \\(''([^'']+)''\\)')::timestamptz AS start,
                    substring(b.bound FROM 'TO \\(''([^'']+)''\\)$')::timestamptz AS "end", b.bound
               FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
              WHERE i.inhparent = format('%I.%I', $1::text, $2::text)::regclass) p
      WHERE bound = 'DEFAULT' OR start IS NULL OR start < $3::timestamptz
      ORDER BY bound = 'DEFAULT', start NULLS FIRST`,
    [plan.schema, table, cutoff],
  );
  return rows;
}

/** Lock, statement: the partition is in use, and its rows go one by one instead. */
const BUSY = new Set(["55P03", "57014", "40P01"]);

/**
 * Drops a partition whose range has passed, unless a row of it is held, others refer to it or somebody uses it.
 *
 * @returns whether it is gone
 */
export async function dropPartition(
  session: Session,
  plan: RetentionPlan,
  table: Table,
  part: Partition,
  cutoff: string,
): Promise<boolean> {
  // What refers to its rows would have to go with them, and does not when a table is dropped.
  if (table.cascades.length > 0) return false;
  const name = `${id(plan.schema)}.${id(table.table)}`;
  try {
    return await inTransaction(session, async () => {
      const { rowCount } = await session.query(
        `SELECT FROM ${name} t WHERE t.tableoid = $1 AND ${isHeld(plan, table.table, [])} LIMIT 1`,
        [part.oid],
      );
      if (rowCount !== 0) return false;
      await session.query(`SELECT ${id(plan.schema)}.drop_expired_partition($1, $2, $3)`, [
        name,
        part.oid,
        cutoff,
      ]);
      return true;
    });
  } catch (error) {
    const { code = "", message } = readThrown(error);
    if (BUSY.has(code)) return false;
    throw new OperatorError(
      "TablesFailed",
      `Partition ${part.name} can't be dropped: ${code} ${message.replace(/\.$/, "")}.`,
      "mend what the server says; the next run goes on.",
    );
  }
}
