/**
 * Buckets, streams and the archive in the list of `aws-needs.ts`.
 *
 * Left out, since AWS takes the request without them: the log stream of a delivery.
 */
import type { Need } from "./aws-edges";

const BUCKET = ["aws:s3/bucket:Bucket"];

const STREAM = ["aws:kinesis/stream:Stream"];
const ROLE = ["aws:iam/role:Role"];

const bucketNeed = (call: string): Need => ({
  property: "bucket",
  types: BUCKET,
  reason: `${call} takes Bucket; NoSuchBucket without it`,
});

export const STREAMING_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:s3/bucket:Bucket": [],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [bucketNeed("PutPublicAccessBlock")],
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [bucketNeed("PutBucketOwnershipControls")],
  "aws:s3/bucketVersioning:BucketVersioning": [bucketNeed("PutBucketVersioning")],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [
    bucketNeed("PutBucketLifecycleConfiguration"),
  ],
  "aws:s3/bucketPolicy:BucketPolicy": [bucketNeed("PutBucketPolicy")],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    bucketNeed("PutBucketEncryption"),
    {
      property: "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId",
      types: ["aws:kms/key:Key"],
      by: "arn",
      reason: "PutBucketEncryption takes KMSMasterKeyID, which has an id that AWS gives the key",
    },
  ],
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [
    bucketNeed("PutObjectLockConfiguration"),
    {
      property: "bucket",
      types: ["aws:s3/bucketVersioning:BucketVersioning"],
      reason: "PutObjectLockConfiguration: Versioning must be 'Enabled' on the bucket",
    },
  ],
  "aws:s3/bucketLogging:BucketLogging": [
    bucketNeed("PutBucketLogging"),
    { property: "targetBucket", types: BUCKET, reason: "PutBucketLogging takes TargetBucket" },
    {
      property: "targetBucket",
      types: ["aws:s3/bucketPolicy:BucketPolicy"],
      reason: "InvalidTargetBucketForLogging unless the target's policy lets log delivery in",
    },
  ],
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": [
    bucketNeed("PutBucketReplication"),
    {
      property: "bucket",
      types: ["aws:s3/bucketVersioning:BucketVersioning"],
      reason: "PutBucketReplication: Versioning must be 'Enabled' on the bucket",
    },
    {
      property: "role",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "PutBucketReplication takes Role, which S3 has to be able to assume",
    },
    {
      property: "rules.destination.bucket",
      types: BUCKET,
      by: "arn",
      reason: "PutBucketReplication: Destination bucket must exist",
    },
  ],
  "aws:kinesis/stream:Stream": [
    {
      property: "kmsKeyId",
      types: ["aws:kms/key:Key"],
      by: "arn",
      reason: "StartStreamEncryption takes KeyId, which AWS gives the key",
    },
  ],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
    {
      property: "kinesisSourceConfiguration.kinesisStreamArn",
      types: STREAM,
      by: "arn",
      reason: "CreateDeliveryStream takes KinesisStreamARN and tries to read it",
    },
    {
      property: "kinesisSourceConfiguration.roleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateDeliveryStream takes the source's RoleARN and assumes it",
    },
    {
      property: "extendedS3Configuration.roleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateDeliveryStream takes the destination's RoleARN and assumes it",
    },
    {
      property: "extendedS3Configuration.bucketArn",
      types: BUCKET,
      by: "arn",
      reason: "CreateDeliveryStream takes BucketARN",
    },
    {
      property: "extendedS3Configuration.dataFormatConversionConfiguration.schemaConfiguration.databaseName",
      types: ["aws:glue/catalogDatabase:CatalogDatabase"],
      by: "name",
      reason: "CreateDeliveryStream reads the versions of the table that it is to convert by",
    },
  ],
  "aws:glue/catalogDatabase:CatalogDatabase": [],
  "aws:glue/catalogTable:CatalogTable": [
    {
      property: "databaseName",
      types: ["aws:glue/catalogDatabase:CatalogDatabase"],
      by: "name",
      reason: "CreateTable takes DatabaseName; EntityNotFoundException without it",
    },
  ],
  "aws:cloudwatch/logStream:LogStream": [
    {
      property: "logGroupName",
      types: ["aws:cloudwatch/logGroup:LogGroup"],
      reason: "CreateLogStream takes logGroupName; ResourceNotFoundException without it",
    },
  ],
};
