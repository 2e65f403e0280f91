import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../config";
import {
  DEPLOYMENT_METRICS,
  KEY_METRICS,
  SECRET_METRICS,
  STOP_METRICS,
} from "../functions/inspection/metrics";
import { SECRETS } from "./database/secrets";
import { type EventPattern, EventRule, ruleArn } from "./event-rule";
import { FailureQueue } from "./failure-queue";
import type { FunctionMetrics } from "./function-parts";
import { lambdaBundle } from "./lambda-bundle";
import { LambdaFunction } from "./lambda-function";
import { type Metric, metric, type MetricSource } from "./metrics";
import type { Rotation } from "./rotation";
import { Schedule } from "./schedule";
import { secretArnPattern } from "./secret";
import { clusterName, serviceName } from "./service/cluster-name";

export interface InspectionArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Tags that every key of the stack has. */
  readonly tags: Readonly<Record<"project" | "environment", string>>;
  /** The stack's keys by data class. */
  readonly keyArns: Readonly<Record<"logs" | "messaging" | (string & {}), pulumi.Input<string>>>;
  /** Whose secrets are looked at. @default no secret is rotated */
  readonly rotation: Pick<Rotation, "secrets"> | undefined;
  /** Whether there is a service whose tasks stop and whose deployments fail. */
  readonly watchesService: boolean;
  /** What is looked at: it is there before. */
  readonly dependsOn: readonly pulumi.Resource[];
  readonly retention: RetentionConfig;
}

/** Figures that AWS has none of, and of what makes them. */
export interface InspectionMetrics {
  readonly function: FunctionMetrics;
  readonly failures: MetricSource;
  readonly keysUnusable: Metric;
  readonly secrets: readonly {
    readonly what: string;
    /** Days after which it is to be rotated. */
    readonly everyDays: number;
    readonly daysSinceRotation: Metric;
  }[];
  readonly service?: Readonly<Record<"taskFailures" | "spotInterruptions" | "deploymentFailures", Metric>>;
}

const WHAT = "inspection";
const TIMEOUT_SECONDS = 60;
const MEMORY_MEGABYTES = 256;

/** Four looks in each hour that an alarm is about. */
const EVERY = "rate(15 minutes)";

/** An event that waits longer is given up and kept: a figure that comes an hour late sets no alarm off. */
const EVENT_AGE_SECONDS = 3600;

/**
 * Publishes what AWS has no figures of: ages of passwords, keys that are unusable, tasks of the service that fail or are
 * taken back, deployments that fail. A function outside the VPC writes them into its log; it may read dates and states,
 * and nothing else.
 */
export class Inspection extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly metrics: InspectionMetrics;

  constructor(name: string, args: InspectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:monitoring:Inspection", name, {}, opts);
    const { names, accountId, region } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };
    const secrets = args.rotation?.secrets ?? [];
    const rules = args.watchesService ? rulesOf(args) : [];

    const failures = new FailureQueue(
      `${name}-failures`,
      {
        ...place,
        what: WHAT,
        keyArn: args.keyArns.messaging,
        senders:
          rules.length === 0
            ? []
            : [{ service: "events", sourceArns: rules.map(({ what }) => ruleArn(place, what)) }],
      },
      parent,
    );
    const worker = new LambdaFunction(
      name,
      {
        ...place,
        what: WHAT,
        description: "Publishes figures that AWS has none of",
        bundle: lambdaBundle("functions/inspection/handler.ts"),
        environment: {
          SETTINGS: pulumi.jsonStringify({
            secrets: Object.fromEntries(secrets.map(({ what, arn }) => [what, arn])),
            keys: args.keyArns,
          }),
        },
        failures,
        eventAgeSeconds: EVENT_AGE_SECONDS,
        statements: lookStatements(args),
        dependsOn: args.dependsOn,
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
      },
      parent,
    );
    new Schedule(
      `${name}-schedule`,
      {
        ...place,
        what: WHAT,
        description: "Looks at secrets and keys",
        expression: EVERY,
        functionArn: worker.arn,
        target: worker,
        event: { action: "look" },
      },
      parent,
    );
    for (const { what, description, pattern } of rules) {
      new EventRule(
        what.replace(WHAT, name),
        { names, what, description, trigger: { pattern }, target: worker, failures },
        parent,
      );
    }
    this.functionName = worker.functionName;
    this.metrics = metricsOf(args, worker, failures);
    this.registerOutputs({ functionName: this.functionName, metrics: this.metrics });
  }
}

/** Dates of the secrets that are rotated, states of the keys that carry the stack's tags. */
function lookStatements(args: InspectionArgs): aws.iam.PolicyStatement[] {
  const { accountId, region, tags, rotation } = args;
  const secrets = (rotation?.secrets ?? []).map(({ what }) => secretArnPattern(args, SECRETS[what]));
  return [
    {
      Sid: "SeeKeys",
      Effect: "Allow",
      Action: "kms:DescribeKey",
      Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
      Condition: {
        StringEquals: Object.fromEntries(
          Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
        ),
      },
    },
    ...(secrets.length === 0
      ? []
      : [
          {
            Sid: "SeeSecrets",
            Effect: "Allow" as const,
            Action: "secretsmanager:DescribeSecret",
            Resource: secrets,
          },
        ]),
  ];
}

/** Which of the service's events are counted. */
function rulesOf({ names, accountId, region }: InspectionArgs): {
  readonly what: string;
  readonly description: string;
  readonly pattern: EventPattern;
}[] {
  const ecs = `arn:aws:ecs:${region}:${accountId}`;
  const [cluster, service] = [clusterName(names), serviceName(names)];
  return [
    {
      what: `${WHAT}-stops`,
      description: "A task of the service stopped",
      pattern: {
        source: ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        detail: {
          clusterArn: [`${ecs}:cluster/${cluster}`],
          group: [`service:${service}`],
          lastStatus: ["STOPPED"],
        },
      },
    },
    {
      what: `${WHAT}-deployments`,
      description: "A deployment of the service failed",
      pattern: {
        source: ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        resources: [`${ecs}:service/${cluster}/${service}`],
        detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      },
    },
  ];
}

function metricsOf(args: InspectionArgs, worker: LambdaFunction, failures: FailureQueue): InspectionMetrics {
  const { namespace } = KEY_METRICS;
  const source = { namespace, dimensions: { FunctionName: worker.functionName } };
  const figure = (name: Figure, statistic: "Maximum" | "Sum", of: MetricSource = source) =>
    metric(of, name, statistic);
  return {
    function: worker.metrics,
    failures: failures.metrics,
    keysUnusable: figure("KeysUnusable", "Maximum"),
    secrets: (args.rotation?.secrets ?? []).map(({ what, everyDays }) => ({
      what,
      everyDays,
      daysSinceRotation: figure("DaysSinceRotation", "Maximum", {
        namespace,
        dimensions: { ...source.dimensions, Secret: what },
      }),
    })),
    ...(args.watchesService && {
      service: {
        taskFailures: figure("TaskFailures", "Sum"),
        spotInterruptions: figure("SpotInterruptions", "Sum"),
        deploymentFailures: figure("DeploymentFailures", "Sum"),
      },
    }),
  };
}

/** A figure that the function writes. */
type Figure = keyof (typeof SECRET_METRICS.units &
  typeof KEY_METRICS.units &
  typeof STOP_METRICS.units &
  typeof DEPLOYMENT_METRICS.units);
