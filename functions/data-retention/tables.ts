import { OperatorError } from "../shared/errors";
import type { Session } from "../shared/transaction";
import type { Cascade } from "./holds";
import type { PlannedTable, RetentionPlan } from "./settings";

/** A table of the plan, as the database has it. */
export interface Table extends PlannedTable {
  readonly isPartitioned: boolean;
  /** Ways on which the deletion of a row reaches other tables. */
  readonly cascades: readonly Cascade[];
}

interface Row {
  readonly table: string;
  readonly kind: "r" | "p";
  readonly privileged: boolean;
  /** Types by column. */
  readonly columns: Readonly<Record<string, string>>;
  /** First columns of the valid indexes. */
  readonly indexed: readonly string[];
  /** What the partitions are made by, such as `RANGE (recorded_at)`. */
  readonly partitions: string | null;
  readonly hasPartitionedParts: boolean;
}

interface ForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly (readonly [string, string])[];
}

const TIME_TYPES = ["timestamp with time zone", "timestamp without time zone", "date"];

/**
 * Looks up the plan's tables: keys of subjects first, then as the plan has them.
 *
 * @throws OperatorError that lists everything because of which rows could not be found, or not be deleted
 */
export async function readTables(session: Session, plan: RetentionPlan): Promise<Table[]> {
  const planned: PlannedTable[] = [plan.subjectKeys, ...plan.tables];
  const { rows } = await session.query<Row>(TABLES, [
    plan.schema,
    planned.map(({ table }) => table),
    plan.user,
  ]);
  const { rows: foreignKeys } = await session.query<ForeignKey>(FOREIGN_KEYS, [plan.schema]);
  const problems = planned.flatMap((it) =>
    problemsOf(
      it,
      rows.find((row) => row.table === it.table),
      plan,
    ),
  );
  if (problems.length > 0) {
    throw new OperatorError(
      "TablesUnfit",
      `The database is not as the configuration has it: ${problems.join("; ")}.`,
      "mend that in a migration, or correct streamflix:dataRetention; nothing was deleted.",
    );
  }
  return planned.map((it) => ({
    ...it,
    isPartitioned: rows.find((row) => row.table === it.table)?.kind === "p",
    cascades: cascadesFrom(it.table, foreignKeys, []),
  }));
}

function problemsOf(planned: PlannedTable, row: Row | undefined, { schema, user }: RetentionPlan): string[] {
  const { table, subjectColumn, expiry } = planned;
  if (row === undefined) return [`there is no table ${schema}.${table}`];
  const problems: string[] = [];
  if (!row.privileged) problems.push(`GRANT SELECT, DELETE ON ${table} TO ${user} is missing`);
  for (const column of [subjectColumn, expiry?.timeColumn]) {
    if (column === undefined) continue;
    if (row.columns[column] === undefined) problems.push(`${table} has no column ${column}`);
    else if (!row.indexed.includes(column)) {
      problems.push(`no index of ${table} starts with ${column}, so each batch would read the whole table`);
    }
  }
  if (expiry !== undefined) {
    const type = row.columns[expiry.timeColumn];
    if (type !== undefined && !TIME_TYPES.includes(type)) {
      problems.push(`${table}.${expiry.timeColumn} is of type ${type}, which is no time`);
    }
    const byTime = `RANGE (${expiry.timeColumn})`;
    if (row.partitions !== null && (row.partitions !== byTime || row.hasPartitionedParts)) {
      problems.push(
        `${table} is partitioned by ${row.partitions}, with parts of parts or not by ${byTime} alone`,
      );
    }
  }
  return problems;
}

/** All ways from a table along foreign keys that delete or alter what refers to it; a ring is gone round once. */
function cascadesFrom(
  table: string,
  foreignKeys: readonly ForeignKey[],
  before: Cascade["steps"],
): Cascade[] {
  return foreignKeys
    .filter(({ from, to }) => to === table && !before.some((step) => step.table === from))
    .flatMap(({ from, columns }) => {
      const steps = [...before, { table: from, columns }];
      return [{ steps }, ...cascadesFrom(from, foreignKeys, steps)];
    });
}

const TABLES = `
  SELECT c.relname AS table, c.relkind AS kind,
         has_table_privilege($3, c.oid, 'SELECT') AND has_table_privilege($3, c.oid, 'DELETE') AS privileged,
         (SELECT jsonb_object_agg(a.attname, format_type(a.atttypid, NULL)) FROM pg_attribute a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
         ARRAY(SELECT a.attname::text FROM pg_index i
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL) AS indexed,
         CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS partitions,
         EXISTS (SELECT FROM pg_inherits p JOIN pg_class k ON k.oid = p.inhrelid
                  WHERE p.inhparent = c.oid AND k.relkind <> 'r') AS "hasPartitionedParts"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = ANY($2) AND c.relkind IN ('r', 'p')`;

/** Those between tables of the schema by which a deletion goes on: ON DELETE CASCADE, SET NULL, SET DEFAULT. */
const FOREIGN_KEYS = `
  SELECT f.relname AS "from", t.relname AS "to",
         (SELECT jsonb_agg(jsonb_build_array(a.attname, b.attname))
            FROM unnest(k.conkey, k.confkey) AS pair (own, other)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other) AS columns
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
    JOIN pg_namespace n ON n.oid = f.relnamespace AND n.oid = t.relnamespace
   WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confdeltype IN ('c', 'n', 'd') AND n.nspname = $1
   ORDER BY f.relname, k.conname`;
