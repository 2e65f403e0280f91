import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";

export interface LogDeliveryArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** What is delivered, such as `waf-logs`. */
  readonly what: string;
  /** Statement id, such as `DeliverWafLogs`. */
  readonly sid: string;
  readonly logGroupName: string;
}

/** Lets AWS's log delivery, which some services write through, into a log group for this account alone. */
export function logDelivery(
  name: string,
  { names, accountId, region, what, sid, logGroupName }: LogDeliveryArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogResourcePolicy {
  return new aws.cloudwatch.LogResourcePolicy(
    name,
    {
      policyName: names.fixed("logResourcePolicy", what),
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: sid,
            Effect: "Allow",
            Principal: { Service: "delivery.logs.amazonaws.com" },
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:*`,
            Condition: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": `arn:aws:logs:${region}:${accountId}:*` },
            },
          },
        ],
      },
    },
    opts,
  );
}
