import { OperatorError } from "../shared/errors";
import { metricLine } from "../shared/metric-line";
import type { RestoredCluster, RestoreJobs } from "./aws";
import { type Outcome, TEST_CLUSTER, type TestJob, type VerificationEvent } from "./event";
import { TIME_METRICS, VERDICT_METRICS } from "./metrics";
import type { Expectations } from "./settings";
import { type Verdict, verify, type VerifyOptions } from "./verify";

/** What a step hands to the next one. */
export type StepResult =
  | { readonly step: "prepare" | "report" }
  /** Of a restore that is no test of this stack, or of no database, nothing is to be done. */
  | { readonly isTest: false }
  | TestJob
  | { readonly step: "look"; readonly isReady: boolean }
  | ({ readonly step: "verify" } & Verdict)
  | { readonly step: "cleanUp"; readonly isGone: boolean };

/** What the steps work with. */
export interface Dependencies extends Omit<VerifyOptions, "job"> {
  readonly cluster: (clusterId: string) => RestoredCluster;
  readonly jobs: RestoreJobs;
  readonly expectations: Expectations;
  readonly functionName: string;
  /** Writes a line that is metrics. */
  readonly measure: (line: string) => void;
}

/** States in which an instance will not get better by itself. */
const HOPELESS = /^(failed|incompatible-|storage-full|restore-error|inaccessible-)/;

/**
 * Seconds from the beginning of a verification after which cluster and instance are waited for no longer, and those
 * after which their end is not: what AWS Backup's own hours leave.
 */
export const PATIENCE_SECONDS = { untilReady: 7200, untilGone: 14_400 } as const;

/**
 * Does one step. Each can be done again: what is done stays done.
 *
 * @throws OperatorError when the step could not be done
 */
export async function run(event: VerificationEvent, use: Dependencies): Promise<StepResult> {
  if (event.step === "identify") return await identify(event.jobId, use);
  const cluster = use.cluster(event.job.clusterId);
  const seconds = ((use.now ?? Date.now)() - Date.parse(event.startedAt)) / 1000;
  switch (event.step) {
    case "prepare":
      await cluster.addInstance(use.expectations.instanceClass);
      return { step: "prepare" };
    case "look": {
      const ready = await isReady(cluster);
      if (!ready && seconds > PATIENCE_SECONDS.untilReady) throw late("there", PATIENCE_SECONDS.untilReady);
      return { step: "look", isReady: ready };
    }
    case "verify":
      return {
        step: "verify",
        ...(await verify(cluster, {
          ...use,
          job: { begunAt: new Date(event.job.begunAt), restoredTo: new Date(event.job.restoredTo) },
        })),
      };
    case "report":
      await report(event.jobId, event.outcome, use);
      return { step: "report" };
    case "cleanUp": {
      await cluster.remove();
      const isGone = (await cluster.facts()) === undefined;
      if (!isGone && seconds > PATIENCE_SECONDS.untilGone) throw late("gone", PATIENCE_SECONDS.untilGone);
      return { step: "cleanUp", isGone };
    }
  }
}

/** Looks up what was restored, and whether a test of this stack did it: what somebody restores to work with stays. */
async function identify(
  jobId: string,
  { jobs, expectations: { plans } }: Dependencies,
): Promise<TestJob | { isTest: false }> {
  const { planArn, clusterId, begunAt, backedUpAt } = await jobs.facts(jobId);
  // AWS adds something of its own to a plan's name, after a hyphen, which no name has.
  const [, planName] = /:restore-testing-plan:(\w+)/.exec(planArn ?? "") ?? [];
  const plan = plans.find(({ name }) => name === planName);
  if (plan === undefined || clusterId === undefined || !TEST_CLUSTER.test(clusterId))
    return { isTest: false };
  return {
    isTest: true,
    clusterId,
    begunAt: begunAt.toISOString(),
    // The newest second of a continuous backup is that of the restore.
    restoredTo: (plan.isContinuous ? begunAt : backedUpAt).toISOString(),
  };
}

async function isReady(cluster: RestoredCluster): Promise<boolean> {
  const { status, instance } = (await cluster.facts()) ?? { status: "gone", instance: undefined };
  const hopeless = [status, instance ?? ""].find((it) => HOPELESS.test(it) || it === "gone");
  if (hopeless !== undefined) {
    throw new OperatorError(
      "DatabaseUnavailable",
      `The restored cluster is ${hopeless}.`,
      "see the events of the cluster in RDS; the next restore test makes another.",
    );
  }
  return status === "available" && instance === "available";
}

/** Tells AWS Backup, and those who watch figures. */
async function report(jobId: string, outcome: Outcome, use: Dependencies): Promise<void> {
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
    use.measure(metricLine(TIME_METRICS, of, { RestoreSeconds: outcome.restoreSeconds }, now, { jobId }));
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

function late(what: "there" | "gone", seconds: number): OperatorError {
  return new OperatorError(
    "OutOfTime",
    `The restored cluster is not ${what} after ${seconds} s.`,
    "see the events of the cluster in RDS; AWS Backup takes it away when its own hours are over.",
  );
}
