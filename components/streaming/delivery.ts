import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, type Names, type RetentionConfig, type StreamingConfig } from "../../config";
import type { Bucket } from "../bucket";
import { logGroup } from "../log-group";
import { keyStatement, serviceTrust } from "../policy";
import type { EventStream } from ".";
import { EventTable } from "./event-table";

export interface DeliveryArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly format: StreamingConfig["archiveFormat"];
  readonly stream: EventStream;
  readonly archive: Bucket;
  readonly logsKeyArn: pulumi.Input<string>;
}

/** Where events are in the archive; a day begins at midnight UTC. */
export const EVENTS_PREFIX = "events/";
const DAY = "day=!{timestamp:yyyy-MM-dd}/";

/** An object is written when either is reached. Few large objects: storage classes and queries cost by the object. */
const BUFFER = { bufferingSize: 64, bufferingInterval: 300 };

/**
 * Brings events from the stream to the archive: in whole minutes, packed, by day of arrival. What can't be brought there
 * is kept beside it, and why is in a log.
 *
 * Two roles, so that whoever reads the stream can't write the archive, and the other way round.
 */
export class Delivery extends pulumi.ComponentResource {
  /** Name, known once events are archived. */
  readonly deliveryStreamName: pulumi.Output<string>;

  constructor(name: string, args: DeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:streaming:Delivery", name, {}, opts);
    const { names, stream, archive } = args;
    const parent = { parent: this };
    const deliveryName = names.fixed("firehose", "events");
    const logGroupName = names.fixed("logGroup", "streaming/delivery");

    const log = logGroup(
      name,
      {
        logGroupName,
        classification: "internal",
        retentionClass: "operational",
        retention: args.retention,
        keyArn: args.logsKeyArn,
      },
      parent,
    );
    const logStream = new aws.cloudwatch.LogStream(
      name,
      { name: deliveryName, logGroupName: log.name },
      parent,
    );
    const table =
      args.format === "parquet"
        ? new EventTable(
            `${name}-table`,
            { names, location: `s3://${archive.plainName}/${EVENTS_PREFIX}` },
            parent,
          )
        : undefined;

    const source = this.role(name, "source", args, deliveryName, readStream(args), [stream.resource]);
    const target = this.role(
      name,
      "target",
      args,
      deliveryName,
      [...writeArchive(args, `${logGroupName}:log-stream:${deliveryName}`), ...readTable(args, table)],
      [archive, logStream, ...(table ? [table] : [])],
    );
    const conversion = table && {
      dataFormatConversionConfiguration: {
        inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
        outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "GZIP" } } },
        schemaConfiguration: {
          databaseName: table.databaseName,
          tableName: table.tableName,
          region: args.region,
          roleArn: target.arn,
        },
      },
    };
    this.deliveryStreamName = new aws.kinesis.FirehoseDeliveryStream(
      name,
      {
        name: deliveryName,
        destination: "extended_s3",
        kinesisSourceConfiguration: { kinesisStreamArn: stream.arn, roleArn: source.arn },
        extendedS3Configuration: {
          bucketArn: archive.arn,
          roleArn: target.arn,
          ...BUFFER,
          prefix: `${EVENTS_PREFIX}${DAY}`,
          errorOutputPrefix: `failed/!{firehose:error-output-type}/${DAY}`,
          customTimeZone: "UTC",
          cloudwatchLoggingOptions: { enabled: true, logGroupName: log.name, logStreamName: logStream.name },
          ...(conversion ?? { compressionFormat: "GZIP", processingConfiguration: ONE_EVENT_A_LINE }),
        },
        tags: dataTags("personal", "viewer-events"),
      },
      // Firehose tries both roles when it starts, and a role without its policy fails.
      { parent: this, dependsOn: [source.policy, target.policy, stream.resource] },
    ).name;
    this.registerOutputs({ deliveryStreamName: this.deliveryStreamName });
  }

  private role(
    name: string,
    end: "source" | "target",
    { names, accountId, region }: DeliveryArgs,
    deliveryName: string,
    statements: aws.iam.PolicyStatement[],
    dependsOn: pulumi.Resource[],
  ) {
    const role = new aws.iam.Role(
      `${name}-${end}`,
      {
        namePrefix: names.prefix("iamRole", `events-${end}`),
        description: `Lets Firehose ${end === "source" ? "read the stream" : "write the archive"} of events`,
        assumeRolePolicy: serviceTrust(
          "firehose.amazonaws.com",
          accountId,
          `arn:aws:firehose:${region}:${accountId}:deliverystream/${deliveryName}`,
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-${end}`,
      { name: end, role: role.id, policy: { Version: "2012-10-17", Statement: statements } },
      // Named in the policy, by texts that make no dependency.
      { parent: this, dependsOn },
    );
    return { arn: role.arn, policy };
  }
}

/** Without it events follow one another on a single line, and query engines read the first only. */
const ONE_EVENT_A_LINE = {
  enabled: true,
  processors: [
    {
      type: "AppendDelimiterToRecord",
      parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
    },
  ],
};

function readStream(args: DeliveryArgs): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "ReadStream",
      Effect: "Allow",
      Action: [
        "kinesis:DescribeStream",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      Resource: args.stream.arn,
    },
    keyStatement(args, {
      sid: "DecryptStream",
      service: "kinesis",
      key: "viewer-data",
      actions: "kms:Decrypt",
      context: { "aws:kinesis:arn": args.stream.arn },
    }),
  ];
}

function writeArchive(args: DeliveryArgs, logStream: string): aws.iam.PolicyStatement[] {
  const { plainArn } = args.archive;
  return [
    {
      Sid: "WriteObjects",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
      Resource: `${plainArn}/*`,
    },
    {
      Sid: "FindBucket",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      Resource: plainArn,
    },
    keyStatement(args, {
      sid: "EncryptArchive",
      service: "s3",
      key: "viewer-data",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      // A bucket key stands for the bucket, not for one object.
      context: { "aws:s3:arn": plainArn },
    }),
    {
      Sid: "WriteOwnLog",
      Effect: "Allow",
      Action: "logs:PutLogEvents",
      Resource: `arn:aws:logs:${args.region}:${args.accountId}:log-group:${logStream}`,
    },
  ];
}

function readTable(
  { region, accountId }: DeliveryArgs,
  table: EventTable | undefined,
): aws.iam.PolicyStatement[] {
  if (table === undefined) return [];
  const arn = (what: string) => `arn:aws:glue:${region}:${accountId}:${what}`;
  return [
    {
      Sid: "ReadTable",
      Effect: "Allow",
      Action: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
      // Glue asks for rights on all three levels.
      Resource: [
        arn("catalog"),
        arn(`database/${table.plainDatabaseName}`),
        arn(`table/${table.plainDatabaseName}/${table.plainTableName}`),
      ],
    },
  ];
}
