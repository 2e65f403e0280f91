import { bad, good, propertyRule } from "../engine/demand";
import { isCustomerKey, isLeftOut, isOneOf, isWithin, orLeftOut } from "../engine/must";
import { count } from "../engine/setting";

const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface CanaryConfig {
  readonly maxDays: number;
}

/** What a canary records of the API is encrypted, and is forgotten. */
export const canaryProtected = propertyRule<CanaryConfig>({
  id: "canary-protected",
  title: "Canaries encrypt what they record with a customer-managed key and forget it within bounds",
  severity: "high",
  type: "aws:synthetics/canary:Canary",
  refs: {},
  gdpr: ["5(1)(e)", "32(1)(a)"],
  rationale:
    "A canary records requests with their headers and answers, as a viewer's player would send them.",
  remediation:
    "set artifactConfig.s3Encryption to SSE_KMS with the data key's ARN as kmsKeyArn, and both retention periods",
  configSchema: { maxDays: count("Longest retention of a run, in days.", 31, 1) },
  demands: [
    { finding: "mode", at: "artifactConfig.s3Encryption.encryptionMode", must: isOneOf(["SSE_KMS"]) },
    { finding: "no-key", at: "artifactConfig.s3Encryption.kmsKeyArn", must: isCustomerKey },
    ...["successRetentionPeriod", "failureRetentionPeriod"].map((at) => ({
      finding: "days",
      at,
      must: ({ maxDays }: CanaryConfig) => orLeftOut(isWithin(1, maxDays, "days")),
    })),
  ],
  examples: {
    good: {
      artifactConfig: { s3Encryption: { encryptionMode: "SSE_KMS", kmsKeyArn } },
      successRetentionPeriod: 7,
      failureRetentionPeriod: 31,
    },
    pass: [
      good("AWS's own 31 days", { successRetentionPeriod: null, failureRetentionPeriod: null }),
      good("longer by configuration", { failureRetentionPeriod: 60 }, { maxDays: 60 }),
    ],
    fail: [
      bad("S3's own key", { "artifactConfig.s3Encryption.encryptionMode": "SSE_S3" }, "mode"),
      bad("AWS's own key", { "artifactConfig.s3Encryption.kmsKeyArn": "alias/aws/s3" }, "no-key"),
      bad("nothing said", { artifactConfig: null }, ["mode", "no-key"]),
      bad("kept for long", { successRetentionPeriod: 365, failureRetentionPeriod: 365 }, ["days", "days"]),
    ],
    unknown: ["artifactConfig.s3Encryption.encryptionMode", "successRetentionPeriod"],
    made: ["artifactConfig.s3Encryption.kmsKeyArn"],
  },
});

/** An object that the program writes goes around nothing that its bucket says. */
export const objectPrivate = propertyRule({
  id: "s3-object-private",
  title: "Objects that the program writes have no access list, and no other key than one of ours",
  severity: "high",
  isSuppressible: false,
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  refs: { checkov: ["CKV_AWS_186"] },
  gdpr: ["25", "32(1)(a)"],
  rationale: "An object can have an access list and a key of its own, which undo those of its bucket.",
  remediation:
    "leave acl and serverSideEncryption away, and set kmsKeyId to the data key's ARN or leave it to the bucket",
  demands: [
    { finding: "acl", at: "acl", must: isLeftOut },
    { finding: "no-key", at: "kmsKeyId", must: orLeftOut(isCustomerKey) },
    {
      finding: "algorithm",
      at: "serverSideEncryption",
      must: orLeftOut(isOneOf(["aws:kms", "aws:kms:dsse"])),
    },
  ],
  examples: {
    good: { kmsKeyId: kmsKeyArn },
    pass: [
      good("the bucket's key", { kmsKeyId: null }),
      good("said twice", { serverSideEncryption: "aws:kms" }),
    ],
    fail: [
      bad("everybody reads", { acl: "public-read" }, "acl"),
      bad("AWS's own key", { kmsKeyId: "alias/aws/s3" }, "no-key"),
      bad("S3's own key", { kmsKeyId: null, serverSideEncryption: "AES256" }, "algorithm"),
    ],
    unknown: ["acl", "serverSideEncryption"],
    made: ["kmsKeyId"],
  },
});
