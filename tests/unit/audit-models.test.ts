import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { models } from "../../local/providers/aws/catalog";
import {
  type Case,
  DataAccount,
  document,
  NOTHING,
  refusal,
  REGION,
  ACCOUNT,
  T,
} from "./data-models-account";
import { S3 } from "./streaming-models-account";

const TRAIL = "aws:cloudtrail/trail:Trail";
const DETECTOR = "aws:guardduty/detector:Detector";
const FEATURE = "aws:guardduty/detectorFeature:DetectorFeature";
const RECORDER = "aws:cfg/recorder:Recorder";
const CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";
const RULE = "aws:cfg/rule:Rule";
const ANALYZER = "aws:accessanalyzer/analyzer:Analyzer";
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";

const CLOUDTRAIL = { Service: "cloudtrail.amazonaws.com" };
const CONFIG = { Service: "config.amazonaws.com" };
const EVENTS = { Service: "events.amazonaws.com" };
const TRAIL_ARN = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/audit`;
const ACL = { "s3:x-amz-acl": "bucket-owner-full-control" };

/** A bucket that a service may deliver to. */
async function bucket(data: DataAccount, Principal: object, condition: object, lock = false): Promise<void> {
  await data.make(S3.Bucket, { bucket: "evidence", objectLockEnabled: lock });
  if (lock) {
    await data.make(S3.Versioning, {
      bucket: "evidence",
      versioningConfiguration: { status: "Enabled" },
    });
    const defaultRetention = { mode: "GOVERNANCE", days: 1 };
    await data.make(S3.Lock, { bucket: "evidence", rule: { defaultRetention } });
  }
  const own = "arn:aws:s3:::evidence";
  await data.make(S3.Policy, {
    bucket: "evidence",
    policy: document(
      { Principal, Action: "s3:GetBucketAcl", Resource: own, Condition: { StringEquals: condition } },
      {
        Principal,
        Action: "s3:PutObject",
        Resource: `${own}/AWSLogs/${ACCOUNT}/*`,
        Condition: { StringEquals: { ...condition, ...ACL } },
      },
    ),
  });
}
const OF_TRAIL = { "aws:SourceArn": TRAIL_ARN };
const OF_ACCOUNT = { "aws:SourceAccount": ACCOUNT };

async function trail(data: DataAccount, changes: Props = {}, condition: object = OF_TRAIL): Promise<unknown> {
  await bucket(data, CLOUDTRAIL, condition);
  return data.make(TRAIL, { name: "audit", s3BucketName: "evidence", ...changes });
}

/** A log group, and a role of CloudTrail's that may do some things with its streams. */
async function log(data: DataAccount, ...actions: string[]): Promise<Props> {
  const group = await data.make(T.LogGroup, { name: "trail" });
  const cloudWatchLogsRoleArn = await data.role("cloudtrail.amazonaws.com");
  const Resource = `${String(group.outputs["arn"])}:log-stream:${ACCOUNT}_CloudTrail_${REGION}*`;
  await data.make(T.RolePolicy, {
    role: "cloudtrail",
    name: "it",
    policy: document({ Action: actions, Resource }),
  });
  return { cloudWatchLogsGroupArn: `${String(group.outputs["arn"])}:*`, cloudWatchLogsRoleArn };
}
const selector = (...fieldSelectors: object[]) => ({ advancedEventSelectors: [{ fieldSelectors }] });
const NO_SELECTOR =
  "InvalidEventSelectorsException: An advanced event selector needs eventCategory, and one of data events resources.type";

async function feature(data: DataAccount, changes: Props = {}): Promise<unknown> {
  const { id } = await data.make(DETECTOR);
  return data.make(FEATURE, { detectorId: id, name: "RUNTIME_MONITORING", status: "ENABLED", ...changes });
}
const additional = (...names: string[]) => ({
  additionalConfigurations: names.map((name) => ({ name, status: "DISABLED" })),
});

