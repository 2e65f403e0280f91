import assert from "node:assert/strict";

import { countByType, ofType, only, type Registered } from "./data-mocks";
import { database } from "./data-stack";

const TAGS = { "data-classification": "personal", "retention-class": "viewer-data" };

describe("Database in dev", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("dev");
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 3,
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": 1,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:iam/role:Role": 3,
      "aws:iam/rolePolicy:RolePolicy": 4,
      "aws:lambda/function:Function": 1,
      "aws:lambda/invocation:Invocation": 1,
      "aws:rds/cluster:Cluster": 1,
      "aws:rds/clusterInstance:ClusterInstance": 2,
      "aws:rds/clusterParameterGroup:ClusterParameterGroup": 1,
      "aws:rds/parameterGroup:ParameterGroup": 1,
      "aws:rds/subnetGroup:SubnetGroup": 1,
      "aws:secretsmanager/secret:Secret": 2,
      "aws:secretsmanager/secretPolicy:SecretPolicy": 2,
      "aws:secretsmanager/secretVersion:SecretVersion": 2,
      "aws:ssm/document:Document": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
      "random:index/randomPassword:RandomPassword": 2,
    });
  });

  it("makes a cluster that can be removed, after its logs", () => {
    const { inputs, secret, protect, dependsOn, ignoreChanges } = only(all, "rds/cluster:Cluster");
    assert.deepEqual(inputs, {
      clusterIdentifier: "streamflix-database-dev",
      engine: "aurora-postgresql",
      engineMode: "provisioned",
      engineVersion: "17.7",
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      allowMajorVersionUpgrade: false,
      serverlessv2ScalingConfiguration: { minCapacity: 0, maxCapacity: 16, secondsUntilAutoPause: 1800 },
      databaseName: "streamflix",
      port: 5432,
      masterUsername: "streamflix_master",
      masterPassword: "RandomPassword/database-master#result",
      iamDatabaseAuthenticationEnabled: true,
      dbSubnetGroupName: "streamflix-database-dev-1",
      vpcSecurityGroupIds: ["group-data"],
      dbClusterParameterGroupName: "streamflix-database-dev-1",
      storageEncrypted: true,
      kmsKeyId: "key-viewer-data",
      backupRetentionPeriod: 7,
      preferredBackupWindow: "01:00-02:00",
      preferredMaintenanceWindow: "sun:03:00-sun:04:00",
      applyImmediately: true,
      copyTagsToSnapshot: true,
      deletionProtection: false,
      deleteAutomatedBackups: true,
      skipFinalSnapshot: true,
      enabledCloudwatchLogsExports: ["postgresql", "iam-db-auth-error"],
      databaseInsightsMode: "standard",
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: "key-viewer-data",
      performanceInsightsRetentionPeriod: 7,
      tags: { ...TAGS, "backup-plan": "streamflix-backup-dev" },
    });
    assert.deepEqual(secret, ["masterPassword"]);
    assert.equal(protect, false);
    assert.deepEqual(dependsOn, ["DatabaseLogs database-logs"]);
    assert.deepEqual(ignoreChanges, [
      "masterPassword",
      "globalClusterIdentifier",
      "replicationSourceIdentifier",
      "backupRetentionPeriod",
      "preferredBackupWindow",
    ]);
  });

  it("makes a writer and a reader, one after the other, in different zones", () => {
    const common = {
      clusterIdentifier: "streamflix-database-dev",
      engine: "aurora-postgresql",
      instanceClass: "db.serverless",
      dbSubnetGroupName: "streamflix-database-dev-1",
      dbParameterGroupName: "streamflix-database-dev-1",
      publiclyAccessible: false,
      caCertIdentifier: "rds-ca-rsa2048-g1",
      autoMinorVersionUpgrade: false,
      applyImmediately: true,
      preferredMaintenanceWindow: "sun:03:00-sun:04:00",
      copyTagsToSnapshot: true,
      monitoringInterval: 60,
      monitoringRoleArn: "Role/database-monitoring#arn",
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: "key-viewer-data",
      performanceInsightsRetentionPeriod: 7,
      tags: TAGS,
    };
    assert.deepEqual(
      ofType(all, "ClusterInstance").map(({ name, inputs, dependsOn }) => ({ name, inputs, dependsOn })),
      [
        {
          name: "database-1",
          inputs: {
            ...common,
            identifierPrefix: "streamflix-database-1-dev-",
            availabilityZone: "eu-central-1a",
            promotionTier: 0,
          },
          dependsOn: ["RolePolicy database-monitoring"],
        },
        {
          name: "database-2",
          inputs: {
            ...common,
            identifierPrefix: "streamflix-database-2-dev-",
            availabilityZone: "eu-central-1b",
            promotionTier: 1,
          },
          dependsOn: ["RolePolicy database-monitoring", "ClusterInstance database-1"],
        },
      ],
    );
  });

  it("keeps values out of the log, and lets connect over TLS only", () => {
    const { family, namePrefix, parameters } = only(all, "ClusterParameterGroup").inputs;
    assert.deepEqual([family, namePrefix], ["aurora-postgresql17", "streamflix-database-dev-"]);
    const rows = parameters as readonly { name: string; value: string; applyMethod: string }[];
    assert.deepEqual(
      rows.map(({ name, value, applyMethod }) => `${name} = ${value}, ${applyMethod}`),
      [
        "rds.force_ssl = 1, immediate",
        "rds.accepted_password_auth_method = scram, immediate",
        "timezone = UTC, immediate",
        "shared_preload_libraries = pg_stat_statements,pgaudit, pending-reboot",
        "pgaudit.log = ddl,role, immediate",
        "pgaudit.log_parameter = 0, immediate",
        "log_connections = 1, immediate",
        "log_disconnections = 1, immediate",
        "log_min_duration_statement = 1000, immediate",
        "log_parameter_max_length = 0, immediate",
        "log_parameter_max_length_on_error = 0, immediate",
        "log_statement = none, immediate",
        "log_min_error_statement = panic, immediate",
      ],
    );
    const group = only(all, "parameterGroup:ParameterGroup").inputs;
    assert.deepEqual([group["family"], group["parameters"]], ["aurora-postgresql17", undefined]);
  });

  it("encrypts its logs and lets them expire", () => {
    assert.deepEqual(
      ofType(all, "LogGroup").map(({ inputs }) => [
        inputs["name"],
        inputs["retentionInDays"],
        inputs["kmsKeyId"],
      ]),
      [
        ["/aws/rds/cluster/streamflix-database-dev/iam-db-auth-error", 7, "key-logs"],
        ["/aws/rds/cluster/streamflix-database-dev/postgresql", 7, "key-logs"],
        ["/streamflix/dev/database-roles", 7, "key-logs"],
      ],
    );
  });

  it("protects nothing, and scales no readers", () => {
    assert.deepEqual(
      all.filter((it) => it.protect),
      [],
    );
    assert.deepEqual(ofType(all, "Target"), []);
    assert.deepEqual(ofType(all, "policy:Policy"), []);
  });
});
