import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, type Names, type RetentionConfig } from "../../config";
import { logGroup } from "../log-group";
import { serviceTrust } from "../policy";

export interface FlowLogsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  readonly retention: RetentionConfig;
  readonly keyArn: pulumi.Input<string>;
}

/** Seconds of traffic that one record sums up: the finest that AWS has. */
const AGGREGATION_SECONDS = 60;

/** Records of all traffic of a VPC in an encrypted log group. Addresses are personal data, so they expire. */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:network:FlowLogs", name, {}, opts);
    const { accountId, region } = args;
    const group = logGroup(
      name,
      {
        logGroupName: args.names.fixed("logGroup", "vpc-flow-logs"),
        classification: "personal",
        retentionClass: "access-log",
        retention: args.retention,
        keyArn: args.keyArn,
      },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "flow-logs"),
        description: "Lets VPC flow logs write to their own log group",
        assumeRolePolicy: serviceTrust(
          "vpc-flow-logs.amazonaws.com",
          accountId,
          `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/*`,
        ),
      },
      { parent: this },
    );
    const writes = new aws.iam.RolePolicy(
      name,
      {
        name: "write-flow-logs",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "WriteRecords",
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: `arn:aws:logs:${region}:${accountId}:log-group:${args.names.fixed("logGroup", "vpc-flow-logs")}:*`,
            },
            {
              // A listing has no resource narrower than all log groups.
              Sid: "FindLogGroup",
              Effect: "Allow",
              Action: "logs:DescribeLogGroups",
              Resource: `arn:aws:logs:${region}:${accountId}:log-group:*`,
            },
          ],
        },
      },
      { parent: this, dependsOn: [group] },
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        maxAggregationInterval: AGGREGATION_SECONDS,
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        tags: { ...dataTags("personal", "access-log"), Name: args.names.fixed("nameTag", "flow-logs") },
      },
      // Records made before the role may write are lost.
      { parent: this, dependsOn: [writes] },
    );
    this.registerOutputs({});
  }
}
