import { escapeIdentifier as id } from "pg";

import { OperatorError } from "../shared/errors";
import type { Session } from "../shared/transaction";
import { type Deleted, deleteInBatches, type Pace } from "./batches";
import { isHeld } from "./holds";
import { dropPartition, pastPartitions } from "./partitions";
import type { RetentionPlan } from "./settings";
import type { Table } from "./tables";

/** What became of one table's rows that are past their time. */
export interface ExpiredTable {
  readonly table: string;
  /** Rows before this time were deleted. */
  readonly before: string;
  /** Rows deleted one by one; in a dry run those that would be. */
  readonly rows: number;
  readonly batches: number;
  /** Partitions dropped as a whole; in a dry run those that would be tried. */
  readonly partitions: readonly string[];
  /** Rows past their time that are held. Absent while the table is not done. */
  readonly held?: number;
  /** Whether nothing else is left. */
  readonly complete: boolean;
  /** Why the table was given up for this run. */
  readonly failure?: string;
}

const DAY_MS = 24 * 3600 * 1000;

type Expiring = Table & Required<Pick<Table, "expiry">>;

/** The tables whose rows have a time. */
export function expiring(tables: readonly Table[]): Expiring[] {
  return tables.filter((table): table is Expiring => table.expiry !== undefined);
}

/** Deletes what a table has past its time. A table that fails is no reason to leave the next one alone. */
export async function expireTable(
  session: Session,
  plan: RetentionPlan,
  table: Expiring,
  now: Date,
  pace: Pace,
): Promise<ExpiredTable> {
  const before = cutoffOf(table, now);
  const done = { rows: 0, batches: 0, partitions: new Array<string>() };
  const facts = () => ({ table: table.table, before, ...done });
  const deleteRows = async (where: string, values: readonly unknown[]): Promise<boolean> => {
    const { rows, batches, complete }: Deleted = await deleteInBatches(
      session,
      { schema: plan.schema, table: table.table, where, values },
      pace,
      table.expiry.timeColumn,
    );
    done.rows += rows;
    done.batches += batches;
    return complete;
  };
  try {
    const where = pastAndFree(plan, table);
    if (!table.isPartitioned) {
      if (!(await deleteRows(where, [before]))) return { ...facts(), complete: false };
    } else {
      // The range is given although the partition is: so the server looks into no other one.
      const within = `${where} AND t.tableoid = $2 AND t.${id(table.expiry.timeColumn)} >= $3::timestamptz`;
      for (const part of await pastPartitions(session, plan, table.table, before)) {
        if (Date.now() >= pace.until) return { ...facts(), complete: false };
        if (part.isPast && (await dropPartition(session, plan, table, part, before))) {
          done.partitions.push(part.name);
        } else if (!(await deleteRows(within, [part.end, part.oid, part.start ?? "-infinity"]))) {
          return { ...facts(), complete: false };
        }
      }
    }
    return { ...facts(), held: await count(session, plan, table, before, "NOT"), complete: true };
  } catch (error) {
    if (!(error instanceof OperatorError) || error.name !== "TablesFailed") throw error;
    return { ...facts(), complete: false, failure: error.what };
  }
}

/** What the same would do, counted. */
export async function countExpired(
  session: Session,
  plan: RetentionPlan,
  table: Expiring,
  now: Date,
): Promise<ExpiredTable> {
  const before = cutoffOf(table, now);
  const partitions = table.isPartitioned ? await pastPartitions(session, plan, table.table, before) : [];
  return {
    table: table.table,
    before,
    rows: await count(session, plan, table, before, ""),
    batches: 0,
    partitions: partitions.filter(({ isPast }) => isPast).map(({ name }) => name),
    held: await count(session, plan, table, before, "NOT"),
    complete: true,
  };
}

function cutoffOf({ expiry }: Expiring, now: Date): string {
  return new Date(now.getTime() - expiry.days * DAY_MS).toISOString();
}

function pastAndFree(plan: RetentionPlan, { table, cascades, expiry }: Expiring): string {
  return `t.${id(expiry.timeColumn)} < $1::timestamptz AND NOT ${isHeld(plan, table, cascades)}`;
}

/** @param not whether to count what is free, or what is not */
async function count(
  session: Session,
  plan: RetentionPlan,
  { table, cascades, expiry }: Expiring,
  before: string,
  not: "NOT" | "",
): Promise<number> {
  const held = isHeld(plan, table, cascades);
  const { rows } = await session.query<{ rows: string }>(
    `SELECT count(*) AS rows FROM ${id(plan.schema)}.${id(table)} t
      WHERE t.${id(expiry.timeColumn)} < $1::timestamptz AND ${not === "NOT" ? held : `NOT ${held}`}`,
    [before],
  );
  return Number(rows[0]?.rows ?? 0);
}
