import { bad, good, meets, propertyRule } from "../engine/demand";
import { isCustomerKey, isOneOf, isTrue, isWithin, orLeftOut } from "../engine/must";
import { placesAt } from "../engine/path";
import type { Props } from "../engine/resource";
import { count } from "../engine/setting";

const DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface RetentionConfig {
  readonly minHours: number;
  readonly maxHours: number;
}

/** Events in flight are encrypted with a key of ours and forgotten in time. */
export const streamProtected = propertyRule<RetentionConfig>({
  id: "stream-protected",
  title: "Kinesis streams use a customer-managed key and keep records within bounds",
  severity: "high",
  type: "aws:kinesis/stream:Stream",
  refs: {
    checkov: ["CKV_AWS_43", "CKV_AWS_185"],
    securityHub: ["Kinesis.1", "Kinesis.3"],
    cdkNag: ["AwsSolutions-KDS1"],
    prowler: ["kinesis_stream_encrypted_at_rest", "kinesis_stream_data_retention_period"],
  },
  gdpr: ["5(1)(e)", "32(1)(a)"],
  rationale: "Records tell who watched what; the stream is no archive.",
  remediation:
    "set encryptionType to KMS, kmsKeyId to the data key's ARN and retentionPeriod within the bounds",
  configSchema: {
    minHours: count("Shortest retention of records, in hours.", 24, 24),
    maxHours: count("Longest retention of records, in hours.", 168, 24),
  },
  demands: [
    { finding: "clear", at: "encryptionType", must: isOneOf(["KMS"]) },
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
    {
      finding: "hours",
      at: "retentionPeriod",
      must: ({ minHours, maxHours }) => orLeftOut(isWithin(minHours, maxHours, "hours")),
    },
  ],
  examples: {
    good: { encryptionType: "KMS", kmsKeyId, retentionPeriod: 24 },
    pass: [good("AWS's own 24 hours", { retentionPeriod: null })],
    fail: [
      bad("in clear", { encryptionType: "NONE" }, "clear"),
      bad("left at its default", { encryptionType: null }, "clear"),
      bad("AWS's own key", { kmsKeyId: "alias/aws/kinesis" }, "no-key"),
      bad("a year", { retentionPeriod: 8760 }, "hours"),
    ],
    unknown: ["encryptionType", "retentionPeriod"],
  },
});

/** What a delivery stream takes in directly is encrypted with a key of ours. */
export const deliveryEncrypted = propertyRule({
  id: "delivery-encrypted",
  title: "Delivery streams with a source of their own are encrypted with a customer-managed key",
  severity: "high",
  type: DELIVERY,
  refs: {
    checkov: ["CKV_AWS_240", "CKV_AWS_241"],
    securityHub: ["DataFirehose.1"],
    cdkNag: ["AwsSolutions-KDF1"],
    prowler: ["firehose_stream_encrypted_at_rest"],
  },
  gdpr: ["32(1)(a)"],
  rationale: "Records wait in the delivery stream until a file is full.",
  remediation: "set serverSideEncryption with enabled, keyType CUSTOMER_MANAGED_CMK and the data key's ARN",
  skip: {
    reads: ["kinesisSourceConfiguration", "mskSourceConfiguration"],
    why: (props) =>
      reads(props, "kinesisSourceConfiguration") || reads(props, "mskSourceConfiguration")
        ? "AWS refuses encryption here: the source's own covers it"
        : undefined,
  },
  demands: [
    { finding: "clear", at: "serverSideEncryption.enabled", must: isTrue },
    { finding: "key-type", at: "serverSideEncryption.keyType", must: isOneOf(["CUSTOMER_MANAGED_CMK"]) },
    { finding: "no-key", at: "serverSideEncryption.keyArn", must: isCustomerKey },
  ],
  examples: {
    good: { serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: kmsKeyId } },
    fail: [
      bad("nothing set", { serverSideEncryption: null }, ["clear", "key-type", "no-key"]),
      bad("switched off", { "serverSideEncryption.enabled": false }, "clear"),
      bad("AWS's own key", { "serverSideEncryption.keyType": "AWS_OWNED_CMK" }, "key-type"),
      bad("no key named", { "serverSideEncryption.keyArn": null }, "no-key"),
    ],
    unknown: ["serverSideEncryption.enabled", "serverSideEncryption.keyType"],
    notApplicable: [
      good("reads a stream", { serverSideEncryption: null, kinesisSourceConfiguration: { roleArn: "x" } }),
    ],
  },
});

/** Where records are turned into columns, these are compressed, and Firehose takes no compression beside them. */
const CONVERSION = "extendedS3Configuration.dataFormatConversionConfiguration?";

/** What is delivered is encrypted, and what can't be delivered is told. */
export const deliveryDestination = propertyRule({
  id: "delivery-to-s3",
  title: "Delivery streams write to S3 with a customer-managed key, compressed, and log what fails",
  severity: "medium",
  type: DELIVERY,
  refs: { checkov: ["CKV_AWS_241"], securityHub: ["DataFirehose.1"] },
  gdpr: ["32(1)(a)", "32(1)(d)", "44"],
  rationale:
    "Other destinations send records out of the region's own storage; a failure that nobody logs loses them.",
  remediation:
    "use destination extended_s3 with compressionFormat GZIP or a conversion, errorOutputPrefix and cloudwatchLoggingOptions, and leave kmsKeyArn to the bucket",
  demands: [
    { finding: "destination", at: "destination", must: isOneOf(["extended_s3"]) },
    // The bucket's own key where it is left out, which bucket-encrypted looks after.
    { finding: "no-key", at: "extendedS3Configuration.kmsKeyArn", must: orLeftOut(isCustomerKey) },
    { finding: "no-log", at: "extendedS3Configuration.cloudwatchLoggingOptions.enabled", must: isTrue },
  ],
  also: {
    reads: ["extendedS3Configuration"],
    judge: (props) =>
      placesAt(props, CONVERSION).some(({ kind }) => kind !== "absent")
        ? []
        : meets(
            props,
            "extendedS3Configuration.compressionFormat",
            isOneOf(["GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"]),
            "not-compressed",
          ),
  },
  examples: {
    good: {
      destination: "extended_s3",
      extendedS3Configuration: {
        kmsKeyArn: kmsKeyId,
        compressionFormat: "GZIP",
        cloudwatchLoggingOptions: { enabled: true },
      },
    },
    pass: [
      good("the bucket's key", { "extendedS3Configuration.kmsKeyArn": null }),
      good("columns", {
        "extendedS3Configuration.compressionFormat": null,
        "extendedS3Configuration.dataFormatConversionConfiguration": { enabled: true },
      }),
    ],
    fail: [
      bad("another service", { destination: "splunk" }, "destination"),
      bad("AWS's own key", { "extendedS3Configuration.kmsKeyArn": "alias/aws/s3" }, "no-key"),
      bad("failures untold", { "extendedS3Configuration.cloudwatchLoggingOptions": null }, "no-log"),
      bad(
        "not compressed",
        { "extendedS3Configuration.compressionFormat": "UNCOMPRESSED" },
        "not-compressed",
      ),
    ],
    unknown: ["destination", "extendedS3Configuration.cloudwatchLoggingOptions.enabled"],
  },
});

function reads(props: Props, property: string): boolean {
  return props.bag(property).kind !== "absent";
}
