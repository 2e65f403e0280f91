import { OperatorError } from "../shared/errors";
import type { RestoredCluster } from "./aws";
import type { DatabaseJob } from "./event";
import type { Restored } from "./restored";
import { verify, type VerifyOptions } from "./verify";

/** States in which an instance will not get better by itself. */
const HOPELESS = /^(failed|incompatible-|storage-full|restore-error|inaccessible-)/;

/** A restored database, as the steps see it: it needs an instance, which AWS Backup does not make. */
export function restoredDatabase(
  cluster: RestoredCluster,
  job: DatabaseJob,
  use: Omit<VerifyOptions, "job">,
): Restored {
  return {
    what: "cluster",
    prepare: () => cluster.addInstance(use.expectations.instanceClass),
    isReady: () => isReady(cluster),
    verify: () => verify(cluster, { ...use, job }),
    remove: () => cluster.remove(),
    isGone: async () => (await cluster.facts()) === undefined,
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
