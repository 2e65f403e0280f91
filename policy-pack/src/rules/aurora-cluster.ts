import { bad, good, propertyRule } from "../engine/demand";
import {
  includes,
  isCustomerKey,
  isFalse,
  isLeftOut,
  isNoneOf,
  isOff,
  isTrue,
  isWithin,
  orLeftOut,
} from "../engine/must";
import { count, flag, texts } from "../engine/setting";

const CLUSTER = "aws:rds/cluster:Cluster";
const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** The database, its copies and its measurements are encrypted with a key of ours. */
export const rdsClusterEncrypted = propertyRule({
  id: "rds-cluster-encrypted",
  title: "Database clusters are encrypted with a customer-managed key",
  severity: "critical",
  type: CLUSTER,
  refs: {
    checkov: ["CKV_AWS_96", "CKV_AWS_327", "CKV_AWS_354"],
    securityHub: ["RDS.27"],
    cdkNag: ["AwsSolutions-RDS2"],
    prowler: ["rds_cluster_storage_encrypted"],
  },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Viewers' data lies here; encryption can't be switched on later without a new cluster.",
  remediation:
    "set storageEncrypted to true, and kmsKeyId and performanceInsightsKmsKeyId to the ARN of the data key",
  demands: [
    { finding: "clear", at: "storageEncrypted", must: isTrue },
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
    { finding: "insights-key", at: "performanceInsightsKmsKeyId", must: isCustomerKey },
  ],
  examples: {
    good: { storageEncrypted: true, kmsKeyId, performanceInsightsKmsKeyId: kmsKeyId },
    pass: [good("alias of ours", { kmsKeyId: "alias/streamflix-data-dev" })],
    fail: [
      bad("switched off", { storageEncrypted: false }, "clear"),
      bad("left at its default", { storageEncrypted: null }, "clear"),
      bad("no key", { kmsKeyId: null }, "no-key"),
      bad("AWS's own key", { kmsKeyId: "alias/aws/rds" }, "no-key"),
      bad("measurements under AWS's key", { performanceInsightsKmsKeyId: null }, "insights-key"),
    ],
    unknown: ["storageEncrypted"],
    made: ["kmsKeyId", "performanceInsightsKmsKeyId"],
  },
});

interface KeepConfig {
  readonly minBackupDays: number;
  readonly maxBackupDays: number;
  readonly survivesDestroy: boolean;
}

/** A mistake does not lose the database, and old copies do not pile up. */
export const rdsClusterKept = propertyRule<KeepConfig>({
  id: "rds-cluster-kept",
  title: "Database clusters are guarded against deletion and backed up within bounds",
  severity: "high",
  type: CLUSTER,
  refs: {
    checkov: ["CKV_AWS_139", "CKV_AWS_133", "CKV_AWS_313"],
    securityHub: ["RDS.7", "RDS.16"],
    cdkNag: ["AwsSolutions-RDS10"],
    prowler: ["rds_cluster_deletion_protection", "rds_cluster_backup_retention_period"],
  },
  gdpr: ["5(1)(e)", "32(1)(b)", "32(1)(c)"],
  rationale: "Backups make a restore possible; kept longer than erasure allows they bring erased data back.",
  remediation:
    "set deletionProtection, copyTagsToSnapshot and backupRetentionPeriod, and keep the final snapshot and automated backups",
  configSchema: {
    minBackupDays: count("Shortest retention of automated backups, in days.", 7, 1),
    maxBackupDays: count("Longest retention of automated backups, in days.", 35, 1),
    survivesDestroy: flag("Whether deletion is refused, and leaves a snapshot and backups behind.", true),
  },
  demands: [
    {
      finding: "backup-days",
      at: "backupRetentionPeriod",
      must: ({ minBackupDays, maxBackupDays }) => isWithin(minBackupDays, maxBackupDays, "days"),
    },
    {
      finding: "deletable",
      at: "deletionProtection",
      must: (config) => (config.survivesDestroy ? isTrue : undefined),
    },
    {
      finding: "no-snapshot",
      at: "skipFinalSnapshot",
      must: (config) => (config.survivesDestroy ? isOff : undefined),
    },
    {
      finding: "backups-deleted",
      at: "deleteAutomatedBackups",
      must: (config) => (config.survivesDestroy ? isFalse : undefined),
    },
    { finding: "tags", at: "copyTagsToSnapshot", must: isTrue },
  ],
  examples: {
    good: {
      backupRetentionPeriod: 7,
      deletionProtection: true,
      skipFinalSnapshot: false,
      deleteAutomatedBackups: false,
      copyTagsToSnapshot: true,
    },
    pass: [
      good("longest", { backupRetentionPeriod: 35 }),
      good(
        "destroyable by configuration",
        { deletionProtection: false, skipFinalSnapshot: true, deleteAutomatedBackups: true },
        { survivesDestroy: false },
      ),
    ],
    fail: [
      bad("too short", { backupRetentionPeriod: 6 }, "backup-days"),
      bad("too long", { backupRetentionPeriod: 36 }, "backup-days"),
      bad("AWS's single day", { backupRetentionPeriod: null }, "backup-days"),
      bad("no protection", { deletionProtection: false }, "deletable"),
      bad("no final snapshot", { skipFinalSnapshot: true }, "no-snapshot"),
      bad("backups go with the cluster", { deleteAutomatedBackups: null }, "backups-deleted"),
      bad("snapshots without tags", { copyTagsToSnapshot: null }, "tags"),
    ],
    unknown: ["backupRetentionPeriod", "deletionProtection", "skipFinalSnapshot"],
  },
});

