import { bad, good, propertyRule } from "../engine/demand";
import { isCustomerKey, isGiven, isOff, isOneOf, isWithin, orLeftOut } from "../engine/must";
import { count, flag } from "../engine/setting";

const kmsKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface VaultConfig {
  readonly mayBeForced: boolean;
}

/** Backups are encrypted with a key of ours and stay when the vault is to go. */
export const vaultProtected = propertyRule<VaultConfig>({
  id: "vault-protected",
  title: "Backup vaults use a customer-managed key and can't be deleted with what they hold",
  severity: "high",
  type: "aws:backup/vault:Vault",
  refs: {
    checkov: ["CKV_AWS_166"],
    securityHub: ["Backup.1"],
    cdkNag: ["BackupRecoveryPointEncrypted"],
    prowler: ["backup_vaults_encrypted"],
  },
  gdpr: ["32(1)(a)", "32(1)(c)"],
  rationale: "A backup holds all that the database holds, and is all that is left after a mistake.",
  remediation: "set kmsKeyArn to the ARN of the backup key and leave forceDestroy away",
  configSchema: { mayBeForced: flag("Whether a vault may be deleted with what it holds.", false) },
  demands: [
    { finding: "no-key", at: "kmsKeyArn", must: isCustomerKey },
    {
      finding: "force-destroy",
      at: "forceDestroy",
      must: ({ mayBeForced }) => (mayBeForced ? undefined : isOff),
    },
  ],
  examples: {
    good: { kmsKeyArn },
    pass: [good("destroyable by configuration", { forceDestroy: true }, { mayBeForced: true })],
    fail: [
      bad("no key", { kmsKeyArn: null }, "no-key"),
      bad("AWS's own key", { kmsKeyArn: "alias/aws/backup" }, "no-key"),
      bad("deleted with its backups", { forceDestroy: true }, "force-destroy"),
    ],
    unknown: ["forceDestroy"],
    made: ["kmsKeyArn"],
  },
});

interface RetentionConfig {
  readonly minDays: number;
  readonly maxDays: number;
}

/** Backups are kept long enough to help and short enough to forget. */
export const backupRetention = propertyRule<RetentionConfig>({
  id: "backup-retention",
  title: "Backup plans run by schedule and delete backups, and their copies, within bounds",
  severity: "high",
  type: "aws:backup/plan:Plan",
  refs: { cdkNag: ["BackupPlanMinFrequencyAndMinRetentionCheck"], prowler: ["backup_plans_exist"] },
  gdpr: ["5(1)(e)", "17", "32(1)(c)"],
  rationale: "A backup without an end keeps what a viewer asked to erase.",
  remediation: "set schedule or enableContinuousBackup, and lifecycle.deleteAfter within the bounds",
  configSchema: {
    minDays: count("Shortest retention of a backup, in days.", 7, 1),
    maxDays: count("Longest retention of a backup, in days.", 400, 1),
  },
  demands: [
    { finding: "no-rules", at: "rules", must: isGiven },
    {
      finding: "days",
      at: "rules[].lifecycle.deleteAfter",
      must: ({ minDays, maxDays }) => isWithin(minDays, maxDays, "days"),
    },
    {
      finding: "copy-days",
      at: "rules[].copyActions[].lifecycle.deleteAfter",
      must: ({ minDays, maxDays }) => isWithin(minDays, maxDays, "days"),
    },
    { finding: "no-schedule", at: "rules[].schedule", must: isGiven },
  ],
  examples: {
    good: {
      rules: [
        {
          schedule: "cron(0 3 * * ? *)",
          lifecycle: { deleteAfter: 35 },
          copyActions: [{ destinationVaultArn: "x", lifecycle: { deleteAfter: 35 } }],
        },
      ],
    },
    pass: [good("longer by configuration", { "rules[0].lifecycle.deleteAfter": 731 }, { maxDays: 731 })],
    fail: [
      bad("no rules", { rules: [] }, "no-rules"),
      bad("for ever", { "rules[0].lifecycle": null }, "days"),
      bad("too short", { "rules[0].lifecycle.deleteAfter": 1 }, "days"),
      bad("too long", { "rules[0].lifecycle.deleteAfter": 401 }, "days"),
      bad("copies for ever", { "rules[0].copyActions[0].lifecycle": null }, "copy-days"),
      bad("never runs", { "rules[0].schedule": null }, "no-schedule"),
    ],
    unknown: ["rules[0].lifecycle", "rules[0].lifecycle.deleteAfter"],
    made: ["rules[0].schedule"],
  },
});

