import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import { type EventPattern, RETRIES, ruleName } from "./event-rule";
import type { FailureQueue } from "./failure-queue";

export interface EventNoticeArgs {
  readonly names: Names;
  /** What people are told of, such as `threats`: part of its names. */
  readonly what: string;
  readonly pattern: EventPattern;
  /** Who is told. */
  readonly topic: pulumi.Input<string>;
  /** What the message takes out of the event. Addresses and names of people stay where the event is. */
  readonly takes: Readonly<Record<string, string>>;
  /** The message, with a `<word>` for each that it takes. */
  readonly says: string;
  /** Keeps the events that reached nobody; it has to admit the rule. */
  readonly failures: FailureQueue;
}

/** A rule on the account's events whose topic tells people, as children of a component. */
export function eventNotice(
  name: string,
  args: EventNoticeArgs,
  parent: { readonly parent: pulumi.Resource },
): void {
  const { names, what, failures } = args;
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      name: ruleName(names, what),
      description: `Tells people of ${what.replaceAll("-", " ")}`,
      eventPattern: JSON.stringify(args.pattern),
    },
    parent,
  );
  new aws.cloudwatch.EventTarget(
    name,
    {
      rule: rule.name,
      targetId: what,
      arn: args.topic,
      inputTransformer: { inputPaths: args.takes, inputTemplate: JSON.stringify(args.says) },
      deadLetterConfig: { arn: failures.arn },
      retryPolicy: RETRIES,
    },
    // Until then what fails would be lost.
    { ...parent, dependsOn: [failures] },
  );
}
