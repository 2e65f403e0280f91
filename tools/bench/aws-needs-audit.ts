/** Trail, threat detection, configuration history and findings in the list of `aws-needs.ts`. */
import type { Need } from "./aws-edges";

const BUCKET_POLICY = ["aws:s3/bucketPolicy:BucketPolicy"];
const BUCKET = ["aws:s3/bucket:Bucket"];
const KEY = ["aws:kms/key:Key"];
const RECORDER = ["aws:cfg/recorder:Recorder"];

export const AUDIT_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:accessanalyzer/analyzer:Analyzer": [],
  "aws:guardduty/detector:Detector": [],
  "aws:guardduty/detectorFeature:DetectorFeature": [
    {
      property: "detectorId",
      types: ["aws:guardduty/detector:Detector"],
      reason: "UpdateDetector takes DetectorId, which AWS gives the detector",
    },
  ],
  "aws:cloudtrail/trail:Trail": [
    { property: "s3BucketName", types: BUCKET, reason: "S3BucketDoesNotExistException without it" },
    {
      property: "s3BucketName",
      types: BUCKET_POLICY,
      reason: "InsufficientS3BucketPolicyException unless the bucket's policy lets the trail in",
    },
    {
      property: "kmsKeyId",
      types: KEY,
      by: "arn",
      reason: "CreateTrail takes KmsKeyId, which AWS gives the key",
    },
    {
      property: "cloudWatchLogsGroupArn",
      types: ["aws:cloudwatch/logGroup:LogGroup"],
      by: "arn",
      reason: "InvalidCloudWatchLogsLogGroupArnException without the group",
    },
    {
      property: "cloudWatchLogsRoleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "InvalidCloudWatchLogsRoleArnException without the role",
    },
  ],
  "aws:cfg/recorder:Recorder": [],
  "aws:cfg/deliveryChannel:DeliveryChannel": [
    { property: "s3BucketName", types: BUCKET, reason: "NoSuchBucketException without it" },
    {
      property: "s3BucketName",
      types: BUCKET_POLICY,
      reason: "InsufficientDeliveryPolicyException unless the bucket's policy lets Config in",
    },
    { property: "s3KmsKeyArn", types: KEY, by: "arn", reason: "AWS gives the key its ARN" },
  ],
  "aws:cfg/recorderStatus:RecorderStatus": [
    { property: "name", types: RECORDER, reason: "StartConfigurationRecorder takes its name" },
  ],
  "aws:cfg/rule:Rule": [],
};
