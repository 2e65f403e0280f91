import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { openAccounts } from "../../local/account/store";
import {
  failoverGlobalCluster,
  type Move,
  rejoinGlobalCluster,
  switchoverGlobalCluster,
} from "../../local/providers/aws/models/rds-failover";
import { readJournal } from "../../local/providers/run";
import { STATEFUL } from "../../policy-pack/src/rules/protection";
import { baseFile } from "../../tools/deploy/base";
import { emptyHome, Machine, smallStackFile } from "./support/engine";
import { awsResources, liveObjectsOf, stateOf } from "./support/state";

type Stack = "prod" | "prod-dr";

const ACCOUNT = "444455556666";
const DARK = ["--fault", "dark:eu-central-1"];
const clusterArn = (region: string, stack: Stack) =>
  `arn:aws:rds:${region}:${ACCOUNT}:cluster:streamflix-database-${stack}`;
const to = (target: string): Move => ({ account: ACCOUNT, globalCluster: "streamflix-global-prod", target });
const TO_STANDBY = to(clusterArn("eu-west-1", "prod-dr"));
const TO_HOME = to(clusterArn("eu-central-1", "prod"));

/** The database, what it stands on, and in the standby region what reads and writes it there. */
const FEATURES = {
  // The standby's certificate relies on a record of prod's domain.
  prod: ["recovery", "database", "rotation", "dataRetention", "api", "monitoring"],
  "prod-dr": ["standby", "database", "service", "api", "monitoring"],
} as const;
/** What asks an API and promises something of it has no part in these, and a budget needs somebody to tell. */
const UNWATCHED: readonly [string, string][] = [
  [
    "    objectives:\n      availabilityPercent: 99.9\n      latencyPercent: 99\n      latencyMilliseconds: 1000\n",
    "",
  ],
  ["    canary:\n      everyMinutes: 1\n", ""],
  ["    costs:\n      monthlyBudgetUsd: 6000\n", ""],
  ["      anomalies:\n        fromUsd: 100\n", ""],
];
const GLOBAL = `    # The primary of a global database, streamflix-global-prod, that Pulumi.prod-dr.yaml joins.
    global: {}
`;

/** Makes room in the standby region, as the runbook says. */
const TAKEN_OVER: readonly [string, string][] = [
  ["        count: 1\n", "        count: 2\n"],
  ["minCapacity: 2", "minCapacity: 8"],
  ["      min: 1\n", "      min: 2\n"],
  ["    nat: single\n", "    nat: onePerAz\n"],
];

