import { OperatorError } from "../shared/errors";
import type { RestoredCluster, RestoreJobs } from "./aws";
import type { VerificationEvent } from "./event";
import type { Expectations } from "./settings";
import { type Verdict, verify, type VerifyOptions } from "./verify";

/** What a step hands to the next one. */
export type StepResult =
  | { readonly step: "prepare" }
  | { readonly step: "look"; readonly isReady: boolean }
  | ({ readonly step: "verify" } & Verdict)
  | { readonly step: "report" }
  | { readonly step: "cleanUp"; readonly isGone: boolean };

/** What the steps work with. */
export interface Dependencies extends Omit<VerifyOptions, "job"> {
  readonly cluster: (clusterId: string) => RestoredCluster;
  readonly jobs: RestoreJobs;
  readonly expectations: Expectations;
}

/** States in which an instance will not get better by itself. */
const HOPELESS = /^(failed|incompatible-|storage-full|restore-error|inaccessible-)/;

/**
 * Does one step. Each can be done again: what is done stays done.
 *
 * @throws OperatorError when the step could not be done
 */
export async function run(event: VerificationEvent, use: Dependencies): Promise<StepResult> {
  const cluster = use.cluster(event.clusterId);
  switch (event.step) {
    case "prepare":
      await cluster.addInstance(use.expectations.instanceClass);
      return { step: "prepare" };
    case "look":
      return { step: "look", isReady: await isReady(cluster) };
    case "verify": {
      const job = await use.jobs.facts(event.jobId);
      return { step: "verify", ...(await verify(cluster, { ...use, job })) };
    }
    case "report":
      await use.jobs.report(event.jobId, event.status, event.reasons.join("; ") || "all checks passed");
      return { step: "report" };
    case "cleanUp":
      await cluster.remove();
      return { step: "cleanUp", isGone: (await cluster.facts()) === undefined };
  }
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
