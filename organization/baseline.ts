import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../config";
import { baselineTemplate } from "./template";

export interface BaselineArgs {
  readonly names: Names;
  readonly regions: readonly string[];
  readonly organizationalUnits: readonly string[];
}

/**
 * What every account of some units has, also one that joins tomorrow: a stack set that AWS rolls out with roles of its
 * own. In an account that leaves it stays: nobody stops being watched by moving.
 */
export class Baseline extends pulumi.ComponentResource {
  constructor(name: string, args: BaselineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:organization:Baseline", name, {}, opts);
    const set = new aws.cloudformation.StackSet(
      name,
      {
        name: args.names.fixed("stackSet", "baseline"),
        description: "What every account without a stack of the platform is watched by",
        permissionModel: "SERVICE_MANAGED",
        autoDeployment: { enabled: true, retainStacksOnAccountRemoval: true },
        managedExecution: { active: true },
        templateBody: baselineTemplate(),
      },
      { parent: this },
    );
    new aws.cloudformation.StackInstances(
      name,
      {
        stackSetName: set.name,
        deploymentTargets: { organizationalUnitIds: [...args.organizationalUnits] },
        regions: [...args.regions],
        // One account that refuses doesn't keep it from the others.
        operationPreferences: { failureTolerancePercentage: 100, maxConcurrentPercentage: 100 },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
