import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../config";
import { AGE_METRICS, SAMPLE_METRICS } from "../functions/copy-check/metrics";
import type { Copy } from "../functions/copy-check/settings";
import { ERASURE_LOG_PREFIX } from "../functions/data-retention/log-keys";
import type { Bucket } from "./bucket";
import { COPIED } from "./bucket-copies";
import { FailureQueue } from "./failure-queue";
import type { FunctionMetrics } from "./function-parts";
import { lambdaBundle } from "./lambda-bundle";
import { type Metric, metric, type MetricSource } from "./metrics";
import { keyStatement } from "./policy";
import { Schedule } from "./schedule";
import { EVENTS_PREFIX } from "./streaming/delivery";
import { VpcFunction } from "./vpc-function";

export interface CopyCheckArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  /** Buckets that get the copies. */
  readonly buckets: Readonly<Record<Copy, Bucket>>;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Stands for S3's addresses. */
  readonly s3PrefixListId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
}

/** What was read of one copy. */
export interface CopyCheckFigures {
  readonly what: Copy;
  readonly failed: Metric;
  readonly newestAgeHours: Metric;
}

/** Figures of the function, of what it failed on, and of each copy. */
export interface CopyCheckMetrics {
  readonly function: FunctionMetrics;
  readonly failures: MetricSource;
  readonly copies: readonly CopyCheckFigures[];
}

const WHAT = "copy-check";
/** Where the objects are in each bucket. */
const PREFIXES = { events: EVENTS_PREFIX, erasures: ERASURE_LOG_PREFIX } as const satisfies Record<
  Copy,
  string
>;
/** Long enough to list millions of objects. */
const TIMEOUT_SECONDS = 600;
/** Holds one object of the archive, packed and unpacked. */
const MEMORY_MEGABYTES = 1024;
const HTTPS = 443;

/**
 * Reads some objects of each copy that arrives here, twice a day, as a failover would have to: under this region's keys,
 * in full, against S3's checksums, and as what they should be. It may read them and nothing else, and reaches S3 alone.
 */
export class CopyCheck extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly metrics: CopyCheckMetrics;

  constructor(name: string, args: CopyCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:copies:CopyCheck", name, {}, opts);
    const { names, accountId, region, buckets } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };
    const copies = Object.keys(buckets) as Copy[];

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
        description: "Reads a sample of the copies in this region",
        bundle: lambdaBundle("functions/copy-check/handler.ts"),
        environment: {
          SETTINGS: pulumi.jsonStringify({
            copies: Object.fromEntries(
              copies.map((what) => [what, { bucket: buckets[what].bucketName, prefix: PREFIXES[what] }]),
            ),
          }),
        },
        failures,
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: [
          {
            to: "s3",
            prefixListId: args.s3PrefixListId,
            port: HTTPS,
            description: "Copies, through the gateway endpoint of S3",
          },
        ],
        statements: readStatements(args),
        // Named in the statements, by texts that make no dependency.
        dependsOn: Object.values(buckets),
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
      },
      parent,
    );
    new Schedule(
      `${name}-schedule`,
      {
        ...place,
        what: WHAT,
        description: "Reads a sample of the copies",
        // As long as the alarms' periods.
        expression: "rate(12 hours)",
        functionArn: worker.arn,
        target: worker,
        event: {},
      },
      parent,
    );
    this.functionName = worker.functionName;
    this.metrics = {
      function: worker.metrics,
      failures: failures.metrics,
      copies: copies.map((what) => {
        const dimensions = { FunctionName: worker.functionName, Copy: what };
        const source = { namespace: SAMPLE_METRICS.namespace, dimensions };
        return {
          what,
          failed: metric(source, FAILED, "Maximum"),
          // A look by hand counts at once.
          newestAgeHours: metric(source, AGE, "Minimum"),
        };
      }),
    };
    this.registerOutputs({ functionName: this.functionName, metrics: this.metrics });
  }
}

const FAILED = "ObjectsFailed" satisfies keyof typeof SAMPLE_METRICS.units;
const AGE = "NewestAgeHours" satisfies keyof typeof AGE_METRICS.units;

/** Lists and reads what is copied, under the key that each copy has. */
function readStatements(args: CopyCheckArgs): aws.iam.PolicyStatement[] {
  const copies = Object.entries(args.buckets) as [Copy, Bucket][];
  return [
    {
      Sid: "ListCopies",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: copies.map(([, { plainArn }]) => plainArn),
      Condition: { StringLike: { "s3:prefix": copies.map(([what]) => `${PREFIXES[what]}*`) } },
    },
    {
      Sid: "ReadCopies",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: copies.map(([what, { plainArn }]) => `${plainArn}/${PREFIXES[what]}*`),
    },
    ...copies.map(([what, { plainArn }]) =>
      keyStatement(args, {
        sid: `Decrypt${what[0]?.toUpperCase() ?? ""}${what.slice(1)}`,
        service: "s3",
        key: COPIED[what].key,
        actions: "kms:Decrypt",
        // A bucket key stands for the bucket, not for one object.
        context: { "aws:s3:arn": plainArn },
      }),
    ),
  ];
}