interface AccessConfig {
  readonly seededPassword: boolean;
  readonly usualUsernames: readonly string[];
}

/** People and services sign in with identities; the master password is nobody's. */
export const rdsClusterAccess = propertyRule<AccessConfig>({
  id: "rds-cluster-access",
  title: "Database clusters take IAM sign-in, no data API and no password from the program",
  severity: "high",
  type: CLUSTER,
  refs: {
    checkov: ["CKV_AWS_162"],
    securityHub: ["RDS.12", "RDS.24"],
    cdkNag: ["AwsSolutions-RDS6"],
    prowler: ["rds_cluster_iam_authentication_enabled", "rds_cluster_default_admin"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A password in program or state is known to all who read them, and the data API goes around the network.",
  remediation:
    "set iamDatabaseAuthenticationEnabled, name a master user of its own, and use manageMasterUserPassword or masterPasswordWo",
  configSchema: {
    seededPassword: flag("Whether masterPassword may be set because rotation replaces it.", false),
    usualUsernames: texts("Master users that anybody would guess.", [
      "admin",
      "master",
      "postgres",
      "root",
      "user",
    ]),
  },
  demands: [
    { finding: "no-iam", at: "iamDatabaseAuthenticationEnabled", must: isTrue },
    { finding: "data-api", at: "enableHttpEndpoint", must: isOff },
    {
      finding: "password",
      at: "masterPassword",
      must: ({ seededPassword }) => (seededPassword ? undefined : isLeftOut),
    },
    {
      finding: "usual-username",
      at: "masterUsername",
      must: ({ usualUsernames }) => orLeftOut(isNoneOf(usualUsernames)),
    },
  ],
  examples: {
    good: { iamDatabaseAuthenticationEnabled: true, masterUsername: "streamflix_master" },
    pass: [
      good("taken over from a primary", { masterUsername: null }),
      good("seeded, then rotated", { masterPassword: "x" }, { seededPassword: true }),
    ],
    fail: [
      bad("passwords only", { iamDatabaseAuthenticationEnabled: null }, "no-iam"),
      bad("data API", { enableHttpEndpoint: true }, "data-api"),
      bad("password from the program", { masterPassword: "x" }, "password"),
      bad("user that all know", { masterUsername: "Postgres" }, "usual-username"),
    ],
    unknown: ["iamDatabaseAuthenticationEnabled", "enableHttpEndpoint", "masterUsername"],
  },
});

/** What happened in the database can be read. */
export const rdsClusterLogs = propertyRule({
  id: "rds-cluster-logs",
  title: "Database clusters send their log to CloudWatch and are measured",
  severity: "medium",
  type: CLUSTER,
  refs: {
    checkov: ["CKV_AWS_324", "CKV2_AWS_27", "CKV_AWS_353"],
    securityHub: ["RDS.37"],
    cdkNag: ["RDSLoggingEnabled"],
    prowler: ["rds_cluster_integration_cloudwatch_logs"],
  },
  gdpr: ["32(1)(d)", "33"],
  rationale: "The audit log is in this export; on the instance alone it is gone after three days.",
  remediation: "add postgresql to enabledCloudwatchLogsExports and set performanceInsightsEnabled",
  demands: [
    { finding: "no-export", at: "enabledCloudwatchLogsExports", must: includes("postgresql") },
    { finding: "not-measured", at: "performanceInsightsEnabled", must: isTrue },
  ],
  examples: {
    good: {
      enabledCloudwatchLogsExports: ["postgresql", "iam-db-auth-error"],
      performanceInsightsEnabled: true,
    },
    fail: [
      bad("nothing exported", { enabledCloudwatchLogsExports: null }, "no-export"),
      bad("another log", { enabledCloudwatchLogsExports: ["instance"] }, "no-export"),
      bad("not measured", { performanceInsightsEnabled: false }, "not-measured"),
    ],
    unknown: ["enabledCloudwatchLogsExports", "performanceInsightsEnabled"],
  },
});
