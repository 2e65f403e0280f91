import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../config";
import { FailureQueue } from "./failure-queue";
import type { FunctionMetrics } from "./function-parts";
import { lambdaBundle } from "./lambda-bundle";
import type { MetricSource } from "./metrics";
import { Schedule } from "./schedule";
import { VpcFunction } from "./vpc-function";

export interface LogSweeperArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  /** Starts of the names of the groups that are looked after. */
  readonly prefixes: readonly string[];
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
}

const WHAT = "log-sweeper";
const TIMEOUT_SECONDS = 300;
const MEMORY_MEGABYTES = 256;
const HTTPS = 443;

/** Gives a key and an end to log groups that AWS's services made by themselves, once a day. */
export class LogSweeper extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly metrics: { readonly function: FunctionMetrics; readonly failures: MetricSource };

  constructor(name: string, args: LogSweeperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:retention:LogSweeper", name, {}, opts);
    const { names, accountId, region, retention } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };

    const failures = new FailureQueue(
      `${name}-failures`,
      { ...place, what: WHAT, keyArn: args.keyArns.messaging },
      parent,
    );
    const worker = new VpcFunction(
      name,
      {
        ...place,
        what: WHAT,
        description: "Gives a key and an end to log groups that AWS made by itself",
        bundle: lambdaBundle("functions/log-sweeper/handler.ts"),
        environment: {
          PREFIXES: JSON.stringify(args.prefixes),
          RETENTION_DAYS: String(retention.operational.maximumDays),
          KEY_ARN: args.keyArns.logs,
        },
        failures,
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: [
          {
            to: "endpoints",
            securityGroupId: args.endpointsSecurityGroupId,
            port: HTTPS,
            description: "CloudWatch Logs from the function that looks after log groups",
          },
        ],
        statements: sweepStatements(args),
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.keyArns.logs,
        retention,
      },
      parent,
    );
    new Schedule(
      `${name}-schedule`,
      {
        ...place,
        what: WHAT,
        description: "Looks after log groups, every morning",
        expression: "cron(30 4 * * ? *)",
        functionArn: worker.arn,
        target: worker,
        event: {},
      },
      parent,
    );
    this.functionName = worker.functionName;
    this.metrics = { function: worker.metrics, failures: failures.metrics };
    this.registerOutputs({ functionName: this.functionName, metrics: this.metrics });
  }
}

function sweepStatements({ prefixes, accountId, region }: LogSweeperArgs): aws.iam.PolicyStatement[] {
  const groups = (start: string) => `arn:aws:logs:${region}:${accountId}:log-group:${start}*`;
  return [
    {
      Sid: "ListGroups",
      Effect: "Allow",
      Action: "logs:DescribeLogGroups",
      // Listing is allowed on all groups or on none, whatever start is asked for.
      Resource: groups(""),
    },
    {
      Sid: "MendGroups",
      Effect: "Allow",
      Action: ["logs:AssociateKmsKey", "logs:PutRetentionPolicy"],
      Resource: prefixes.map(groups),
    },
  ];
}
