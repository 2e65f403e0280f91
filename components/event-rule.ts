import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import type { FailureQueue } from "./failure-queue";
import type { LambdaFunction } from "./lambda-function";

/** What EventBridge compares events with: lists of values, by the names of fields. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly resources?: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** When a rule sends an event: on events that match, or by the clock. */
export type Trigger =
  | { readonly pattern: EventPattern }
  /** Such as `rate(5 minutes)`. */
  | { readonly schedule: string };

export interface EventRuleArgs {
  readonly names: Names;
  /** What it is about, such as `remediation-keys`: part of its names. */
  readonly what: string;
  readonly description: string;
  readonly trigger: Trigger;
  readonly target: LambdaFunction;
  /** Keeps the events that could not be delivered; it has to admit the rule. */
  readonly failures: FailureQueue;
}

/** How often and how long a delivery is tried again: an event that comes an hour late mends nothing. */
export const RETRIES = { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 } as const;

/** Physical name of a rule, known before the rule is there. */
export function ruleName(names: Names, what: string): string {
  return names.fixed("eventRule", what);
}

/** ARN of a rule, known before the rule is there: whoever keeps its failures has to admit it. */
export function ruleArn(
  {
    names,
    accountId,
    region,
  }: { readonly names: Names; readonly accountId: string; readonly region: string },
  what: string,
): string {
  return `arn:aws:events:${region}:${accountId}:rule/${ruleName(names, what)}`;
}

/** A rule on the account's events that invokes a function, which admits this rule and no other. */
export class EventRule extends pulumi.ComponentResource {
  constructor(name: string, args: EventRuleArgs, opts?: pulumi.ComponentResourceOptions) {
    // Rules of stacks that have them from before stay what they are.
    const aliases = [{ type: "streamflix:remediation:EventRule" }];
    super("streamflix:function:EventRule", name, {}, { ...opts, aliases });
    const { trigger, target, failures } = args;
    const parent = { parent: this };

    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: ruleName(args.names, args.what),
        description: args.description,
        ...("schedule" in trigger
          ? { scheduleExpression: trigger.schedule }
          : { eventPattern: JSON.stringify(trigger.pattern) }),
      },
      parent,
    );
    const permission = new aws.lambda.Permission(
      name,
      {
        function: target.functionName,
        statementId: args.what,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      parent,
    );
    new aws.cloudwatch.EventTarget(
      name,
      {
        rule: rule.name,
        targetId: args.what,
        arn: target.arn,
        deadLetterConfig: { arn: failures.arn },
        retryPolicy: RETRIES,
      },
      // Until then every event would end in the queue of failures.
      { parent: this, dependsOn: [permission, failures] },
    );
    this.registerOutputs({});
  }
}
