import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import { keyStatement } from "../policy";
import type { EventStream } from "../streaming";
import { gatewayTrust } from "./gateway-trust";

export interface EventWriterArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly stream: EventStream;
}

/** The role with which API Gateway puts events into the stream, and can do nothing else. */
export class EventWriter extends pulumi.ComponentResource {
  /** ARN of the role, known once it may write. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: EventWriterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:api:EventWriter", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "api-events"),
        description: "Lets the API put events into the stream",
        assumeRolePolicy: gatewayTrust(),
      },
      { parent: this },
    );
    const rights = new aws.iam.RolePolicy(
      name,
      {
        name: "put-events",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "PutEvents",
              Effect: "Allow",
              Action: "kinesis:PutRecords",
              Resource: args.stream.arn,
            },
            keyStatement(args, {
              sid: "EncryptEvents",
              service: "kinesis",
              key: "viewer-data",
              actions: "kms:GenerateDataKey",
              context: { "aws:kinesis:arn": args.stream.arn },
            }),
          ],
        },
      },
      // Named in the policy, by a text that makes no dependency.
      { parent: this, dependsOn: [args.stream.resource] },
    );
    this.roleArn = pulumi.all([role.arn, rights.id]).apply(([arn]) => arn);
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
