import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { T as API } from "./api-models-account";
import { T as BOOTSTRAP } from "./bootstrap-types";
import { T as ORGANIZATION } from "./organization-types";
import { DataAccount, T } from "./data-models-account";
import { T as OTHERS } from "./sandbox";
import { S3, STREAMING } from "./streaming-models-account";

/** Every property that can't change on an existing object, `region` apart, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [T.AccessPoint]: ["fileSystemId", "posixUser", "rootDirectory"],
  [T.Attachment]: ["policyArn", "role"],
  [T.BackupPolicy]: ["fileSystemId"],
  [T.CacheParameterGroup]: ["description", "family", "name"],
  [T.CacheSubnetGroup]: ["name"],
  [T.CacheUser]: ["userId", "userName"],
  [T.CacheUserGroup]: ["userGroupId"],
  [T.Cluster]: [
    "availabilityZones",
    "clusterIdentifier",
    "clusterIdentifierPrefix",
    "clusterScalabilityType",
    "databaseName",
    "dbSubnetGroupName",
    "dbSystemId",
    "engine",
    "engineMode",
    "kmsKeyId",
    "masterUsername",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "sourceRegion",
    "storageEncrypted",
  ],
  [T.ClusterParameterGroup]: ["description", "family", "name", "namePrefix"],
  [T.DbParameterGroup]: ["description", "family", "name", "namePrefix"],
  [T.DbSubnetGroup]: ["name", "namePrefix"],
  [T.Document]: ["documentType", "name"],
  [T.EventInvokeConfig]: ["functionName", "qualifier"],
  [T.FileSystem]: ["availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode"],
  [T.FileSystemPolicy]: ["fileSystemId"],
  [T.Function]: ["name", "packageType", "tenancyConfig"],
  [T.GlobalCluster]: [
    "databaseName",
    "engine",
    "engineLifecycleSupport",
    "globalClusterIdentifier",
    "sourceDbClusterIdentifier",
    "storageEncrypted",
  ],
  [T.Instance]: [
    "availabilityZone",
    "clusterIdentifier",
    "customIamInstanceProfile",
    "dbSubnetGroupName",
    "engine",
    "identifier",
    "identifierPrefix",
  ],
  [T.Invocation]: ["functionName", "qualifier", "triggers"],
  [T.MetricAlarm]: ["name"],
  "aws:accessanalyzer/analyzer:Analyzer": ["analyzerName", "type"],
  "aws:backup/plan:Plan": ["name"],
  "aws:backup/selection:Selection": [
    "conditions",
    "iamRoleArn",
    "name",
    "notResources",
    "planId",
    "resources",
    "selectionTags",
  ],
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": ["name"],
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": [
    "name",
    "protectedResourceType",
    "restoreTestingPlanName",
  ],
  "aws:sfn/stateMachine:StateMachine": ["name", "namePrefix", "type"],
  "aws:backup/vault:Vault": ["kmsKeyArn", "name"],
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [
    "backupVaultName",
    "changeableForDays",
    "maxRetentionDays",
    "minRetentionDays",
  ],
  "aws:backup/vaultNotifications:VaultNotifications": ["backupVaultEvents", "backupVaultName", "snsTopicArn"],
  "aws:backup/vaultPolicy:VaultPolicy": ["backupVaultName"],
  "aws:budgets/budget:Budget": ["accountId", "name", "namePrefix"],
  "aws:cfg/deliveryChannel:DeliveryChannel": ["name"],
  "aws:cfg/recorder:Recorder": ["name"],
  "aws:cfg/recorderStatus:RecorderStatus": ["name"],
  "aws:cfg/rule:Rule": ["name"],
  "aws:cloudtrail/trail:Trail": ["name"],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ["actionsEnabled", "alarmName"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/eventRule:EventRule": ["eventBusName", "name", "namePrefix"],
  "aws:cloudwatch/eventTarget:EventTarget": ["eventBusName", "rule", "targetId"],
  "aws:cloudwatch/queryDefinition:QueryDefinition": [],
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": [
    "monitorDimension",
    "monitorSpecification",
    "monitorType",
  ],
  "aws:costexplorer/anomalySubscription:AnomalySubscription": ["name"],
  "aws:fis/experimentTemplate:ExperimentTemplate": ["tags"],
  "aws:guardduty/detector:Detector": [],
  "aws:guardduty/detectorFeature:DetectorFeature": ["detectorId", "name"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["bucket", "key"],
  "aws:synthetics/canary:Canary": ["name"],
  [T.MetricFilter]: ["logGroupName", "name"],
  [T.MountTarget]: ["fileSystemId", "ipAddress", "ipAddressType", "ipv6Address", "subnetId"],
  [T.Parameter]: ["dataType", "name"],
  [T.Permission]: [
    "action",
    "eventSourceToken",
    "function",
    "functionUrlAuthType",
    "invokedViaFunctionUrl",
    "principal",
    "principalOrgId",
    "qualifier",
    "sourceAccount",
    "sourceArn",
    "statementId",
    "statementIdPrefix",
  ],
  [T.Queue]: ["fifoQueue", "name", "namePrefix"],
  [T.QueuePolicy]: ["queueUrl"],
  [T.ReplicationGroup]: [
    "atRestEncryptionEnabled",
    "dataTieringEnabled",
    "globalReplicationGroupId",
    "kmsKeyId",
    "networkType",
    "nodeGroupConfigurations",
    "port",
    "replicationGroupId",
    "securityGroupNames",
    "snapshotArns",
    "snapshotName",
    "subnetGroupName",
  ],
  [T.ScalingPolicy]: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  [T.ScalingTarget]: ["resourceId", "scalableDimension", "serviceNamespace"],
  [T.Schedule]: ["groupName", "name", "namePrefix"],
  [T.Secret]: ["name", "namePrefix"],
  [T.SecretPolicy]: ["secretArn"],
  [T.SecretRotation]: ["secretId"],
  [T.SecretVersion]: ["secretBinary", "secretId", "secretString", "secretStringWoVersion"],
  [T.Snapshot]: ["dbClusterIdentifier", "dbClusterSnapshotIdentifier"],
  [T.CapacityProviders]: ["clusterName"],
  [T.EcsCluster]: ["name"],
  [T.EcsService]: ["cluster", "iamRole", "launchType", "name", "schedulingStrategy"],
  [T.Listener]: ["loadBalancerArn"],
  [T.LoadBalancer]: ["customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix"],
  [T.ScheduledAction]: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  [T.TargetGroup]: [
    "ipAddressType",
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "targetControlPort",
    "targetType",
    "vpcId",
  ],
  [T.TaskDefinition]: [
    "containerDefinitions",
    "cpu",
    "enableFaultInjection",
    "ephemeralStorage",
    "executionRoleArn",
    "family",
    "ipcMode",
    "memory",
    "networkMode",
    "pidMode",
    "placementConstraints",
    "proxyConfiguration",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
    "volumes",
  ],
};

/** Properties that some type replaces for, and those that none does. */
const ANY = [
  ...new Set([
    ...Object.values(FIXED).flat(),
    ...[
      "applyImmediately",
      "capacityProviderStrategies",
      "deletionProtection",
      "desiredCount",
      "instanceClass",
      "policy",
      "subnets",
      "tags",
      "taskDefinition",
      "vpcSecurityGroupIds",
    ],
  ]),
].sort();