function recorder(data: DataAccount, changes: Props = {}): Promise<unknown> {
  return data.make(RECORDER, { name: "history", roleArn: SERVICE_ROLE, ...changes });
}
async function channel(data: DataAccount, changes: Props = {}, condition: object = OF_ACCOUNT) {
  await bucket(data, CONFIG, condition);
  return data.make(CHANNEL, { name: "history", s3BucketName: "evidence", ...changes });
}
const start = (data: DataAccount) => data.make(STATUS, { name: "history", isEnabled: true });
const rule = (data: DataAccount, sourceIdentifier = "RDS_STORAGE_ENCRYPTED") =>
  data.make(RULE, { name: "it", source: { owner: "AWS", sourceIdentifier } });

async function topicTarget(data: DataAccount, policy: object | null, changes: Props = {}): Promise<unknown> {
  await data.make(EVENT_RULE, { name: "it", eventPattern: '{"source":["aws.guardduty"]}' });
  const topic = await data.make(T.Topic, { name: "alerts" });
  const Resource = topic.outputs["arn"];
  if (policy !== null) {
    await data.make(TOPIC_POLICY, {
      arn: topic.id,
      policy: document({ Principal: EVENTS, Action: "sns:Publish", Resource, ...policy }),
    });
  }
  return data.make(EVENT_TARGET, { rule: "it", targetId: "it", arn: topic.id, ...changes });
}
const NOT_ADMITTED = `AccessDeniedException: EventBridge could not publish to arn:aws:sns:${REGION}:${ACCOUNT}:alerts for rule it: the topic's policy does not admit it.`;
const BAD_POLICY =
  "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: evidence";
const NO_DELIVERY =
  "InsufficientDeliveryPolicyException: Insufficient delivery policy to s3 bucket: evidence, unable to write to bucket";

