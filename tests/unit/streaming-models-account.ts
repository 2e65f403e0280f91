/** Type tokens of buckets and their parts. */
export const S3 = {
  Bucket: "aws:s3/bucket:Bucket",
  Encryption: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  Lifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  Lock: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  Logging: "aws:s3/bucketLogging:BucketLogging",
  Ownership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  Policy: "aws:s3/bucketPolicy:BucketPolicy",
  PublicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  Replication: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  Versioning: "aws:s3/bucketVersioning:BucketVersioning",
} as const;

/** Type tokens of streams and of what brings them to an archive. */
export const STREAMING = {
  Database: "aws:glue/catalogDatabase:CatalogDatabase",
  Firehose: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  LogStream: "aws:cloudwatch/logStream:LogStream",
  Stream: "aws:kinesis/stream:Stream",
  Table: "aws:glue/catalogTable:CatalogTable",
} as const;
