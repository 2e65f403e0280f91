import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../../config";
import type { Cache } from "../cache";
import type { Database } from "../database";
import { clusterIdentifier } from "../database/cluster-identifier";
import { logDelivery } from "../log-delivery";
import { logGroup } from "../log-group";
import type { Network } from "../network";
import { serviceTrust } from "../policy";
import type { Service } from "../service";
import { clusterName, serviceName } from "../service/cluster-name";
import type { Experiment, Target } from "./experiment";
import { cachePower, databaseFailover, spotInterruption, taskKill, zoneNetwork } from "./experiments";

export interface GameDaysArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly availabilityZones: readonly string[];
  /** The zone that is tried to be lost. */
  readonly zone: string;
  readonly network: Pick<Network, "publicSubnetIds" | "privateSubnetIds" | "isolatedSubnetIds">;
  /** @default nothing to fail over */
  readonly database: Database | undefined;
  /** @default no node to lose */
  readonly cache: Cache | undefined;
  /** @default no tasks to stop */
  readonly service: Service | undefined;
  /** Whether some of the service's tasks are on Spot. */
  readonly usesSpot: boolean;
  /** Tags that all of the stack's resources carry. */
  readonly tags: Readonly<Record<"project" | "environment", string>>;
  /** Alarms any of which ends an experiment. */
  readonly stopAlarmArns: readonly pulumi.Input<string>[];
  readonly logsKeyArn: pulumi.Input<string>;
}

const FIS = "fis.amazonaws.com";

/** Versions of what the service writes; 2 tells of every target. */
const LOG_SCHEMA = 2;

/**
 * Experiments of AWS Fault Injection Service, one for each part that can fail: templates that do nothing until somebody
 * starts one, each with a role that can do its own harm only, and ended by the alarms on what was promised to callers.
 */
export class GameDays extends pulumi.ComponentResource {
  /** Ids of the templates by experiment, such as `database-failover`. */
  readonly templateIds: Readonly<Partial<Record<Experiment["what"], pulumi.Output<string>>>>;

  constructor(name: string, args: GameDaysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:game-days:GameDays", name, {}, opts);
    const log = this.log(name, args);
    const made = experimentsOf(args).map((it) => [it.what, this.template(name, it, log, args).id] as const);
    this.templateIds = Object.fromEntries(made);
    this.registerOutputs({ templateIds: this.templateIds });
  }

  /** What the service writes about each run, and its right to do so. */
  private log(name: string, args: GameDaysArgs): { readonly arn: pulumi.Output<string> } {
    const { names, accountId, region } = args;
    const logGroupName = names.fixed("logGroup", "game-days");
    const group = logGroup(
      name,
      {
        logGroupName,
        classification: "internal",
        retentionClass: "operational",
        retention: args.retention,
        keyArn: args.logsKeyArn,
      },
      { parent: this },
    );
    const delivery = logDelivery(
      name,
      { names, accountId, region, what: "game-days", sid: "DeliverExperimentLogs", logGroupName },
      { parent: this, dependsOn: [group] },
    );
    return { arn: pulumi.all([group.arn, delivery.id]).apply(([arn]) => arn) };
  }

  private template(
    name: string,
    experiment: Experiment,
    log: { readonly arn: pulumi.Output<string> },
    args: GameDaysArgs,
  ): aws.fis.ExperimentTemplate {
    const { what, description, actionId, parameters, targetKey, target } = experiment;
    const role = this.role(`${name}-${what}`, experiment, args);
    return new aws.fis.ExperimentTemplate(
      `${name}-${what}`,
      {
        description,
        roleArn: role,
        actions: [
          {
            name: what,
            actionId,
            ...(parameters && { parameters: pairs(parameters) }),
            target: { key: targetKey, value: "target" },
          },
        ],
        targets: [{ name: "target", ...targetInputs(target) }],
        stopConditions: args.stopAlarmArns.map((value) => ({ source: "aws:cloudwatch:alarm", value })),
        // A run that found nothing to break has not shown anything.
        experimentOptions: { accountTargeting: "single-account", emptyTargetResolutionMode: "fail" },
        logConfiguration: {
          logSchemaVersion: LOG_SCHEMA,
          cloudwatchLogsConfiguration: { logGroupArn: pulumi.interpolate`${log.arn}:*` },
        },
        tags: { Name: args.names.fixed("nameTag", what) },
      },
      { parent: this },
    );
  }

  /** ARN of what the service is while it runs an experiment; known once it has its rights. */
  private role(
    name: string,
    { what, about, statements }: Experiment,
    args: GameDaysArgs,
  ): pulumi.Output<string> {
    const { names, accountId, region } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", what),
        description: `AWS Fault Injection Service: experiment ${what}`,
        assumeRolePolicy: serviceTrust(FIS, accountId, `arn:aws:fis:${region}:${accountId}:experiment/*`),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: what,
        role: role.id,
        policy: { Version: "2012-10-17", Statement: [...statements, logStatement()] },
      },
      about === undefined ? parent : { ...parent, dependsOn: [about] },
    );
    return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
  }
}

function experimentsOf(args: GameDaysArgs): Experiment[] {
  const { names, database, cache, service, network } = args;
  const zone = args.availabilityZones.indexOf(args.zone);
  const tiers = [network.publicSubnetIds, network.privateSubnetIds, network.isolatedSubnetIds];
  const tasks = { clusterName: clusterName(names), serviceName: serviceName(names), tags: args.tags };
  return [
    zoneNetwork(
      args,
      pulumi.all(tiers).apply((ids) => ids.map((tier) => tier[zone] ?? "")),
    ),
    ...(database ? [databaseFailover(args, database, clusterIdentifier(names))] : []),
    ...(cache ? [cachePower(args, cache)] : []),
    ...(service ? [taskKill(args, tasks)] : []),
    ...(service && args.usesSpot ? [spotInterruption(args, tasks)] : []),
  ];
}

function targetInputs({ resourceArns, resourceTags, filters, ...target }: Target) {
  return {
    ...target,
    ...(resourceArns !== undefined && { resourceArns }),
    ...(resourceTags && { resourceTags: pairs(resourceTags) }),
    ...(filters && { filters: filters.map((it) => ({ ...it })) }),
  };
}

function pairs(map: Readonly<Record<string, string>>) {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

function logStatement(): aws.iam.PolicyStatement {
  return {
    Sid: "WriteLog",
    Effect: "Allow",
    Action: ["logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
    // A delivery has no resource level, nor have the questions that come before it.
    Resource: "*",
  };
}
