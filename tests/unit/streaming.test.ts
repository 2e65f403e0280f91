import assert from "node:assert/strict";

import { Bucket } from "../../components/bucket";
import { Streaming, type StreamingArgs } from "../../components/streaming";
import { eventArchive } from "../../components/streaming/archive";
import { EVENT_BATCH } from "../../components/api/events-route";
import { type Inputs, made, record, type Registration } from "./mocks";
import { countByType, only, ofType, PLACE, statementsOf } from "./registrations";

const STREAM_ARN = "arn:aws:kinesis:eu-central-1:111122223333:stream/streamflix-events-unit";
const BUCKET = "streamflix-events-unit-111122223333-eu-central-1";
const LOG_GROUP = "/streamflix/unit/streaming/delivery";

async function streaming(
  settings: Partial<StreamingArgs["streaming"]> = {},
  protect = false,
): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    const { names, accountId, retention } = PLACE;
    const accessLogs = new Bucket("logs", {
      names,
      accountId,
      retention,
      kind: "access-log",
      what: "access-logs",
      protect: false,
    });
    const archive = eventArchive(
      "streaming-archive",
      { ...PLACE, keyArn: "key-viewer-data", accessLogs, protect },
      {},
    );
    new Streaming("streaming", {
      ...PLACE,
      archive,
      streaming: { capacity: { provisioned: { shards: 2 } }, archiveFormat: "json", ...settings },
      keyArns: { viewerData: "key-viewer-data", logs: "key-logs" },
      protect,
    });
  });
  return registrations.filter(({ name }) => name.startsWith("streaming"));
}

