import * as fs from "node:fs";
import { z } from "zod";
import { Problem } from "../../local/problem";

const record = z
  .array(
    z
      .strictObject({
        /** Day of the run. */
        on: z.iso.date(),
        /** What was restored or failed over, such as `database`. */
        what: z.string().min(1),
        result: z.enum(["passed", "failed"]),
        /** Where the run is written down. */
        evidence: z.string().min(1),
      })
      .readonly(),
  )
  .readonly();

/** A test of recovery that somebody, or the restore flow, has run. */
export type RecoveryTest = z.infer<typeof record>[number];

/** @throws Problem when the file is missing or holds something else */
export function readRecoveryTests(file: string): readonly RecoveryTest[] {
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    throw new Problem(`${file} can't be read. Allowed: a file with JSON.`);
  }
  const parsed = record.safeParse(json);
  if (!parsed.success) {
    throw new Problem(
      `${file} is no record of recovery tests: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}. ` +
        'Allowed: a list of {"on": "2026-11-20", "what": "database", "result": "passed" or "failed", "evidence": "…"}.',
    );
  }
  return parsed.data;
}
