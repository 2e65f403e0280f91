import { bad, good, propertyRule } from "../engine/demand";
import { isGiven, isNotOff, isOff, isWithin, orLeftOut } from "../engine/must";
import { count } from "../engine/setting";

interface KeyConfig {
  readonly minDeletionDays: number;
}

// AWS's longest waiting period, and the one that it takes when none is given.
const MAX_DELETION_DAYS = 30;

/** A key, and with it all that it encrypts, is not lost by a slip. */
export const kmsKeyKept = propertyRule<KeyConfig>({
  id: "kms-key-kept",
  title: "KMS keys wait before they are deleted, are enabled and can't lock their owner out",
  severity: "high",
  type: "aws:kms/key:Key",
  refs: {
    checkov: ["CKV_AWS_227", "CKV2_AWS_64"],
    securityHub: ["KMS.3"],
    prowler: ["kms_cmk_not_deleted_unintentionally"],
  },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale: "Whoever deletes a key destroys all data under it; the waiting period is the time to notice.",
  remediation:
    "set deletionWindowInDays to 30, write the key policy out, and leave isEnabled and bypassPolicyLockoutSafetyCheck away",
  configSchema: { minDeletionDays: count("Shortest waiting period before deletion, in days.", 30, 7) },
  demands: [
    {
      finding: "deletion-window",
      at: "deletionWindowInDays",
      must: ({ minDeletionDays }) => orLeftOut(isWithin(minDeletionDays, MAX_DELETION_DAYS, "days")),
    },
    { finding: "disabled", at: "isEnabled", must: isNotOff },
    { finding: "lockout-bypass", at: "bypassPolicyLockoutSafetyCheck", must: isOff },
    { finding: "implicit-policy", at: "policy", must: isGiven },
  ],
  examples: {
    good: { deletionWindowInDays: 30, policy: '{"Statement":[]}' },
    pass: [
      good("AWS's own window", { deletionWindowInDays: null }),
      good("spelt out", { isEnabled: true, bypassPolicyLockoutSafetyCheck: false }),
      good("shorter by configuration", { deletionWindowInDays: 7 }, { minDeletionDays: 7 }),
    ],
    fail: [
      bad("short window", { deletionWindowInDays: 29 }, "deletion-window"),
      bad("disabled", { isEnabled: false }, "disabled"),
      bad("lockout", { bypassPolicyLockoutSafetyCheck: true }, "lockout-bypass"),
      bad("AWS's default policy", { policy: null }, "implicit-policy"),
    ],
    unknown: ["deletionWindowInDays", "isEnabled", "bypassPolicyLockoutSafetyCheck"],
  },
});
