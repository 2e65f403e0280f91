import { escapeIdentifier as id, escapeLiteral as literal } from "pg";

import { OperatorError } from "../shared/errors";
import type { Session } from "../shared/transaction";
import type { RequestOf } from "./event";
import type { RetentionPlan } from "./settings";

/** A way on which the deletion of a row reaches rows of other tables: each step's table refers to the one before. */
export interface Cascade {
  readonly steps: readonly {
    readonly table: string;
    /** Pairs of columns: of the step's table, and of the one it refers to. */
    readonly columns: readonly (readonly [string, string])[];
  }[];
}

/** A hold as the table has it. */
export interface Hold {
  readonly id: string;
  readonly subject_id: string | null;
  readonly table_name: string | null;
  readonly row_values: object | null;
  readonly reason: string;
  readonly placed_at: Date;
  readonly until: Date | null;
}

const ACTIVE = "(h.until IS NULL OR h.until > now())";

/**
 * A condition that is true of a row `t` which has to stay: it is held itself, or its deletion would take or alter a row
 * of another table that is. Holds are few, so each way starts from them.
 */
export function isHeld(plan: RetentionPlan, table: string, cascades: readonly Cascade[]): string {
  const holds = `${id(plan.schema)}.legal_holds h`;
  const own = `EXISTS (SELECT FROM ${holds} WHERE ${ACTIVE} AND ${isMeant(plan, table, "t")})`;
  const others = cascades.map(({ steps }) => {
    const tables = steps.map((step, index) => `${id(plan.schema)}.${id(step.table)} s${index}`);
    const joins = steps.flatMap(({ columns }, index) =>
      columns.map(([from, to]) => `s${index}.${id(from)} = ${index === 0 ? "t" : `s${index - 1}`}.${id(to)}`),
    );
    const last = steps.length - 1;
    const meant = isMeant(plan, steps[last]?.table ?? "", `s${last}`);
    return `EXISTS (SELECT FROM ${[holds, ...tables].join(", ")} WHERE ${[ACTIVE, ...joins, meant].join(" AND ")})`;
  });
  return `(${[own, ...others].join(" OR ")})`;
}

/** Whether hold `h` is about the row of an alias. */
function isMeant({ subjectKeys, tables }: RetentionPlan, table: string, alias: string): string {
  const byValues = `(h.table_name = ${literal(table)} AND to_jsonb(${alias}) @> h.row_values)`;
  const { subjectColumn } = [subjectKeys, ...tables].find((it) => it.table === table) ?? {};
  if (subjectColumn === undefined) return byValues;
  return `(h.subject_id = ${alias}.${id(subjectColumn)}::text OR ${byValues})`;
}

/** Places a hold; the same one twice is two holds. */
export async function placeHold(
  session: Session,
  plan: RetentionPlan,
  { subjectId, rows, reason, until }: RequestOf<"hold">,
): Promise<{ readonly holdId: string }> {
  if (rows !== undefined && ![plan.subjectKeys, ...plan.tables].some(({ table }) => table === rows.table)) {
    throw new OperatorError(
      "InvalidEvent",
      "The event has 1 problem: rows.table: a table that data is deleted from.",
      "send it again without it; nothing was changed.",
    );
  }
  const { rows: made } = await session.query<{ id: string }>(
    `INSERT INTO ${id(plan.schema)}.legal_holds (subject_id, table_name, row_values, reason, until)
     VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [subjectId, rows?.table, rows && JSON.stringify(rows.values), reason, until],
  );
  return { holdId: made[0]?.id ?? "" };
}

/** Ends a hold now; one that has ended stays as it is. */
export async function releaseHold(
  session: Session,
  plan: RetentionPlan,
  holdId: string,
): Promise<{ readonly holdId: string; readonly released: boolean }> {
  const { rowCount } = await session.query(
    `UPDATE ${id(plan.schema)}.legal_holds h SET until = now() WHERE id = $1 AND ${ACTIVE}`,
    [holdId],
  );
  return { holdId, released: rowCount === 1 };
}

/** The holds that are in force, oldest first. */
export async function listHolds(session: Session, plan: RetentionPlan): Promise<{ readonly holds: Hold[] }> {
  const { rows } = await session.query<Hold>(
    `SELECT * FROM ${id(plan.schema)}.legal_holds h WHERE ${ACTIVE} ORDER BY placed_at, id`,
  );
  return { holds: rows };
}
