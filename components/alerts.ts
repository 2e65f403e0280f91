import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlertsConfig, Names, PlatformConfig } from "../config";
import { FailureQueue } from "./failure-queue";

export interface AlertsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly alerts: AlertsConfig;
  /** Addresses and numbers by contact name, as secrets. @default nobody is subscribed */
  readonly contacts: PlatformConfig["contacts"];
  readonly keyArn: pulumi.Input<string>;
}

/** How soon somebody has to look: `critical` now, at night too; `warning` on the next working day. */
export type Severity = "critical" | "warning";

/** Topics by severity. */
export type AlertTopics = Readonly<Record<Severity, pulumi.Output<string>>>;

/** Last parts of the topics' names. */
const TOPICS = { critical: "alerts", warning: "warnings" } as const satisfies Record<Severity, string>;

/**
 * Services that publish to the topics in their own name, and for which of the account's things. Each is let into the
 * topics' key as well (`Keys`); EventBridge takes no condition in either policy.
 */
const PUBLISHERS: readonly {
  readonly sid: string;
  readonly service: string;
  readonly source?: (place: Pick<AlertsArgs, "accountId" | "region">) => aws.iam.PolicyStatement["Condition"];
}[] = [
  {
    sid: "Alarms",
    service: "cloudwatch",
    source: ({ accountId, region }) => of(accountId, `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`),
  },
  {
    sid: "Budgets",
    service: "budgets",
    source: ({ accountId }) => of(accountId, `arn:aws:budgets::${accountId}:*`),
  },
  { sid: "CostAnomalies", service: "costalerts", source: ({ accountId }) => of(accountId) },
  { sid: "Backups", service: "backup", source: ({ accountId }) => of(accountId) },
  {
    sid: "DatabaseEvents",
    service: "events.rds",
    source: ({ accountId, region }) => of(accountId, `arn:aws:rds:${region}:${accountId}:*`),
  },
  { sid: "Events", service: "events" },
];

/** Only on behalf of this account, and where the service says so, of these of its things. */
function of(accountId: string, arns?: string) {
  return {
    StringEquals: { "aws:SourceAccount": accountId },
    ...(arns === undefined ? {} : { ArnLike: { "aws:SourceArn": arns } }),
  };
}

/**
 * The topics for what needs a person, one for each severity, and who is told: all contacts by e-mail of both, some by
 * text message of what is critical. What can't be delivered is kept.
 *
 * An e-mail subscription stays pending until its receiver confirms it. Resource names hold contact names only.
 */
export class Alerts extends pulumi.ComponentResource {
  readonly topics: AlertTopics;
  /** Names of the topics, which their metrics are kept under. */
  readonly topicNames: Readonly<Record<Severity, string>>;
  /** Keeps messages that a subscriber's side refused for hours. */
  readonly failures: FailureQueue;

  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:alerts:Alerts", name, {}, opts);
    const { names, accountId, region, contacts = {}, alerts } = args;

    this.failures = new FailureQueue(
      `${name}-failures`,
      {
        names,
        accountId,
        region,
        what: "alerts",
        keyArn: args.keyArn,
        senders: [
          { service: "sns", sourceArns: Object.values(TOPICS).map((what) => topicArnOf(args, what)) },
        ],
      },
      { parent: this },
    );
    const warnings = this.topic(`${name}-warnings`, TOPICS.warning, args);
    const critical = this.topic(name, TOPICS.critical, args);
    const subscribe = (
      resourceName: string,
      topic: pulumi.Output<string>,
      protocol: "email" | "sms",
      endpoint: pulumi.Output<string> | undefined,
    ) =>
      endpoint &&
      new aws.sns.TopicSubscription(
        resourceName,
        {
          topic,
          protocol,
          endpoint,
          redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.failures.arn }),
        },
        // With its policy: SNS loses what it may not send to the queue.
        { parent: this, dependsOn: [this.failures] },
      );
    for (const contact of alerts.email) {
      subscribe(`${name}-${contact}-email`, critical, "email", contacts[contact]?.email);
      subscribe(`${name}-warnings-${contact}-email`, warnings, "email", contacts[contact]?.email);
    }
    for (const contact of alerts.sms) {
      subscribe(`${name}-${contact}-sms`, critical, "sms", contacts[contact]?.phone);
    }
    this.topics = { critical, warning: warnings };
    this.topicNames = {
      critical: names.fixed("snsTopic", TOPICS.critical),
      warning: names.fixed("snsTopic", TOPICS.warning),
    };
    this.registerOutputs({ topics: this.topics, topicNames: this.topicNames, failures: this.failures });
  }

  /** A topic that services may publish to, known once they may. */
  private topic(name: string, what: string, args: AlertsArgs): pulumi.Output<string> {
    const topicArn = topicArnOf(args, what);
    const topic = new aws.sns.Topic(
      name,
      { name: args.names.fixed("snsTopic", what), kmsMasterKeyId: args.keyArn },
      { parent: this },
    );
    const publish = { Action: "sns:Publish", Resource: topicArn };
    const policy = new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: {
          Version: "2012-10-17",
          Statement: [
            ...PUBLISHERS.map(({ sid, service, source }) => ({
              Sid: sid,
              Effect: "Allow" as const,
              Principal: { Service: `${service}.amazonaws.com` },
              ...publish,
              ...(source && { Condition: source(args) }),
            })),
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              ...publish,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      },
      { parent: this },
    );
    return pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
  }
}

/** Spelled out, so that a preview shows policies: the ARN of a topic yet to be made would hide all of one. */
function topicArnOf({ names, accountId, region }: AlertsArgs, what: string): string {
  return `arn:aws:sns:${region}:${accountId}:${names.fixed("snsTopic", what)}`;
}
