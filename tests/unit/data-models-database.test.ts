import assert from "node:assert/strict";

import { addAutoscaledReader } from "../../local/providers/aws/models/rds-instance";
import { passMaintenanceWindows, pendingModifications } from "../../local/providers/aws/windows";
import {
  ACCOUNT,
  type Case,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  T,
} from "./data-models-account";

const scaling = (configuration: object) => (data: DataAccount) =>
  data.cluster({ serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16, ...configuration } });

const CASES: readonly Case[] = [
  [
    "a subnet group in one zone",
    "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: eu-central-1a. Add subnets to cover at least 2 AZs.",
    async (data) => data.make(T.DbSubnetGroup, { name: "data", subnetIds: (await data.network()).oneZone }),
  ],
  [
    "a subnet group in two VPCs",
    "InvalidSubnet: The subnets of a group have to lie in one VPC.",
    async (data) => {
      const { subnetIds, foreignSubnetId } = await data.network();
      await data.make(T.DbSubnetGroup, { name: "data", subnetIds: [subnetIds[0], foreignSubnetId] });
    },
  ],
  [
    "a parameter group of no family",
    "InvalidParameterValue: ParameterGroupFamily aurora-postgresql9 is not a valid parameter group family",
    (data) => data.make(T.ClusterParameterGroup, { name: "pg", family: "aurora-postgresql9" }),
  ],
  [
    "a parameter twice in a group",
    "InvalidParameterValue: Parameter work_mem is given twice",
    (data) =>
      data.make(T.DbParameterGroup, {
        name: "pg",
        family: "aurora-postgresql17",
        parameters: [
          { name: "work_mem", value: "1" },
          { name: "work_mem", value: "2" },
        ],
      }),
  ],
  [
    "an unknown way to apply a parameter",
    "parameters.applyMethod: expected one of immediate, pending-reboot, got later",
    (data) =>
      data.make(T.DbParameterGroup, {
        name: "pg",
        family: "aurora-postgresql17",
        parameters: [{ name: "work_mem", value: "1", applyMethod: "later" }],
      }),
  ],
  [
    "a cluster of an unknown version",
    "InvalidParameterCombination: Cannot find version 17.3 for aurora-postgresql",
    (data) => data.cluster({ engineVersion: "17.3" }),
  ],
  [
    "a cluster of another engine",
    "NotSimulated: engine aurora-mysql has no model here",
    (data) => data.cluster({ engine: "aurora-mysql" }),
  ],
  [
    "a parameter group of another family",
    "InvalidParameterCombination: The Parameter Group old with DBParameterGroupFamily aurora-postgresql16 cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily aurora-postgresql17",
    async (data) => {
      await data.make(T.ClusterParameterGroup, { name: "old", family: "aurora-postgresql16" });
      await data.cluster({ dbClusterParameterGroupName: "old" });
    },
  ],
  [
    "AWS's own parameter group of another family",
    "InvalidParameterCombination: The Parameter Group default.aurora-postgresql16 with DBParameterGroupFamily aurora-postgresql16 cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily aurora-postgresql17",
    (data) => data.cluster({ dbClusterParameterGroupName: "default.aurora-postgresql16" }),
  ],
  [
    "a cluster without a subnet group",
    "DBSubnetGroupNotFoundFault: DB subnet group 'default' does not exist",
    (data) => data.cluster({ dbSubnetGroupName: undefined }),
  ],
  [
    "a security group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (data) => data.cluster({ vpcSecurityGroupIds: [(await data.network()).foreignGroupId] }),
  ],
  [
    "a key without encryption",
    "InvalidParameterCombination: A KMS key needs storage encryption: set storageEncrypted with kmsKeyId.",
    async (data) => data.cluster({ kmsKeyId: await data.key() }),
  ],
  [
    "a key of another region",
    `Key.NotFound: Key "arn:aws:kms:eu-west-1:${ACCOUNT}:key/x" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.cluster({ storageEncrypted: true, kmsKeyId: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/x` }),
  ],
  [
    "a key whose policy leaves RDS out",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:CreateGrant to account ${ACCOUNT} through rds`,
    async (data) => {
      const kmsKeyId = await data.key([
        {
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: "kms:CreateGrant",
          Resource: "*",
          Condition: { StringEquals: { "kms:ViaService": [`elasticache.${REGION}.amazonaws.com`] } },
        },
      ]);
      await data.cluster({ storageEncrypted: true, kmsKeyId });
    },
  ],
  [
    "a cluster without a master user",
    "MissingParameter: masterUsername is required",
    (data) => data.cluster({ masterUsername: undefined }),
  ],
  [
    "a cluster without a master password",
    "InvalidParameterValue: The parameter MasterUserPassword must be provided and must not be blank.",
    (data) => data.cluster({ masterPassword: undefined }),
  ],
  [
    "a reserved master user",
    "InvalidParameterValue: MasterUsername admin cannot be used as it is a reserved word used by the engine",
    (data) => data.cluster({ masterUsername: "admin" }),
  ],
  [
    "two sources of the master password",
    "masterPassword: conflicts with manageMasterUserPassword",
    (data) => data.cluster({ manageMasterUserPassword: true }),
  ],
  [
    "a maximum below 1 ACU",
    "serverlessv2ScalingConfiguration.maxCapacity: expected to be in the range (1 - 256), got 0.5",
    scaling({ maxCapacity: 0.5 }),
  ],
  [
    "a minimum above the maximum",
    "InvalidParameterValue: Serverless v2 capacity: the minimum of 20 ACUs is above the maximum of 16.",
    scaling({ minCapacity: 20 }),
  ],
  [
    "steps other than 0.5 ACU",
    "InvalidParameterValue: Serverless v2 capacity: 0.7 to 16 ACUs are not in steps of 0.5.",
    scaling({ minCapacity: 0.7 }),
  ],
  [
    "auto-pause with a minimum above 0",
    "InvalidParameterValue: Serverless v2 capacity: secondsUntilAutoPause needs a minimum of 0 ACUs, not 0.5.",
    scaling({ secondsUntilAutoPause: 300 }),
  ],
  [
    "auto-pause after less than five minutes",
    "serverlessv2ScalingConfiguration.secondsUntilAutoPause: expected to be in the range (300 - 86400), got 299",
    scaling({ minCapacity: 0, secondsUntilAutoPause: 299 }),
  ],
  [
    "enhanced monitoring without a role",
    "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
    async (data) => data.instance(await data.cluster(), { monitoringInterval: 60 }),
  ],
  [
    "a monitoring role for another service",
    `AccessDenied: monitoring.rds.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/ec2: its trust policy does not name it`,
    async (data) =>
      data.cluster({ monitoringInterval: 60, monitoringRoleArn: await data.role("ec2.amazonaws.com") }),
  ],
  [
    "advanced insights kept for a week",
    "InvalidParameterCombination: Database Insights in advanced mode needs Performance Insights with a retention of 465 days.",
    (data) => data.cluster({ databaseInsightsMode: "advanced", performanceInsightsEnabled: true }),
  ],
  [
    "a second cluster of a name",
    "DBClusterAlreadyExistsFault: DB Cluster already exists: main",
    async (data) => {
      await data.cluster();
      await data.cluster();
    },
  ],
  [
    "an instance of another engine",
    "InvalidParameterCombination: The engine name requested for your DB instance (aurora-mysql) doesn't match the engine name of your DB cluster (aurora-postgresql).",
    async (data) => data.instance(await data.cluster(), { engine: "aurora-mysql" }),
  ],
  [
    "an instance of another version",
    "InvalidParameterCombination: The engine version 17.6 doesn't match the version 17.7 of DB cluster main.",
    async (data) => data.instance(await data.cluster(), { engineVersion: "17.6" }),
  ],
  [
    "an unknown instance class",
    "InvalidParameterCombination: RDS does not support creating a DB instance with DBInstanceClass=db.t2.micro, Engine=aurora-postgresql",
    async (data) => data.instance(await data.cluster(), { instanceClass: "db.t2.micro" }),
  ],
  [
    "db.serverless in a cluster without capacity",
    "InvalidParameterValue: Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.",
    async (data) => data.instance(await data.cluster(), { instanceClass: "db.serverless" }),
  ],
  [
    "an instance in a zone without subnet",
    "InvalidVPCNetworkStateFault: DB subnet group data has no subnet in eu-central-1c, only in eu-central-1a, eu-central-1b.",
    async (data) => data.instance(await data.cluster(), { availabilityZone: "eu-central-1c" }),
  ],
  [
    "a backup window on an instance",
    "InvalidParameterCombination: The requested DB Instance will be a member of a DB Cluster. Set backup window for the DB Cluster.",
    async (data) => data.instance(await data.cluster(), { preferredBackupWindow: "01:00-02:00" }),
  ],
  [
    "an odd retention of insights",
    "performanceInsightsRetentionPeriod: expected 7, 731 or a multiple of 31, got 8",
    async (data) => data.instance(await data.cluster(), { performanceInsightsRetentionPeriod: 8 }),
  ],
  [
    "a second instance of a name",
    "DBInstanceAlreadyExists: DB instance already exists: main-1",
    async (data) => {
      const cluster = await data.cluster();
      await data.instance(cluster);
      await data.instance(cluster);
    },
  ],
];

describe("data models: what RDS refuses", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }

  it("takes a cluster and instances as they are meant", async () => {
    const data = new DataAccount();
    await data.make(T.ClusterParameterGroup, { name: "pg", family: "aurora-postgresql17" });
    const cluster = await data.cluster({
      storageEncrypted: true,
      kmsKeyId: await data.key(),
      dbClusterParameterGroupName: "pg",
      serverlessv2ScalingConfiguration: { minCapacity: 0, maxCapacity: 16, secondsUntilAutoPause: 300 },
      monitoringInterval: 60,
      monitoringRoleArn: await data.role("monitoring.rds.amazonaws.com"),
    });
    const first = await data.instance(cluster, { instanceClass: "db.serverless" });
    const second = await data.instance(cluster, { identifier: "main-2", instanceClass: "db.serverless" });
    const domain = /^main\.cluster-([0-9a-f]{12}\.eu-central-1\.rds\.amazonaws\.com)$/.exec(
      String(cluster.outputs["endpoint"]),
    )?.[1];
    assert.ok(domain);
    assert.equal(cluster.outputs["readerEndpoint"], `main.cluster-ro-${domain}`);
    assert.equal(first.outputs["endpoint"], `main-1.${domain}`);
    assert.deepEqual([first.outputs["writer"], second.outputs["writer"]], [true, false]);
    assert.deepEqual(
      [first.outputs["availabilityZone"], second.outputs["availabilityZone"]],
      ["eu-central-1a", "eu-central-1b"],
    );
    // A database user may be named in a policy once its cluster exists.
    const user = `arn:aws:rds-db:${REGION}:${ACCOUNT}:dbuser:${String(cluster.outputs["clusterResourceId"])}/app`;
    const role = await data.role("ecs-tasks.amazonaws.com", "app");
    const policy = (Resource: string) => document({ Action: "rds-db:connect", Resource });
    assert.equal(
      await refusal(() => data.make(T.RolePolicy, { role: "app", name: "ok", policy: policy(user) })),
      NOTHING,
    );
    assert.match(
      await refusal(() =>
        data.make(T.RolePolicy, {
          role: "app",
          name: "no",
          policy: policy(user.replace(/cluster-\w+/, "cluster-NONE")),
        }),
      ),
      /^MissingResource: /,
    );
    assert.ok(role);
  });
});

describe("data models: changes of a database", () => {
  it("upgrades to a minor release in place, to a major one only when told", async () => {
    const data = new DataAccount();
    const cluster = await data.cluster({ engineVersion: "16.8", applyImmediately: true });
    assert.deepEqual(data.replaces(T.Cluster, { engineVersion: "16.8" }, { engineVersion: "17.7" }), []);
    const minor = await data.change(cluster, { engineVersion: "16.13" });
    assert.equal(minor.outputs["engineVersionActual"], "16.13");
    assert.equal(
      await refusal(() => data.change(minor, { engineVersion: "16.8" })),
      "InvalidParameterCombination: Cannot upgrade aurora-postgresql from 16.13 to 16.8",
    );
    assert.equal(
      await refusal(() => data.change(minor, { engineVersion: "17.7" })),
      "InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
    const major = await data.change(minor, { engineVersion: "17.7", allowMajorVersionUpgrade: true });
    assert.equal(major.outputs["engineVersionActual"], "17.7");
  });

  it("from provisioned to serverless replaces nothing", () => {
    const data = new DataAccount();
    const capacity = { serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 } };
    assert.deepEqual(data.replaces(T.Cluster, {}, capacity), []);
    assert.deepEqual(
      data.replaces(T.Instance, { instanceClass: "db.t4g.medium" }, { instanceClass: "db.serverless" }),
      [],
    );
  });

  it("keeps what the program no longer gives, and replaces when encryption is switched off", async () => {
    const data = new DataAccount();
    const cluster = await data.cluster({ storageEncrypted: true, backupRetentionPeriod: 7 });
    const silent = { ...cluster.inputs, storageEncrypted: undefined, backupRetentionPeriod: undefined };
    assert.deepEqual(data.aws.diff({ urn: "", type: T.Cluster, name: "" }, cluster.inputs, silent), {
      changed: [],
      replaces: [],
    });
    const after = await data.change(cluster, { storageEncrypted: undefined, copyTagsToSnapshot: true });
    assert.equal(after.outputs["storageEncrypted"], true);
    assert.deepEqual(data.replaces(T.Cluster, { storageEncrypted: true }, { storageEncrypted: false }), [
      "storageEncrypted",
    ]);
  });

  it("leaves a new version to the maintenance window: wanted and actual differ until then", async () => {
    const data = new DataAccount();
    const cluster = await data.cluster({ engineVersion: "17.6" });
    const instance = await data.instance(cluster);
    const changed = await data.change(cluster, { engineVersion: "17.7" });
    assert.deepEqual(
      [changed.outputs["engineVersion"], changed.outputs["engineVersionActual"]],
      ["17.7", "17.6"],
    );
    assert.equal(data.read(changed)?.inputs["engineVersion"], "17.7");
    const again = await data.change(changed, { copyTagsToSnapshot: true });
    assert.equal(again.outputs["engineVersionActual"], "17.6");
    assert.deepEqual(
      passMaintenanceWindows(data.accounts, ACCOUNT).map(({ id }) => id),
      ["main"],
    );
    assert.equal(data.read(again)?.outputs["engineVersionActual"], "17.7");
    assert.equal(data.read(instance)?.outputs["engineVersionActual"], "17.7");
    assert.deepEqual(passMaintenanceWindows(data.accounts, ACCOUNT), []);
  });

  it("leaves a new instance class to the window: the old one shows until then", async () => {
    const data = new DataAccount();
    const instance = await data.instance(await data.cluster());
    const changed = await data.change(instance, { instanceClass: "db.r8g.xlarge" });
    assert.equal(data.read(changed)?.outputs["instanceClass"], "db.r8g.large");
    const stored = data.stored(instance);
    assert.ok(stored);
    assert.deepEqual(pendingModifications(stored), { instanceClass: "db.r8g.xlarge" });
    passMaintenanceWindows(data.accounts, ACCOUNT);
    assert.equal(data.read(changed)?.inputs["instanceClass"], "db.r8g.xlarge");
  });

  it("drops a waiting change that is taken back, and applies at once when told", async () => {
    const data = new DataAccount();
    const instance = await data.instance(await data.cluster());
    await data.change(instance, { instanceClass: "db.r8g.xlarge" });
    await data.change(instance, { instanceClass: "db.r8g.large" });
    assert.deepEqual(passMaintenanceWindows(data.accounts, ACCOUNT), []);
    const now = await data.change(instance, { instanceClass: "db.r8g.2xlarge", applyImmediately: true });
    assert.equal(now.outputs["instanceClass"], "db.r8g.2xlarge");
  });
});

describe("data models: the end of a database", () => {
  const end = async (changes: object = {}) => {
    const data = new DataAccount();
    return { data, cluster: await data.cluster({ ...changes }) };
  };

  it("is refused by deletion protection", async () => {
    const { data, cluster } = await end({ deletionProtection: true });
    assert.equal(
      await refusal(() => data.delete(cluster)),
      "InvalidParameterCombination: Cannot delete protected Cluster, please disable deletion protection and try again.",
    );
    await data.delete(await data.change(cluster, { deletionProtection: false }));
    assert.equal(data.stored(cluster), undefined);
  });

  it("is refused while instances are left, also those of autoscaling", async () => {
    const { data, cluster } = await end();
    const instance = await data.instance(cluster);
    const reader = addAutoscaledReader(data.accounts, {
      account: ACCOUNT,
      region: REGION,
      clusterId: "main",
    });
    await data.delete(instance);
    assert.equal(
      await refusal(() => data.delete(cluster)),
      "InvalidDBClusterStateFault: Cluster cannot be deleted, it still contains DB instances in non-deleting state: application-autoscaling-#",
    );
    data.accounts.remove(reader);
    assert.equal(await refusal(() => data.delete(cluster)), NOTHING);
  });

  it("needs a name for the final snapshot", async () => {
    const { data, cluster } = await end({ skipFinalSnapshot: false });
    assert.equal(
      await refusal(() => data.delete(cluster)),
      "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false",
    );
  });

  it("leaves a final snapshot, whose name is taken from then on", async () => {
    const final = {
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "main-final",
      copyTagsToSnapshot: true,
      tags: { a: "b" },
    };
    const { data, cluster } = await end(final);
    await data.delete(cluster);
    const snapshot = data.accounts.find(ACCOUNT, REGION, T.Snapshot, "main-final");
    assert.deepEqual(
      [snapshot?.createdBy, snapshot?.inputs["tags"], snapshot?.computed["engineVersion"]],
      ["unit", { a: "b" }, "17.7"],
    );
    const next = await data.cluster(final);
    assert.equal(
      await refusal(() => data.delete(next)),
      "DBClusterSnapshotAlreadyExistsFault: Cannot create the cluster snapshot because one with the identifier main-final already exists.",
    );
  });

  it("keeps subnet group, parameter group and security group until the cluster is gone", async () => {
    const data = new DataAccount();
    const group = await data.make(T.ClusterParameterGroup, { name: "pg", family: "aurora-postgresql17" });
    const cluster = await data.cluster({ dbClusterParameterGroupName: "pg" });
    assert.equal(
      await refusal(() => data.delete(group)),
      "DependencyViolation: ClusterParameterGroup pg has dependent objects and cannot be deleted: main",
    );
    await data.delete(cluster);
    assert.equal(await refusal(() => data.delete(group)), NOTHING);
  });
});

const readers = (inputs: object = {}) => ({
  serviceNamespace: "rds",
  resourceId: "cluster:main",
  scalableDimension: "rds:cluster:ReadReplicaCount",
  minCapacity: 1,
  maxCapacity: 4,
  ...inputs,
});
const tracking = (metric: string, name = "cpu") => ({
  name,
  serviceNamespace: "rds",
  resourceId: "cluster:main",
  scalableDimension: "rds:cluster:ReadReplicaCount",
  policyType: "TargetTrackingScaling",
  targetTrackingScalingPolicyConfiguration: {
    targetValue: 70,
    predefinedMetricSpecification: { predefinedMetricType: metric },
  },
});

describe("data models: reader scaling", () => {
  const withReader = async (
    instanceClass = "db.r8g.large",
  ): Promise<{ data: DataAccount; cluster: Made }> => {
    const data = new DataAccount();
    const cluster = await data.cluster({
      serverlessv2ScalingConfiguration: { minCapacity: 1, maxCapacity: 2 },
    });
    await data.instance(cluster, { instanceClass });
    await data.instance(cluster, { instanceClass, identifier: "main-2" });
    return { data, cluster };
  };

  it("works on a cluster with a provisioned reader", async () => {
    const { data } = await withReader();
    const target = await data.make(T.ScalingTarget, readers());
    const policy = await data.make(T.ScalingPolicy, tracking("RDSReaderAverageCPUUtilization"));
    assert.equal(target.id, "cluster:main");
    assert.equal((policy.outputs["alarmArns"] as unknown[]).length, 2);
    assert.equal(
      await refusal(() => data.make(T.ScalingPolicy, tracking("RDSReaderAverageCPUUtilization", "other"))),
      "ValidationException: Only one TargetTrackingScaling policy for a given metric specification is allowed: rds/cluster:main/rds:cluster:ReadReplicaCount/cpu has it",
    );
    assert.equal(
      await refusal(() => data.make(T.ScalingPolicy, tracking("ECSServiceAverageCPUUtilization", "other"))),
      "ValidationException: Metric ECSServiceAverageCPUUtilization is not valid for rds:cluster:ReadReplicaCount",
    );
    assert.equal(
      await refusal(() => data.make(T.ScalingTarget, readers())),
      "ValidationException: cluster:main is registered as a scalable target for rds:cluster:ReadReplicaCount already",
    );
  });

  it("is refused for serverless readers", async () => {
    const { data } = await withReader("db.serverless");
    assert.equal(
      await refusal(() => data.make(T.ScalingTarget, readers())),
      "ValidationException: Aurora Auto Scaling isn't supported for Aurora Serverless v2: cluster main has db.serverless readers",
    );
  });

  it("is refused without cluster, reader, target or sense", async () => {
    const data = new DataAccount();
    const attempt = (inputs: object) => refusal(() => data.make(T.ScalingTarget, readers(inputs)));
    assert.equal(await attempt({}), "ValidationException: DB cluster: main does not exist");
    await data.instance(await data.cluster());
    assert.equal(
      await attempt({}),
      "ValidationException: DB cluster main has no Aurora Replica: the first reader has to exist before the others can be scaled",
    );
    assert.match(
      await attempt({ resourceId: "main" }),
      /^ValidationException: Unsupported service namespace/,
    );
    assert.equal(await attempt({ maxCapacity: 16 }), "ValidationException: A cluster has 0 to 15 readers");
    assert.equal(
      await attempt({ minCapacity: 5 }),
      "ValidationException: Maximum capacity 4 can't be smaller than minimum capacity 5",
    );
    assert.equal(
      await refusal(() => data.make(T.ScalingPolicy, tracking("RDSReaderAverageCPUUtilization"))),
      "ObjectNotFoundException: No scalable target registered for service namespace: rds cluster:main rds:cluster:ReadReplicaCount",
    );
  });
});
