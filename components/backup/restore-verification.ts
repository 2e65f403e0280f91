import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RestoreVerificationConfig, RetentionConfig } from "../../config";
import { TIME_METRICS, VERDICT_METRICS } from "../../functions/restore-verification/metrics";
import type { Expectations } from "../../functions/restore-verification/settings";
import { databaseReaches } from "../database/reaches";
import { DATABASE_NAME, DATABASE_PORT, MASTER_USER, OWNER_ROLE, SCHEMAS } from "../database/users";
import { ruleArn } from "../event-rule";
import { FailureQueue } from "../failure-queue";
import type { FunctionMetrics } from "../function-parts";
import { lambdaBundle } from "../lambda-bundle";
import { LambdaFunction } from "../lambda-function";
import { type Metric, metric, type MetricSource } from "../metrics";
import { VpcFunction } from "../vpc-function";
import { keyStatements } from "./role";
import { VerificationMachine } from "./verification-machine";

/** Network that restored databases are signed in to from. */
export interface VerificationNetwork {
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone, with a way to the database and to the endpoints. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
}

export interface RestoreVerificationArgs extends VerificationNetwork {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly verification: RestoreVerificationConfig;
  /** Restore tests whose databases are looked into; a continuous backup is restored to its newest second. */
  readonly plans: Expectations["plans"];
  /** Group that restored databases are in. */
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
}

/** Figures of the verdicts and of what reaches them. */
export interface VerificationMetrics {
  readonly functions: readonly FunctionMetrics[];
  readonly failures: MetricSource;
  /** Verifications as runs of the state machine. */
  readonly executions: MetricSource;
  readonly restoresFailed: Metric;
  readonly restoreSeconds: Metric;
  readonly objectiveSeconds: number;
}

const WHAT = "restore-verification";
/** Names of rule and function that look into the database. */
const CHECKS = "restore-checks";

const TIMEOUT_SECONDS = { worker: 60, checker: 840 } as const;
const MEMORY_MEGABYTES = { worker: 256, checker: 512 } as const;

/** Enough to read a database, and what Aurora has it for: one that is gone in an hour. */
const INSTANCE_CLASS = "db.t4g.medium";

/** Every cluster and instance that restore tests make, and nothing else. */
const RESTORED = "awsbackup-restore-test-*";

/**
 * Looks into each database that a restore test has made: a state machine, started by AWS Backup's event, adds an instance,
 * has a function sign in and look, tells AWS Backup, and takes instance and cluster away.
 *
 * Two functions of one code: one outside the VPC calls AWS, so that it cleans up whatever the network is like; the other is
 * inside, and may set the password of a restored cluster besides.
 */
export class RestoreVerification extends pulumi.ComponentResource {
  readonly metrics: VerificationMetrics;

  constructor(name: string, args: RestoreVerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:RestoreVerification", name, {}, opts);
    const { names, accountId, region, retention } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };

    const failures = new FailureQueue(
      `${name}-failures`,
      {
        ...place,
        what: WHAT,
        keyArn: args.keyArns.messaging,
        senders: [{ service: "events", sourceArns: [ruleArn(place, WHAT)] }],
      },
      parent,
    );
    const common = {
      ...place,
      bundle: lambdaBundle("functions/restore-verification/handler.ts", {
        "database-ca.pem": `components/database/certificates/${region}.pem`,
      }),
      environment: { EXPECTATIONS: JSON.stringify(expectationsOf(args)) },
      logsKeyArn: args.keyArns.logs,
      retention,
    };
    const worker = new LambdaFunction(
      name,
      {
        ...common,
        what: WHAT,
        description: "Makes, reports on and takes away what restored databases need to be looked into",
        statements: workerStatements(args),
        timeoutSeconds: TIMEOUT_SECONDS.worker,
        memoryMegabytes: MEMORY_MEGABYTES.worker,
      },
      parent,
    );
    const checker = new VpcFunction(
      `${name}-checks`,
      {
        ...common,
        what: CHECKS,
        description: "Looks into restored databases",
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: databaseReaches(args, "the function that looks into restored databases", "RDS"),
        statements: checkerStatements(args),
        timeoutSeconds: TIMEOUT_SECONDS.checker,
        memoryMegabytes: MEMORY_MEGABYTES.checker,
      },
      parent,
    );
    const machine = new VerificationMachine(
      `${name}-flow`,
      {
        ...place,
        retention,
        what: WHAT,
        worker: { what: WHAT, function: worker, timeoutSeconds: TIMEOUT_SECONDS.worker },
        checker: { what: CHECKS, function: checker, timeoutSeconds: TIMEOUT_SECONDS.checker },
        failures,
        keyArn: args.keyArns.logs,
      },
      parent,
    );
    const figures = { dimensions: { FunctionName: worker.functionName } };
    this.metrics = {
      functions: [worker.metrics, checker.metrics],
      failures: failures.metrics,
      executions: machine.metrics,
      restoresFailed: metric(
        { namespace: VERDICT_METRICS.namespace, ...figures },
        "RestoresFailed" satisfies keyof typeof VERDICT_METRICS.units,
        "Sum",
      ),
      restoreSeconds: metric(
        { namespace: TIME_METRICS.namespace, ...figures },
        "RestoreSeconds" satisfies keyof typeof TIME_METRICS.units,
        "Maximum",
      ),
      objectiveSeconds: args.verification.objectiveMinutes * 60,
    };
    this.registerOutputs({ metrics: this.metrics });
  }
}

function expectationsOf({ plans, verification }: RestoreVerificationArgs): Expectations {
  return {
    plans,
    database: DATABASE_NAME,
    port: DATABASE_PORT,
    masterUser: MASTER_USER,
    ownerRole: OWNER_ROLE,
    schema: SCHEMAS[0],
    tables: [...verification.tables],
    instanceClass: INSTANCE_CLASS,
    objectiveSeconds: verification.objectiveMinutes * 60,
  };
}

function workerStatements(args: RestoreVerificationArgs): aws.iam.PolicyStatement[] {
  const rds = `arn:aws:rds:${args.region}:${args.accountId}`;
  const restored = [`${rds}:cluster:${RESTORED}`, `${rds}:db:${RESTORED}`];
  return [
    {
      Sid: "Jobs",
      Effect: "Allow",
      Action: ["backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"],
      // AWS Backup knows no ARNs of restore jobs.
      Resource: "*",
    },
    {
      Sid: "MakeInstances",
      Effect: "Allow",
      Action: "rds:CreateDBInstance",
      // With the groups that the instance gets by default.
      Resource: [...restored, `${rds}:pg:*`, `${rds}:og:*`, `${rds}:subgrp:streamflix-*`],
    },
    seeRestored(restored),
    {
      Sid: "TakeAway",
      Effect: "Allow",
      Action: ["rds:DeleteDBCluster", "rds:DeleteDBInstance"],
      Resource: restored,
    },
    // An instance is made under the key of its cluster.
    ...keyStatements("Keys", args.region, args.accountId, [args.names.fixed("kmsAlias", "viewer-data")]),
  ];
}

function checkerStatements({ region, accountId }: RestoreVerificationArgs): aws.iam.PolicyStatement[] {
  const rds = `arn:aws:rds:${region}:${accountId}`;
  const cluster = `${rds}:cluster:${RESTORED}`;
  return [
    seeRestored([cluster, `${rds}:db:${RESTORED}`]),
    { Sid: "SetPassword", Effect: "Allow", Action: "rds:ModifyDBCluster", Resource: cluster },
  ];
}

function seeRestored(restored: string[]): aws.iam.PolicyStatement {
  return {
    Sid: "SeeRestored",
    Effect: "Allow",
    Action: ["rds:DescribeDBClusters", "rds:DescribeDBInstances"],
    Resource: restored,
  };
}
