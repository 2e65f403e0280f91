import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import type { MetricSource } from "./metrics";
import { keyStatement } from "./policy";

export interface FailureQueueArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Whose failures, such as `rotation`. */
  readonly what: string;
  /** Key for messages. */
  readonly keyArn: pulumi.Input<string>;
  /** Services that send to it in their own name, such as `sns`, and for which ARNs. @default roles only */
  readonly senders?: readonly { readonly service: string; readonly sourceArns: readonly string[] }[];
}

/** The longest that SQS keeps a message: time for a person to look. */
const RETENTION_SECONDS = 14 * 24 * 3600;

/** Keeps what a function failed on, encrypted, until somebody has looked at it. */
export class FailureQueue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly metrics: MetricSource;
  /** Lets the function's role send to it. */
  readonly sendStatements: readonly aws.iam.PolicyStatement[];

  constructor(name: string, args: FailureQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:function:FailureQueue", name, {}, opts);
    const { names, accountId, region } = args;
    const queueName = names.fixed("sqsQueue", `${args.what}-failures`);
    // Spelled out, so that a preview shows the policies.
    const arn = `arn:aws:sqs:${region}:${accountId}:${queueName}`;
    const queue = new aws.sqs.Queue(
      name,
      { name: queueName, kmsMasterKeyId: args.keyArn, messageRetentionSeconds: RETENTION_SECONDS },
      { parent: this },
    );
    new aws.sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: {
          Version: "2012-10-17",
          Statement: [
            ...(args.senders ?? []).map(({ service, sourceArns }) => ({
              Effect: "Allow" as const,
              Principal: { Service: `${service}.amazonaws.com` },
              Action: "sqs:SendMessage",
              Resource: arn,
              Condition: { ArnLike: { "aws:SourceArn": [...sourceArns] } },
            })),
            {
              Sid: "TlsOnly",
              Effect: "Deny",
              Principal: "*",
              Action: "sqs:*",
              Resource: arn,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        },
      },
      { parent: this },
    );
    this.arn = queue.arn;
    this.queueName = queue.name;
    this.metrics = { namespace: "AWS/SQS", dimensions: { QueueName: queueName } };
    this.sendStatements = [
      { Sid: "KeepFailures", Effect: "Allow", Action: "sqs:SendMessage", Resource: arn },
      keyStatement(args, {
        sid: "UseMessagingKey",
        service: "sqs",
        key: "messaging",
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      }),
    ];
    this.registerOutputs({ arn: this.arn, queueName: this.queueName, metrics: this.metrics });
  }
}
