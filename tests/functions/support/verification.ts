import assert from "node:assert/strict";

import { verificationFlow } from "../../../components/backup/verification-flow";
import { parseEvent } from "../../../functions/restore-verification/event";
import { type Dependencies, run } from "../../../functions/restore-verification/run";
import { type Clock, execute, type Execution } from "../../support/state-machine";

const [WORKER, DATABASE_CHECKS, FILE_CHECKS] = [
  "restore-verification",
  "restore-checks",
  "restore-file-checks",
].map((name) => `arn:aws:lambda:eu-central-1:111122223333:function:${name}`) as [string, string, string];

/** What AWS gets. */
const DEFINITION = verificationFlow({
  worker: { functionArn: WORKER, timeoutSeconds: 60 },
  databaseChecks: { functionArn: DATABASE_CHECKS, timeoutSeconds: 840 },
  fileChecks: { functionArn: FILE_CHECKS, timeoutSeconds: 840 },
});

/** What AWS Backup says when a restore is over, shortened; synthetic. */
const EVENT = {
  source: "aws.backup",
  "detail-type": "Restore Job State Change",
  detail: { restoreJobId: "job-1", status: "COMPLETED" },
};

/** When every execution starts. */
export const START = Date.parse("2026-11-23T09:00:00Z");

/** What happens to a step instead of, or before, what it does. */
export type Fault = (clock: Clock, attempt: number) => void;

/** AWS says no. */
export const fails: Fault = () => {
  throw Object.assign(new Error("AWS says no"), { name: "Unexpected" });
};

/** Nobody answers for longer than any step may take. */
export const hangs: Fault = (clock) => {
  clock.now += 2 * 3_600_000;
};

/** AWS says no the first time. */
export const failsOnce: Fault = (clock, attempt) => {
  if (attempt === 1) fails(clock, attempt);
};

/** Ways in which a step fails at each attempt, and what is reported of it. */
export const LASTING_FAULTS = [
  ["fails", fails, "Unexpected: AWS says no"],
  ["outlasts its time", hangs, "States.Timeout"],
] as const;

/** How often an execution came to a state. */
export function countOf(path: readonly string[], state: string): number {
  return path.filter((it) => it === state).length;
}

/** Executes the definition with the function itself, on a clock that waits for nobody. */
export async function verification(
  use: Dependencies,
  faults: Readonly<Record<string, Fault>> = {},
): Promise<Execution & { readonly seconds: number }> {
  const clock = { now: START };
  const attempts = new Map<string, number>();
  const execution = await execute(
    DEFINITION,
    EVENT,
    async (resource, payload) => {
      const event = parseEvent(payload);
      // Only functions in the VPC reach the database, and the files.
      const checks = "job" in event && "clusterId" in event.job ? DATABASE_CHECKS : FILE_CHECKS;
      assert.equal(resource, event.step === "verify" ? checks : WORKER);
      const attempt = (attempts.get(event.step) ?? 0) + 1;
      attempts.set(event.step, attempt);
      faults[event.step]?.(clock, attempt);
      return await run(event, { ...use, now: () => clock.now });
    },
    clock,
  );
  return { ...execution, seconds: (clock.now - START) / 1000 };
}
