import { createHmac, randomBytes } from "node:crypto";

import type { Database, Statement } from "./database";
import type { Deadline } from "./deadline";

const KEY_BYTES = 32;

interface KeyRow {
  readonly subject_id: string;
  readonly key: Buffer;
}

/** Stands for ids of one subject outside the database; the same id always gives the same text. */
export type Pseudonymise = (id: string) => string;

/**
 * Gives each subject a way to turn ids into pseudonyms: HMAC-SHA-256 with a key that only this subject has. The keys
 * are in the database and nowhere else, not even kept in memory: once a key is destroyed, nobody can link the subject to
 * what has been streamed or archived under its pseudonym.
 *
 * @param subjects ids in lower case, each once
 */
export async function pseudonymsOf(
  database: Database,
  subjects: readonly string[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, Pseudonymise>> {
  const found = await database.rows<KeyRow>(readKeys(subjects), deadline);
  const known = new Set(found.map((row) => row.subject_id));
  const missing = subjects.filter((subject) => !known.has(subject));
  if (missing.length > 0) {
    await database.rows(makeKeys(missing), deadline);
    // Read back: another task may have made the key of the same subject first.
    found.push(...(await database.rows<KeyRow>(readKeys(missing), deadline)));
  }
  return new Map(
    found.map(({ subject_id, key }) => [
      subject_id,
      (id: string) => createHmac("sha256", key).update(id).digest("base64url"),
    ]),
  );
}

const readKeys = (subjects: readonly string[]): Statement => ({
  name: "read subject keys",
  // A reader may not have a key yet that was just made, and may still have one that was just destroyed.
  on: "writer",
  text: "SELECT subject_id, key FROM subject_keys WHERE subject_id = ANY($1::uuid[])",
  values: [subjects],
});

const makeKeys = (subjects: readonly string[]): Statement => ({
  name: "make subject keys",
  on: "writer",
  // In order, so that two batches with the same subjects don't wait for each other crosswise.
  text: `INSERT INTO subject_keys (subject_id, key)
         SELECT * FROM unnest($1::uuid[], $2::bytea[]) AS made (subject_id, key) ORDER BY 1
         ON CONFLICT (subject_id) DO NOTHING`,
  values: [subjects, subjects.map(() => randomBytes(KEY_BYTES))],
});
