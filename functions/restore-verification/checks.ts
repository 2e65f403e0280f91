import type { Client } from "pg";

import { readThrown } from "../shared/errors";
import type { DatabaseExpectations } from "./settings";

type ExpectedTable = DatabaseExpectations["tables"][number];

/** Pages of a table that are read whole: 1 GiB. Of a larger one as many are read, spread over all of it. */
const MOST_PAGES = 131_072;

/**
 * What is wrong with a restored database, in words without any of its data; nothing where all is well.
 *
 * @param restoredTo the moment that was gone back to, which the newest rows are compared with
 */
export async function findFaults(
  client: Client,
  { schema, tables, ownerRole }: DatabaseExpectations,
  restoredTo: Date,
): Promise<string[]> {
  try {
    // What the master owns nothing of, it may read as the owner.
    await client.query(`SET ROLE ${client.escapeIdentifier(ownerRole)}`);
  } catch (error) {
    return [`nobody can be ${ownerRole} (${reasonOf(error)})`];
  }
  const there = await tablesOf(client, schema);
  const missing = tables
    .filter(({ table }) => !there.has(table))
    .map(({ table }) => `table ${table} is missing`);
  const faults: string[] = [];
  for (const expected of tables.filter(({ table }) => there.has(table))) {
    faults.push(...(await readFaults(client, schema, expected, there.get(expected.table) ?? 0, restoredTo)));
  }
  const orphans = await referenceFaults(client, schema);
  await client.query("RESET ROLE");
  return [...missing, ...faults, ...(await indexFaults(client, schema)), ...orphans];
}

/** Pages of each table by its name. */
async function tablesOf(client: Client, schema: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; pages: string }>(
    `SELECT c.relname AS name, pg_relation_size(c.oid) / current_setting('block_size')::bigint AS pages
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')`,
    [schema],
  );
  return new Map(rows.map(({ name, pages }) => [name, Number(pages)]));
}

/** Reads every column of every row, so that a page or a long value that is broken shows. */
async function readFaults(
  client: Client,
  schema: string,
  { table, minimumRows, newest }: ExpectedTable,
  pages: number,
  restoredTo: Date,
): Promise<string[]> {
  const percent = Math.min(100, (100 * MOST_PAGES) / Math.max(pages, 1));
  const sample = percent < 100 ? ` TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1)` : "";
  const name = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`;
  const time = newest ? `max(t.${client.escapeIdentifier(newest.timeColumn)})` : "NULL::timestamptz";
  let row: { rows: string; newest: Date | null } | undefined;
  try {
    ({
      rows: [row],
    } = await client.query<{ rows: string; newest: Date | null }>(
      `SELECT count(*) AS rows, sum(length(t::text)) AS characters, ${time} AS newest FROM ${name} AS t${sample}`,
    ));
  } catch (error) {
    return [`table ${table} can't be read (${reasonOf(error)})`];
  }
  const count = Math.round((Number(row?.rows ?? 0) * 100) / percent);
  const faults =
    count < minimumRows
      ? [`table ${table} has ${count} rows, fewer than the ${minimumRows} that it should`]
      : [];
  if (newest === undefined) return faults;
  const at = row?.newest?.getTime() ?? Number.NEGATIVE_INFINITY;
  const hours = Math.floor((restoredTo.getTime() - at) / 3_600_000);
  if (hours <= newest.maximumHours) return faults;
  const age = Number.isFinite(hours) ? `${hours} hours older than what was restored` : "nowhere";
  return [...faults, `the newest row of table ${table} is ${age}, not ${newest.maximumHours} at most`];
}

/** Compares every index with its table: a row that it lacks, or a page that is broken, is a fault. */
async function indexFaults(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ oid: number; name: string; isUsable: boolean; isSmall: boolean }>(
    `SELECT c.oid, c.relname AS name, i.indisvalid AND i.indisready AS "isUsable",
            pg_relation_size(i.indrelid) / current_setting('block_size')::bigint <= $2 AS "isSmall"
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_am a ON a.oid = c.relam
      WHERE n.nspname = $1 AND c.relkind = 'i' AND a.amname = 'btree' ORDER BY 2`,
    [schema, MOST_PAGES],
  );
  await client.query("CREATE EXTENSION IF NOT EXISTS amcheck");
  const faults: string[] = [];
  for (const { oid, name, isUsable, isSmall } of rows) {
    if (!isUsable) {
      faults.push(`index ${name} is not usable`);
      continue;
    }
    await client.query("SELECT bt_index_check($1::oid, $2)", [oid, isSmall]).catch((error: unknown) => {
      faults.push(`index ${name} is broken (${reasonOf(error)})`);
    });
  }
  return faults;
}

/** Looks for rows that refer to nothing: constraints are checked when a row is written, not when it is restored. */
async function referenceFaults(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; query: string }>(
    `SELECT k.conname AS name,
            format('SELECT count(*) AS orphans FROM %s AS f WHERE %s AND NOT EXISTS (SELECT FROM %s AS p WHERE %s)',
                   k.conrelid::regclass,
                   string_agg(format('f.%I IS NOT NULL', fa.attname), ' AND ' ORDER BY u.n),
                   k.confrelid::regclass,
                   string_agg(format('p.%I = f.%I', pa.attname, fa.attname), ' AND ' ORDER BY u.n)) AS query
       FROM pg_constraint k JOIN pg_namespace s ON s.oid = k.connamespace,
            unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (f, p, n),
            pg_attribute fa, pg_attribute pa
      WHERE s.nspname = $1 AND k.contype = 'f' AND k.conparentid = 0
        AND fa.attrelid = k.conrelid AND fa.attnum = u.f AND pa.attrelid = k.confrelid AND pa.attnum = u.p
      GROUP BY k.oid, k.conname, k.conrelid, k.confrelid ORDER BY 1`,
    [schema],
  );
  const faults: string[] = [];
  for (const { name, query } of rows) {
    try {
      const found = await client.query<{ orphans: string }>(query);
      const orphans = Number(found.rows[0]?.orphans ?? 0);
      if (orphans > 0) faults.push(`${orphans} rows refer to nothing (${name})`);
    } catch (error) {
      faults.push(`${name} can't be checked (${reasonOf(error)})`);
    }
  }
  return faults;
}

/** The server's code and message without its second line, which may quote rows. */
function reasonOf(error: unknown): string {
  const { code, message } = readThrown(error);
  return code === undefined ? message : `${code} ${message}`;
}