const CASES: readonly Case[] = [
  ["a trail into a bucket that admits it", NOTHING, (data) => trail(data)],
  [
    "a trail into no bucket",
    "S3BucketDoesNotExistException: S3 bucket evidence does not exist!",
    (data) => data.make(TRAIL, { name: "audit", s3BucketName: "evidence" }),
  ],
  ["a bucket that admits another trail", BAD_POLICY, (data) => trail(data, { name: "other" })],
  [
    "a bucket that admits another account",
    BAD_POLICY,
    (data) => trail(data, {}, { "aws:SourceAccount": "1" }),
  ],
  [
    "a second trail of a name",
    "TrailAlreadyExistsException: Trail audit already exists",
    async (data) => {
      await trail(data);
      await data.make(TRAIL, { name: "audit", s3BucketName: "evidence" });
    },
  ],
  [
    "a sixth trail",
    `MaximumNumberOfTrailsExceededException: User: ${ACCOUNT} already has 5 trails in ${REGION}.`,
    async (data) => {
      await trail(data, {}, OF_ACCOUNT);
      for (const name of ["t-2", "t-3", "t-4", "t-5", "t-6"]) {
        await data.make(TRAIL, { name, s3BucketName: "evidence" });
      }
    },
  ],
  [
    "a key that does not admit CloudTrail",
    `InvalidParameterException: The specified KMS key arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not exist or is not allowed to be used by cloudtrail.amazonaws.com (kms:GenerateDataKey, kms:DescribeKey)`,
    async (data) => trail(data, { kmsKeyId: await data.key([]) }),
  ],
  [
    "a key that admits this trail",
    NOTHING,
    async (data) =>
      trail(data, {
        kmsKeyId: await data.key([
          {
            Principal: CLOUDTRAIL,
            Action: ["kms:GenerateDataKey*", "kms:DescribeKey"],
            Resource: "*",
            Condition: { StringEquals: OF_TRAIL },
          },
        ]),
      }),
  ],
  [
    "a log group that its role may write to",
    NOTHING,
    async (data) => trail(data, await log(data, "logs:CreateLogStream", "logs:PutLogEvents")),
  ],
  [
    "a role that may not write to the log group",
    "InvalidCloudWatchLogsRoleArnException: Access denied. Check the permissions for your role.",
    async (data) => trail(data, await log(data, "logs:CreateLogStream")),
  ],
  [
    "a log group's ARN without its streams",
    `InvalidCloudWatchLogsLogGroupArnException: CloudTrail cannot validate the specified log group ARN arn:aws:logs:${REGION}:${ACCOUNT}:log-group:trail`,
    async (data) =>
      trail(data, {
        ...(await log(data, "logs:*")),
        cloudWatchLogsGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:trail`,
      }),
  ],
  [
    "a log group without a role",
    "cloudWatchLogsGroupArn: all of cloudWatchLogsGroupArn, cloudWatchLogsRoleArn must be given",
    (data) => trail(data, { cloudWatchLogsGroupArn: "x" }),
  ],
  [
    "old and new selectors",
    "advancedEventSelectors: conflicts with eventSelectors",
    (data) => trail(data, { eventSelectors: [], advancedEventSelectors: [] }),
  ],
  ["a selector of no category", NO_SELECTOR, (data) => trail(data, selector({ field: "x", equals: ["y"] }))],
  [
    "data events of no type",
    NO_SELECTOR,
    (data) => trail(data, selector({ field: "eventCategory", equals: ["Data"] })),
  ],
  ["a detector and a feature", NOTHING, (data) => feature(data)],
  [
    "a second detector",
    "BadRequestException: The request is rejected because a detector already exists for the current account.",
    async (data) => {
      await data.make(DETECTOR);
      await data.make(DETECTOR);
    },
  ],
  [
    "a detector that tells every minute",
    "findingPublishingFrequency: expected one of FIFTEEN_MINUTES, ONE_HOUR, SIX_HOURS, got ONE_MINUTE",
    (data) => data.make(DETECTOR, { findingPublishingFrequency: "ONE_MINUTE" }),
  ],
  [
    "two features for runtimes",
    "BadRequestException: The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot be given together.",
    async (data) => {
      await feature(data, { name: "EKS_RUNTIME_MONITORING" });
      const [{ id } = { id: "" }] = data.accounts.listType(ACCOUNT, REGION, DETECTOR);
      await data.make(FEATURE, { detectorId: id, name: "RUNTIME_MONITORING", status: "ENABLED" });
    },
  ],
  [
    "agents in GuardDuty's order",
    NOTHING,
    (data) => feature(data, additional("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT")),
  ],
  [
    "agents in another order",
    "additionalConfigurations: expected EKS_ADDON_MANAGEMENT, EC2_AGENT_MANAGEMENT, ECS_FARGATE_AGENT_MANAGEMENT in this order, got EC2_AGENT_MANAGEMENT, EKS_ADDON_MANAGEMENT: another one shows a change in every preview",
    (data) => feature(data, additional("EC2_AGENT_MANAGEMENT", "EKS_ADDON_MANAGEMENT")),
  ],
  [
    "a recorder, its channel and its start",
    NOTHING,
    async (data) => {
      await recorder(data);
      await channel(data);
      await start(data);
      await rule(data);
    },
  ],
  [
    "a second recorder",
    "MaxNumberOfConfigurationRecordersExceededException: Failed to put configuration recorder 'other' because the maximum number of configuration recorders: 1 is reached.",
    async (data) => {
      await recorder(data);
      const roleArn = await data.role("config.amazonaws.com");
      await data.make(RECORDER, { name: "other", roleArn });
    },
  ],
  [
    "a recorder in a role that is not Config's",
    `AccessDenied: config.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/ec2: its trust policy does not name it`,
    async (data) => data.make(RECORDER, { name: "x", roleArn: await data.role("ec2.amazonaws.com") }),
  ],
  [
    "a channel without a recorder",
    "NoAvailableConfigurationRecorderException: Failed to put delivery channel 'history' because the configuration recorder is not available.",
    (data) => channel(data),
  ],
  [
    "a channel into a bucket that admits another account",
    `${NO_DELIVERY}.`,
    async (data) => {
      await recorder(data);
      await channel(data, {}, { "aws:SourceAccount": "1" });
    },
  ],
  [
    "a channel into a bucket that locks",
    `${NO_DELIVERY}, which locks its objects by default.`,
    async (data) => {
      await recorder(data);
      await bucket(data, CONFIG, OF_ACCOUNT, true);
      await data.make(CHANNEL, { name: "history", s3BucketName: "evidence" });
    },
  ],
  [
    "a start without a channel",
    "NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder.",
    async (data) => {
      await recorder(data);
      await start(data);
    },
  ],
  [
    "the end of a channel that is in use",
    "LastDeliveryChannelDeleteFailedException: Failed to delete last specified delivery channel with name 'history', because there is a running configuration recorder.",
    async (data) => {
      await recorder(data);
      const made = await channel(data);
      await start(data);
      await data.delete(made);
    },
  ],
  [
    "a rule without a recorder",
    "NoAvailableConfigurationRecorderException: Failed to put the rule because the configuration recorder is not available.",
    (data) => rule(data),
  ],
  [
    "a managed rule by its name instead of its identifier",
    "InvalidParameterValueException: The sourceIdentifier rds-storage-encrypted is invalid. Please refer to the documentation for a list of valid sourceIdentifiers that can be used when AWS is the Owner",
    async (data) => {
      await recorder(data);
      await rule(data, "rds-storage-encrypted");
    },
  ],
  [
    "a second analyzer of a type",
    "ServiceQuotaExceededException: The maximum number of analyzers of type ACCOUNT has been reached: 1.",
    async (data) => {
      await data.make(ANALYZER, { analyzerName: "one" });
      await data.make(ANALYZER, { analyzerName: "two" });
    },
  ],
  ["a topic that admits EventBridge", NOTHING, (data) => topicTarget(data, {})],
  ["a topic without a policy", NOT_ADMITTED, (data) => topicTarget(data, null)],
  [
    "a topic that admits EventBridge under a condition it can't meet",
    NOT_ADMITTED,
    (data) => topicTarget(data, { Condition: { StringEquals: OF_ACCOUNT } }),
  ],
  [
    "a message with a place that nothing fills",
    "ValidationException: Invalid InputTemplate for target: template has a placeholder type that no path names.",
    (data) =>
      topicTarget(
        data,
        {},
        { inputTransformer: { inputPaths: { id: "$.id" }, inputTemplate: '"<type> <id>"' } },
      ),
  ],
];

describe("audit models: what AWS refuses", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      const data = new DataAccount();
      assert.equal(await refusal(() => attempt(data)), answer);
    });
  }
});

describe("audit models: what a change replaces", () => {
  const FIXED: Readonly<Record<string, readonly string[]>> = {
    [TRAIL]: ["name"],
    [DETECTOR]: [],
    [FEATURE]: ["detectorId", "name"],
    [RECORDER]: ["name"],
    [CHANNEL]: ["name"],
    [STATUS]: ["name"],
    [RULE]: ["name"],
    [ANALYZER]: ["analyzerName", "type"],
  };
  const ANY = [
    ...new Set([...Object.values(FIXED).flat(), "s3BucketName", "kmsKeyId", "roleArn", "status", "source"]),
  ].sort();

  for (const [type, fixed] of Object.entries(FIXED)) {
    it(type, () => {
      const account = new DataAccount();
      const replaced = ANY.filter(
        (property) => account.replaces(type, { [property]: "old" }, { [property]: "new" }).length > 0,
      );
      assert.deepEqual(replaced, fixed);
      assert.match(models.get(type)?.source ?? "", /^internal\/service\/[a-z]+\/[a-z_]+\.go$/);
    });
  }
});