const key = (sid: string, service: string, actions: string | string[], context: Inputs) => ({
  Sid: sid,
  Effect: "Allow",
  Action: actions,
  Resource: "arn:aws:kms:eu-central-1:111122223333:key/*",
  Condition: {
    StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com`, ...context },
    "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-viewer-data-unit" },
  },
});

describe("Streaming", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await streaming();
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:cloudwatch/logStream:LogStream": 1,
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 2,
      "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": 1,
      "aws:kinesis/stream:Stream": 1,
      "aws:s3/bucket:Bucket": 1,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
      "aws:s3/bucketLogging:BucketLogging": 1,
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
      "aws:s3/bucketPolicy:BucketPolicy": 1,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
      "aws:s3/bucketVersioning:BucketVersioning": 1,
      "streamflix:bucket:Bucket": 1,
      "streamflix:streaming:Delivery": 1,
      "streamflix:streaming:Streaming": 1,
    });
  });

  it("has a stream under the stack's key, measured by shard, kept for the least days of its class", () => {
    assert.deepEqual(only(all, "Stream").inputs, {
      name: "streamflix-events-unit",
      streamModeDetails: { streamMode: "PROVISIONED" },
      shardCount: 2,
      encryptionType: "KMS",
      kmsKeyId: "key-viewer-data",
      retentionPeriod: 48,
      shardLevelMetrics: [
        "IncomingBytes",
        "IncomingRecords",
        "IteratorAgeMilliseconds",
        "OutgoingBytes",
        "OutgoingRecords",
        "ReadProvisionedThroughputExceeded",
        "WriteProvisionedThroughputExceeded",
      ],
      tags: { "data-classification": "personal", "retention-class": "viewer-events" },
    });
  });

  it("can leave shards to AWS", async () => {
    const { inputs } = only(
      await streaming({ capacity: { onDemand: { peakMegabytesPerSecond: 100 } } }),
      "Stream",
    );
    assert.deepEqual(inputs["streamModeDetails"], { streamMode: "ON_DEMAND" });
    assert.ok(!("shardCount" in inputs));
  });

  it("archives whole objects by day in UTC, what failed beside them, with a log of why", () => {
    const { inputs, dependsOn } = only(all, "FirehoseDeliveryStream");
    assert.deepEqual(inputs, {
      name: "streamflix-events-unit",
      destination: "extended_s3",
      kinesisSourceConfiguration: {
        kinesisStreamArn: STREAM_ARN,
        roleArn: made("Role", "streaming-delivery-source", "arn"),
      },
      extendedS3Configuration: {
        bucketArn: made("Bucket", "streaming-archive", "arn"),
        roleArn: made("Role", "streaming-delivery-target", "arn"),
        bufferingSize: 64,
        bufferingInterval: 300,
        prefix: "events/day=!{timestamp:yyyy-MM-dd}/",
        errorOutputPrefix: "failed/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/",
        customTimeZone: "UTC",
        cloudwatchLoggingOptions: {
          enabled: true,
          logGroupName: LOG_GROUP,
          logStreamName: "streamflix-events-unit",
        },
        compressionFormat: "GZIP",
        processingConfiguration: {
          enabled: true,
          processors: [
            {
              type: "AppendDelimiterToRecord",
              parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
            },
          ],
        },
      },
      tags: { "data-classification": "personal", "retention-class": "viewer-events" },
    });
    assert.deepEqual(dependsOn, [
      "RolePolicy streaming-delivery-source",
      "RolePolicy streaming-delivery-target",
      "Stream streaming",
    ]);
  });

  it("reads the stream with a role that can't write, once there is a stream", () => {
    const { inputs, dependsOn } = only(all, "RolePolicy", "streaming-delivery-source");
    assert.deepEqual(statementsOf(inputs["policy"]), [
      {
        Sid: "ReadStream",
        Effect: "Allow",
        Action: [
          "kinesis:DescribeStream",
          "kinesis:GetRecords",
          "kinesis:GetShardIterator",
          "kinesis:ListShards",
        ],
        Resource: STREAM_ARN,
      },
      key("DecryptStream", "kinesis", "kms:Decrypt", {
        "kms:EncryptionContext:aws:kinesis:arn": STREAM_ARN,
      }),
    ]);
    assert.deepEqual(dependsOn, ["Stream streaming"]);
  });

  it("writes the archive with a role that can't read the stream, once there is an archive", () => {
    const { inputs, dependsOn } = only(all, "RolePolicy", "streaming-delivery-target");
    assert.deepEqual(statementsOf(inputs["policy"]), [
      {
        Sid: "WriteObjects",
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        Resource: `arn:aws:s3:::${BUCKET}/*`,
      },
      {
        Sid: "FindBucket",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        Resource: `arn:aws:s3:::${BUCKET}`,
      },
      key("EncryptArchive", "s3", ["kms:Decrypt", "kms:GenerateDataKey"], {
        "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${BUCKET}`,
      }),
      {
        Sid: "WriteOwnLog",
        Effect: "Allow",
        Action: "logs:PutLogEvents",
        Resource: `arn:aws:logs:eu-central-1:111122223333:log-group:${LOG_GROUP}:log-stream:streamflix-events-unit`,
      },
    ]);
    assert.deepEqual(dependsOn, ["Bucket streaming-archive", "LogStream streaming-delivery"]);
  });

  it("lets Firehose take the roles for this delivery only", () => {
    for (const { inputs } of ofType(all, "aws:iam/role:Role")) {
      assert.deepEqual(inputs["assumeRolePolicy"], {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "firehose.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              StringEquals: { "aws:SourceAccount": "111122223333" },
              ArnLike: {
                "aws:SourceArn":
                  "arn:aws:firehose:eu-central-1:111122223333:deliverystream/streamflix-events-unit",
              },
            },
          },
        ],
      });
    }
  });

  it("has an archive that gets colder until its class is over", () => {
    const [rule] = only(all, "BucketLifecycleConfiguration").inputs["rules"] as [Inputs];
    assert.deepEqual(rule["transitions"], [
      { storageClass: "STANDARD_IA", days: 30 },
      { storageClass: "GLACIER", days: 90 },
      { storageClass: "DEEP_ARCHIVE", days: 365 },
    ]);
    assert.deepEqual(rule["expiration"], { days: 700 });
    assert.equal(only(all, "aws:s3/bucket:Bucket").inputs["bucket"], BUCKET);
  });

  it("protects stream and archive", async () => {
    const protectedOnes = (await streaming({}, true)).filter((it) => it.protect);
    assert.deepEqual(protectedOnes.map(({ type }) => type).sort(), [
      "aws:kinesis/stream:Stream",
      "aws:s3/bucket:Bucket",
    ]);
  });
});

describe("Streaming in columns", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await streaming({ archiveFormat: "parquet" });
  });

  it("converts by the table, which Firehose may read", () => {
    const { extendedS3Configuration } = only(all, "FirehoseDeliveryStream").inputs as {
      extendedS3Configuration: Inputs;
    };
    assert.deepEqual(extendedS3Configuration["dataFormatConversionConfiguration"], {
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
      outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "GZIP" } } },
      schemaConfiguration: {
        databaseName: "streamflix_events_unit",
        tableName: "events",
        region: "eu-central-1",
        roleArn: made("Role", "streaming-delivery-target", "arn"),
      },
    });
    // Parquet packs by itself, and has no lines.
    for (const property of ["compressionFormat", "processingConfiguration"]) {
      assert.ok(!(property in extendedS3Configuration), property);
    }
    const { inputs, dependsOn } = only(all, "RolePolicy", "streaming-delivery-target");
    const glue = "arn:aws:glue:eu-central-1:111122223333";
    assert.deepEqual(statementsOf(inputs["policy"]).at(-1), {
      Sid: "ReadTable",
      Effect: "Allow",
      Action: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
      Resource: [
        `${glue}:catalog`,
        `${glue}:database/streamflix_events_unit`,
        `${glue}:table/streamflix_events_unit/events`,
      ],
    });
    assert.ok(dependsOn.includes("EventTable streaming-delivery-table"));
  });

  it("has a column for every field of the API's events, and days that nobody has to add", () => {
    const { inputs } = only(all, "CatalogTable");
    const { columns, location } = inputs["storageDescriptor"] as {
      columns: { name: string }[];
      location: string;
    };
    const fields = Object.keys(EVENT_BATCH.properties?.["events"]?.items?.properties ?? {});
    const names = columns.map(({ name }) => name);
    assert.deepEqual(
      fields.filter((field) => !names.includes(field.toLowerCase())),
      [],
    );
    assert.equal(fields.length, 9);
    // The service writes this one instead of a session's.
    assert.ok(names.includes("subject"));
    assert.equal(location, `s3://${BUCKET}/events/`);
    assert.deepEqual(inputs["partitionKeys"], [{ name: "day", type: "string" }]);
    assert.equal(
      (inputs["parameters"] as Inputs)["storage.location.template"],
      `s3://${BUCKET}/events/day=\${day}/`,
    );
  });
});
