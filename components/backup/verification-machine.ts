import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../../config";
import { ruleArn } from "../event-rule";
import type { FailureQueue } from "../failure-queue";
import { functionName } from "../function-parts";
import { logGroup } from "../log-group";
import type { MetricSource } from "../metrics";
import { serviceTrust } from "../policy";
import { verificationFlow } from "./verification-flow";

/** A function that does steps. */
export interface Runner {
  readonly what: string;
  readonly function: pulumi.Resource;
  readonly timeoutSeconds: number;
}

export interface VerificationMachineArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  /** What it is called, and its rule too. */
  readonly what: string;
  readonly worker: Runner;
  /** What looks into restored databases, and into restored files: at least one of them. */
  readonly checkers: Readonly<Partial<Record<"database" | "files", Runner>>>;
  /** Keeps the events that could not be delivered; it has to admit the rule. */
  readonly failures: FailureQueue;
  /** Key of its definition, its history and its log. */
  readonly keyArn: pulumi.Input<string>;
}

/** AWS Backup keeps what was restored for hours: an event that comes late is still in time. */
const RETRIES = { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 } as const;

/** The state machine of a verification, with log, traces and a role of its own, and the rule that starts it. */
export class VerificationMachine extends pulumi.ComponentResource {
  /** Its runs. */
  readonly metrics: MetricSource;

  constructor(name: string, args: VerificationMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:VerificationMachine", name, {}, opts);
    const { names, accountId, region, what, worker } = args;
    const { database, files } = args.checkers;
    const parent = { parent: this };
    const stateMachineName = names.fixed("stateMachine", what);
    const log = logGroup(
      name,
      {
        logGroupName: names.fixed("logGroup", `${what}-flow`),
        classification: "internal",
        retentionClass: "operational",
        retention: args.retention,
        keyArn: args.keyArn,
      },
      parent,
    );
    const task = ({ what: its, timeoutSeconds }: Runner) => ({
      functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName(names, its)}`,
      timeoutSeconds,
    });
    const runners = [worker, database, files].filter((it) => it !== undefined);
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", "restore-flow"),
        description: `State machine ${stateMachineName}`,
        // As AWS documents it: of all state machines of the account and region.
        assumeRolePolicy: serviceTrust(
          "states.amazonaws.com",
          accountId,
          `arn:aws:states:${region}:${accountId}:stateMachine:*`,
        ),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "flow",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: flowStatements(
            args,
            runners.map((it) => task(it).functionArn),
          ),
        },
      },
      // Named by texts that make no dependency.
      { parent: this, dependsOn: runners.map((it) => it.function) },
    );
    const stateMachine = new aws.sfn.StateMachine(
      name,
      {
        name: stateMachineName,
        type: "STANDARD",
        roleArn: role.arn,
        definition: verificationFlow({
          worker: task(worker),
          ...(database && { databaseChecks: task(database) }),
          ...(files && { fileChecks: task(files) }),
        }),
        loggingConfiguration: {
          level: "ALL",
          // Names of tables and counts: no password, no row and no name of a file is ever in it.
          includeExecutionData: true,
          logDestination: pulumi.interpolate`${log.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: args.keyArn },
      },
      { parent: this, dependsOn: [policy] },
    );
    this.startedByEvents(name, stateMachine, args);
    this.metrics = {
      namespace: "AWS/States",
      dimensions: { StateMachineArn: stateMachineArn(args) },
    };
    this.registerOutputs({ metrics: this.metrics });
  }

  /** Started for whatever was restored of a kind that is looked into; whose it is, the first step asks. */
  private startedByEvents(
    name: string,
    stateMachine: aws.sfn.StateMachine,
    args: VerificationMachineArgs,
  ): void {
    const { names, what, failures, checkers } = args;
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: names.fixed("eventRule", what),
        description: "A database or files were restored",
        eventPattern: JSON.stringify({
          source: ["aws.backup"],
          "detail-type": ["Restore Job State Change"],
          detail: {
            status: ["COMPLETED"],
            resourceType: [...(checkers.database ? ["Aurora"] : []), ...(checkers.files ? ["EFS"] : [])],
          },
        }),
      },
      { parent: this },
    );
    const role = new aws.iam.Role(
      `${name}-start`,
      {
        namePrefix: names.prefix("iamRole", "restore-start"),
        description: `Rule ${names.fixed("eventRule", what)}`,
        assumeRolePolicy: serviceTrust("events.amazonaws.com", args.accountId, ruleArn(args, what)),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-start`,
      {
        name: "start",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Start",
              Effect: "Allow",
              Action: "states:StartExecution",
              Resource: stateMachineArn(args),
            },
          ],
        },
      },
      { parent: this, dependsOn: [stateMachine] },
    );
    new aws.cloudwatch.EventTarget(
      name,
      {
        rule: rule.name,
        targetId: what,
        arn: stateMachine.arn,
        roleArn: role.arn,
        deadLetterConfig: { arn: failures.arn },
        retryPolicy: RETRIES,
      },
      // Until then every event would end in the queue of failures.
      { parent: this, dependsOn: [policy, failures] },
    );
  }
}

/** Spelled out, so that a preview shows policies whole. */
function stateMachineArn({ names, accountId, region, what }: VerificationMachineArgs): string {
  return `arn:aws:states:${region}:${accountId}:stateMachine:${names.fixed("stateMachine", what)}`;
}

/** What the role of the state machine may do: run its functions, write its log and its traces, use its key. */
function flowStatements(
  { names, accountId, region }: VerificationMachineArgs,
  functionArns: string[],
): aws.iam.PolicyStatement[] {
  return [
    { Sid: "Run", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArns },
    {
      Sid: "DeliverLog",
      Effect: "Allow",
      Action: [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ],
      // Deliveries have no ARNs: AWS takes these actions on everything only.
      Resource: "*",
    },
    {
      Sid: "Trace",
      Effect: "Allow",
      Action: [
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
      ],
      // Traces have no ARNs.
      Resource: "*",
    },
    {
      // By way of Step Functions, and of the delivery of its log; the key's policy lets in no other.
      Sid: "UseKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": names.fixed("kmsAlias", "logs") } },
    },
  ];
}
