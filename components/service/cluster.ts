import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../../config";
import { logGroup } from "../log-group";
import { clusterName } from "./cluster-name";

export interface ServiceClusterArgs {
  readonly names: Names;
  /** Encrypts the disks of tasks. */
  readonly storageKeyArn: pulumi.Input<string>;
  readonly logsKeyArn: pulumi.Input<string>;
  readonly retention: RetentionConfig;
}

/**
 * A cluster without machines of its own: Fargate and Fargate Spot, disks under the platform's key, measured per task
 * and container, with a record of every shell that somebody opens in a task.
 */
export class ServiceCluster extends pulumi.ComponentResource {
  /** Name of the cluster, known once tasks can run in it. */
  readonly clusterName: pulumi.Output<string>;
  /** ARN of the cluster, known once tasks can run in it. */
  readonly arn: pulumi.Output<string>;
  /** Group that shell sessions are recorded in. */
  readonly sessionLogGroupName: string;

  constructor(name: string, args: ServiceClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:ServiceCluster", name, {}, opts);
    const { names } = args;
    const parent = { parent: this };
    const ownName = clusterName(names);
    this.sessionLogGroupName = names.fixed("logGroup", "service/sessions");
    const log = { retention: args.retention, keyArn: args.logsKeyArn };

    const sessions = logGroup(
      `${name}-sessions`,
      {
        ...log,
        logGroupName: this.sessionLogGroupName,
        classification: "personal",
        retentionClass: "access-log",
      },
      parent,
    );
    // Container Insights would make it itself otherwise, without encryption and kept for ever. The name is its choice.
    const insights = logGroup(
      `${name}-insights`,
      {
        ...log,
        logGroupName: `/aws/ecs/containerinsights/${ownName}/performance`,
        classification: "internal",
        retentionClass: "operational",
      },
      parent,
    );
    const cluster = new aws.ecs.Cluster(
      name,
      {
        name: ownName,
        settings: [{ name: "containerInsights", value: "enhanced" }],
        configuration: {
          executeCommandConfiguration: {
            // Without a key of its own: a session goes over TLS anyway, and our keys are used through services only.
            logging: "OVERRIDE",
            logConfiguration: {
              // Refuses to write to a group that is not encrypted.
              cloudWatchEncryptionEnabled: true,
              cloudWatchLogGroupName: sessions.name,
            },
          },
          managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: args.storageKeyArn },
        },
      },
      { parent: this, dependsOn: [insights] },
    );
    const providers = new aws.ecs.ClusterCapacityProviders(
      name,
      { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
      parent,
    );
    // A service on them has to go before they do: what comes from here waits for them.
    this.clusterName = pulumi.all([cluster.name, providers.id]).apply(([it]) => it);
    this.arn = pulumi.all([cluster.arn, providers.id]).apply(([it]) => it);
    this.registerOutputs({
      clusterName: this.clusterName,
      arn: this.arn,
      sessionLogGroupName: this.sessionLogGroupName,
    });
  }
}