/** Replaced in some cases only: the other tests name them. */
const CONDITIONAL: Readonly<Record<string, readonly string[]>> = {
  [T.Cluster]: ["storageType"],
  [T.Invocation]: ["input"],
  [T.Parameter]: ["tier"],
  [T.ReplicationGroup]: ["engine", "engineVersion", "transitEncryptionEnabled"],
};

describe("data models: what a change replaces", () => {
  const data = new DataAccount();

  for (const [type, fixed] of Object.entries(FIXED)) {
    it(type, () => {
      const conditional = CONDITIONAL[type] ?? [];
      const replaced = ANY.filter((property) => !conditional.includes(property)).filter(
        (property) => data.replaces(type, { [property]: "old" }, { [property]: "new" }).length > 0,
      );
      const elsewhere = data.replaces(type, { region: "eu-west-1" }, { region: "eu-central-1" });
      assert.deepEqual(elsewhere, models.get(type)?.scope === "global" ? [] : ["region"]);
      assert.deepEqual(replaced, fixed);
      assert.deepEqual(Object.keys(models.get(type)?.forceNewIf ?? {}).sort(), conditional);
    });
  }

  it("every model is here or in the table of another test of replacements", () => {
    const others: readonly string[] = [OTHERS, API, BOOTSTRAP, ORGANIZATION, S3, STREAMING].flatMap((it) =>
      Object.values(it),
    );
    assert.deepEqual(
      Object.keys(FIXED).sort(),
      [...models.keys()].filter((type) => !others.includes(type)).sort(),
    );
  });

  it("names a source file for each type", () => {
    const sources = Object.keys(FIXED).map((type) => models.get(type)?.source ?? type);
    assert.deepEqual(
      sources.filter((it) => !/^internal\/service\/[a-z0-9]+\/[a-z0-9_]+\.go$/.test(it)),
      [],
    );
  });
});
