/** What the provider and AWS refuse of a cluster. */
import type { Props } from "../../../account/store";
import { exclusive, inRange, oneOf, shaped, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError } from "../model";
import { requireGroupsIn } from "../placement";
import { requireTrust } from "../policy-documents";
import { mapOf, strings, text, type World } from "../world";
import { familyOf, isOlder, MONITORING_INTERVALS, majorOf, releaseOf } from "./rds-engine";
import { requireVersionOrder } from "./rds-global";
import { clusterParameterGroupReference, DB_SUBNET_GROUP, requireFamily } from "./rds-groups";

const IDENTIFIER = /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/;

/** Sources of a cluster's data and master user other than its own arguments. */
const SOURCES = [
  "snapshotIdentifier",
  "restoreToPointInTime",
  "s3Import",
  "replicationSourceIdentifier",
  "globalClusterIdentifier",
];

export function checkCluster(inputs: Props) {
  const scaling = inputs["serverlessv2ScalingConfiguration"];
  return [
    ...shaped(inputs, "clusterIdentifier", IDENTIFIER, "lowercase letters, digits, single hyphens"),
    ...shaped(
      inputs,
      "finalSnapshotIdentifier",
      /^(?!.*--)[0-9A-Za-z-]*[0-9A-Za-z]$/,
      "letters, digits, hyphens",
    ),
    ...inRange(inputs, "backupRetentionPeriod", 1, 35),
    ...oneOf(inputs, "engineMode", ["provisioned", "serverless", "parallelquery", "global", "multimaster"]),
    ...oneOf(inputs, "enabledCloudwatchLogsExports", ["postgresql", "iam-db-auth-error", "instance"]),
    ...oneOf(inputs, "databaseInsightsMode", ["standard", "advanced"]),
    ...oneOf(inputs, "engineLifecycleSupport", [
      "open-source-rds-extended-support",
      "open-source-rds-extended-support-disabled",
    ]),
    ...oneOf(inputs, "monitoringInterval", MONITORING_INTERVALS),
    ...exclusive(inputs, "masterPassword", "manageMasterUserPassword", "masterPasswordWo"),
    ...under("serverlessv2ScalingConfiguration", [
      ...inRange(mapOf(scaling), "maxCapacity", 1, 256),
      ...inRange(mapOf(scaling), "minCapacity", 0, 256),
      ...inRange(mapOf(scaling), "secondsUntilAutoPause", 300, 86_400),
    ]),
  ];
}

export function verifyCluster(inputs: Props, world: World): void {
  const engine = text(inputs, "engine");
  const release = releaseOf(engine, inputs["engineVersion"]);
  requireFamily(
    world,
    clusterParameterGroupReference,
    inputs["dbClusterParameterGroupName"],
    familyOf(engine, release),
  );
  const groupName = inputs["dbSubnetGroupName"];
  if (typeof groupName !== "string") {
    throw new AwsError("DBSubnetGroupNotFoundFault", "DB subnet group 'default' does not exist");
  }
  const subnetGroup = world.need({ types: [DB_SUBNET_GROUP], by: "id" }, groupName);
  requireGroupsIn(world, text(subnetGroup.computed, "vpcId"), strings(inputs["vpcSecurityGroupIds"]));
  for (const property of ["kmsKeyId", "performanceInsightsKmsKeyId"]) {
    if (typeof inputs[property] === "string") {
      requireKeyUse(world, inputs[property], "rds");
    }
  }
  requireMaster(inputs);
  requireVersionOrder(inputs, release, world);
  requireScaling(mapOf(inputs["serverlessv2ScalingConfiguration"]));
  for (const { when, problem } of refusedCombinations(inputs)) {
    if (when) {
      throw new AwsError("InvalidParameterCombination", problem);
    }
  }
  if (typeof inputs["monitoringRoleArn"] === "string") {
    requireTrust(world, inputs["monitoringRoleArn"], "monitoring.rds.amazonaws.com");
  }
}

function refusedCombinations(inputs: Props): { when: boolean; problem: string }[] {
  const interval = Number(inputs["monitoringInterval"] ?? 0);
  const isInsightsKept =
    inputs["performanceInsightsEnabled"] === true && inputs["performanceInsightsRetentionPeriod"] === 465;
  return [
    {
      when: inputs["kmsKeyId"] !== undefined && inputs["storageEncrypted"] !== true,
      problem: "A KMS key needs storage encryption: set storageEncrypted with kmsKeyId.",
    },
    {
      when: interval > 0 && inputs["monitoringRoleArn"] === undefined,
      problem:
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
    },
    {
      when: inputs["databaseInsightsMode"] === "advanced" && !isInsightsKept,
      problem: "Database Insights in advanced mode needs Performance Insights with a retention of 465 days.",
    },
  ];
}

function requireMaster(inputs: Props): void {
  if (SOURCES.some((property) => inputs[property] !== undefined)) {
    return;
  }
  const user = text(inputs, "masterUsername");
  if (["admin", "rdsadmin"].includes(user)) {
    throw new AwsError(
      "InvalidParameterValue",
      `MasterUsername ${user} cannot be used as it is a reserved word used by the engine`,
    );
  }
  const password = inputs["masterPassword"] ?? inputs["masterPasswordWo"];
  if (inputs["manageMasterUserPassword"] !== true && typeof password !== "string") {
    throw new AwsError(
      "InvalidParameterValue",
      "The parameter MasterUserPassword must be provided and must not be blank.",
    );
  }
  if (typeof password === "string" && (password.length < 8 || /[/@" ]/.test(password))) {
    throw new AwsError(
      "InvalidParameterValue",
      'The parameter MasterUserPassword is not a valid password: at least 8 printable characters besides "/", "@", \'"\' and space.',
    );
  }
}

function requireScaling({ minCapacity, maxCapacity, secondsUntilAutoPause }: Props): void {
  const [least, most] = [Number(minCapacity ?? 0), Number(maxCapacity ?? 1)];
  const refuse = (problem: string) =>
    new AwsError("InvalidParameterValue", `Serverless v2 capacity: ${problem}`);
  if ([least, most].some((units) => !Number.isInteger(units * 2))) {
    throw refuse(`${least} to ${most} ACUs are not in steps of 0.5.`);
  }
  if (least > most) {
    throw refuse(`the minimum of ${least} ACUs is above the maximum of ${most}.`);
  }
  if (secondsUntilAutoPause !== undefined && least > 0) {
    throw refuse(`secondsUntilAutoPause needs a minimum of 0 ACUs, not ${least}.`);
  }
}

export function requireUpgradePath(current: string, to: Props): void {
  const wanted = releaseOf(text(to, "engine"), to["engineVersion"]);
  if (isOlder(wanted, current)) {
    throw new AwsError(
      "InvalidParameterCombination",
      `Cannot upgrade aurora-postgresql from ${current} to ${wanted}`,
    );
  }
  if (majorOf(wanted) !== majorOf(current) && to["allowMajorVersionUpgrade"] !== true) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
  }
}
