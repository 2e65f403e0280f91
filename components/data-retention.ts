import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Counterpart, DataRetentionConfig, Names, RetentionConfig } from "../config";
import { ERASURE_LOG_PREFIX } from "../functions/data-retention/log-keys";
import { RETENTION_METRICS } from "../functions/data-retention/metrics";
import type { RetentionPlan } from "../functions/data-retention/settings";
import type { Database } from "./database";
import { databaseReaches } from "./database/reaches";
import { firstPassword } from "./database/secrets";
import { DATABASE_NAME, DATABASE_PORT, RETENTION_USER, SCHEMAS } from "./database/users";
import { FailureQueue } from "./failure-queue";
import type { FunctionMetrics } from "./function-parts";
import { lambdaBundle } from "./lambda-bundle";
import { type Metric, metric, type MetricSource } from "./metrics";
import { keyStatement } from "./policy";
import { Schedule } from "./schedule";
import { readSecretStatements, SeededSecret } from "./secret";
import { VpcFunction } from "./vpc-function";

export interface DataRetentionArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly dataRetention: DataRetentionConfig;
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone, with a way to the database and to the endpoints. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  readonly database: Pick<Database, "writerEndpoint" | "securityGroupId" | "roles" | "connectStatement">;
  readonly keyArns: Readonly<Record<"logs" | "messaging" | "secrets", pulumi.Input<string>>>;
  /** Stack that gets a copy of the digests' key: with the log's copy it can be replayed there. @default no copy */
  readonly standby?: Counterpart | undefined;
  /** Bucket of the erasure log, under the key for audit. @default none: rows expire, and an erasure is refused */
  readonly erasureLog?: ErasureLogBucket;
  /** Keeps the key of the erasure log's digests from being deleted. */
  readonly protect: boolean;
}

/** Where the erasure log is, and how it is reached. */
export interface ErasureLogBucket {
  readonly bucketName: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
  /** Stands for S3's addresses. */
  readonly s3PrefixListId: pulumi.Input<string>;
}

/** Figures of the function, of what it failed on, and of erasures: how many are open, and for how long. */
export interface DataRetentionMetrics {
  readonly function: FunctionMetrics;
  readonly failures: MetricSource;
  readonly erasuresOpen: Metric;
  readonly oldestErasureDays: Metric;
}

const WHAT = "data-retention";

/** A run ends by itself before that, and the next one begins a quarter of an hour after it. */
const TIMEOUT_SECONDS = 840;
const MEMORY_MEGABYTES = 512;
const HTTPS = 443;

/** Key of the erasure log's digests. */
const DIGEST_KEY = "retention/digest-key";
const RECOVERY_DAYS = { protected: 30, unprotected: 7 } as const;

/**
 * Deletes from the database what is past its time, and erases subjects: a function in the VPC with a database user of its
 * own, which runs in a nightly window and when somebody invokes it.
 *
 * Who has been erased stands in a bucket, where one is given, by digests that name nobody: a restored database knows nothing of the erasures
 * after its backup, and what is in the bucket is erased from it again.
 */
export class DataRetention extends pulumi.ComponentResource {
  /** Function to invoke for an erasure, a hold or a replay. */
  readonly functionName: pulumi.Output<string>;
  /** Keeps the events of invocations that failed. */
  readonly failureQueueName: pulumi.Output<string>;
  readonly metrics: DataRetentionMetrics;

  constructor(name: string, args: DataRetentionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:retention:DataRetention", name, {}, opts);
    const { names, accountId, region, retention, database, erasureLog, protect } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };

    const digestKey = new SeededSecret(
      `${name}-digest-key`,
      {
        ...place,
        what: DIGEST_KEY,
        description:
          "Key of the erasure log's digests; never rotated, since no entry could be found without it",
        value: firstPassword(`${name}-digest-key`, parent),
        keyArn: args.keyArns.secrets,
        standby: args.standby,
        recoveryWindowDays: protect ? RECOVERY_DAYS.protected : RECOVERY_DAYS.unprotected,
        protect,
      },
      parent,
    );
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
        description: "Deletes rows past their time and erases subjects",
        bundle: lambdaBundle("functions/data-retention/handler.ts", {
          "database-ca.pem": `components/database/certificates/${region}.pem`,
        }),
        environment: {
          RETENTION_PLAN: JSON.stringify(planOf(args)),
          DATABASE_HOST: database.writerEndpoint,
          ...(erasureLog && { ERASURE_LOG_BUCKET: erasureLog.bucketName }),
          DIGEST_KEY_ARN: digestKey.arn,
        },
        failures,
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: [
          ...databaseReaches(
            { ...args, databaseSecurityGroupId: database.securityGroupId },
            "the function that deletes rows",
          ),
          ...(erasureLog
            ? [
                {
                  to: "s3",
                  prefixListId: erasureLog.s3PrefixListId,
                  port: HTTPS,
                  description: "Erasure log, through the gateway endpoint of S3",
                },
              ]
            : []),
        ],
        statements: [
          ...readSecretStatements(place, [DIGEST_KEY]),
          ...(erasureLog
            ? [
                keyStatement(place, {
                  sid: "UseAuditKey",
                  service: "s3",
                  key: "audit",
                  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
                }),
              ]
            : []),
        ],
        lateStatements: [
          database.connectStatement(RETENTION_USER),
          ...(erasureLog ? logStatements(erasureLog.arn) : []),
        ],
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
        description: "Deletes rows past their time, every night",
        expression: `cron(0/15 ${hoursOf(args.dataRetention.window).join(",")} * * ? *)`,
        functionArn: worker.arn,
        target: worker,
        event: { action: "expire" },
      },
      // Before its user is there it could only fail.
      { parent: this, dependsOn: [database.roles.done] },
    );
    this.functionName = worker.functionName;
    this.failureQueueName = failures.queueName;
    const figure = (name: keyof typeof RETENTION_METRICS.units) =>
      metric(
        { namespace: RETENTION_METRICS.namespace, dimensions: { FunctionName: worker.functionName } },
        name,
        "Maximum",
      );
    this.metrics = {
      function: worker.metrics,
      failures: failures.metrics,
      erasuresOpen: figure("ErasuresOpen"),
      oldestErasureDays: figure("OldestErasureDays"),
    };
    this.registerOutputs({
      functionName: this.functionName,
      failureQueueName: this.failureQueueName,
      metrics: this.metrics,
    });
  }
}

/** The function's plan: classes as days. */
function planOf({ dataRetention, retention }: DataRetentionArgs): RetentionPlan {
  const [schema] = SCHEMAS;
  return {
    port: DATABASE_PORT,
    database: DATABASE_NAME,
    user: RETENTION_USER,
    schema,
    batchRows: dataRetention.batchRows,
    subjectKeys: dataRetention.subjectKeys,
    tables: dataRetention.tables.map(({ table, subjectColumn, timeColumn, retentionClass }) => ({
      table,
      ...(subjectColumn && { subjectColumn }),
      ...(timeColumn &&
        retentionClass && { expiry: { timeColumn, days: retention[retentionClass].maximumDays } }),
    })),
    keptDays: {
      backup: retention.backup.maximumDays,
      events: retention["viewer-events"].maximumDays,
      evidence: retention.audit.maximumDays,
    },
  };
}

/** Entries are made, looked for and read; nothing of the log is changed or deleted. */
function logStatements(bucketArn: pulumi.Input<string>): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "KeepErasureLog",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: pulumi.interpolate`${bucketArn}/${ERASURE_LOG_PREFIX}*`,
    },
    {
      Sid: "ListErasureLog",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": `${ERASURE_LOG_PREFIX}*` } },
    },
  ];
}

/** Hours of a window of full hours, which may cross midnight. */
function hoursOf(window: string): number[] {
  const [start = 0, end = 0] = window.split("-").map((time) => Number(time.slice(0, 2)));
  const count = (end - start + 24) % 24;
  return Array.from({ length: count }, (_, index) => (start + index) % 24).sort((a, b) => a - b);
}
