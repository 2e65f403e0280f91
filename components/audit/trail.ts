import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AuditConfig, Names, RetentionConfig } from "../../config";
import { Bucket } from "../bucket";
import { countLines, type CountingFilter } from "../log-metric";
import { logGroup } from "../log-group";
import { serviceTrust } from "../policy";
import { TRAIL_EVENTS, type TrailEvent } from "./trail-events";
import { trailName } from "./trail-name";

/** Namespace of what is counted in the trail. */
const METRIC_NAMESPACE = "StreamFlix/Audit";

const SERVICE = "cloudtrail.amazonaws.com";

/** What counts each kind of event. */
export type CountedEvents = Readonly<Record<TrailEvent, CountingFilter>>;

export interface TrailArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly accessLogs: Bucket;
  /** @default its files can be deleted */
  readonly lock: AuditConfig["lock"];
  readonly keyArn: pulumi.Input<string>;
  readonly logsKeyArn: pulumi.Input<string>;
  readonly protect: boolean;
}

/**
 * Trail of every call in the account, in all regions, and of what is read from and written to the platform's buckets.
 * Its files are signed and encrypted, in a bucket of evidence; what is recent is in a log group too, where events that
 * should not pass unseen are counted.
 */
export class Trail extends pulumi.ComponentResource {
  readonly trailName: pulumi.Output<string>;
  readonly events: CountedEvents;
  /** Group of the recent events. */
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: TrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:audit:Trail", name, {}, opts);
    const { names, accountId, region } = args;
    const parent = { parent: this };
    const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/${trailName(names)}`;

    const bucket = new Bucket(
      name,
      {
        names,
        accountId,
        retention: args.retention,
        kind: "evidence",
        what: "trail",
        ...(args.lock && { lock: args.lock }),
        keyArn: args.keyArn,
        accessLogs: args.accessLogs,
        statements: (bucketArn) => delivery(bucketArn, accountId, trailArn),
        protect: args.protect,
      },
      parent,
    );
    const logGroupName = names.fixed("logGroup", "trail");
    const log = logGroup(
      `${name}-log`,
      {
        logGroupName,
        // For searches; what has to be proven is in the bucket, and kept longer. It holds names and addresses.
        classification: "personal",
        retentionClass: "access-log",
        retention: args.retention,
        keyArn: args.logsKeyArn,
      },
      parent,
    );
    const role = new aws.iam.Role(
      `${name}-log`,
      {
        namePrefix: names.prefix("iamRole", "trail"),
        description: "CloudTrail: writes to its log group",
        assumeRolePolicy: serviceTrust(SERVICE, accountId, trailArn),
      },
      parent,
    );
    const rights = new aws.iam.RolePolicy(
      `${name}-log`,
      {
        name: "write-log",
        role: role.name,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "WriteLog",
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
              Resource: `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:${accountId}_CloudTrail_${region}*`,
            },
          ],
        },
      },
      parent,
    );
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: trailName(names),
        s3BucketName: bucket.bucketName,
        kmsKeyId: args.keyArn,
        enableLogFileValidation: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        cloudWatchLogsGroupArn: pulumi.interpolate`${log.arn}:*`,
        cloudWatchLogsRoleArn: role.arn,
        advancedEventSelectors: selectors(bucket.plainName, args),
      },
      { parent: this, protect: args.protect, dependsOn: [rights] },
    );
    this.trailName = trail.name;
    this.events = this.counted(name, names, log);
    this.logGroupName = log.name;
    this.registerOutputs({
      trailName: this.trailName,
      events: this.events,
      logGroupName: this.logGroupName,
    });
  }

  private counted(name: string, names: Names, log: aws.cloudwatch.LogGroup): CountedEvents {
    const filters = Object.entries(TRAIL_EVENTS).map(([what, pattern]) => [
      what,
      countLines(
        `${name}-${what}`,
        { names, namespace: METRIC_NAMESPACE, what, logGroupName: log.name, pattern },
        { parent: this },
      ),
    ]);
    return Object.fromEntries(filters) as CountedEvents;
  }
}

/** Lets this trail, and no other, deliver into a bucket. */
function delivery(bucketArn: string, accountId: string, trailArn: string): aws.iam.PolicyStatement[] {
  const ofTrail = { "aws:SourceArn": trailArn };
  return [
    {
      Sid: "TrailChecksBucket",
      Effect: "Allow",
      Principal: { Service: SERVICE },
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: ofTrail },
    },
    {
      Sid: "TrailDelivers",
      Effect: "Allow",
      Principal: { Service: SERVICE },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${accountId}/*`,
      Condition: { StringEquals: { ...ofTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ];
}

/**
 * All calls on the account's resources, and objects of the platform's buckets by who reads and writes them. Left out are
 * the buckets that AWS alone fills, the trail's own among them: each of its files would be an event of the next.
 */
function selectors(
  trailBucket: string,
  { names, accessLogs }: TrailArgs,
): aws.types.input.cloudtrail.TrailAdvancedEventSelector[] {
  return [
    {
      name: "Calls",
      fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
    },
    {
      name: "Objects of the platform's buckets",
      fieldSelectors: [
        { field: "eventCategory", equals: ["Data"] },
        { field: "resources.type", equals: ["AWS::S3::Object"] },
        {
          field: "resources.ARN",
          startsWiths: ["arn:aws:s3:::streamflix-"],
          notStartsWiths: [trailBucket, accessLogs.plainName, names.fixed("bucket", "configuration")].map(
            (it) => `arn:aws:s3:::${it}/`,
          ),
        },
      ],
    },
  ];
}
