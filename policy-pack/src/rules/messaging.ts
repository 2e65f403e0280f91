import { bad, good, propertyRule } from "../engine/demand";
import { isCustomerKey, isOff, isOneOf, isWithin, orLeftOut } from "../engine/must";
import { count } from "../engine/setting";

const kmsMasterKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Messages of a topic are encrypted with a key of ours. */
export const topicEncrypted = propertyRule({
  id: "topic-encrypted",
  title: "SNS topics are encrypted with a customer-managed key",
  severity: "high",
  type: "aws:sns/topic:Topic",
  refs: {
    checkov: ["CKV_AWS_26"],
    securityHub: ["SNS.1"],
    cdkNag: ["AwsSolutions-SNS2"],
    prowler: ["sns_topics_kms_encryption_at_rest_enabled"],
  },
  gdpr: ["32(1)(a)"],
  rationale: "Alarms tell where the platform is weak; AWS's own key can't be given to CloudWatch alone.",
  remediation: "set kmsMasterKeyId to the ARN of the messaging key",
  demands: [
    { finding: "no-key", at: "kmsMasterKeyId", must: isCustomerKey },
    { finding: "signature", at: "signatureVersion", must: orLeftOut(isOneOf([2])) },
  ],
  examples: {
    good: { kmsMasterKeyId },
    pass: [good("signed with SHA-256", { signatureVersion: 2 })],
    fail: [
      bad("in clear", { kmsMasterKeyId: null }, "no-key"),
      bad("AWS's own key", { kmsMasterKeyId: "alias/aws/sns" }, "no-key"),
      bad("signed with SHA-1", { signatureVersion: 1 }, "signature"),
    ],
    unknown: ["signatureVersion"],
    made: ["kmsMasterKeyId"],
  },
});

interface QueueConfig {
  readonly maxRetentionDays: number;
}

const SECONDS_PER_DAY = 24 * 3600;

/** Messages of a queue are encrypted with a key of ours and forgotten in time. */
export const queueEncrypted = propertyRule<QueueConfig>({
  id: "queue-encrypted",
  title: "SQS queues are encrypted with a customer-managed key and keep messages within bounds",
  severity: "high",
  type: "aws:sqs/queue:Queue",
  refs: {
    checkov: ["CKV_AWS_27", "CKV2_AWS_73"],
    securityHub: ["SQS.1"],
    cdkNag: ["AwsSolutions-SQS2"],
    prowler: ["sqs_queues_server_side_encryption_enabled"],
  },
  gdpr: ["5(1)(e)", "32(1)(a)"],
  rationale: "What failed lies here with all that was in it; SQS's managed encryption has no key of ours.",
  remediation: "set kmsMasterKeyId to the ARN of the messaging key",
  configSchema: { maxRetentionDays: count("Longest retention of messages, in days.", 14, 1) },
  demands: [
    { finding: "no-key", at: "kmsMasterKeyId", must: isCustomerKey },
    { finding: "managed", at: "sqsManagedSseEnabled", must: isOff },
    {
      finding: "retention",
      at: "messageRetentionSeconds",
      must: ({ maxRetentionDays }) => orLeftOut(isWithin(60, maxRetentionDays * SECONDS_PER_DAY, "seconds")),
    },
  ],
  examples: {
    good: { kmsMasterKeyId, messageRetentionSeconds: 1_209_600 },
    pass: [good("AWS's own 4 days", { messageRetentionSeconds: null })],
    fail: [
      bad("no key", { kmsMasterKeyId: null }, "no-key"),
      bad("AWS's own key", { kmsMasterKeyId: "alias/aws/sqs" }, "no-key"),
      bad("SQS's managed encryption", { kmsMasterKeyId: null, sqsManagedSseEnabled: true }, [
        "no-key",
        "managed",
      ]),
      bad("longer than by configuration", {}, "retention", { maxRetentionDays: 4 }),
    ],
    unknown: ["sqsManagedSseEnabled", "messageRetentionSeconds"],
    made: ["kmsMasterKeyId"],
  },
});
