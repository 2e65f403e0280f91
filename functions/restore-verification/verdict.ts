import type { TestJob } from "./event";

/** Whether what was restored is any good, and why not. */
export interface Verdict {
  readonly status: "SUCCESSFUL" | "FAILED";
  /** Empty for a good one; nothing of what was restored is in it. */
  readonly reasons: readonly string[];
  /** From the start of the restore until somebody could work with it. */
  readonly restoreSeconds: number;
}

/** Seconds from the start of a restore until now. */
export function restoreTime(now: number, { begunAt }: Pick<TestJob, "begunAt">): number {
  return Math.ceil((now - Date.parse(begunAt)) / 1000);
}

/** The verdict on what was found, and on how long it took. */
export function verdict(
  faults: readonly string[],
  restoreSeconds: number,
  objectiveSeconds: number,
): Verdict {
  const reasons = [
    ...faults,
    ...(restoreSeconds > objectiveSeconds
      ? [
          `it took ${restoreSeconds} s until somebody could work with it, more than the objective of ${objectiveSeconds} s`,
        ]
      : []),
  ];
  return { status: reasons.length === 0 ? "SUCCESSFUL" : "FAILED", reasons, restoreSeconds };
}
