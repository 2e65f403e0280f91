import type { Props } from "../../../account/store";
import { BUCKET, BUCKET_LOCK, partOf } from "../bucket-access";
import { oneOf, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { isUntried } from "../preparation";
import { mapOf, mapsOf, text, World } from "../world";

const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

const replication: Model = {
  type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  source: "internal/service/s3/bucket_replication_configuration.go",
  forceNew: ["bucket"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: {
    bucket: { types: [BUCKET], by: "id" },
    role: { types: ["aws:iam/role:Role"], by: "arn" },
  },
  check: (inputs) =>
    mapsOf(inputs["rules"]).flatMap((rule) => under("rules", oneOf(rule, "status", ["Enabled", "Disabled"]))),
  verify: (inputs, world) => {
    const source = text(inputs, "bucket");
    const rules = mapsOf(inputs["rules"]);
    requireTrust(world, text(inputs, "role"), "s3.amazonaws.com");
    requireVersions(world, source, "source");
    const priorities = rules.map((rule) => rule["priority"] ?? 0);
    if (new Set(priorities).size < priorities.length) {
      throw new AwsError(
        "InvalidRequest",
        "Found duplicate rule priorities in the replication configuration",
      );
    }
    for (const rule of rules) verifyRule(rule, source, world);
  },
  make: (inputs) => ({ id: text(inputs, "bucket"), computed: {} }),
};

function verifyRule(rule: Props, source: string, world: World): void {
  const destination = mapOf(rule["destination"]);
  const name = text(destination, "bucket").replace("arn:aws:s3:::", "");
  const key = mapOf(destination["encryptionConfiguration"])["replicaKmsKeyId"];
  // The bucket's ARN has no region; its key has, which is the bucket's.
  if (typeof key === "string" && isUntried(key.split(":")[3] ?? "", world)) return;
  const there = homeOf(world, name);
  requireVersions(there, name, "destination");
  const isLocked = (at: World, bucket: string) => partOf(at, BUCKET_LOCK, bucket) !== undefined;
  if (isLocked(world, source) && !isLocked(there, name)) {
    throw new AwsError(
      "InvalidRequest",
      "Destination bucket must have Object Lock enabled, as the source has",
    );
  }
  const selects = mapOf(mapOf(rule["sourceSelectionCriteria"])["sseKmsEncryptedObjects"])["status"];
  if ((key !== undefined) !== (selects === "Enabled")) {
    throw new AwsError(
      "InvalidRequest",
      "SseKmsEncryptedObjects and ReplicaKmsKeyID have to be given together",
    );
  }
  if (typeof key === "string") requireKeyUse(there, key, "s3");
  requireMinutes(destination);
  if (rule["filter"] !== undefined && rule["deleteMarkerReplication"] === undefined) {
    throw new AwsError("InvalidRequest", "DeleteMarkerReplication must be specified with a Filter");
  }
}

/** Replication time control knows one time, and comes with metrics. */
function requireMinutes({ metrics, replicationTime }: Props): void {
  const isOn = (setting: unknown) => mapOf(setting)["status"] === "Enabled";
  if (isOn(replicationTime) && !isOn(metrics)) {
    throw new AwsError(
      "InvalidRequest",
      "Replication Metrics must be Enabled when Replication Time is Enabled",
    );
  }
  if (mapOf(metrics)["eventThreshold"] !== undefined && !isOn(replicationTime)) {
    throw new AwsError(
      "InvalidArgument",
      "Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled",
    );
  }
  for (const part of [mapOf(mapOf(replicationTime)["time"]), mapOf(mapOf(metrics)["eventThreshold"])]) {
    if (part["minutes"] !== undefined && part["minutes"] !== 15) {
      throw new AwsError("InvalidArgument", "Replication time must be 15 minutes");
    }
  }
}

/** The region that a bucket is in, anywhere in the account. */
function homeOf({ accounts, place: { account } }: World, bucket: string): World {
  const found = accounts
    .list(account)
    .find(({ type, id, state }) => type === BUCKET && id === bucket && state === "available");
  if (found === undefined) throw new AwsError("InvalidRequest", "Destination bucket must exist.");
  return new World(accounts, { account, region: found.region });
}

function requireVersions(world: World, bucket: string, end: "source" | "destination"): void {
  const { versioningConfiguration } = partOf(world, VERSIONING, bucket)?.inputs ?? {};
  if (mapOf(versioningConfiguration)["status"] !== "Enabled") {
    throw new AwsError(
      "InvalidRequest",
      `Versioning must be 'Enabled' on the ${end} bucket to apply a replication configuration`,
    );
  }
}

export const s3ReplicationModels: readonly Model[] = [replication];
