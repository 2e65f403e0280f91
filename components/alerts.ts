import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlertsConfig, Names, PlatformConfig } from "../config";

export interface AlertsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly alerts: AlertsConfig;
  /** Addresses and numbers by contact name, as secrets. @default nobody is subscribed */
  readonly contacts: PlatformConfig["contacts"];
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The topic for everything that needs a person now, and who is told.
 *
 * An e-mail subscription stays pending until its receiver confirms it. Resource names hold contact names only.
 */
export class Alerts extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: AlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:alerts:Alerts", name, {}, opts);
    const { accountId, region, contacts = {} } = args;
    const topicName = args.names.fixed("snsTopic", "alerts");
    // Spelled out, so that a preview shows the policy: the ARN of a topic yet to be made would hide all of it.
    const topicArn = `arn:aws:sns:${region}:${accountId}:${topicName}`;

    const topic = new aws.sns.Topic(name, { name: topicName, kmsMasterKeyId: args.keyArn }, { parent: this });
    new aws.sns.TopicPolicy(
      name,
      {
        arn: topic.arn,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Alarms",
              Effect: "Allow",
              Principal: { Service: "cloudwatch.amazonaws.com" },
              Action: "sns:Publish",
              Resource: topicArn,
              Condition: {
                StringEquals: { "aws:SourceAccount": accountId },
                ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:${region}:${accountId}:alarm:*` },
              },
            },
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "sns:Publish",
              Resource: topicArn,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      },
      { parent: this },
    );
    const subscribe = (
      contact: string,
      protocol: "email" | "sms",
      endpoint: pulumi.Output<string> | undefined,
    ) =>
      endpoint &&
      new aws.sns.TopicSubscription(
        `${name}-${contact}-${protocol}`,
        { topic: topic.arn, protocol, endpoint },
        { parent: this },
      );
    for (const contact of args.alerts.email) {
      subscribe(contact, "email", contacts[contact]?.email);
    }
    for (const contact of args.alerts.sms) {
      subscribe(contact, "sms", contacts[contact]?.phone);
    }
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}