/** The lock keeps to the same bounds, and lets nobody delete before. */
export const vaultLock = propertyRule<RetentionConfig>({
  id: "vault-lock",
  title: "Locks of backup vaults have a least and a most retention within bounds",
  severity: "high",
  type: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  refs: { prowler: ["backup_vaults_exist"] },
  gdpr: ["5(1)(e)", "17", "32(1)(c)"],
  rationale:
    "A lock that forbids to delete for longer than the bounds forbids erasure, and nobody can undo it.",
  remediation: "set minRetentionDays and maxRetentionDays within the bounds",
  configSchema: {
    minDays: count("Shortest retention that the lock may demand, in days.", 1, 1),
    maxDays: count("Longest retention that the lock may let be, in days.", 400, 1),
  },
  demands: [
    {
      finding: "least",
      at: "minRetentionDays",
      must: ({ minDays, maxDays }) => isWithin(minDays, maxDays, "days"),
    },
    {
      finding: "most",
      at: "maxRetentionDays",
      must: ({ minDays, maxDays }) => isWithin(minDays, maxDays, "days"),
    },
    { finding: "grace", at: "changeableForDays", must: orLeftOut(isWithin(3, 36_500, "days")) },
  ],
  examples: {
    good: { minRetentionDays: 7, maxRetentionDays: 400 },
    pass: [good("compliance mode after a while", { changeableForDays: 3 })],
    fail: [
      bad("no least", { minRetentionDays: null }, "least"),
      bad("no most", { maxRetentionDays: null }, "most"),
      bad("ten years", { maxRetentionDays: 3650 }, "most"),
      bad("at once", { changeableForDays: 0 }, "grace"),
    ],
    unknown: ["minRetentionDays", "maxRetentionDays", "changeableForDays"],
  },
});

/** A restore is tried before it is needed. */
export const restoreTested = propertyRule({
  id: "restore-tested",
  title: "Restore tests take the latest backups of every kind",
  severity: "medium",
  type: "aws:backup/restoreTestingPlan:RestoreTestingPlan",
  refs: {},
  gdpr: ["32(1)(c)", "32(1)(d)"],
  rationale: "A backup that was never restored is a hope.",
  remediation: "set scheduleExpression and a recoveryPointSelection with the algorithm LATEST_WITHIN_WINDOW",
  demands: [
    { finding: "never", at: "scheduleExpression", must: isGiven },
    {
      finding: "which",
      at: "recoveryPointSelection.algorithm",
      must: isOneOf(["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]),
    },
    { finding: "vaults", at: "recoveryPointSelection.includeVaults", must: isGiven },
  ],
  examples: {
    good: {
      scheduleExpression: "cron(0 5 ? * 1 *)",
      recoveryPointSelection: { algorithm: "LATEST_WITHIN_WINDOW", includeVaults: ["*"] },
    },
    fail: [
      bad("never", { scheduleExpression: "" }, "never"),
      bad("nothing chosen", { recoveryPointSelection: null }, ["which", "vaults"]),
      bad("no vault", { "recoveryPointSelection.includeVaults": [] }, "vaults"),
    ],
    unknown: ["recoveryPointSelection.algorithm"],
    made: ["scheduleExpression"],
  },
});
