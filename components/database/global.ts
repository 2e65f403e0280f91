import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, type Names } from "../../config";

export interface GlobalDatabaseArgs {
  readonly names: Names;
  readonly clusterArn: pulumi.Input<string>;
  /** AWS makes no copy of a cluster without an instance. */
  readonly instances: readonly aws.rds.ClusterInstance[];
  /** Refuses to let the members go. */
  readonly protect: boolean;
}

/** Name of the global database, by which the standby region's stack joins it: there is nothing to look up. */
export function globalDatabaseName(names: Names): string {
  return names.fixed("globalCluster", "global");
}

/**
 * Makes a cluster the primary of a global database as it is: nothing is replaced, and nobody notices. The version stays
 * the clusters' business: AWS wants minor upgrades one by one, copies first.
 */
export function globalDatabase(
  name: string,
  { names, clusterArn, instances, protect }: GlobalDatabaseArgs,
  opts: pulumi.CustomResourceOptions,
): aws.rds.GlobalCluster {
  return new aws.rds.GlobalCluster(
    name,
    {
      globalClusterIdentifier: globalDatabaseName(names),
      sourceDbClusterIdentifier: clusterArn,
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      deletionProtection: protect,
      // The provider wants to be told. Without force it refuses to delete what still has members.
      forceDestroy: !protect,
      tags: dataTags("personal", "viewer-data"),
    },
    {
      ...opts,
      protect,
      dependsOn: [...instances],
      // How it began: no reading tells, and after an import a difference would replace it.
      ignoreChanges: ["sourceDbClusterIdentifier"],
    },
  );
}
