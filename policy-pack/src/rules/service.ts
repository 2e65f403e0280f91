import { bad, good, propertyRule } from "../engine/demand";
import { isCustomerKey, isGiven, isOff, isOneOf, isTrue, orLeftOut } from "../engine/must";

const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Tasks are reached through the load balancer alone, and a bad deployment takes itself back. */
export const serviceGuarded = propertyRule({
  id: "service-guarded",
  title: "ECS services have no public address, and deployments that fail are taken back",
  severity: "high",
  type: "aws:ecs/service:Service",
  refs: {
    checkov: ["CKV_AWS_332", "CKV_AWS_333"],
    securityHub: ["ECS.2", "ECS.10"],
    prowler: ["ecs_service_no_assign_public_ip", "ecs_service_fargate_latest_platform_version"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A public address goes around firewall and load balancer; a deployment that hangs leaves nobody to answer.",
  remediation:
    "set networkConfiguration.assignPublicIp to false with a security group, and deploymentCircuitBreaker to enable and rollback",
  demands: [
    { finding: "public", at: "networkConfiguration.assignPublicIp", must: isOff },
    { finding: "no-security-group", at: "networkConfiguration.securityGroups", must: isGiven },
    { finding: "no-breaker", at: "deploymentCircuitBreaker.enable", must: isTrue },
    { finding: "no-rollback", at: "deploymentCircuitBreaker.rollback", must: isTrue },
    { finding: "old-platform", at: "platformVersion", must: orLeftOut(isOneOf(["LATEST", "1.4.0"])) },
  ],
  examples: {
    good: {
      networkConfiguration: { assignPublicIp: false, securityGroups: ["sg-0a1b"] },
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    pass: [good("left at its default", { "networkConfiguration.assignPublicIp": null })],
    fail: [
      bad("public", { "networkConfiguration.assignPublicIp": true }, "public"),
      bad("default security group", { "networkConfiguration.securityGroups": null }, "no-security-group"),
      bad("no breaker", { deploymentCircuitBreaker: null }, ["no-breaker", "no-rollback"]),
      bad("stops, but stays", { "deploymentCircuitBreaker.rollback": false }, "no-rollback"),
      bad("old platform", { platformVersion: "1.3.0" }, "old-platform"),
    ],
    unknown: ["networkConfiguration.assignPublicIp", "deploymentCircuitBreaker.enable", "platformVersion"],
    made: ["networkConfiguration.securityGroups"],
  },
});

/** Sessions inside tasks are recorded, and tasks' disks are encrypted with a key of ours. */
export const clusterAudited = propertyRule({
  id: "cluster-audited",
  title: "ECS clusters record sessions in an encrypted log, encrypt tasks' disks and measure",
  severity: "high",
  type: "aws:ecs/cluster:Cluster",
  refs: {
    checkov: ["CKV_AWS_65", "CKV_AWS_223", "CKV_AWS_224"],
    securityHub: ["ECS.12"],
    cdkNag: ["AwsSolutions-ECS4"],
    prowler: ["ecs_cluster_container_insights_enabled"],
  },
  gdpr: ["32(1)(a)", "32(1)(d)", "33"],
  rationale: "Who opens a session in a task sees what the service sees; without a record nobody knows.",
  remediation:
    "set executeCommandConfiguration.logging to OVERRIDE with an encrypted log group, fargateEphemeralStorageKmsKeyId, and containerInsights",
  demands: [
    {
      finding: "sessions",
      at: "configuration.executeCommandConfiguration.logging",
      must: isOneOf(["OVERRIDE"]),
    },
    {
      finding: "session-log",
      at: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName",
      must: isGiven,
    },
    {
      finding: "clear-sessions",
      at: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled",
      must: isTrue,
    },
    {
      finding: "no-key",
      at: "configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId",
      must: isCustomerKey,
    },
    { finding: "not-measured", at: "settings", must: isGiven },
    { finding: "insights-off", at: "settings[].value", must: isOneOf(["enabled", "enhanced"]) },
  ],
  examples: {
    good: {
      configuration: {
        executeCommandConfiguration: {
          logging: "OVERRIDE",
          logConfiguration: {
            cloudWatchEncryptionEnabled: true,
            cloudWatchLogGroupName: "/streamflix/sessions",
          },
        },
        managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: kmsKeyId },
      },
      settings: [{ name: "containerInsights", value: "enhanced" }],
    },
    fail: [
      bad("nothing set", { configuration: null }, ["sessions", "session-log", "clear-sessions", "no-key"]),
      bad("no record", { "configuration.executeCommandConfiguration.logging": "NONE" }, "sessions"),
      bad(
        "no log group",
        { "configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName": null },
        "session-log",
      ),
      bad(
        "record in clear",
        { "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled": false },
        "clear-sessions",
      ),
      bad("disks under AWS's key", { "configuration.managedStorageConfiguration": null }, "no-key"),
      bad("not measured", { settings: null }, "not-measured"),
      bad("measuring off", { "settings[0].value": "disabled" }, "insights-off"),
    ],
    unknown: ["configuration.executeCommandConfiguration.logging", "settings[0].value"],
    made: ["configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId"],
  },
});
