import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../config";
import type { FailureQueue } from "./failure-queue";
import type { LambdaBundle } from "./lambda-bundle";
import { logGroup } from "./log-group";
import type { MetricSource } from "./metrics";

/** What every function of the platform has. */
export interface FunctionArgs {
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
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Where events go that it failed on, when nobody waits for its answer. @default they are lost */
  readonly failures?: FailureQueue;
  /** Seconds after which an event that nobody waits for is given up. @default AWS's, six hours */
  readonly eventAgeSeconds?: number;
  /** What it may do besides writing its log; made of known values, so that a preview shows all of it. */
  readonly statements: readonly aws.iam.PolicyStatement[];
  /** What of that names something known late: in a policy of its own, so that a preview still shows the rest. @default nothing */
  readonly lateStatements?: readonly aws.iam.PolicyStatement[];
  /** What the statements name by texts that make no dependency. @default nothing */
  readonly dependsOn?: readonly pulumi.Resource[];
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Properties that have another owner: the program leaves them as they are. @default none */
  readonly ignoreChanges?: readonly string[];
  readonly logsKeyArn: pulumi.Input<string>;
  readonly retention: RetentionConfig;
}

/** How a function is connected to a VPC. */
export interface Connection {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupIds: pulumi.Input<string>[];
  /** What Lambda needs to connect it. */
  readonly statements: readonly aws.iam.PolicyStatement[];
  readonly dependsOn: readonly pulumi.Resource[];
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

/** A function's physical name, known before it is there. */
export function functionName(names: Names, what: string): string {
  return names.fixed("lambdaFunction", what);
}

/** Makes a function with a role and an encrypted log group of its own, as children of a component. */
export function makeFunction(
  parent: pulumi.ComponentResource,
  name: string,
  args: FunctionArgs,
  connection?: Connection,
): { readonly lambda: aws.lambda.Function; readonly metrics: FunctionMetrics } {
  const { names } = args;
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
    { parent },
  );
  const role = new aws.iam.Role(
    name,
    {
      namePrefix: names.prefix("iamRole", args.what),
      description: `Function ${functionName(names, args.what)}`,
      assumeRolePolicy: lambdaTrust(),
    },
    { parent },
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
          ...(connection?.statements ?? []),
          ...args.statements,
          ...(args.failures?.sendStatements ?? []),
        ],
      },
    },
    // Named in the policy, by a text that makes no dependency.
    {
      parent,
      dependsOn: [log, ...(args.failures ? [args.failures] : []), ...(args.dependsOn ?? [])],
    },
  );
  const latePolicies = args.lateStatements
    ? [
        new aws.iam.RolePolicy(
          `${name}-late`,
          {
            name: `${args.what}-late`,
            role: role.id,
            policy: { Version: "2012-10-17", Statement: [...args.lateStatements] },
          },
          { parent },
        ),
      ]
    : [];
  const lambda = new aws.lambda.Function(
    name,
    {
      name: functionName(names, args.what),
      description: args.description,
      role: role.arn,
      runtime: args.runtime ?? RUNTIME,
      architectures: ["arm64"],
      handler: "index.handler",
      code: args.bundle.archive,
      timeout: args.timeoutSeconds,
      memorySize: args.memoryMegabytes,
      ...(args.environment === undefined ? {} : { environment: { variables: args.environment } }),
      ...(connection && {
        vpcConfig: { subnetIds: connection.subnetIds, securityGroupIds: connection.securityGroupIds },
      }),
      loggingConfig: { logFormat: "JSON", logGroup: logGroupName },
    },
    // Lambda refuses a role that may not make network interfaces, and would make a log group of its own.
    {
      parent,
      dependsOn: [policy, ...latePolicies, ...(connection?.dependsOn ?? [])],
      ...(args.ignoreChanges && { ignoreChanges: [...args.ignoreChanges] }),
    },
  );
  if (args.failures !== undefined) {
    new aws.lambda.FunctionEventInvokeConfig(
      name,
      {
        functionName: lambda.name,
        destinationConfig: { onFailure: { destination: args.failures.arn } },
        ...(args.eventAgeSeconds === undefined ? {} : { maximumEventAgeInSeconds: args.eventAgeSeconds }),
      },
      { parent },
    );
  }
  const metrics = {
    what: args.what,
    source: {
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: functionName(names, args.what) },
    },
    timeoutSeconds: args.timeoutSeconds,
    logGroupName: log.name,
  };
  return { lambda, metrics };
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

function writeLog({ region, accountId }: FunctionArgs, logGroupName: string): aws.iam.PolicyStatement {
  return {
    Sid: "WriteOwnLog",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:*`,
  };
}
