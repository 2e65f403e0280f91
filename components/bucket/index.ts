import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type DataClassification,
  dataTags,
  type Names,
  type RetentionClass,
  type RetentionConfig,
} from "../../config";
import { lifecycleRules, stateLifecycleRules, type Tier } from "./lifecycle";
import { guards, LOG_PREFIXES, logDelivery } from "./statements";

interface CommonArgs {
  readonly names: Names;
  readonly accountId: string;
  /** What is in it, such as `archive`: part of its name. */
  readonly what: string;
  /** Further statements of its policy, made of its ARN. A bucket has one policy, so this is their only place. @default none */
  readonly statements?: (bucketArn: string) => readonly aws.iam.PolicyStatement[];
  /** Refuses to delete the bucket; without it, it is emptied when it is deleted, but for states of stacks. */
  readonly protect: boolean;
}

interface KeyedArgs extends CommonArgs {
  /** The stack's key for what is in it. */
  readonly keyArn: pulumi.Input<string>;
  /** Bucket that keeps who reached this one. */
  readonly accessLogs: Bucket;
}

/** A bucket for data of some class. */
export interface DataBucketArgs extends KeyedArgs {
  readonly kind: "data";
  readonly retention: RetentionConfig;
  readonly classification: DataClassification;
  readonly retentionClass: RetentionClass;
  /** Cheaper storage on the way to the end of its class. @default none */
  readonly tiers?: readonly Tier[];
}

/** A bucket for what has to be proven later. */
export interface EvidenceBucketArgs extends KeyedArgs {
  readonly kind: "evidence";
  readonly retention: Pick<RetentionConfig, "audit">;
  /**
   * Keeps every version for the least days of its class: GOVERNANCE against all but those with a right of their own,
   * COMPLIANCE against everybody, AWS too. Can't be added to a bucket later, or taken away.
   *
   * @default objects can be deleted
   */
  readonly lock?: "GOVERNANCE" | "COMPLIANCE";
}

/** The bucket that AWS delivers access logs of buckets and load balancers to. */
export interface AccessLogBucketArgs extends CommonArgs {
  readonly kind: "access-log";
  readonly retention: Pick<RetentionConfig, "access-log">;
}

/** A bucket for the state of stacks: what is current never ends. */
export interface StateBucketArgs extends KeyedArgs {
  readonly kind: "state";
  /** Days for which earlier states can be brought back, and the history of updates is kept. */
  readonly earlierStatesDays: number;
}

export type BucketArgs = DataBucketArgs | EvidenceBucketArgs | AccessLogBucketArgs | StateBucketArgs;

/**
 * The one way this program makes an S3 bucket: private, versioned, encrypted, used over TLS only, with its requests
 * logged, and empty when the time of its data class is over.
 *
 * The access-log kind is under S3's own keys and logs no requests to itself: log delivery can't use another key, and a
 * bucket that logs to itself never stops.
 */
export class Bucket extends pulumi.ComponentResource {
  /** Name, known at once; for policies. */
  readonly plainName: string;
  /** ARN, known at once; for policies. */
  readonly plainArn: string;
  /** Name, known once everything about the bucket is in place. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN, known once everything about the bucket is in place. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bucket:Bucket", name, {}, opts);
    const { classification, retentionClass } = classesOf(args);
    const lock =
      args.kind === "evidence" && args.lock !== undefined
        ? { mode: args.lock, days: args.retention.audit.minimumDays }
        : undefined;
    this.plainName = args.names.fixed("bucket", args.what);
    this.plainArn = `arn:aws:s3:::${this.plainName}`;

    const bucket = new aws.s3.Bucket(
      name,
      {
        bucket: this.plainName,
        // Whoever takes an account down empties what its stacks were known by, by hand.
        forceDestroy: !args.protect && args.kind !== "state",
        ...(lock && { objectLockEnabled: true }),
        tags: dataTags(classification, retentionClass),
      },
      { parent: this, protect: args.protect },
    );
    // One after the other: S3 aborts one of two changes of a bucket that meet.
    const after = (resource: pulumi.Resource) => ({ parent: this, dependsOn: [resource] });
    const of = { bucket: bucket.bucket };
    const access = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      after(bucket),
    );
    const ownership = new aws.s3.BucketOwnershipControls(
      name,
      { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      after(access),
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { ...of, rules: [encryptionRule(args)] },
      after(ownership),
    );
    const versioning = new aws.s3.BucketVersioning(
      name,
      { ...of, versioningConfiguration: { status: "Enabled" } },
      after(encryption),
    );
    const locked = lock
      ? new aws.s3.BucketObjectLockConfiguration(
          name,
          { ...of, rule: { defaultRetention: lock } },
          after(versioning),
        )
      : versioning;
    const lifecycle = new aws.s3.BucketLifecycleConfiguration(
      name,
      { ...of, rules: rulesOf(args) },
      after(locked),
    );
    const policy = new aws.s3.BucketPolicy(
      name,
      { ...of, policy: { Version: "2012-10-17", Statement: this.statements(args) } },
      after(lifecycle),
    );
    const last =
      args.kind === "access-log"
        ? policy
        : new aws.s3.BucketLogging(
            name,
            {
              ...of,
              targetBucket: args.accessLogs.bucketName,
              targetPrefix: LOG_PREFIXES.buckets,
              targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
            },
            after(policy),
          );
    // The URN is known in a preview already, and comes with the last step all the same.
    this.bucketName = pulumi.all([bucket.bucket, last.urn]).apply(([it]) => it);
    this.arn = pulumi.all([bucket.arn, last.urn]).apply(([it]) => it);
    this.registerOutputs({
      plainName: this.plainName,
      plainArn: this.plainArn,
      bucketName: this.bucketName,
      arn: this.arn,
    });
  }

  private statements(args: BucketArgs): aws.iam.PolicyStatement[] {
    const more = args.statements?.(this.plainArn) ?? [];
    return args.kind === "access-log"
      ? [...guards(this.plainArn, args.kind), ...logDelivery(this.plainArn, args.accountId), ...more]
      : [...guards(this.plainArn, args.kind), ...more];
  }
}

function classesOf(args: BucketArgs): {
  readonly classification: DataClassification;
  readonly retentionClass: RetentionClass;
} {
  switch (args.kind) {
    case "data":
      return args;
    case "evidence":
      return { classification: "confidential", retentionClass: "audit" };
    case "access-log":
      // Addresses and names of callers.
      return { classification: "personal", retentionClass: "access-log" };
    case "state":
      return { classification: "confidential", retentionClass: "operational" };
  }
}

function rulesOf(args: BucketArgs): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  switch (args.kind) {
    case "data":
      return lifecycleRules(args.retention[args.retentionClass].maximumDays, args.tiers ?? []);
    case "evidence":
      return lifecycleRules(args.retention.audit.maximumDays, []);
    case "access-log":
      return lifecycleRules(args.retention["access-log"].maximumDays, []);
    case "state":
      return stateLifecycleRules(args.earlierStatesDays);
  }
}

function encryptionRule(args: BucketArgs): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  // With a key of the caller's own, objects could be made unreadable for everybody else.
  const blockedEncryptionTypes = ["SSE-C"];
  return args.kind === "access-log"
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, blockedEncryptionTypes }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn },
        // One call to KMS for many objects.
        bucketKeyEnabled: true,
        blockedEncryptionTypes,
      };
}
