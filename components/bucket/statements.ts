import type * as aws from "@pulumi/aws";

/** Where in the bucket for access logs each kind of log is. */
export const LOG_PREFIXES = { buckets: "buckets/", loadBalancers: "load-balancer" } as const;

/** What a bucket is for: data, what has to be proven later, access logs, or the state of stacks. */
export type BucketKind = "data" | "evidence" | "access-log" | "state";

/** What nobody may do with a bucket, whoever else allows it. */
export function guards(bucketArn: string, kind: BucketKind): aws.iam.PolicyStatement[] {
  const deny = { Effect: "Deny", Principal: "*" } as const;
  const put = { ...deny, Action: "s3:PutObject", Resource: `${bucketArn}/*` };
  const header = "s3:x-amz-server-side-encryption";
  return [
    {
      ...deny,
      Sid: "TlsOnly",
      Action: "s3:*",
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    // CloudTrail may write the digests of its files under S3's own keys: where services bring evidence, they choose.
    ...(kind === "evidence"
      ? []
      : [
          {
            ...put,
            Sid: "RightEncryptionOnly",
            // Log delivery can't write under another key than S3's own.
            Condition: {
              StringNotEqualsIfExists: { [header]: kind === "access-log" ? "AES256" : "aws:kms" },
            },
          },
        ]),
    ...(kind === "access-log"
      ? []
      : [
          {
            ...put,
            // Who asks for encryption without naming a key gets one of AWS's, and who names one could name any. Without
            // the header S3 takes the bucket's key. AWS's services send it with the key they were set up with.
            Sid: "RightKeyOnly",
            Condition: {
              Null: { [header]: "false" },
              BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
            },
          },
        ]),
  ];
}

/** Lets AWS deliver access logs of the account's buckets and load balancers. */
export function logDelivery(bucketArn: string, accountId: string): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "DeliverBucketLogs",
      Effect: "Allow",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/${LOG_PREFIXES.buckets}*`,
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    {
      // The path names the account: no other's load balancer writes there.
      Sid: "DeliverLoadBalancerLogs",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/${LOG_PREFIXES.loadBalancers}/AWSLogs/${accountId}/*`,
    },
  ];
}
