import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RemediationConfig, RetentionConfig, ServiceConfig } from "../../config";
import { NO_FLAG, type Settings } from "../../functions/remediation/settings";
import type { Alerts } from "../alerts";
import { EventRule, ruleArn } from "../event-rule";
import { FailureQueue } from "../failure-queue";
import type { FunctionMetrics } from "../function-parts";
import { lambdaBundle } from "../lambda-bundle";
import { LambdaFunction } from "../lambda-function";
import type { MetricSource } from "../metrics";
import { keyStatement } from "../policy";
import { capacityCase } from "./capacity-case";
import type { CaseParts, CasePlace } from "./case-parts";
import { failoverCase } from "./failover-case";
import { keysCase } from "./keys-case";
import { rotationCase } from "./rotation-case";

export interface RemediationArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Tags that a resource has to carry for anything to be done about it. */
  readonly tags: Readonly<Record<"project" | "environment", string>>;
  readonly remediation: RemediationConfig;
  /** What the service wants to run on. Needed by case `capacity`. */
  readonly capacity: ServiceConfig["capacity"] | undefined;
  /** Topics by which people are told. @default records only */
  readonly topicNames: Alerts["topicNames"] | undefined;
  /** Everything that the cases are about: it is there before, and goes after, so that nobody rescues what is torn down. */
  readonly dependsOn: readonly pulumi.Resource[];
  readonly retention: RetentionConfig;
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
}

const TIMEOUT_SECONDS = 60;
const MEMORY_MEGABYTES = 256;

/** An event that waits longer is given up and kept: what it was about has changed since. */
const EVENT_AGE_SECONDS = 3600;

/** Namespace of what is counted from the audit records. */
export const METRIC_NAMESPACE = "StreamFlix/Remediation";
/** Metric of records, by `Case` and `Outcome`. */
export const OUTCOMES_METRIC = "Outcomes";

/**
 * What mends itself: rules on the account's events, and one function that answers them, with a case for each kind of
 * trouble. It is outside the VPC, since it has to work while the network doesn't.
 *
 * Each case acts on what carries the stack's tags, or on the resources its policy names; in a dry run its role can't
 * change anything. Every event leaves an audit record in the function's log, counted by case and outcome.
 */
export class Remediation extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** Keeps events that could not be delivered or handled. */
  readonly failureQueueName: pulumi.Output<string>;
  readonly metrics: { readonly function: FunctionMetrics; readonly failures: MetricSource };

  constructor(name: string, args: RemediationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:remediation:Remediation", name, {}, opts);
    const { names, accountId, region } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };
    const cases = casesOf(args);
    const rules = cases
      .flatMap((it) => it.rules)
      .map((rule) => ({ ...rule, what: `remediation-${rule.what}` }));

    const flags = cases.flatMap(({ flag }) => (flag === undefined ? [] : [this.flag(name, names, flag)]));
    const failures = new FailureQueue(
      `${name}-failures`,
      {
        ...place,
        what: "remediation",
        keyArn: args.keyArns.messaging,
        senders: [{ service: "events", sourceArns: rules.map(({ what }) => ruleArn(place, what)) }],
      },
      parent,
    );
    const topicArns = args.topicNames && {
      critical: `arn:aws:sns:${region}:${accountId}:${args.topicNames.critical}`,
      warning: `arn:aws:sns:${region}:${accountId}:${args.topicNames.warning}`,
    };
    const worker = new LambdaFunction(
      name,
      {
        ...place,
        what: "remediation",
        description: "Mends what events tell of",
        bundle: lambdaBundle("functions/remediation/handler.ts"),
        environment: { SETTINGS: JSON.stringify(settings(args, cases, topicArns)) },
        failures,
        eventAgeSeconds: EVENT_AGE_SECONDS,
        statements: [...cases.flatMap((it) => it.statements), ...publish(place, topicArns)],
        dependsOn: [...flags, ...args.dependsOn],
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
      },
      parent,
    );
    for (const rule of rules) {
      new EventRule(
        `${name}-${rule.what.replace(/^remediation-/, "")}`,
        { names, ...rule, target: worker, failures },
        parent,
      );
    }
    new aws.cloudwatch.LogMetricFilter(
      name,
      {
        name: names.fixed("metric", "remediation-outcomes"),
        logGroupName: names.fixed("logGroup", "remediation"),
        // Lambda puts what is logged under `message`.
        pattern: '{ $.message.function = "remediation" }',
        metricTransformation: {
          namespace: METRIC_NAMESPACE,
          name: OUTCOMES_METRIC,
          value: "1",
          unit: "Count",
          dimensions: { Case: "$.message.record.case", Outcome: "$.message.record.outcome" },
        },
      },
      { parent: this, dependsOn: [worker] },
    );
    this.functionName = worker.functionName;
    this.failureQueueName = failures.queueName;
    this.metrics = { function: worker.metrics, failures: failures.metrics };
    this.registerOutputs({
      functionName: this.functionName,
      failureQueueName: this.failureQueueName,
      metrics: this.metrics,
    });
  }

  /** A parameter that the function writes to. */
  private flag(name: string, names: Names, what: string): aws.ssm.Parameter {
    return new aws.ssm.Parameter(
      `${name}-${what.split("/").at(-1) ?? what}`,
      { name: names.fixed("ssmParameter", what), type: "String", insecureValue: NO_FLAG },
      { parent: this, ignoreChanges: ["insecureValue", "value"] },
    );
  }
}

function casesOf({ names, accountId, region, tags, remediation, capacity }: RemediationArgs): CaseParts[] {
  const place: CasePlace = { names, accountId, region, tags };
  const { cases } = remediation;
  return [
    ...(cases.keys ? [keysCase(place, cases.keys)] : []),
    ...(cases.rotation ? [rotationCase(place, cases.rotation)] : []),
    ...(cases.capacity && capacity ? [capacityCase(place, cases.capacity, capacity)] : []),
    ...(cases.failover ? [failoverCase(place)] : []),
  ];
}

function settings(
  { accountId, region, tags }: RemediationArgs,
  cases: readonly CaseParts[],
  topicArns: Settings["topicArns"],
): Settings {
  return {
    accountId,
    region,
    tags,
    ...(topicArns === undefined ? {} : { topicArns }),
    cases: Object.assign({}, ...cases.map((it) => it.settings)) as Settings["cases"],
  };
}

function publish(
  place: { readonly names: Names; readonly accountId: string; readonly region: string },
  topicArns: Settings["topicArns"],
): aws.iam.PolicyStatement[] {
  if (topicArns === undefined) return [];
  return [
    {
      Sid: "TellPeople",
      Effect: "Allow",
      Action: "sns:Publish",
      Resource: [topicArns.critical, topicArns.warning],
    },
    keyStatement(place, {
      sid: "UseMessagingKeyForTopic",
      service: "sns",
      key: "messaging",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    }),
  ];
}
