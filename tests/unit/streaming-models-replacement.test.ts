import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { SimulatedAccount } from "./simulated-account";
import { S3, STREAMING } from "./streaming-models-account";

/** Every property that can't change on an existing object, `region` apart, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [S3.Bucket]: ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"],
  [S3.Encryption]: ["bucket", "expectedBucketOwner"],
  [S3.Lifecycle]: ["bucket", "expectedBucketOwner"],
  [S3.Lock]: ["bucket", "expectedBucketOwner", "objectLockEnabled"],
  [S3.Logging]: ["bucket", "expectedBucketOwner"],
  [S3.Ownership]: ["bucket"],
  [S3.Policy]: ["bucket"],
  [S3.PublicAccess]: ["bucket"],
  [S3.Replication]: ["bucket"],
  [S3.Versioning]: ["bucket", "expectedBucketOwner"],
  [STREAMING.Database]: ["catalogId", "name", "targetDatabase"],
  [STREAMING.Firehose]: ["destination", "kinesisSourceConfiguration", "mskSourceConfiguration", "name"],
  [STREAMING.LogStream]: ["logGroupName", "name"],
  [STREAMING.Stream]: ["name"],
  [STREAMING.Table]: ["catalogId", "databaseName", "name", "openTableFormatInput", "partitionIndices"],
};

/** Properties that some type replaces for, and those that none does. */
const ANY = [
  ...new Set([
    ...Object.values(FIXED).flat(),
    ...["extendedS3Configuration", "forceDestroy", "kmsKeyId", "policy", "retentionPeriod", "rules"],
    ...["shardCount", "storageDescriptor", "streamModeDetails", "tags", "targetBucket"],
  ]),
].sort();

describe("S3 and streaming models: what a change replaces", () => {
  const account = new SimulatedAccount();

  for (const [type, fixed] of Object.entries(FIXED)) {
    it(type, () => {
      const replaced = ANY.filter(
        (property) => account.replaces(type, { [property]: "old" }, { [property]: "new" }).length > 0,
      );
      assert.deepEqual(account.replaces(type, { region: "eu-west-1" }, { region: "eu-central-1" }), [
        "region",
      ]);
      assert.deepEqual(replaced, fixed);
    });
  }

  it("covers every type of them, with a source file for each", () => {
    assert.deepEqual(Object.keys(FIXED).sort(), [...Object.values(S3), ...Object.values(STREAMING)].sort());
    const sources = Object.keys(FIXED).map((type) => models.get(type)?.source ?? type);
    assert.deepEqual(
      sources.filter((it) => !/^internal\/service\/[a-z0-9]+\/[a-z0-9_]+\.go$/.test(it)),
      [],
    );
  });
});