describe("region failover on the real engine", function () {
  this.timeout(900_000);
  const machine = new Machine(emptyHome());
  const accounts = openAccounts(path.join(machine.home, "accounts"));
  let databases: readonly string[] = [];

  const flags = (stack: Stack, ...changes: readonly [string, string][]) => [
    ...["--stack", stack, "--stack-file"],
    smallStackFile(stack, stack, FEATURES[stack], ...(stack === "prod" ? UNWATCHED : []), ...changes),
  ];
  /** Deploys, and gives what was done to what holds data or lives in it, besides changes in place. */
  const deployed = async (stack: Stack, ...more: readonly string[]) => {
    await machine.apply(...flags(stack), ...more);
    return done(stack);
  };
  const done = (stack: Stack) =>
    readJournal(path.join(machine.home, stack, "run"))
      .filter(({ type }) => (STATEFUL as readonly string[]).includes(type))
      .filter(({ method }) => method !== "update")
      .map(({ method, type }) => `${method} ${type}`);
  const databasesOf = () =>
    liveObjectsOf(machine)
      .filter(({ type }) => /^aws:rds\/(cluster|clusterInstance|globalCluster):/.test(type))
      .map(({ region, id }) => `${region} ${id}`)
      .sort();
  const writer = () => {
    const found = liveObjectsOf(machine).find(({ type }) => type === "aws:rds/globalCluster:GlobalCluster");
    assert.ok(found);
    const members = found.computed["globalClusterMembers"] as { dbClusterArn: string; isWriter: boolean }[];
    return members.filter(({ isWriter }) => isWriter);
  };
  const unchanged = (stack: Stack, ...more: readonly string[]) =>
    machine.ok("preview", "--no-policy", ...flags(stack), "--refresh", "--expect-no-changes", ...more);

  it("deploys the standby's base first, and refuses a copy of what isn't there yet", async () => {
    const file = smallStackFile("prod-dr", "prod-dr", FEATURES["prod-dr"]);
    fs.writeFileSync(file, baseFile(fs.readFileSync(file, "utf8"), "Pulumi.prod-dr.yaml"));
    await machine.apply("--stack", "prod-dr", "--stack-file", file);
    // Its secrets and its erasure log are copied to what the base has.
    await machine.apply(...flags("prod", [GLOBAL, ""]));
    assert.equal(
      awsResources(await stateOf(machine, "prod")).filter(({ type }) => /bucketReplicationConfig/.test(type))
        .length,
      1,
    );
    const { code, output } = await machine.tryApply(...flags("prod-dr"));
    assert.notEqual(code, 0);
    assert.match(output, /GlobalClusterNotFoundFault: Global cluster streamflix-global-prod not found/);
    const made = awsResources(await stateOf(machine, "prod-dr"));
    assert.ok(made.length > 60, `only ${made.length} resources`);
    const waiting = ["aws:rds/cluster:Cluster", "aws:ecs/service:Service"];
    assert.ok(made.every(({ type }) => !waiting.includes(type)));
  });

  it("makes prod's database global as it is: nothing is replaced or deleted, and nothing else made", async () => {
    await machine.apply(...flags("prod"));
    const calls = readJournal(path.join(machine.home, "prod", "run"));
    assert.deepEqual(
      calls.map(({ method, type, outcome }) => `${method} ${type} ${outcome}`),
      ["create aws:rds/globalCluster:GlobalCluster done"],
    );
    await unchanged("prod");
  });

  it("joins the copy by a plain up, after which neither stack finds anything to do", async () => {
    assert.deepEqual(await deployed("prod-dr"), [
      "create aws:rds/cluster:Cluster",
      "create aws:rds/clusterInstance:ClusterInstance",
      "create aws:rds/clusterInstance:ClusterInstance",
    ]);
    databases = databasesOf();
    assert.equal(databases.length, 3 + 1 + 2 + 2);
    await unchanged("prod");
    await unchanged("prod-dr");
  });

  it("refuses to leave it: by the engine, and by AWS where somebody has unprotected it", async () => {
    const leaving = flags("prod", [GLOBAL, ""]);
    const guarded = await machine.run("up", "--no-policy", ...leaving);
    assert.notEqual(guarded.code, 0);
    assert.match(guarded.output, /GlobalCluster::database"\s+cannot be deleted\s+because it is protected/);
    const global = (await stateOf(machine, "prod")).find(({ type }) => type.endsWith(":GlobalCluster"));
    await machine.ok("state", "unprotect", global?.urn ?? "", "--yes", "--stack", "prod");
    const forced = await machine.tryApply(...leaving);
    assert.notEqual(forced.code, 0);
    assert.match(forced.output, /Cannot delete protected Global Cluster/);
    assert.deepEqual(databasesOf(), databases);
    await machine.apply(...flags("prod"));
  });

  it("fails over, and deploys the standby, with every call to the home region refused", async () => {
    const home = await machine.tryApply(...flags("prod"), ...DARK);
    assert.notEqual(home.code, 0);
    assert.match(home.output, /region eu-central-1 answers no call/);

    failoverGlobalCluster(accounts, TO_STANDBY);
    assert.deepEqual(writer(), [{ dbClusterArn: TO_STANDBY.target, isWriter: true }]);
    await unchanged("prod-dr", ...DARK);
    await machine.apply(...flags("prod-dr", ...TAKEN_OVER), "--refresh", ...DARK);
    assert.deepEqual(done("prod-dr"), ["create aws:rds/clusterInstance:ClusterInstance"]);
    databases = databasesOf();
  });

  it("takes the home region back as a copy: both stacks converge, and no data store is replaced", async () => {
    rejoinGlobalCluster(accounts, TO_STANDBY);
    assert.deepEqual(await deployed("prod", "--refresh"), []);
    await unchanged("prod");
    assert.deepEqual(databasesOf(), databases);
  });

  it("fails back without loss, after which all is as it was", async () => {
    switchoverGlobalCluster(accounts, TO_HOME);
    assert.deepEqual(writer(), [{ dbClusterArn: TO_HOME.target, isWriter: true }]);
    assert.deepEqual(await deployed("prod", "--refresh"), []);
    await unchanged("prod");
    // The third instance came with the failover, and is protected as the others are.
    await machine.ok(
      ...["preview", "--no-policy", "--refresh", "--expect-no-changes"],
      ...flags("prod-dr", ...TAKEN_OVER),
    );
    assert.deepEqual(databasesOf(), databases);
  });
});
