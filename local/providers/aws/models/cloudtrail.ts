import type { Props } from "../../../account/store";
import { admitsAccountLogs, BUCKET } from "../bucket-access";
import { exclusive, shaped } from "../checks";
import { requireKeyGrant } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { mapsOf, text, textOr, type World } from "../world";
import { LOG_GROUP } from "./logs";

const TRAIL = "aws:cloudtrail/trail:Trail";
const SERVICE = "cloudtrail.amazonaws.com";

/** Trails of a region; can't be raised. */
const MOST_TRAILS = 5;

const trail: Model = {
  type: TRAIL,
  source: "internal/service/cloudtrail/trail.go",
  forceNew: ["name"],
  autoName: "name",
  seconds: 3,
  taggable: true,
  computed: ["arn", "homeRegion", "snsTopicArn"],
  defaults: {
    enableLogFileValidation: false,
    enableLogging: true,
    includeGlobalServiceEvents: true,
    isMultiRegionTrail: false,
    isOrganizationTrail: false,
  },
  check: (inputs) => [
    ...shaped(
      inputs,
      "name",
      /^(?=.{3,128}$)[A-Za-z0-9]([._-]?[A-Za-z0-9])*$/,
      "3 to 128 letters, digits and single inner dots, hyphens and underscores",
    ),
    ...exclusive(inputs, "advancedEventSelectors", "eventSelectors"),
    ...((inputs["cloudWatchLogsGroupArn"] === undefined) === (inputs["cloudWatchLogsRoleArn"] === undefined)
      ? []
      : [
          {
            property: "cloudWatchLogsGroupArn",
            reason: "all of cloudWatchLogsGroupArn, cloudWatchLogsRoleArn must be given",
          },
        ]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `TrailAlreadyExistsException: Trail ${text(inputs, "name")} already exists`,
  }),
  verify: (inputs, world) => {
    if (world.all(TRAIL).length >= MOST_TRAILS) {
      throw new AwsError(
        "MaximumNumberOfTrailsExceededException",
        `User: ${world.place.account} already has ${MOST_TRAILS} trails in ${world.place.region}.`,
      );
    }
    const arn = arnOf(inputs, world);
    requireBucket(text(inputs, "s3BucketName"), arn, world);
    if (typeof inputs["kmsKeyId"] === "string") {
      const context = { "aws:sourcearn": arn, "kms:encryptioncontext:aws:cloudtrail:arn": arn };
      requireKeyGrant(world, inputs["kmsKeyId"], SERVICE, context, [
        "kms:GenerateDataKey",
        "kms:DescribeKey",
      ]);
    }
    requireLog(inputs, world);
    requireSelectors(inputs);
  },
  make: (inputs, world) => {
    const arn = arnOf(inputs, world);
    return { id: arn, computed: { arn, homeRegion: world.place.region, snsTopicArn: "" } };
  },
};

export const cloudtrailModels: readonly Model[] = [trail];

function arnOf(inputs: Props, world: World): string {
  return world.arn("cloudtrail", `trail/${text(inputs, "name")}`);
}

function requireBucket(bucket: string, trailArn: string, world: World): void {
  if (world.resolve({ types: [BUCKET], by: "id" }, bucket) === undefined) {
    throw new AwsError("S3BucketDoesNotExistException", `S3 bucket ${bucket} does not exist!`);
  }
  const context = {
    "aws:sourcearn": trailArn,
    "aws:sourceaccount": world.place.account,
    "s3:x-amz-acl": "bucket-owner-full-control",
  };
  if (!admitsAccountLogs(world, { bucket, service: SERVICE, folder: "CloudTrail", context })) {
    throw new AwsError(
      "InsufficientS3BucketPolicyException",
      `Incorrect S3 bucket policy is detected for bucket: ${bucket}`,
    );
  }
}

function requireLog(inputs: Props, world: World): void {
  const groupArn = textOr(inputs, "cloudWatchLogsGroupArn", "");
  if (groupArn === "") return;
  // The ARN names the streams of the group.
  if (!groupArn.endsWith(":*")) {
    throw new AwsError(
      "InvalidCloudWatchLogsLogGroupArnException",
      `CloudTrail cannot validate the specified log group ARN ${groupArn}`,
    );
  }
  world.need({ types: [LOG_GROUP], by: "arn" }, groupArn.slice(0, -2));
  const role = text(inputs, "cloudWatchLogsRoleArn");
  requireTrust(world, role, SERVICE);
  const { account, region } = world.place;
  const stream = `${groupArn.slice(0, -2)}:log-stream:${account}_CloudTrail_${region}`;
  if (!["logs:CreateLogStream", "logs:PutLogEvents"].every((it) => roleAllows(world, role, it, stream))) {
    throw new AwsError(
      "InvalidCloudWatchLogsRoleArnException",
      "Access denied. Check the permissions for your role.",
    );
  }
}

/** Each advanced selector has a category; one of data events says of which type. */
function requireSelectors(inputs: Props): void {
  for (const selector of mapsOf(inputs["advancedEventSelectors"])) {
    const fields = mapsOf(selector["fieldSelectors"]);
    const valueOf = (name: string) =>
      [fields.find(({ field }) => field === name)?.["equals"]].flat().find((it) => it !== undefined);
    const category = valueOf("eventCategory");
    if (category === undefined || (category === "Data" && valueOf("resources.type") === undefined)) {
      throw new AwsError(
        "InvalidEventSelectorsException",
        "An advanced event selector needs eventCategory, and one of data events resources.type",
      );
    }
  }
}
