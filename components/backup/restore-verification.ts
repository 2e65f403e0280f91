import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RestoreVerificationConfig, RetentionConfig } from "../../config";
import {
  FILES_TIME_METRICS,
  TIME_METRICS,
  VERDICT_METRICS,
} from "../../functions/restore-verification/metrics";
import type { Expectations } from "../../functions/restore-verification/settings";
import { databaseReaches } from "../database/reaches";
import { DATABASE_NAME, DATABASE_PORT, MASTER_USER, OWNER_ROLE, SCHEMAS } from "../database/users";
import { ruleArn } from "../event-rule";
import { FailureQueue } from "../failure-queue";
import type { FunctionMetrics } from "../function-parts";
import { POSIX_ID } from "../files";
import { lambdaBundle } from "../lambda-bundle";
import { LambdaFunction } from "../lambda-function";
import { type Metric, metric, type MetricSource } from "../metrics";
import { VpcFunction } from "../vpc-function";
import { FileChecks, type FilesNetwork, fileStatements } from "./file-checks";
import { keyStatements } from "./role";
import { VerificationMachine } from "./verification-machine";

/** Network that restored databases are signed in to from. */
export interface VerificationNetwork {
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone, with a way to the database and to the endpoints. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
}

export interface RestoreVerificationArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  /** Restore tests whose results are looked into; a continuous backup is restored to its newest second. */
  readonly plans: Expectations["plans"];
  /** @default restored databases are not looked into */
  readonly database?: NonNullable<RestoreVerificationConfig["database"]> & {
    readonly network: VerificationNetwork;
    /** Group that restored databases are in. */
    readonly securityGroupId: pulumi.Input<string>;
  };
  /** @default restored files are not looked into */
  readonly files?: NonNullable<RestoreVerificationConfig["files"]> & { readonly network: FilesNetwork };
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
}

/** Figures of the verdicts and of what reaches them. */
export interface VerificationMetrics {
  readonly functions: readonly FunctionMetrics[];
  readonly failures: MetricSource;
  /** Verifications as runs of the state machine. */
  readonly executions: MetricSource;
  readonly restoresFailed: Metric;
  /** How long it took until somebody could work with what was restored, and how long it may. */
  readonly times: readonly {
    readonly of: "database" | "files";
    readonly seconds: Metric;
    readonly objectiveSeconds: number;
  }[];
}

const WHAT = "restore-verification";
/** Name of the function that looks into the database. */
const CHECKS = "restore-checks";

const TIMEOUT_SECONDS = { worker: 60, checker: 840 } as const;
const MEMORY_MEGABYTES = { worker: 256, checker: 512 } as const;

/** Enough to read a database, and what Aurora has it for: one that is gone in an hour. */
const INSTANCE_CLASS = "db.t4g.medium";

/** Every cluster and instance that restore tests make, and nothing else. */
const RESTORED = "awsbackup-restore-test-*";

/**
 * Looks into each database, and into the files, that a restore test has made: a state machine, started by AWS Backup's
 * event, makes what is missing to get in, has a function look, tells AWS Backup, and takes all of it away.
 *
 * Functions of one code: one outside the VPC calls AWS, so that it cleans up whatever the network is like; the others are
 * inside. One may set the password of a restored cluster, and one has restored files mounted.
 */
export class RestoreVerification extends pulumi.ComponentResource {
  readonly metrics: VerificationMetrics;

