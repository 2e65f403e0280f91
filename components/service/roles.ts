import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { imageParts, type Names } from "../../config";
import { serviceTrust } from "../policy";

export interface ServiceRolesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Images that tasks are made of. */
  readonly images: readonly string[];
  /** Groups that the containers' output goes to, records of shell sessions, and the collector's metrics, if there is one. */
  readonly logGroupNames: { readonly output: string; readonly metrics?: string; readonly sessions: string };
  /** Parameters whose values a task gets when it starts, by ARN. */
  readonly startParameterArns: readonly string[];
  /** What the application may do besides, by a word for it; each gets a policy of its own. */
  readonly statements: Readonly<Record<string, readonly aws.iam.PolicyStatement[]>>;
  /** What the policies name by texts that make no dependency. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Parts of the stack's parameters that tell the code where things are. */
const READABLE_PARAMETERS = ["cache", "database", "files", "service"] as const;

/**
 * The two roles of a task. `execution` is ECS's: it pulls the images, reads start values and makes log streams, before
 * there is any code of ours. `task` is what the code itself may do.
 */
export class ServiceRoles extends pulumi.ComponentResource {
  /** Role of the code in a task, known once it may do all its work. */
  readonly taskRoleArn: pulumi.Output<string>;
  /** Role that starts a task, known once it may do that. */
  readonly executionRoleArn: pulumi.Output<string>;

  constructor(name: string, args: ServiceRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:ServiceRoles", name, {}, opts);

    this.taskRoleArn = this.role(name, args, "task", "Code of the service", {
      task: taskStatements(args),
      ...args.statements,
    });
    this.executionRoleArn = this.role(name, args, "execution", "Start of the service's tasks", {
      execution: executionStatements(args),
    });
    this.registerOutputs({ taskRoleArn: this.taskRoleArn, executionRoleArn: this.executionRoleArn });
  }

  private role(
    name: string,
    { names, accountId, region, dependsOn }: ServiceRolesArgs,
    what: string,
    description: string,
    policies: ServiceRolesArgs["statements"],
  ): pulumi.Output<string> {
    const role = new aws.iam.Role(
      `${name}-${what}`,
      {
        namePrefix: names.prefix("iamRole", what),
        description,
        // ECS gives no cluster in the source's ARN: the account and region are as close as it gets.
        assumeRolePolicy: serviceTrust(
          "ecs-tasks.amazonaws.com",
          accountId,
          `arn:aws:ecs:${region}:${accountId}:*`,
        ),
      },
      { parent: this },
    );
    // One policy each: what is unknown before its resource exists would hide the rest from a preview.
    const attached = Object.entries(policies).map(
      ([policy, statements]) =>
        new aws.iam.RolePolicy(
          `${name}-${what}${policy === what ? "" : `-${policy}`}`,
          {
            name: policy,
            role: role.id,
            policy: { Version: "2012-10-17", Statement: [...statements] },
          },
          { parent: this, dependsOn: [...dependsOn] },
        ),
    );
    return pulumi.all([role.arn, pulumi.all(attached.map(({ id }) => id))]).apply(([arn]) => arn);
  }
}

function taskStatements({
  names,
  accountId,
  region,
  logGroupNames,
}: ServiceRolesArgs): aws.iam.PolicyStatement[] {
  const logGroup = (group: string) => `arn:aws:logs:${region}:${accountId}:log-group:${group}`;
  return [
    {
      Sid: "ReadParameters",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      Resource: READABLE_PARAMETERS.map(
        (what) => `arn:aws:ssm:${region}:${accountId}:parameter${names.fixed("ssmParameter", what)}/*`,
      ),
    },
    ...(logGroupNames.metrics === undefined ? [] : collectorStatements(logGroup(logGroupNames.metrics))),
    {
      Sid: "RecordSessions",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: `${logGroup(logGroupNames.sessions)}:*`,
    },
    {
      Sid: "OpenSessions",
      Effect: "Allow",
      Action: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        // The agent looks for its group in the list of all of them.
        "logs:DescribeLogGroups",
      ],
      // Channels have no ARNs, and the list of log groups none either.
      Resource: "*",
    },
  ];
}

/** What the collector sends on: traces to X-Ray, metrics through a log group. */
function collectorStatements(metricsLogGroupArn: string): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "SendTraces",
      Effect: "Allow",
      Action: [
        "xray:GetSamplingRules",
        "xray:GetSamplingStatisticSummaries",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
      // X-Ray has no resources in these calls.
      Resource: "*",
    },
    {
      Sid: "WriteMetrics",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: `${metricsLogGroupArn}:*`,
    },
  ];
}

function executionStatements(args: ServiceRolesArgs): aws.iam.PolicyStatement[] {
  const { accountId, region, images, logGroupNames } = args;
  const repositories = images.map((image) => imageParts(image).repository);
  return [
    // Signing in to the registry is for all of it.
    { Sid: "SignInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "PullImages",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: [...new Set(repositories)].map(
        (repository) => `arn:aws:ecr:${region}:${accountId}:repository/${repository}`,
      ),
    },
    {
      Sid: "WriteOutput",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupNames.output}:*`,
    },
    ...(args.startParameterArns.length === 0
      ? []
      : [
          {
            Sid: "ReadStartValues",
            Effect: "Allow" as const,
            Action: "ssm:GetParameters",
            Resource: [...args.startParameterArns],
          },
        ]),
  ];
}
