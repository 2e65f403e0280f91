import * as fs from "node:fs";

import { readRecoveryTests, type RecoveryTest } from "../checklist/recovery-tests";

/**
 * Adds tests to the record that `npm run checklist -- --tests <file>` reads; makes the file when there is none. The file
 * is whole at any time.
 *
 * @throws Problem when the file holds something else
 */
export function addToRecord(file: string, tests: readonly RecoveryTest[]): void {
  const known = fs.existsSync(file) ? readRecoveryTests(file) : [];
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, `${JSON.stringify([...known, ...tests], undefined, 2)}\n`);
  fs.renameSync(temporary, file);
}
