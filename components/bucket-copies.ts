import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { boundaryArn, type Counterpart, type Names } from "../config";
import type { Bucket } from "./bucket";
import type { MetricSource } from "./metrics";
import { keyStatement, serviceTrust } from "./policy";

/** Buckets that a failover needs and nobody can make again, by what they are called in their names. */
export const COPIED = {
  /** Whoever deletes an event by hand deletes its copy, too. */
  events: { key: "viewer-data", deletionsToo: true },
  /** Evidence: what hides an entry at home leaves it in the copy, from which it is replayed. */
  erasures: { key: "audit", deletionsToo: false },
} as const;
type Copied = keyof typeof COPIED;

/** One rule for all of a bucket: a part of it would have to be named again in every alarm. */
const RULE = "everything";
/** What S3 promises with its replication time control, and the only value it takes. */
const MINUTES = 15;

export interface BucketCopiesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Stack that has a bucket for each of these. */
  readonly standby: Counterpart;
  /** Left out where the stack has none. */
  readonly buckets: Readonly<Record<Copied, Bucket | undefined>>;
}

/** Copies of one bucket: what they are called, and whose figures they are. */
export interface CopyMetrics {
  readonly what: string;
  readonly source: MetricSource;
}

/**
 * Copies every object of some buckets to the stack that stands by, within minutes, under a key there. One role for each
 * bucket, so that none opens two keys.
 *
 * S3 copies what is written from then on; neither what was there before, nor what lifecycle rules delete, since the copy
 * has the same rules, nor a version that somebody deletes for good.
 */
export class BucketCopies extends pulumi.ComponentResource {
  /** Figures about copies that fail; S3 reports them in the region that they are sent from. */
  readonly metrics: readonly CopyMetrics[];

  constructor(name: string, args: BucketCopiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:copies:BucketCopies", name, {}, opts);
    const copied = Object.entries(args.buckets).flatMap(([what, bucket]) =>
      bucket === undefined ? [] : [{ what: what as Copied, bucket }],
    );
    for (const { what, bucket } of copied) this.copy(`${name}-${what}`, what, bucket, args);
    this.metrics = copied.map(({ what }) => copyMetrics(what, args.names, args.standby.names));
    this.registerOutputs({ metrics: this.metrics });
  }

  private copy(name: string, what: Copied, bucket: Bucket, args: BucketCopiesArgs): void {
    const { names, accountId, region, standby } = args;
    const { key, deletionsToo } = COPIED[what];
    const parent = { parent: this };
    const target = `arn:aws:s3:::${standby.names.fixed("bucket", what)}`;
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", `copy-${what}`),
        description: `S3: copies bucket ${what} to the standby region`,
        assumeRolePolicy: serviceTrust("s3.amazonaws.com", accountId, bucket.plainArn),
        permissionsBoundary: boundaryArn("replication", { accountId, region }),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "copy",
        role: role.id,
        policy: { Version: "2012-10-17", Statement: rights(what, bucket.plainArn, target, args) },
      },
      // Named in the policy, by a text that makes no dependency.
      { parent: this, dependsOn: [bucket] },
    );
    new aws.s3.BucketReplicationConfig(
      name,
      {
        bucket: bucket.bucketName,
        role: role.arn,
        rules: [
          {
            id: RULE,
            priority: 1,
            status: "Enabled",
            filter: {},
            deleteMarkerReplication: { status: deletionsToo ? "Enabled" : "Disabled" },
            // Without it S3 leaves out what is under a key, which is everything.
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
              bucket: target,
              encryptionConfiguration: {
                replicaKmsKeyId: `arn:aws:kms:${standby.region}:${accountId}:${standby.names.fixed("kmsAlias", key)}`,
              },
              replicationTime: { status: "Enabled", time: { minutes: MINUTES } },
              metrics: { status: "Enabled", eventThreshold: { minutes: MINUTES } },
            },
          },
        ],
      },
      { parent: this, dependsOn: [policy] },
    );
  }
}

/** Figures about how far copies are behind; S3 reports them in the region that they go to. */
export function takenCopies(home: Counterpart, names: Names): CopyMetrics[] {
  return Object.keys(COPIED).map((what) => copyMetrics(what, home.names, names));
}

function copyMetrics(what: string, from: Names, to: Names): CopyMetrics {
  return {
    what,
    source: {
      namespace: "AWS/S3",
      dimensions: {
        SourceBucket: from.fixed("bucket", what),
        DestinationBucket: to.fixed("bucket", what),
        RuleId: RULE,
      },
    },
  };
}

function rights(
  what: Copied,
  source: string,
  target: string,
  { names, accountId, region, standby }: BucketCopiesArgs,
): aws.iam.PolicyStatement[] {
  const { key, deletionsToo } = COPIED[what];
  const use = { service: "s3", key };
  return [
    {
      Sid: "ReadSettings",
      Effect: "Allow",
      Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      Resource: source,
    },
    {
      Sid: "ReadVersions",
      Effect: "Allow",
      Action: [
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionTagging",
      ],
      Resource: `${source}/*`,
    },
    {
      Sid: "WriteCopies",
      Effect: "Allow",
      Action: [...(deletionsToo ? ["s3:ReplicateDelete"] : []), "s3:ReplicateObject", "s3:ReplicateTags"],
      Resource: `${target}/*`,
    },
    keyStatement(
      { names, accountId, region },
      // A bucket key stands for the bucket, not for one object.
      { ...use, sid: "DecryptSource", actions: "kms:Decrypt", context: { "aws:s3:arn": source } },
    ),
    keyStatement(
      { names: standby.names, accountId, region: standby.region },
      {
        ...use,
        sid: "EncryptCopies",
        actions: ["kms:Encrypt", "kms:GenerateDataKey"],
        context: { "aws:s3:arn": target },
      },
    ),
  ];
}
