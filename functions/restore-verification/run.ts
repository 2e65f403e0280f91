import { OperatorError } from "../shared/errors";
import { metricLine } from "../shared/metric-line";
import type { RestoredCluster, RestoreJobs } from "./aws";
import { restoredDatabase } from "./database";
import type { RestoredFileSystem } from "./efs";
import { FILE_SYSTEM, type Outcome, TEST_CLUSTER, type TestJob, type VerificationEvent } from "./event";
import { restoredFiles } from "./files";
import { FILES_TIME_METRICS, TIME_METRICS, VERDICT_METRICS } from "./metrics";
import type { Restored } from "./restored";
import type { Expectations } from "./settings";
import type { Verdict } from "./verdict";
import type { VerifyOptions } from "./verify";

/** What a step hands to the next one. */
export type StepResult =
  | { readonly step: "prepare" | "report" }
  /** Of a restore that is no test of this stack, or of nothing that is looked into, nothing is to be done. */
  | { readonly isTest: false }
  | TestJob
  | { readonly step: "look"; readonly isReady: boolean }
  | ({ readonly step: "verify" } & Verdict)
  | { readonly step: "cleanUp"; readonly isGone: boolean };

/** What the steps work with. */
export interface Dependencies extends Omit<VerifyOptions, "job" | "expectations"> {
  readonly cluster: (clusterId: string) => RestoredCluster;
  readonly fileSystem: (fileSystemId: string) => RestoredFileSystem;
  /** Folder that restored files are mounted at, in the function that looks into them. */
  readonly mount: string;
  readonly jobs: RestoreJobs;
  readonly expectations: Expectations;
  readonly functionName: string;
  /** Writes a line that is metrics. */
  readonly measure: (line: string) => void;
}

/**
 * Seconds from the beginning of a verification after which what was restored is waited for no longer, and those after
 * which its end is not: what AWS Backup's own hours leave.
 */
export const PATIENCE_SECONDS = { untilReady: 7200, untilGone: 14_400 } as const;

/**
 * Does one step. Each can be done again: what is done stays done.
 *
 * @throws OperatorError when the step could not be done
 */
export async function run(event: VerificationEvent, use: Dependencies): Promise<StepResult> {
  if (event.step === "identify") return await identify(event.jobId, use);
  const restored = restoredBy(event.job, use);
  const seconds = ((use.now ?? Date.now)() - Date.parse(event.startedAt)) / 1000;
  switch (event.step) {
    case "prepare":
      await restored.prepare();
      return { step: "prepare" };
    case "look": {
      const isReady = await restored.isReady();
      if (!isReady && seconds > PATIENCE_SECONDS.untilReady)
        throw late(restored, "there", PATIENCE_SECONDS.untilReady);
      return { step: "look", isReady };
    }
    case "verify":
      return { step: "verify", ...(await restored.verify()) };
    case "report":
      await report(event.jobId, "clusterId" in event.job ? "database" : "files", event.outcome, use);
      return { step: "report" };
    case "cleanUp": {
      await restored.remove();
      const isGone = await restored.isGone();
      if (!isGone && seconds > PATIENCE_SECONDS.untilGone)
        throw late(restored, "gone", PATIENCE_SECONDS.untilGone);
      return { step: "cleanUp", isGone };
    }
  }
}

function restoredBy(job: TestJob, use: Dependencies): Restored {
  const { database, files } = use.expectations;
  if ("clusterId" in job) {
    return restoredDatabase(use.cluster(job.clusterId), job, { ...use, expectations: expected(database) });
  }
  return restoredFiles(use.fileSystem(job.fileSystemId), job, { ...use, expectations: expected(files) });
}

/** A job that was begun before a deployment may be of something that is not looked into any more. */
function expected<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new OperatorError(
    "InvalidEnvironment",
    "The variable EXPECTATIONS says nothing about what was restored.",
    "nothing, when streamflix:backup.restoreTests has just been changed; AWS Backup takes away what its test has made.",
  );
}

/** Looks up what was restored, and whether a test of this stack did it: what somebody restores to work with stays. */
async function identify(
  jobId: string,
  { jobs, expectations: { plans, database, files } }: Dependencies,
): Promise<TestJob | { isTest: false }> {
  const { planArn, clusterId, fileSystemId, backupBytes, begunAt, backedUpAt } = await jobs.facts(jobId);
  // AWS adds something of its own to a plan's name, after a hyphen, which no name has.
  const [, planName] = /:restore-testing-plan:(\w+)/.exec(planArn ?? "") ?? [];
  const plan = plans.find(({ name }) => name === planName);
  if (plan === undefined) return { isTest: false };
  const found = {
    isTest: true,
    begunAt: begunAt.toISOString(),
    // The newest second of a continuous backup is that of the restore.
    restoredTo: (plan.isContinuous ? begunAt : backedUpAt).toISOString(),
  } as const;
  if (database && clusterId !== undefined && TEST_CLUSTER.test(clusterId)) return { ...found, clusterId };
  if (files && fileSystemId !== undefined && FILE_SYSTEM.test(fileSystemId)) {
    return { ...found, fileSystemId, ...(backupBytes !== undefined && { backupBytes }) };
  }
  return { isTest: false };
}

/** Tells AWS Backup, and those who watch figures. */
async function report(
  jobId: string,
  what: "database" | "files",
  outcome: Outcome,
  use: Dependencies,
): Promise<void> {
  const isJudged = "status" in outcome;
  const status = isJudged ? outcome.status : "FAILED";
  const reasons = isJudged ? outcome.reasons : [`it could not be judged: ${textOf(outcome)}`];
  const of = { FunctionName: use.functionName };
  const now = new Date((use.now ?? Date.now)());
  const RestoresFailed = status === "FAILED" ? 1 : 0;
  use.measure(
    metricLine(VERDICT_METRICS, of, { RestoresFailed }, now, { jobId, reasons: reasons.join("; ") }),
  );
  if (isJudged) {
    const seconds = outcome.restoreSeconds;
    use.measure(
      what === "database"
        ? metricLine(TIME_METRICS, of, { RestoreSeconds: seconds }, now, { jobId })
        : metricLine(FILES_TIME_METRICS, of, { FilesRestoreSeconds: seconds }, now, { jobId }),
    );
  }
  await use.jobs.report(jobId, status, reasons.join("; ") || "all checks passed");
}

/** Kind and message of a failure, which Lambda wraps in JSON; of its stack nothing. */
function textOf({ Error: kind, Cause = "" }: Extract<Outcome, { Error: string }>): string {
  try {
    const { errorMessage } = JSON.parse(Cause) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? `${kind}: ${errorMessage}` : kind;
  } catch {
    return kind;
  }
}

function late({ what }: Restored, state: "there" | "gone", seconds: number): OperatorError {
  return new OperatorError(
    "OutOfTime",
    `The restored ${what} is not ${state} after ${seconds} s.`,
    `see the ${what} in AWS; AWS Backup takes it away when its own hours are over.`,
  );
}
