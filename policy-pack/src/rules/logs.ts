import { one, UNKNOWN } from "../engine/example";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface LogConfig {
  readonly minRetentionDays: number;
  readonly maxRetentionDays: number;
}

/** Log groups are encrypted with a key of ours and forget in time. */
export const logGroupProtected = defineRule<LogConfig>({
  id: "log-group-protected",
  title: "CloudWatch log groups use a customer-managed key and expire within bounds",
  severity: "high",
  scope: "resource",
  types: { [LOG_GROUP]: ["kmsKeyId", "retentionInDays"] },
  refs: {
    checkov: ["CKV_AWS_158", "CKV_AWS_66"],
    cdkNag: ["CloudWatchLogGroupEncrypted", "CloudWatchLogGroupRetentionPeriod"],
    prowler: ["cloudwatch_log_group_kms_encryption_enabled"],
  },
  gdpr: ["5(1)(e)", "32(1)(a)"],
  rationale:
    "Logs hold personal data such as addresses and ids: kept for ever they break storage limitation.",
  remediation: "set kmsKeyId to the ARN of the logs key and retentionInDays to a number within the bounds",
  configSchema: {
    minRetentionDays: {
      type: "integer",
      minimum: 1,
      description: "Shortest retention, in days.",
      default: 1,
    },
    maxRetentionDays: {
      type: "integer",
      minimum: 1,
      description: "Longest retention, in days.",
      default: 400,
    },
  },
  examples: {
    pass: [
      one("key and retention", LOG_GROUP, { kmsKeyId, retentionInDays: 30 }),
      one("key made in the same run", LOG_GROUP, { kmsKeyId: UNKNOWN, retentionInDays: 400 }),
      one("shortest", LOG_GROUP, { kmsKeyId, retentionInDays: 1 }),
      one(
        "longer bound",
        LOG_GROUP,
        { kmsKeyId, retentionInDays: 731 },
        { config: { maxRetentionDays: 731 } },
      ),
    ],
    fail: [
      one("nothing set", LOG_GROUP, {}, { findings: ["no-key", "never-expires"] }),
      one("null key", LOG_GROUP, { kmsKeyId: null, retentionInDays: 30 }, { findings: ["no-key"] }),
      one("empty key", LOG_GROUP, { kmsKeyId: "", retentionInDays: 30 }, { findings: ["no-key"] }),
      one(
        "AWS's own key",
        LOG_GROUP,
        { kmsKeyId: "alias/aws/logs", retentionInDays: 30 },
        { findings: ["no-key"] },
      ),
      one("zero is for ever", LOG_GROUP, { kmsKeyId, retentionInDays: 0 }, { findings: ["never-expires"] }),
      one("too long", LOG_GROUP, { kmsKeyId, retentionInDays: 545 }, { findings: ["retention"] }),
      one(
        "too short",
        LOG_GROUP,
        { kmsKeyId, retentionInDays: 7 },
        { findings: ["retention"], config: { minRetentionDays: 14 } },
      ),
    ],
    unknown: [
      one("retention unknown", LOG_GROUP, { kmsKeyId, retentionInDays: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "retention unknown, key missing",
        LOG_GROUP,
        { retentionInDays: UNKNOWN },
        { findings: ["no-key", "unknown"] },
      ),
    ],
    notApplicable: [one("another type", "aws:cloudwatch/logStream:LogStream", {})],
  },
  check: ({ resource, config }) => [...judgeKey(resource), ...judgeRetention(resource, config)],
});

function judgeKey({ props }: Resource): readonly Finding[] {
  const key = props.string("kmsKeyId");
  // An unknown key is one that this run makes: it is there, and never AWS's own.
  if (
    key.kind === "unknown" ||
    (key.kind === "known" && key.value !== "" && !key.value.includes("alias/aws/"))
  ) {
    return [];
  }
  const problem = "kmsKeyId does not name a customer-managed key";
  return [{ id: "no-key", status: "fail", problem, allowed: "Allowed: the ARN of a key of this account" }];
}

function judgeRetention({ props }: Resource, config: LogConfig): readonly Finding[] {
  const days = props.number("retentionInDays");
  const allowed = `Allowed: ${config.minRetentionDays} to ${config.maxRetentionDays} days`;
  if (days.kind === "unknown") {
    return [{ id: "unknown", status: "indeterminate", problem: "retentionInDays is not known yet" }];
  }
  if (days.kind === "absent" || days.value === 0) {
    return [
      {
        id: "never-expires",
        status: "fail",
        problem: "retentionInDays is not set, so logs never expire",
        allowed,
      },
    ];
  }
  if (days.value < config.minRetentionDays || days.value > config.maxRetentionDays) {
    return [{ id: "retention", status: "fail", problem: `retentionInDays is ${days.value}`, allowed }];
  }
  return [];
}
