import type { Props } from "../../../account/store";
import { BUCKET } from "../bucket-access";
import { inRange, oneOf, shaped, under } from "../checks";
import { AwsError, type Model } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { mapOf, text, textOr, type World } from "../world";
import { GLUE_TABLE } from "./glue";
import { STREAM } from "./kinesis";
import { LOG_GROUP, LOG_STREAM } from "./logs";

const SERVICE = "firehose.amazonaws.com";
const MOST_CHARACTERS = 1024;

/** Megabytes that a buffer has at least where records are converted to columns. */
const LEAST_FOR_COLUMNS = 64;

const deliveryStream: Model = {
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  source: "internal/service/firehose/delivery_stream.go",
  forceNew: ["destination", "kinesisSourceConfiguration", "mskSourceConfiguration", "name"],
  seconds: 90,
  taggable: true,
  computed: ["arn", "destinationId", "versionId"],
  references: {
    "extendedS3Configuration.bucketArn": { types: [BUCKET], by: "arn" },
    // Firehose would start without it, and its errors would be lost.
    "extendedS3Configuration.cloudwatchLoggingOptions.logGroupName": { types: [LOG_GROUP], by: "id" },
    "kinesisSourceConfiguration.kinesisStreamArn": { types: [STREAM], by: "arn" },
  },
  check: (inputs) => {
    const s3 = mapOf(inputs["extendedS3Configuration"]);
    return [
      ...shaped(inputs, "name", /^[\w.-]{1,64}$/, "up to 64 letters, digits, _, . and -"),
      ...oneOf(inputs, "destination", ["extended_s3"]),
      ...under("extendedS3Configuration", [
        ...inRange(s3, "bufferingInterval", 0, 900),
        ...inRange(s3, "bufferingSize", 1, 128),
        ...oneOf(s3, "compressionFormat", ["UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"]),
      ]),
    ];
  },
  unique: (inputs, { account }) => ({
    claim: text(inputs, "name"),
    taken: `ResourceInUseException: Firehose ${text(inputs, "name")} under accountId ${account} already exists`,
  }),
  verify: (inputs, world) => {
    const s3 = mapOf(inputs["extendedS3Configuration"]);
    requireSource(inputs, world);
    requireArchive(s3, world);
    requirePrefixes(s3);
    requireConversion(s3, world);
    requireLogStream(mapOf(s3["cloudwatchLoggingOptions"]), world);
  },
  make: (inputs, world) => {
    const arn = world.arn("firehose", `deliverystream/${text(inputs, "name")}`);
    return { id: arn, computed: { arn, destinationId: "destinationId-000000000001", versionId: "1" } };
  },
};

export const firehoseModels: readonly Model[] = [deliveryStream];

function requireRights(world: World, roleArn: string, resource: string, ...actions: readonly string[]): void {
  requireTrust(world, roleArn, SERVICE);
  const missing = actions.filter((action) => !roleAllows(world, roleArn, action, resource));
  if (missing.length > 0) {
    throw new AwsError(
      "InvalidArgumentException",
      `Role ${roleArn} is not authorized to perform: ${missing.join(", ")} on resource ${resource}`,
    );
  }
}

function requireSource(inputs: Props, world: World): void {
  const source = mapOf(inputs["kinesisSourceConfiguration"]);
  if (source["kinesisStreamArn"] === undefined) return;
  if (mapOf(inputs["serverSideEncryption"])["enabled"] === true) {
    throw new AwsError(
      "InvalidArgumentException",
      "Server-side encryption can't be enabled for a delivery stream with a Kinesis stream as its source",
    );
  }
  requireRights(
    world,
    text(source, "roleArn"),
    text(source, "kinesisStreamArn"),
    "kinesis:DescribeStream",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
  );
}

function requireArchive(s3: Props, world: World): void {
  const [role, bucket] = [text(s3, "roleArn"), text(s3, "bucketArn")];
  requireRights(world, role, `${bucket}/events`, "s3:AbortMultipartUpload", "s3:PutObject");
  requireRights(world, role, bucket, "s3:GetBucketLocation", "s3:ListBucket");
}

/** What is right of a prefix that is made anew for each object. */
function requirePrefixes(s3: Props): void {
  const [prefix, errors] = [textOr(s3, "prefix", ""), textOr(s3, "errorOutputPrefix", "")];
  const fail = (reason: string) => {
    throw new AwsError("InvalidArgumentException", reason);
  };
  if (prefix.length > MOST_CHARACTERS || errors.length > MOST_CHARACTERS) {
    fail(`A prefix has at most ${MOST_CHARACTERS} characters`);
  }
  if (prefix.includes("!{firehose:error-output-type}")) {
    fail("Prefix can't contain !{firehose:error-output-type}");
  }
  if (prefix.includes("!{") && errors === "") {
    fail("ErrorOutputPrefix can't be null or empty when Prefix contains expressions");
  }
  if (errors.includes("!{") && !errors.includes("!{firehose:error-output-type}")) {
    fail("ErrorOutputPrefix with expressions must contain !{firehose:error-output-type}");
  }
}

function requireConversion(s3: Props, world: World): void {
  const conversion = mapOf(s3["dataFormatConversionConfiguration"]);
  if (s3["dataFormatConversionConfiguration"] === undefined || conversion["enabled"] === false) return;
  if (textOr(s3, "compressionFormat", "UNCOMPRESSED") !== "UNCOMPRESSED") {
    throw new AwsError(
      "InvalidArgumentException",
      "CompressionFormat must be UNCOMPRESSED when data format conversion is enabled",
    );
  }
  if (Number(s3["bufferingSize"] ?? 5) < LEAST_FOR_COLUMNS) {
    throw new AwsError(
      "InvalidArgumentException",
      `BufferingHints.SizeInMBs must be at least ${LEAST_FOR_COLUMNS} when data format conversion is enabled`,
    );
  }
  const { account } = world.place;
  const schema = mapOf(conversion["schemaConfiguration"]);
  const table = `${text(schema, "databaseName")}:${text(schema, "tableName")}`;
  world.need({ types: [GLUE_TABLE], by: "id" }, `${account}:${table}`);
  requireRights(
    world,
    text(schema, "roleArn"),
    world.arn("glue", `table/${table.replace(":", "/")}`),
    "glue:GetTable",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
  );
}

function requireLogStream({ enabled, logGroupName, logStreamName }: Props, world: World): void {
  if (enabled !== true) return;
  const streams = world.all(LOG_STREAM).filter(({ inputs }) => inputs["logGroupName"] === logGroupName);
  if (!streams.some(({ inputs }) => inputs["name"] === logStreamName)) {
    throw new AwsError(
      "ResourceNotFoundException",
      `The log stream ${String(logStreamName)} does not exist: errors would be lost`,
    );
  }
}
