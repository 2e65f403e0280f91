import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type FunctionArgs, type FunctionMetrics, functionName, makeFunction } from "./function-parts";
import { allow, type Reach } from "./reach";

export interface VpcFunctionArgs extends FunctionArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** All it can connect to. */
  readonly reaches: readonly Reach[];
}

/**
 * A Lambda function in the VPC with a security group, a role and an encrypted log group of its own. It reaches what it
 * was told to and nothing else.
 *
 * Deleting one takes AWS up to 40 minutes: its network interfaces go late.
 */
export class VpcFunction extends pulumi.ComponentResource {
  /** Name to invoke it by, known once it may do all its work. */
  readonly functionName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly metrics: FunctionMetrics;

  constructor(name: string, args: VpcFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:function:VpcFunction", name, {}, opts);
    const { names, accountId, region } = args;
    const parent = { parent: this };

    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      {
        namePrefix: names.prefix("securityGroup", args.what),
        description: args.description,
        vpcId: args.vpcId,
        tags: { Name: names.fixed("nameTag", args.what) },
      },
      parent,
    );
    const { lambda, metrics } = makeFunction(this, name, args, {
      subnetIds: args.subnetIds,
      securityGroupIds: [securityGroup.id],
      statements: networkInterfaces(
        `arn:aws:lambda:${region}:${accountId}:function:${functionName(names, args.what)}`,
      ),
      dependsOn: args.reaches.flatMap((reach) => allow(name, securityGroup.id, reach, parent)),
    });
    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.metrics = metrics;
    this.registerOutputs({ functionName: this.functionName, arn: this.arn, metrics: this.metrics });
  }
}

/** The service makes network interfaces with the function's role; the function's own code may not. */
function networkInterfaces(functionArn: string): aws.iam.PolicyStatement[] {
  const actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ];
  return [
    // Lambda checks for these on every resource before it makes an interface, and Describe calls know no resources.
    { Sid: "NetworkInterfaces", Effect: "Allow", Action: actions, Resource: "*" },
    {
      Sid: "NotFromOwnCode",
      Effect: "Deny",
      Action: actions,
      Resource: "*",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
    },
  ];
}
