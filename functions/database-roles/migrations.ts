import { escapeIdentifier as id, type Client } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import { inTransaction } from "../shared/transaction";
import { PLATFORM_SCHEMA, type RolesSpec } from "./event";
import { type Migration, migrationError } from "./migration-files";

interface Recorded {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** What a run of the migrations did. */
export interface Migrated {
  readonly applied: readonly string[];
  readonly appliedBefore: readonly string[];
  readonly warnings: readonly string[];
}

const LEDGER = `${id(PLATFORM_SCHEMA)}.schema_migrations`;

/**
 * Applies the migrations that are not recorded yet, each in a transaction of its own that also records it.
 *
 * @param deadline time in milliseconds since 1970 after which no migration may go on
 * @throws OperatorError before anything is applied where record and files disagree; else at the first that fails,
 *   with those before it applied
 */
export async function migrate(
  client: Client,
  spec: RolesSpec,
  migrations: readonly Migration[],
  deadline: number,
): Promise<Migrated> {
  const { rows: recorded } = await client.query<Recorded>(
    `SELECT number, name, checksum FROM ${LEDGER} ORDER BY number`,
  );
  const pending = pendingOf(migrations, recorded);
  for (const migration of pending) await applyMigration(client, spec, migration, deadline);
  const known = new Set(migrations.map((migration) => migration.number));
  return {
    applied: pending.map((migration) => migration.name),
    appliedBefore: recorded.map((entry) => entry.name),
    // Normal after a deployment of an older state; its code has to live with the newer schema.
    warnings: recorded
      .filter((entry) => !known.has(entry.number))
      .map((entry) => `migration ${entry.name} is recorded in the database, but not among the files`),
  };
}

function pendingOf(migrations: readonly Migration[], recorded: readonly Recorded[]): Migration[] {
  const byNumber = new Map(recorded.map((entry) => [entry.number, entry]));
  const last = recorded.at(-1)?.number ?? 0;
  return migrations.filter((migration) => {
    const entry = byNumber.get(migration.number);
    if (entry === undefined && migration.number < last) {
      throw migrationError(
        `${migration.name} comes before ${byNumber.get(last)?.name ?? ""}, which is already applied`,
        "give it a number after the last one that is applied.",
      );
    }
    if (entry !== undefined && (entry.checksum !== migration.checksum || entry.name !== migration.name)) {
      throw migrationError(
        `${migration.name} is not what was applied as ${entry.name}`,
        "restore the file as it was, and put the change into a new migration.",
      );
    }
    return entry === undefined;
  });
}

async function applyMigration(
  client: Client,
  spec: RolesSpec,
  migration: Migration,
  deadline: number,
): Promise<void> {
  const remaining = deadline - Date.now();
  if (remaining <= 0) {
    throw migrationError(`no time was left for ${migration.name}`, "run again; those before it are applied.");
  }
  try {
    await inTransaction(client, async () => {
      await client.query(`SET LOCAL ROLE ${id(spec.ownerRole)}`);
      await client.query(`SET LOCAL search_path = ${spec.schemas.map(id).join(", ")}, public`);
      await client.query(`SET LOCAL statement_timeout = ${Math.ceil(remaining)}`);
      const before = await transaction(client);
      await client.query(migration.sql);
      const after = await transaction(client);
      if (before !== after) {
        throw migrationError(
          `${migration.name} ended its transaction`,
          "look at what of it is in the database, undo that by hand, and take the statement out.",
        );
      }
      await client.query("SET LOCAL ROLE NONE");
      await client.query(`INSERT INTO ${LEDGER} (number, name, checksum) VALUES ($1, $2, $3)`, [
        migration.number,
        migration.name,
        migration.checksum,
      ]);
    });
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    // The detail is left out: for data that breaks a constraint it quotes the row.
    const { code, message } = readThrown(error);
    throw migrationError(
      `${migration.name} failed and was rolled back (${code ?? ""} ${message})`,
      "correct the file, which is not recorded yet, and run again; those before it stay applied.",
    );
  }
}

/** Who acts in which transaction. */
async function transaction(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>(
    "SELECT format('%s %s', pg_current_xact_id(), current_user) AS now",
  );
  return rows[0]?.now ?? "";
}
