import { NOTHING, scaled } from "../money";
import { type Charge, HOURS, numberOf, type Pricing, standing, type Subject, tiered, used } from "./charge";

const HOURS_KEPT_FREE = 24;
/** Size of an event, as the capacity model has it. */
const KILOBYTES_EACH = 1;

const stream: Pricing = (subject) => {
  const { resource, usage } = subject;
  const mode = resource.inputs["streamModeDetails"] as { readonly streamMode?: string } | undefined;
  const kept = numberOf(resource, "retentionPeriod", HOURS_KEPT_FREE);
  const gigabytes = scaled(usage.stream.millionRecords, (1_000_000 * KILOBYTES_EACH) / 1_000_000);
  if (mode?.streamMode === "ON_DEMAND") {
    return [
      standing(subject, "kinesis", "On-demand stream", HOURS),
      used(subject, "kinesis", "On-demand data ingested", gigabytes),
      used(subject, "kinesis", "On-demand data retrieved", gigabytes),
      ...(kept > HOURS_KEPT_FREE
        ? [
            used(
              subject,
              "kinesis",
              "On-demand extended retention (24h-7d)",
              scaled(gigabytes, (kept - HOURS_KEPT_FREE) / HOURS),
            ),
          ]
        : []),
    ];
  }
  const shards = numberOf(resource, "shardCount", 1);
  return [
    standing(subject, "kinesis", "Provisioned shard", shards * HOURS),
    // A record of up to 25 KB is one unit.
    used(subject, "kinesis", "PUT payload units (25 KB)", usage.stream.millionRecords),
    ...(kept > HOURS_KEPT_FREE
      ? [standing(subject, "kinesis", "Extended retention (24h-7d), provisioned", shards * HOURS)]
      : []),
  ];
};

const firehose: Pricing = (subject) => {
  const { firehoseGb } = subject.usage.stream;
  const destination = subject.resource.inputs["extendedS3Configuration"] as
    Readonly<Record<string, unknown>> | undefined;
  return [
    used(subject, "firehose", "Direct PUT/KDS ingestion, first 500 TB", firehoseGb),
    ...(destination?.["dataFormatConversionConfiguration"] === undefined
      ? []
      : [used(subject, "firehose", "Format conversion (Parquet/ORC)", firehoseGb)]),
  ];
};

const bucket: Pricing = (subject) => {
  const { resource, stack } = subject;
  const isArchive = resource.name === "streaming-archive";
  if (isArchive) return archive(subject);
  return [
    used(subject, "s3", "Standard storage, first 50 TB", subject.usage.storage.bucketGb),
    used(
      subject,
      "s3",
      "PUT/COPY/POST/LIST, Standard",
      // A trail or a log delivery writes a small object every few minutes.
      scaled(subject.usage.logs.gb, 10 / Math.max(1, stack.ofType(resource.type).length)),
    ),
  ];
};

function archive(subject: Subject): readonly Charge[] {
  const { standard, infrequent, glacier, deep } = subject.usage.stream.archiveGb;
  return [
    ...tiered(subject, "s3", standard, [
      ["Standard storage, first 50 TB", 51_200],
      ["Standard storage, next 450 TB", 460_800],
      ["Standard storage, over 500 TB", Infinity],
    ]),
    used(subject, "s3", "Standard-IA storage", infrequent),
    used(subject, "s3", "Glacier Flexible Retrieval storage", glacier),
    used(
      subject,
      "s3",
      "Glacier Deep Archive storage (key is the Intelligent-Tiering deep tier, same price; plain GDA appears as hashed key cFfw1p...)",
      deep,
    ),
  ];
}

/** What a bucket sends to the standby region: the archive what it gets in a month, of the erasure log next to nothing. */
const copies: Pricing = (subject) => {
  const { resource, usage } = subject;
  const gigabytes = /-events$/.test(resource.name) ? usage.stream.archiveGb.standard : NOTHING;
  return [
    used(subject, "data_transfer", "Inter-region (to another AWS region)", gigabytes),
    used(subject, "s3", "Replication Time Control data transfer", gigabytes),
  ];
};

/** Stream, delivery and buckets. */
export const streamingPricing: Readonly<Record<string, Pricing>> = {
  "aws:kinesis/stream:Stream": stream,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": firehose,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": copies,
};
