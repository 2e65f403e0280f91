import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConfig, Names } from "../../config";
import { serviceTrust } from "../policy";

export interface InstancesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  readonly database: Pick<DatabaseConfig, "engine" | "readers" | "applyChanges" | "maintenanceWindow">;
  readonly clusterIdentifier: pulumi.Input<string>;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** Encrypts Performance Insights. */
  readonly keyArn: pulumi.Input<string>;
  /** Days of load data, 7 or 465. */
  readonly insightsRetentionDays: number;
  /** Refuses to delete or replace instances; AWS's own deletion protection covers the cluster only. */
  readonly protect: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Pinned, so that AWS changes no certificate under the clients' feet. */
const CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1";

const MONITORING_SECONDS = 60;
const LAST_PROMOTION_TIER = 15;

/** One instance to make. */
export interface InstancePlan {
  /** Part of its names. No instance is "the writer": that role moves with every failover. */
  readonly number: number;
  readonly instanceClass: string;
  readonly availabilityZone: string;
  /** 0 and 1 take over first, and in a serverless cluster scale with the writer; the others scale by themselves. */
  readonly promotionTier: number;
}

/**
 * The instances of a configuration: a writer and its readers, spread over the zones. Scaled readers count with their
 * minimum, the others are Application Auto Scaling's.
 */
export function planInstances(
  { engine, readers }: Pick<DatabaseConfig, "engine" | "readers">,
  availabilityZones: readonly string[],
): InstancePlan[] {
  const instanceClass = engine.provisioned?.instanceClass ?? "db.serverless";
  const count = 1 + (readers.serverless?.count ?? readers.provisioned?.min ?? 0);
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    instanceClass,
    availabilityZone: availabilityZones[index % availabilityZones.length] ?? "",
    promotionTier: Math.min(index, LAST_PROMOTION_TIER),
  }));
}

/** Starts of the instances' names: the rest is made when they are. */
export function instancePrefixes(names: Names, ...plan: Parameters<typeof planInstances>): string[] {
  return planInstances(...plan).map((instance) => identifierPrefix(names, instance));
}

function identifierPrefix(names: Names, { number }: Pick<InstancePlan, "number">): string {
  return names.prefix("dbInstance", `database-${number}`);
}

/**
 * The instances made by the deployment, with enhanced monitoring and Performance Insights.
 *
 * They are numbered and keep their number: a change from provisioned to serverless changes each in place. Where changes
 * are applied at once they come one after the other, so that one is always there to take over. In a maintenance window
 * AWS decides when, so there they are made and changed side by side: minutes less for each.
 */
export class Instances extends pulumi.ComponentResource {
  /** Once these are there the cluster has a writer: the first where they come in order, else all, any may be it. */
  readonly withWriter: readonly aws.rds.ClusterInstance[];

  constructor(name: string, args: InstancesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:Instances", name, {}, opts);
    const monitoring = this.monitoringRole(name, args);

    const make = (plan: InstancePlan, previous?: pulumi.Resource) =>
      new aws.rds.ClusterInstance(
        `${name}-${plan.number}`,
        {
          identifierPrefix: identifierPrefix(args.names, plan),
          clusterIdentifier: args.clusterIdentifier,
          engine: "aurora-postgresql",
          instanceClass: plan.instanceClass,
          availabilityZone: plan.availabilityZone,
          promotionTier: plan.promotionTier,
          dbSubnetGroupName: args.subnetGroupName,
          dbParameterGroupName: args.parameterGroupName,
          publiclyAccessible: false,
          caCertIdentifier: CERTIFICATE_AUTHORITY,
          autoMinorVersionUpgrade: false,
          applyImmediately: args.database.applyChanges === "now",
          preferredMaintenanceWindow: args.database.maintenanceWindow,
          copyTagsToSnapshot: true,
          monitoringInterval: MONITORING_SECONDS,
          monitoringRoleArn: monitoring.roleArn,
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: args.keyArn,
          performanceInsightsRetentionPeriod: args.insightsRetentionDays,
          tags: args.tags,
        },
        {
          parent: this,
          protect: args.protect,
          dependsOn: [monitoring.policy, ...(previous === undefined ? [] : [previous])],
        },
      );
    const inOrder = args.database.applyChanges === "now";
    const instances: aws.rds.ClusterInstance[] = [];
    for (const plan of planInstances(args.database, args.availabilityZones)) {
      instances.push(make(plan, inOrder ? instances.at(-1) : undefined));
    }
    this.withWriter = inOrder ? instances.slice(0, 1) : instances;
    this.registerOutputs({ withWriter: this.withWriter });
  }

  /** What the agent on each instance writes its measurements with. */
  private monitoringRole(name: string, { names, accountId, region }: InstancesArgs) {
    const role = new aws.iam.Role(
      `${name}-monitoring`,
      {
        namePrefix: names.prefix("iamRole", "db-monitoring"),
        description: "Lets RDS write enhanced monitoring of the database",
        assumeRolePolicy: serviceTrust(
          "monitoring.rds.amazonaws.com",
          accountId,
          `arn:aws:rds:${region}:${accountId}:db:*`,
        ),
      },
      { parent: this },
    );
    // RDS makes it when it is first needed, one group for all databases of an account, as its own policy has it.
    const logGroup = `arn:aws:logs:${region}:${accountId}:log-group:RDS*`;
    const policy = new aws.iam.RolePolicy(
      `${name}-monitoring`,
      {
        name: "write-measurements",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
              Resource: logGroup,
            },
            {
              Effect: "Allow",
              Action: [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
              ],
              Resource: `${logGroup}:log-stream:*`,
            },
          ],
        },
      },
      { parent: this },
    );
    return { roleArn: role.arn, policy };
  }
}
