import assert from "node:assert/strict";

import { counterpart } from "../../config";
import { DatabaseReplica } from "../../components/database/replica";
import { countByType, ofType, only, type Registered, registered, section, stack } from "./data-mocks";
import { database } from "./data-stack";

const TAGS = { "data-classification": "personal", "retention-class": "viewer-data" };

/** What a copy registers with the standby's configuration, some of it changed. */
function replica(changes: Readonly<Record<string, unknown>> = {}) {
  const { config, ...place } = stack("prod-dr", changes);
  let made: DatabaseReplica | undefined;
  const all = registered(() => {
    made = new DatabaseReplica("database", {
      ...place,
      database: section(config, "database"),
      primary: counterpart(place, { region: "eu-central-1", suffix: "prod" }),
      isolatedSubnetIds: ["isolated-1", "isolated-2", "isolated-3"],
      securityGroupId: "group-data",
      keyArns: { viewerData: "key-viewer-data", logs: "key-logs" },
    });
    return made;
  });
  return all.then((registrations) => ({ registrations, made }));
}

describe("the database of prod as a primary", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("prod");
  });

  it("is made global as it is, once it has instances", () => {
    const { inputs, protect, dependsOn, ignoreChanges } = only(all, "GlobalCluster");
    assert.deepEqual(inputs, {
      globalClusterIdentifier: "streamflix-global-prod",
      sourceDbClusterIdentifier: "Cluster/database#arn",
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      deletionProtection: true,
      forceDestroy: false,
      tags: TAGS,
    });
    assert.equal(protect, true);
    assert.deepEqual(
      dependsOn,
      [1, 2, 3].map((number) => `ClusterInstance database-${number}`),
    );
    assert.deepEqual(ignoreChanges, ["sourceDbClusterIdentifier"]);
  });

  it("differs from one of its own by nothing else", async () => {
    const alone = await database("prod", { "streamflix:database.global": undefined });
    const without = all.filter(({ type }) => !type.endsWith(":GlobalCluster"));
    assert.equal(without.length, all.length - 1);
    assert.deepEqual(alone, without);
  });

  it("lets its members go where nothing is protected", async () => {
    const { inputs, protect } = only(await database("prod", {}, { protect: false }), "GlobalCluster");
    assert.deepEqual([inputs["deletionProtection"], inputs["forceDestroy"], protect], [false, true, false]);
  });
});

describe("the database of prod-dr as a copy", () => {
  let all: readonly Registered[];
  let made: DatabaseReplica | undefined;
  before(async () => {
    ({ registrations: all, made } = await replica());
  });

  it("registers exactly these resources: no password, no secret, no function", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      "aws:rds/cluster:Cluster": 1,
      "aws:rds/clusterInstance:ClusterInstance": 2,
      "aws:rds/clusterParameterGroup:ClusterParameterGroup": 1,
      "aws:rds/parameterGroup:ParameterGroup": 1,
      "aws:rds/subnetGroup:SubnetGroup": 1,
    });
  });

  it("joins prod's global database by its name, under a key of its own region", () => {
    const { inputs, secret, protect, ignoreChanges } = only(all, "rds/cluster:Cluster");
    const joined = [
      "clusterIdentifier",
      "globalClusterIdentifier",
      "sourceRegion",
      "engineVersion",
      "storageEncrypted",
      "kmsKeyId",
      "serverlessv2ScalingConfiguration",
      "deletionProtection",
      "finalSnapshotIdentifier",
    ];
    assert.deepEqual(Object.fromEntries(joined.map((property) => [property, inputs[property]])), {
      clusterIdentifier: "streamflix-database-prod-dr",
      globalClusterIdentifier: "streamflix-global-prod",
      sourceRegion: "eu-central-1",
      engineVersion: "17.7",
      storageEncrypted: true,
      kmsKeyId: "key-viewer-data",
      serverlessv2ScalingConfiguration: { minCapacity: 2, maxCapacity: 64 },
      deletionProtection: true,
      finalSnapshotIdentifier: "streamflix-database-final-prod-dr",
    });
    for (const ofThePrimary of ["databaseName", "masterUsername", "masterPassword"]) {
      assert.ok(!Object.hasOwn(inputs, ofThePrimary), ofThePrimary);
    }
    assert.deepEqual(secret, []);
    assert.equal(protect, true);
    assert.deepEqual(ignoreChanges, [
      "masterPassword",
      "globalClusterIdentifier",
      "replicationSourceIdentifier",
    ]);
  });

  it("has two instances in two zones, either of which takes over", () => {
    assert.deepEqual(
      ofType(all, "ClusterInstance").map(({ inputs, protect }) => [
        inputs["availabilityZone"],
        inputs["promotionTier"],
        inputs["instanceClass"],
        protect,
      ]),
      [
        ["eu-west-1a", 0, "db.serverless", true],
        ["eu-west-1b", 1, "db.serverless", true],
      ],
    );
  });

  it("has the settings of its primary", async () => {
    const settings = (registrations: readonly Registered[]) =>
      only(registrations, "ClusterParameterGroup").inputs["parameters"];
    assert.deepEqual(settings(all), settings(await database("prod")));
  });

  it("is measured as what it is, and told apart from a database of its own", () => {
    assert.deepEqual(made?.metrics.isCopy, true);
    assert.equal(made.metrics.rolesFunction, undefined);
    assert.deepEqual(made.metrics.cluster.dimensions, { DBClusterIdentifier: "streamflix-database-prod-dr" });
    assert.ok(made.metrics.readers);
  });

  it("has a parameter for each that a database of its own has, but for those of its master and people", () => {
    assert.deepEqual(Object.keys(made?.parameters ?? {}).sort(), [
      "database/cluster-arn",
      "database/cluster-identifier",
      "database/engine-version",
      "database/name",
      "database/port",
      "database/reader-endpoint",
      "database/security-group-id",
      "database/service-secret-arn",
      "database/writer-endpoint",
    ]);
  });
});
