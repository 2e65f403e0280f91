import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, type Names, type RetentionConfig, type StreamingConfig } from "../../config";
import type { Bucket } from "../bucket";
import type { MetricSource } from "../metrics";
import { Delivery } from "./delivery";

export interface StreamingArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly streaming: StreamingConfig;
  readonly keyArns: Readonly<Record<"viewerData" | "logs", pulumi.Input<string>>>;
  /** Bucket that events are archived in. */
  readonly archive: Bucket;
  /** Refuses to delete the stream. */
  readonly protect: boolean;
}

/** A stream that others write to; name and ARN are known before it is there. */
export interface EventStream {
  readonly name: string;
  readonly arn: string;
  /** What a writer has to wait for. */
  readonly resource: pulumi.Resource;
}

const HOURS_A_DAY = 24;

/** All that Kinesis measures by shard: without them a hot shard hides behind the mean of all. */
const SHARD_METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "IteratorAgeMilliseconds",
  "OutgoingBytes",
  "OutgoingRecords",
  "ReadProvisionedThroughputExceeded",
  "WriteProvisionedThroughputExceeded",
];

/**
 * Viewing events: a stream, and what brings them to their archive.
 *
 * Nothing in it names a viewer: writers know viewers by pseudonyms only, and whoever has lost the key of one can't link
 * what is archived to a person any more.
 */
export class Streaming extends pulumi.ComponentResource {
  readonly stream: EventStream;
  /** The archive's name, known once it takes objects. */
  readonly archiveBucketName: pulumi.Output<string>;
  /** What brings events from the stream to the archive. */
  readonly deliveryStreamName: pulumi.Output<string>;
  /** Figures of the stream, and of what brings events to the archive. */
  readonly metrics: { readonly stream: MetricSource; readonly delivery: MetricSource };
  /** Where others find them: values by parameter name. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: StreamingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:streaming:Streaming", name, {}, opts);
    const { names, accountId, region, retention, archive, protect } = args;
    const { provisioned } = args.streaming.capacity;
    const parent = { parent: this };
    const streamName = names.fixed("kinesisStream", "events");

    const stream = new aws.kinesis.Stream(
      name,
      {
        name: streamName,
        streamModeDetails: { streamMode: provisioned ? "PROVISIONED" : "ON_DEMAND" },
        ...(provisioned && { shardCount: provisioned.shards }),
        encryptionType: "KMS",
        kmsKeyId: args.keyArns.viewerData,
        retentionPeriod: retention["viewer-events"].minimumDays * HOURS_A_DAY,
        shardLevelMetrics: SHARD_METRICS,
        tags: dataTags("personal", "viewer-events"),
      },
      { parent: this, protect },
    );
    this.stream = {
      name: streamName,
      arn: `arn:aws:kinesis:${region}:${accountId}:stream/${streamName}`,
      resource: stream,
    };
    this.deliveryStreamName = new Delivery(
      `${name}-delivery`,
      {
        names,
        accountId,
        region,
        retention,
        format: args.streaming.archiveFormat,
        stream: this.stream,
        archive,
        logsKeyArn: args.keyArns.logs,
      },
      parent,
    ).deliveryStreamName;
    this.archiveBucketName = archive.bucketName;
    this.metrics = {
      stream: { namespace: "AWS/Kinesis", dimensions: { StreamName: streamName } },
      delivery: {
        namespace: "AWS/Firehose",
        dimensions: { DeliveryStreamName: names.fixed("firehose", "events") },
      },
    };
    this.parameters = {
      "streaming/stream-name": stream.name,
      "streaming/archive-bucket-name": this.archiveBucketName,
      "streaming/delivery-stream-name": this.deliveryStreamName,
    };
    this.registerOutputs({
      stream: this.stream,
      archiveBucketName: this.archiveBucketName,
      deliveryStreamName: this.deliveryStreamName,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }
}
