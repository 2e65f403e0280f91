import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import {
  ACCOUNT,
  DataAccount,
  document,
  type Made,
  NOTHING,
  REGION,
  refusal,
  T,
} from "./data-models-account";
import { STREAMING } from "./streaming-models-account";

const stream = (data: DataAccount, changes: Props = {}): Promise<Made> =>
  data.make(STREAMING.Stream, { name: "events", shardCount: 1, ...changes });
const onDemand = { shardCount: undefined, streamModeDetails: { streamMode: "ON_DEMAND" } };

const STREAMS: readonly (readonly [string, string, (data: DataAccount) => Promise<unknown>])[] = [
  [
    "a provisioned stream without shards",
    "shardCount: must be at least 1 when stream_mode is PROVISIONED",
    (data) => stream(data, { shardCount: undefined }),
  ],
  [
    "shards of a stream on demand",
    "shardCount: must not be set when stream_mode is ON_DEMAND",
    (data) => stream(data, { ...onDemand, shardCount: 1 }),
  ],
  [
    "records of less than a day",
    "retentionPeriod: expected to be in the range (24 - 8760), got 12",
    (data) => stream(data, { retentionPeriod: 12 }),
  ],
  [
    "an unknown measurement",
    "shardLevelMetrics: expected one of IncomingBytes, IncomingRecords, OutgoingBytes, OutgoingRecords, WriteProvisionedThroughputExceeded, ReadProvisionedThroughputExceeded, IteratorAgeMilliseconds, ALL, got Heat",
    (data) => stream(data, { shardLevelMetrics: ["Heat"] }),
  ],
  [
    "encryption without a key",
    "InvalidArgumentException: KMS Key ID required when setting encryption_type is not set as NONE",
    (data) => stream(data, { encryptionType: "KMS" }),
  ],
  [
    "a key that can't be used through Kinesis",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:Decrypt, kms:GenerateDataKey to account ${ACCOUNT} through kinesis`,
    async (data) => {
      const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
      const Condition = { StringEquals: { "kms:ViaService": `s3.${REGION}.amazonaws.com` } };
      const kmsKeyId = await data.key([{ Principal: root, Action: "kms:*", Resource: "*", Condition }]);
      await stream(data, { encryptionType: "KMS", kmsKeyId });
    },
  ],
  [
    "a second stream of a name",
    `ResourceInUseException: Stream events under account ${ACCOUNT} already exists.`,
    async (data) => {
      await stream(data);
      await stream(data);
    },
  ],
  [
    "more shards than the account has",
    "LimitExceededException: open shard count (201) would exceed the Kinesis account limit (200)",
    async (data) => {
      await stream(data, { shardCount: 200 });
      await stream(data, { name: "more" });
    },
  ],
  [
    "more than twice the shards at once",
    "InvalidArgumentException: UpdateShardCount: TargetShardCount 3 must be between half and double the open shards, 1",
    async (data) => data.change(await stream(data), { shardCount: 3 }),
  ],
  [
    "less than half of the shards at once",
    "InvalidArgumentException: UpdateShardCount: TargetShardCount 1 must be between half and double the open shards, 4",
    async (data) => data.change(await stream(data, { shardCount: 4 }), { shardCount: 1 }),
  ],
];

/** What a delivery stream needs, some of it changed, or left out where a word of it says so. */
async function delivery(
  data: DataAccount,
  changes: { readonly s3?: Props; readonly top?: Props; readonly without?: string } = {},
): Promise<Made> {
  const { s3 = {}, top = {}, without } = changes;
  const unless = (what: string, actions: readonly string[]) => actions.filter(() => without !== what);
  const source = await data.role("firehose.amazonaws.com", "source");
  const target = await data.role(
    without === "trust" ? "s3.amazonaws.com" : "firehose.amazonaws.com",
    "target",
  );
  const { outputs } = await stream(data);
  const bucket = await data.make("aws:s3/bucket:Bucket", { bucket: "archive" });
  await data.make(T.LogGroup, { name: "log" });
  if (without !== "log stream") await data.make(STREAMING.LogStream, { name: "errors", logGroupName: "log" });
  const grant = (role: string, ...statements: readonly Props[]) =>
    data.make(T.RolePolicy, { role, name: role, policy: document(...statements) });
  await grant("source", {
    Action: [
      ...["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"],
      ...unless("listing", ["kinesis:ListShards"]),
    ],
    Resource: outputs["arn"],
  });
  await grant(
    "target",
    {
      Action: ["s3:AbortMultipartUpload", ...unless("put", ["s3:PutObject"])],
      Resource: "arn:aws:s3:::archive/*",
    },
    { Action: ["s3:GetBucketLocation", "s3:ListBucket"], Resource: "arn:aws:s3:::archive" },
    {
      Action: ["glue:GetTable", "glue:GetTableVersion", ...unless("versions", ["glue:GetTableVersions"])],
      Resource: `arn:aws:glue:${REGION}:${ACCOUNT}:table/*`,
    },
  );
  return data.make(STREAMING.Firehose, {
    name: "events",
    destination: "extended_s3",
    kinesisSourceConfiguration: { kinesisStreamArn: outputs["arn"], roleArn: source },
    extendedS3Configuration: {
      bucketArn: bucket.outputs["arn"],
      roleArn: target,
      cloudwatchLoggingOptions: { enabled: true, logGroupName: "log", logStreamName: "errors" },
      ...s3,
      ...(s3["dataFormatConversionConfiguration"] === "by table" && {
        dataFormatConversionConfiguration: {
          schemaConfiguration: { databaseName: "events", tableName: "events", roleArn: target },
        },
      }),
    },
    ...top,
  });
}

const table = async (data: DataAccount, columns: readonly string[] = ["id"], more: Props = {}) => {
  await data.make(STREAMING.Database, { name: "events" });
  return data.make(STREAMING.Table, {
    databaseName: "events",
    name: "events",
    storageDescriptor: { columns: columns.map((name) => ({ name, type: "string" })) },
    partitionKeys: [{ name: "day", type: "string" }],
    ...more,
  });
};
const CONVERTED = { dataFormatConversionConfiguration: "by table", bufferingSize: 64 };

const DELIVERIES: readonly (readonly [string, string, (data: DataAccount) => Promise<unknown>])[] = [
  [
    "a role that Firehose can't take",
    `AccessDenied: firehose.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/target: its trust policy does not name it`,
    (data) => delivery(data, { without: "trust" }),
  ],
  [
    "a source role that can't list shards",
    `InvalidArgumentException: Role arn:aws:iam::${ACCOUNT}:role/source is not authorized to perform: kinesis:ListShards on resource arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/events`,
    (data) => delivery(data, { without: "listing" }),
  ],
  [
    "a target role that can't put objects",
    `InvalidArgumentException: Role arn:aws:iam::${ACCOUNT}:role/target is not authorized to perform: s3:PutObject on resource arn:aws:s3:::archive/events`,
    (data) => delivery(data, { without: "put" }),
  ],
  [
    "a log stream that is not there",
    "ResourceNotFoundException: The log stream errors does not exist: errors would be lost",
    (data) => delivery(data, { without: "log stream" }),
  ],
  [
    "a bucket that is not there",
    `Bucket.NotFound: Bucket "arn:aws:s3:::other" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => delivery(data, { s3: { bucketArn: "arn:aws:s3:::other" } }),
  ],
  [
    "encryption of its own, behind a stream",
    "InvalidArgumentException: Server-side encryption can't be enabled for a delivery stream with a Kinesis stream as its source",
    (data) => delivery(data, { top: { serverSideEncryption: { enabled: true } } }),
  ],
  [
    "a prefix with expressions and no place for failures",
    "InvalidArgumentException: ErrorOutputPrefix can't be null or empty when Prefix contains expressions",
    (data) => delivery(data, { s3: { prefix: "day=!{timestamp:yyyy-MM-dd}/" } }),
  ],
  [
    "a place for failures that does not tell them apart",
    "InvalidArgumentException: ErrorOutputPrefix with expressions must contain !{firehose:error-output-type}",
    (data) => delivery(data, { s3: { errorOutputPrefix: "!{timestamp:yyyy}/" } }),
  ],
  [
    "a prefix by kind of failure",
    "InvalidArgumentException: Prefix can't contain !{firehose:error-output-type}",
    (data) => delivery(data, { s3: { prefix: "!{firehose:error-output-type}/" } }),
  ],
  [
    "a prefix that is too long",
    "InvalidArgumentException: A prefix has at most 1024 characters",
    (data) => delivery(data, { s3: { prefix: "x".repeat(1025) } }),
  ],
  [
    "a buffer of 200 MB",
    "extendedS3Configuration.bufferingSize: expected to be in the range (1 - 128), got 200",
    (data) => delivery(data, { s3: { bufferingSize: 200 } }),
  ],
  [
    "columns that are packed again",
    "InvalidArgumentException: CompressionFormat must be UNCOMPRESSED when data format conversion is enabled",
    async (data) => {
      await table(data);
      await delivery(data, { s3: { ...CONVERTED, compressionFormat: "GZIP" } });
    },
  ],
  [
    "columns from a small buffer",
    "InvalidArgumentException: BufferingHints.SizeInMBs must be at least 64 when data format conversion is enabled",
    async (data) => {
      await table(data);
      await delivery(data, { s3: { ...CONVERTED, bufferingSize: 63 } });
    },
  ],
  [
    "columns of no table",
    `CatalogTable.NotFound: CatalogTable "${ACCOUNT}:events:events" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => delivery(data, { s3: CONVERTED }),
  ],
  [
    "a role that can't read the table's versions",
    `InvalidArgumentException: Role arn:aws:iam::${ACCOUNT}:role/target is not authorized to perform: glue:GetTableVersions on resource arn:aws:glue:${REGION}:${ACCOUNT}:table/events/events`,
    async (data) => {
      await table(data);
      await delivery(data, { s3: CONVERTED, without: "versions" });
    },
  ],
  [
    "a column twice",
    "InvalidInputException: Found duplicate column(s): day",
    (data) => table(data, ["id", "day"]),
  ],
  [
    "a column with capitals",
    "InvalidInputException: Column eventId needs up to 255 lower-case letters, digits and underscores: query engines can't read it",
    (data) => table(data, ["eventId"]),
  ],
  [
    "a database with a hyphen",
    'name: expected up to 255 lower-case letters, digits and underscores, got "events-dev"',
    (data) => data.make(STREAMING.Database, { name: "events-dev" }),
  ],
  [
    "a table of no database",
    `CatalogDatabase.NotFound: CatalogDatabase "other" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => table(data, ["id"], { databaseName: "other" }),
  ],
  [
    "a log stream of no group",
    `LogGroup.NotFound: LogGroup "none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.make(STREAMING.LogStream, { name: "errors", logGroupName: "none" }),
  ],
];

describe("streaming models refuse", () => {
  for (const [what, text, attempt] of [...STREAMS, ...DELIVERIES]) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), text);
    });
  }
});

describe("streaming models take", () => {
  it("a stream that changes its shards, its mode, its key and its time in place", async () => {
    const data = new DataAccount();
    const made = await stream(data);
    assert.equal(made.id, `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/events`);
    const doubled = await data.change(made, { shardCount: 2 });
    const free = await data.change(doubled, onDemand);
    const kept = await data.change(free, {
      retentionPeriod: 168,
      encryptionType: "KMS",
      kmsKeyId: "alias/aws/kinesis",
    });
    assert.equal(data.stored(kept)?.inputs["retentionPeriod"], 168);
  });

  it("a delivery of events as they came, and one in columns", async () => {
    assert.equal(
      await refusal(() => delivery(new DataAccount(), { s3: { compressionFormat: "GZIP" } })),
      NOTHING,
    );
    const data = new DataAccount();
    await table(data);
    const made = await delivery(data, { s3: CONVERTED });
    assert.equal(made.id, `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/events`);
  });
});