  constructor(name: string, args: RestoreVerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:RestoreVerification", name, {}, opts);
    const { names, accountId, region, retention, database, files } = args;
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
    const fileChecks =
      files && new FileChecks(`${name}-files`, { ...common, network: files.network }, parent);
    const worker = new LambdaFunction(
      name,
      {
        ...common,
        what: WHAT,
        description: "Makes, reports on and takes away what restores need to be looked into",
        environment: { ...common.environment, ...(fileChecks && { MOUNTING: fileChecks.mounting }) },
        statements: [
          JOB_STATEMENT,
          ...(database ? databaseStatements(args) : []),
          ...(fileChecks ? fileStatements(place) : []),
        ],
        ...(fileChecks && { dependsOn: [fileChecks] }),
        timeoutSeconds: TIMEOUT_SECONDS.worker,
        memoryMegabytes: MEMORY_MEGABYTES.worker,
      },
      parent,
    );
    const databaseChecks =
      database &&
      new VpcFunction(
        `${name}-checks`,
        {
          ...common,
          what: CHECKS,
          description: "Looks into restored databases",
          vpcId: database.network.vpcId,
          subnetIds: database.network.subnetIds,
          reaches: databaseReaches(
            {
              databaseSecurityGroupId: database.securityGroupId,
              endpointsSecurityGroupId: database.network.endpointsSecurityGroupId,
            },
            "the function that looks into restored databases",
            "RDS",
          ),
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
        checkers: {
          ...(databaseChecks && {
            database: { what: CHECKS, function: databaseChecks, timeoutSeconds: TIMEOUT_SECONDS.checker },
          }),
          ...(fileChecks && { files: fileChecks.runner }),
        },
        failures,
        keyArn: args.keyArns.logs,
      },
      parent,
    );
    const figures = { dimensions: { FunctionName: worker.functionName } };
    const time = { namespace: TIME_METRICS.namespace, ...figures };
    this.metrics = {
      functions: [worker, databaseChecks, fileChecks].flatMap((it) => (it ? [it.metrics] : [])),
      failures: failures.metrics,
      executions: machine.metrics,
      restoresFailed: metric(
        { namespace: VERDICT_METRICS.namespace, ...figures },
        "RestoresFailed" satisfies keyof typeof VERDICT_METRICS.units,
        "Sum",
      ),
      times: [
        ...(database
          ? [
              {
                of: "database" as const,
                seconds: metric(time, "RestoreSeconds" satisfies keyof typeof TIME_METRICS.units, "Maximum"),
                objectiveSeconds: database.objectiveMinutes * 60,
              },
            ]
          : []),
        ...(files
          ? [
              {
                of: "files" as const,
                seconds: metric(
                  time,
                  "FilesRestoreSeconds" satisfies keyof typeof FILES_TIME_METRICS.units,
                  "Maximum",
                ),
                objectiveSeconds: files.objectiveMinutes * 60,
              },
            ]
          : []),
      ],
    };
    this.registerOutputs({ metrics: this.metrics });
  }
}

function expectationsOf({ plans, database, files }: RestoreVerificationArgs): Expectations {
  return {
    plans,
    ...(database && {
      database: {
        database: DATABASE_NAME,
        port: DATABASE_PORT,
        masterUser: MASTER_USER,
        ownerRole: OWNER_ROLE,
        schema: SCHEMAS[0],
        tables: [...database.tables],
        instanceClass: INSTANCE_CLASS,
        objectiveSeconds: database.objectiveMinutes * 60,
      },
    }),
    ...(files && {
      files: {
        minimumFiles: files.minimumFiles,
        ...(files.newestMaximumDays !== undefined && { newestMaximumDays: files.newestMaximumDays }),
        ownerId: POSIX_ID,
        objectiveSeconds: files.objectiveMinutes * 60,
      },
    }),
  };
}

const JOB_STATEMENT: aws.iam.PolicyStatement = {
  Sid: "Jobs",
  Effect: "Allow",
  Action: ["backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"],
  // AWS Backup knows no ARNs of restore jobs.
  Resource: "*",
};

function databaseStatements(args: RestoreVerificationArgs): aws.iam.PolicyStatement[] {
  const rds = `arn:aws:rds:${args.region}:${args.accountId}`;
  const restored = [`${rds}:cluster:${RESTORED}`, `${rds}:db:${RESTORED}`];
  return [
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
