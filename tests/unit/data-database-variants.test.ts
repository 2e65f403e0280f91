import assert from "node:assert/strict";

import { ofType, only, type Registered } from "./data-mocks";
import { database, PROVISIONED } from "./data-stack";

describe("Database in prod", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("prod");
  });

  it("protects cluster, instances and secrets, here and at AWS", () => {
    assert.deepEqual(
      all
        .filter((it) => it.protect)
        .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
        .sort(),
      [
        "Cluster database",
        "ClusterInstance database-1",
        "ClusterInstance database-2",
        "ClusterInstance database-3",
        "GlobalCluster database",
        "Secret database-secrets-master",
        "Secret database-secrets-service",
      ],
    );
    const { inputs } = only(all, "rds/cluster:Cluster");
    assert.deepEqual(
      [
        inputs["deletionProtection"],
        inputs["skipFinalSnapshot"],
        inputs["finalSnapshotIdentifier"],
        inputs["deleteAutomatedBackups"],
        inputs["applyImmediately"],
      ],
      [true, false, "streamflix-database-final-prod", false, false],
    );
  });

  it("has a reader that scales with the writer and one that scales by itself, each in a zone of its own", () => {
    assert.deepEqual(
      ofType(all, "ClusterInstance").map(({ inputs }) => [
        inputs["availabilityZone"],
        inputs["promotionTier"],
      ]),
      [
        ["eu-central-1a", 0],
        ["eu-central-1b", 1],
        ["eu-central-1c", 2],
      ],
    );
    assert.deepEqual(only(all, "rds/cluster:Cluster").inputs["serverlessv2ScalingConfiguration"], {
      minCapacity: 8,
      maxCapacity: 64,
    });
  });

  it("makes instances side by side, as a window's changes come when AWS wants, and roles after all of them", () => {
    assert.deepEqual(
      ofType(all, "ClusterInstance").map(({ dependsOn }) => dependsOn),
      Array(3).fill(["RolePolicy database-monitoring"]),
    );
    assert.deepEqual(only(all, "lambda/invocation:Invocation").dependsOn, [
      "VpcFunction database-roles",
      "ClusterInstance database-1",
      "ClusterInstance database-2",
      "ClusterInstance database-3",
    ]);
  });

  it("changes instances one after the other once changes are applied at once, and roles need the first", async () => {
    const now = await database("prod", { "streamflix:database.applyChanges": "now" });
    assert.deepEqual(
      ofType(now, "ClusterInstance").map(({ dependsOn }) => dependsOn.slice(1)),
      [[], ["ClusterInstance database-1"], ["ClusterInstance database-2"]],
    );
    assert.deepEqual(only(now, "lambda/invocation:Invocation").dependsOn.slice(1), [
      "ClusterInstance database-1",
    ]);
  });
});

describe("Database with provisioned instances", () => {
  it("makes the fewest readers and scales their number by their CPU use", async () => {
    const all = await database("dev", PROVISIONED);
    const instances = ofType(all, "ClusterInstance");
    assert.deepEqual(
      instances.map(({ name, inputs }) => [name, inputs["instanceClass"]]),
      [
        ["database-1", "db.t4g.medium"],
        ["database-2", "db.t4g.medium"],
      ],
    );
    assert.equal(only(all, "rds/cluster:Cluster").inputs["serverlessv2ScalingConfiguration"], undefined);
    const where = {
      serviceNamespace: "rds",
      scalableDimension: "rds:cluster:ReadReplicaCount",
      resourceId: "cluster:streamflix-database-dev",
    };
    const target = only(all, "target:Target");
    assert.deepEqual(target.inputs, { ...where, minCapacity: 1, maxCapacity: 4 });
    assert.deepEqual(target.dependsOn, ["Instances database"]);
    assert.deepEqual(only(all, "policy:Policy").inputs, {
      ...where,
      name: "reader-cpu",
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "RDSReaderAverageCPUUtilization" },
        targetValue: 60,
        scaleInCooldown: 300,
        scaleOutCooldown: 300,
      },
    });
  });

  it("becomes serverless by changing two properties in place", async () => {
    const [from, to] = [await database("dev", PROVISIONED), await database("dev")];
    const key = ({ type, name }: Registered) => `${type} ${name}`;
    const later = new Map(to.map((it) => [key(it), it]));
    const gone = from.filter((it) => !later.has(key(it))).map(key);
    assert.deepEqual(gone.sort(), [
      "aws:appautoscaling/policy:Policy database-readers",
      "aws:appautoscaling/target:Target database-readers",
      "streamflix:database:ReaderScaling database-readers",
    ]);
    const changed = from.flatMap((it) => {
      const now = later.get(key(it))?.inputs ?? it.inputs;
      const properties = [...new Set([...Object.keys(it.inputs), ...Object.keys(now)])];
      return (
        properties
          .filter((property) => JSON.stringify(it.inputs[property]) !== JSON.stringify(now[property]))
          // An archive has no text form; the bundle's own test compares those.
          .map((property) => `${it.name} ${property}`)
      );
    });
    assert.deepEqual(changed.sort(), [
      "database serverlessv2ScalingConfiguration",
      "database-1 instanceClass",
      "database-2 instanceClass",
    ]);
    assert.equal(to.length, from.length - gone.length);
  });
});

describe("Database and versions", () => {
  it("changes a minor version in one property", async () => {
    const all = await database("dev", { "streamflix:database.engineVersion": "17.9" });
    const { inputs } = only(all, "rds/cluster:Cluster");
    assert.deepEqual(
      [inputs["engineVersion"], inputs["allowMajorVersionUpgrade"], inputs["dbInstanceParameterGroupName"]],
      ["17.9", false, undefined],
    );
    assert.equal(only(all, "ClusterParameterGroup").inputs["family"], "aurora-postgresql17");
  });

  it("says so and moves the instances' settings along when a major upgrade is allowed", async () => {
    const all = await database("dev", {
      "streamflix:database.engineVersion": "16.8",
      "streamflix:database.allowMajorVersionUpgrade": true,
    });
    const { inputs } = only(all, "rds/cluster:Cluster");
    assert.deepEqual(
      [inputs["allowMajorVersionUpgrade"], inputs["dbInstanceParameterGroupName"]],
      [true, "streamflix-database-dev-1"],
    );
    assert.equal(only(all, "ClusterParameterGroup").inputs["family"], "aurora-postgresql16");
  });

  it("keeps 465 days of load data with advanced insights", async () => {
    const all = await database("dev", { "streamflix:database.insights": "advanced" });
    const resources = [only(all, "rds/cluster:Cluster"), ...ofType(all, "ClusterInstance")];
    assert.deepEqual(
      resources.map(({ inputs }) => inputs["performanceInsightsRetentionPeriod"]),
      [465, 465, 465],
    );
    assert.equal(resources[0]?.inputs["databaseInsightsMode"], "advanced");
  });

  it("spreads sixteen instances over the zones, promotion tiers up to 15", async () => {
    const all = await database("dev", { "streamflix:database.readers.serverless.count": 15 });
    const instances = ofType(all, "ClusterInstance").map(({ inputs }) => inputs);
    const tiers = instances.map((it) => Number(it["promotionTier"])).sort((a, b) => a - b);
    assert.deepEqual(tiers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert.equal(instances.filter((it) => it["availabilityZone"] === "eu-central-1a").length, 8);
  });
});
