import { bad, good, propertyRule } from "../engine/demand";
import { hasForm, isCustomerKey, isFalse, isOneOf, isTrue, orMade } from "../engine/must";

const INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const isOwnGroup = orMade(hasForm(/^(?!default$)./, "a subnet group of the program"));
const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** No database instance has a public address. */
export const rdsInstancePrivate = propertyRule({
  id: "rds-instance-private",
  title: "Database instances have no public address and a subnet group of ours",
  severity: "critical",
  type: INSTANCE,
  refs: {
    checkov: ["CKV_AWS_17"],
    securityHub: ["RDS.2"],
    cdkNag: ["RDSInstancePublicAccess"],
    prowler: ["rds_instance_no_public_access"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A database with a public address is one security group rule away from the Internet.",
  remediation: "set publiclyAccessible to false and dbSubnetGroupName to the group of the isolated subnets",
  demands: [
    { finding: "public", at: "publiclyAccessible", must: isFalse },
    { finding: "no-subnet-group", at: "dbSubnetGroupName", must: isOwnGroup },
  ],
  examples: {
    good: { publiclyAccessible: false, dbSubnetGroupName: "streamflix-database-dev" },
    fail: [
      bad("public", { publiclyAccessible: true }, "public"),
      bad("left to the subnets", { publiclyAccessible: null }, "public"),
      bad("the account's default subnets", { dbSubnetGroupName: "" }, "no-subnet-group"),
      bad("the default by name", { dbSubnetGroupName: "default" }, "no-subnet-group"),
    ],
    unknown: ["publiclyAccessible"],
  },
});

/** Each instance is measured, and what is measured is encrypted with a key of ours. */
export const rdsInstanceObserved = propertyRule({
  id: "rds-instance-observed",
  title: "Database instances are measured each minute, under a customer-managed key",
  severity: "medium",
  type: INSTANCE,
  refs: {
    checkov: ["CKV_AWS_118", "CKV_AWS_353", "CKV_AWS_354"],
    securityHub: ["RDS.6"],
    cdkNag: ["RDSEnhancedMonitoringEnabled"],
    prowler: ["rds_instance_enhanced_monitoring_enabled"],
  },
  gdpr: ["32(1)(b)", "32(1)(d)"],
  rationale: "Measurements hold the text of statements, which may quote viewers' data.",
  remediation:
    "set monitoringInterval to 60 or less, performanceInsightsEnabled to true and performanceInsightsKmsKeyId to the data key's ARN",
  demands: [
    { finding: "interval", at: "monitoringInterval", must: isOneOf([1, 5, 10, 15, 30, 60]) },
    { finding: "not-measured", at: "performanceInsightsEnabled", must: isTrue },
    { finding: "insights-key", at: "performanceInsightsKmsKeyId", must: isCustomerKey },
    { finding: "tags", at: "copyTagsToSnapshot", must: isTrue },
  ],
  examples: {
    good: {
      monitoringInterval: 60,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: kmsKeyId,
      copyTagsToSnapshot: true,
    },
    pass: [good("each second", { monitoringInterval: 1 })],
    fail: [
      bad("not monitored", { monitoringInterval: 0 }, "interval"),
      bad("left at its default", { monitoringInterval: null }, "interval"),
      bad("not measured", { performanceInsightsEnabled: null }, "not-measured"),
      bad("AWS's own key", { performanceInsightsKmsKeyId: "alias/aws/rds" }, "insights-key"),
      bad("snapshots without tags", { copyTagsToSnapshot: false }, "tags"),
    ],
    unknown: ["monitoringInterval", "performanceInsightsEnabled"],
  },
});
