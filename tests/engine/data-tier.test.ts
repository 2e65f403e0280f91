import { strict as assert } from "node:assert";
import * as path from "node:path";
import { openAccounts } from "../../local/account/store";
import { rotateSecret } from "../../local/providers/aws/models/secret-versions";
import { readJournal } from "../../local/providers/run";
import type { PreviewJson } from "../../tools/plan/plan";
import { emptyHome, Machine, smallStackFile, stackFile } from "./support/engine";
import { liveObjectsOf, objectsOf, stateOf } from "./support/state";

const SERVERLESS = `    engine:
      serverless:
        # Idle instances pause after half an hour; the next connection waits about 15 seconds.
        minCapacity: 0
        maxCapacity: 16
        secondsUntilAutoPause: 1800
`;
const PROVISIONED = `    engine:
      provisioned:
        instanceClass: db.t4g.medium
`;
const SERVERLESS_READERS = `    readers:
      serverless:
        count: 1
`;
const PROVISIONED_READERS = `    readers:
      provisioned:
        min: 1
        max: 4
        targetCpuPercent: 60
        scaleInCooldownSeconds: 300
        scaleOutCooldownSeconds: 120
`;

/** Types whose loss loses data. */
const STATEFUL =
  /^aws:(rds\/cluster|rds\/clusterInstance|secretsmanager\/secret|secretsmanager\/secretVersion|efs\/fileSystem|elasticache\/replicationGroup|kms\/key):/;

/** What scales readers, by type; the service's tasks are scaled by resources of the same types. */
function readerScaling(
  state: Awaited<ReturnType<typeof stateOf>>,
  wanted: string,
): Record<string, unknown>[] {
  return state.flatMap(({ type, inputs }) =>
    type === wanted && inputs?.["serviceNamespace"] === "rds" ? [inputs] : [],
  );
}

describe("data tier on the real engine", function () {
  this.timeout(900_000);
  const machine = new Machine(emptyHome());
  const provisioned = stackFile(
    "dev",
    "dev",
    [SERVERLESS, PROVISIONED],
    [SERVERLESS_READERS, PROVISIONED_READERS],
  );

  it("starts on provisioned instances, whose readers Application Auto Scaling scales on CPU", async () => {
    await machine.apply("--stack", "dev", "--stack-file", provisioned);
    const state = await stateOf(machine, "dev");
    const classes = state
      .filter(({ type }) => type === "aws:rds/clusterInstance:ClusterInstance")
      .map(({ inputs }) => inputs?.["instanceClass"]);
    assert.deepEqual(classes, ["db.t4g.medium", "db.t4g.medium"]);
    const cluster = state.find(({ type }) => type === "aws:rds/cluster:Cluster");
    const scaled = {
      serviceNamespace: "rds",
      scalableDimension: "rds:cluster:ReadReplicaCount",
      resourceId: `cluster:${cluster?.id ?? "none"}`,
    };
    const [target = {}, ...targets] = readerScaling(state, "aws:appautoscaling/target:Target");
    const [policy = {}, ...policies] = readerScaling(state, "aws:appautoscaling/policy:Policy");
    assert.deepEqual([targets, policies], [[], []]);
    assertHolds(target, { ...scaled, minCapacity: 1, maxCapacity: 4 });
    assertHolds(policy, scaled);
    const tracking = policy["targetTrackingScalingPolicyConfiguration"] as Record<string, unknown>;
    assert.equal(tracking["targetValue"], 60);
    assert.deepEqual(tracking["predefinedMetricSpecification"], {
      predefinedMetricType: "RDSReaderAverageCPUUtilization",
    });
  });

  it("moves to serverless without replacing or deleting a cluster, instance, volume or secret", async () => {
    await machine.apply("--stack", "dev");
    const calls = readJournal(path.join(machine.home, "dev", "run"));
    const onData = calls
      .filter(({ type }) => STATEFUL.test(type))
      .map(({ method, type }) => `${method} ${type}`);
    assert.deepEqual(onData.sort(), [
      "update aws:rds/cluster:Cluster",
      "update aws:rds/clusterInstance:ClusterInstance",
      "update aws:rds/clusterInstance:ClusterInstance",
    ]);
    const state = await stateOf(machine, "dev");
    for (const type of ["target:Target", "policy:Policy"]) {
      assert.deepEqual(readerScaling(state, `aws:appautoscaling/${type}`), []);
    }
    await machine.ok("preview", "--no-policy", "--stack", "dev", "--expect-no-changes");
  });

  // The data tier and what it stands on: what is around it has no part in these.
  describe("without what is around it", () => {
    const small = new Machine(emptyHome());
    const tier = (...changes: readonly [string, string][]) => [
      ...["--stack", "dev", "--stack-file"],
      smallStackFile("dev", "dev", ["database", "rotation", "cache", "files"], ...changes),
    ];

    it("changes a major version only with the switch for it", async () => {
      await small.apply(...tier(['engineVersion: "17.7"', 'engineVersion: "16.11"']));
      const refused = await small.tryApply(...tier());
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /allow_?major_?version_?upgrade/i);
      await small.apply(...tier(["allowMajorVersionUpgrade: false", "allowMajorVersionUpgrade: true"]));
      const cluster = (await stateOf(small, "dev")).find(({ type }) => type === "aws:rds/cluster:Cluster");
      assert.equal(cluster?.inputs?.["engineVersion"], "17.7");
    });

    it("restores no old password after three rotations, whose oldest versions AWS pruned", async () => {
      const accounts = openAccounts(path.join(small.home, "accounts"));
      const secrets = liveObjectsOf(small).filter(({ type }) => type === "aws:secretsmanager/secret:Secret");
      assert.ok(secrets.length >= 2, `${secrets.length} secrets`);
      for (const secret of secrets) {
        for (const value of ["first", "second", "third"]) {
          rotateSecret(accounts, { account: secret.account, region: secret.region, arn: secret.id }, value);
        }
      }
      const before = versionsOf(small);
      await small.ok("refresh", ...tier());
      await small.apply(...tier());
      assert.deepEqual(versionsOf(small), before);
    });

    it("changes a minor version in place", async () => {
      const minor = tier(['engineVersion: "17.7"', 'engineVersion: "17.9"']);
      const preview = await small.ok("preview", ...minor, "--json", "--no-policy");
      const touched = (JSON.parse(preview.stdout) as PreviewJson).steps.filter(({ op }) => op !== "same");
      assert.ok(touched.some(({ newState }) => newState.urn.includes("aws:rds/cluster:Cluster")));
      assert.deepEqual([...new Set(touched.map(({ op }) => op))], ["update"]);
    });
  });
});

function assertHolds(actual: Record<string, unknown>, wanted: Record<string, unknown>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((key) => [key, actual[key]])), wanted);
}

/** Every stored secret version with its labels and value. */
function versionsOf(machine: Machine): unknown[] {
  return objectsOf(machine)
    .filter(({ type }) => type === "aws:secretsmanager/secretVersion:SecretVersion")
    .map(({ id, inputs, computed }) => ({ id, inputs, computed }));
}
