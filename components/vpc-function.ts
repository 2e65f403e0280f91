import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../config";
import type { FailureQueue } from "./failure-queue";
import type { LambdaBundle } from "./lambda-bundle";
import { logGroup } from "./log-group";
import type { MetricSource } from "./metrics";
import { allow, type Reach } from "./reach";

export interface VpcFunctionArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** What it is, such as `database-roles`: part of its names. */
  readonly what: string;
  readonly description: string;
  readonly bundle: LambdaBundle;
  /** @default nodejs24.x */
  readonly runtime?: string;
  /** Environment variables, none of them secret. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where events go that it failed on, when nobody waits for its answer. @default they are lost */
  readonly failures?: FailureQueue;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** All it can connect to. */
  readonly reaches: readonly Reach[];
  /** What it may do besides writing its log; made of known values, so that a preview shows all of it. */
  readonly statements: readonly aws.iam.PolicyStatement[];
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logsKeyArn: pulumi.Input<string>;
  readonly retention: RetentionConfig;
}

/** What a function's figures are kept under, and what they are to be compared with. */
export interface FunctionMetrics {
  /** What it is, such as `rotation`. */
  readonly what: string;
  readonly source: MetricSource;
  readonly timeoutSeconds: number;
  readonly logGroupName: pulumi.Output<string>;
}

const RUNTIME = "nodejs24.x";

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
    const { names } = args;
    const parent = { parent: this };
    const functionName = names.fixed("lambdaFunction", args.what);
    const logGroupName = names.fixed("logGroup", args.what);

    const log = logGroup(
      name,
      {
        logGroupName,
        classification: "internal",
        retentionClass: "operational",
        retention: args.retention,
        keyArn: args.logsKeyArn,
      },
      parent,
    );
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
    const rules = args.reaches.flatMap((reach) => allow(name, securityGroup.id, reach, parent));
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", args.what),
        description: `Function ${functionName}`,
        assumeRolePolicy: lambdaTrust(),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: args.what,
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            writeLog(args, logGroupName),
            ...networkInterfaces(`arn:aws:lambda:${args.region}:${args.accountId}:function:${functionName}`),
            ...args.statements,
            ...(args.failures?.sendStatements ?? []),
          ],
        },
      },
      // Named in the policy, by a text that makes no dependency.
      { parent: this, dependsOn: [log, ...(args.failures ? [args.failures] : [])] },
    );
    const lambda = new aws.lambda.Function(
      name,
      {
        name: functionName,
        description: args.description,
        role: role.arn,
        runtime: args.runtime ?? RUNTIME,
        architectures: ["arm64"],
        handler: "index.handler",
        code: args.bundle.archive,
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMegabytes,
        ...(args.environment === undefined ? {} : { environment: { variables: args.environment } }),
        vpcConfig: { subnetIds: args.subnetIds, securityGroupIds: [securityGroup.id] },
        loggingConfig: { logFormat: "JSON", logGroup: logGroupName },
      },
      // Lambda refuses a role that may not make network interfaces, and would make a log group of its own.
      { parent: this, dependsOn: [policy, ...rules] },
    );
    if (args.failures !== undefined) {
      new aws.lambda.FunctionEventInvokeConfig(
        name,
        { functionName: lambda.name, destinationConfig: { onFailure: { destination: args.failures.arn } } },
        parent,
      );
    }
    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.metrics = {
      what: args.what,
      source: { namespace: "AWS/Lambda", dimensions: { FunctionName: functionName } },
      timeoutSeconds: args.timeoutSeconds,
      logGroupName: log.name,
    };
    this.registerOutputs({ functionName: this.functionName, arn: this.arn, metrics: this.metrics });
  }
}

/** Lambda sends no source condition when it assumes an execution role: with one, no function would start. */
function lambdaTrust(): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
}

function writeLog({ region, accountId }: VpcFunctionArgs, logGroupName: string): aws.iam.PolicyStatement {
  return {
    Sid: "WriteOwnLog",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:*`,
  };
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
