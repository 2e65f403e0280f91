import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConfig } from "../../config";

export interface ReaderScalingArgs {
  readonly clusterIdentifier: pulumi.Input<string>;
  readonly readers: NonNullable<DatabaseConfig["readers"]["provisioned"]>;
  /** Scaling needs a reader that is there. */
  readonly instances: pulumi.Resource;
}

/**
 * Adds and removes readers by their CPU use, between the minimum, which the deployment makes, and the maximum.
 *
 * No deployment knows the readers above the minimum: before the cluster is deleted or becomes serverless, set max to
 * min and wait until they are gone.
 */
export class ReaderScaling extends pulumi.ComponentResource {
  constructor(name: string, args: ReaderScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:ReaderScaling", name, {}, opts);
    const { readers } = args;

    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: "rds",
        scalableDimension: "rds:cluster:ReadReplicaCount",
        resourceId: pulumi.interpolate`cluster:${args.clusterIdentifier}`,
        minCapacity: readers.min,
        maxCapacity: readers.max,
      },
      { parent: this, dependsOn: [args.instances] },
    );
    new aws.appautoscaling.Policy(
      name,
      {
        name: "reader-cpu",
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "RDSReaderAverageCPUUtilization" },
          targetValue: readers.targetCpuPercent,
          scaleInCooldown: readers.scaleInCooldownSeconds,
          scaleOutCooldown: readers.scaleOutCooldownSeconds,
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
