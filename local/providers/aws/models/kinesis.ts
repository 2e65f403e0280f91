import type { Props } from "../../../account/store";
import { STREAM_LIMITS } from "../../../../config/streaming-facts";
import { inRange, oneOf, shaped, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { mapOf, text, textOr, type World } from "../world";

export const STREAM = "aws:kinesis/stream:Stream";

const SHARD_METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "OutgoingBytes",
  "OutgoingRecords",
  "WriteProvisionedThroughputExceeded",
  "ReadProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
  "ALL",
];

/** Streams on demand of an account in a region. */
const ON_DEMAND_STREAMS = 50;

const stream: Model = {
  type: STREAM,
  source: "internal/service/kinesis/stream.go",
  forceNew: ["name"],
  autoName: "name",
  kept: ["maxRecordSizeInKib", "streamModeDetails"],
  // Made, then longer retention, metrics and encryption, one after the other.
  seconds: 60,
  taggable: true,
  computed: ["arn", "maxRecordSizeInKib"],
  defaults: { encryptionType: "NONE", enforceConsumerDeletion: false, retentionPeriod: 24 },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w.-]{1,128}$/, "up to 128 letters, digits, _, . and -"),
    ...inRange(inputs, "retentionPeriod", 24, 8760),
    ...inRange(inputs, "maxRecordSizeInKib", 1024, 10_240),
    ...oneOf(inputs, "encryptionType", ["NONE", "KMS"]),
    ...oneOf(inputs, "shardLevelMetrics", SHARD_METRICS),
    ...under(
      "streamModeDetails",
      oneOf(mapOf(inputs["streamModeDetails"]), "streamMode", ["PROVISIONED", "ON_DEMAND"]),
    ),
    ...shardFaults(inputs),
  ],
  unique: (inputs, { account }) => ({
    claim: text(inputs, "name"),
    taken: `ResourceInUseException: Stream ${text(inputs, "name")} under account ${account} already exists.`,
  }),
  verify: (inputs, world) => {
    requireLimits(inputs, world);
    if (inputs["encryptionType"] !== "KMS") return;
    const key = inputs["kmsKeyId"];
    if (typeof key !== "string") {
      throw new AwsError(
        "InvalidArgumentException",
        "KMS Key ID required when setting encryption_type is not set as NONE",
      );
    }
    if (key !== "alias/aws/kinesis") requireKeyUse(world, key, "kinesis");
  },
  verifyChange: (from, to) => {
    const [was, is] = [shardsOf(from), shardsOf(to)];
    if (was > 0 && is > 0 && (is > 2 * was || is < was / 2)) {
      throw new AwsError(
        "InvalidArgumentException",
        `UpdateShardCount: TargetShardCount ${is} must be between half and double the open shards, ${was}`,
      );
    }
  },
  make: (inputs, world) => {
    const arn = world.arn("kinesis", `stream/${text(inputs, "name")}`);
    return { id: arn, computed: { arn, maxRecordSizeInKib: 1024 } };
  },
  importId: (inputs) => text(inputs, "name"),
};

export const kinesisModels: readonly Model[] = [stream];

function modeOf(inputs: Props): string {
  return textOr(mapOf(inputs["streamModeDetails"]), "streamMode", "PROVISIONED");
}

/** Shards of a provisioned stream; 0 where AWS decides. */
function shardsOf(inputs: Props): number {
  return modeOf(inputs) === "PROVISIONED" ? Number(inputs["shardCount"] ?? 0) : 0;
}

function shardFaults(inputs: Props) {
  const mode = modeOf(inputs);
  const shards = Number(inputs["shardCount"] ?? 0);
  if (mode === "ON_DEMAND" && shards > 0) {
    return [{ property: "shardCount", reason: `must not be set when stream_mode is ${mode}` }];
  }
  return mode === "PROVISIONED" && shards < 1
    ? [{ property: "shardCount", reason: `must be at least 1 when stream_mode is ${mode}` }]
    : [];
}

function requireLimits(inputs: Props, world: World): void {
  const others = world.all(STREAM).map((it) => it.inputs);
  const open = shardsOf(inputs) + others.reduce((sum, it) => sum + shardsOf(it), 0);
  const limits: Readonly<Record<string, { readonly shards: number }>> = STREAM_LIMITS;
  const limit = limits[world.place.region]?.shards ?? Infinity;
  if (open > limit) {
    throw new AwsError(
      "LimitExceededException",
      `open shard count (${open}) would exceed the Kinesis account limit (${limit})`,
    );
  }
  const onDemand = [inputs, ...others].filter((it) => modeOf(it) === "ON_DEMAND").length;
  if (onDemand > ON_DEMAND_STREAMS) {
    throw new AwsError(
      "LimitExceededException",
      `on-demand stream count (${onDemand}) would exceed the Kinesis account limit (${ON_DEMAND_STREAMS})`,
    );
  }
}
