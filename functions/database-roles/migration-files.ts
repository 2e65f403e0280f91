import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";

import { OperatorError } from "../shared/errors";

/** One file of SQL. */
export interface Migration {
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with plain line ends, so that a checkout on another system counts as the same. */
  readonly checksum: string;
}

const NAME = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

/** What would end the transaction that a migration runs in, or change who runs it. END also closes BEGIN ATOMIC bodies. */
const FORBIDDEN =
  /^\s*(BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|ABORT|PREPARE\s+TRANSACTION|(RE)?SET\s+((LOCAL|SESSION)\s+)?(ROLE|SESSION\s+AUTHORIZATION))\b/i;

/**
 * Reads the migrations of a directory in their order. Files that are no SQL, such as a README, are left out.
 *
 * @throws OperatorError for names out of form, a number used twice and statements that end the transaction
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const digits = NAME.exec(name)?.[1];
    if (digits === undefined) {
      throw migrationError(`${name} is no name for a migration`, "name it like 0001-first-tables.sql.");
    }
    const sql = (await readFile(path.join(directory, name), "utf8")).replaceAll("\r\n", "\n");
    const isForbidden = (text: string) =>
      FORBIDDEN.test(text) || (/^\s*END\b/i.test(text) && !/\bBEGIN\s+ATOMIC\b/i.test(sql));
    const statement = statements(sql).find(isForbidden);
    if (statement !== undefined) {
      const words = statement.trim().split(/\s+/).slice(0, 3).join(" ");
      throw migrationError(
        `${name} has the statement ${words}`,
        "leave it out: each migration runs as a whole in one transaction, as the owner role.",
      );
    }
    const checksum = createHash("sha256").update(sql).digest("hex");
    const previous = migrations.at(-1);
    if (previous?.number === Number(digits)) {
      throw migrationError(
        `${previous.name} and ${name} have the same number`,
        "give the later one the next free number.",
      );
    }
    migrations.push({ number: Number(digits), name, sql, checksum });
  }
  return migrations;
}

/** The statements without comments, texts, quoted names and function bodies: enough to see how each one starts. */
function statements(sql: string): string[] {
  const hidden = /--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
  return sql.replace(hidden, " ").split(";");
}

/** An error about a migration. */
export function migrationError(what: string, remedy: string): OperatorError {
  return new OperatorError("MigrationFailed", `Migrations: ${what}.`, remedy);
}
