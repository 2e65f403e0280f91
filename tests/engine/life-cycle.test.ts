import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { committedPlan } from "../../tools/plan/main";
import { emptyHome, freshMachine, Machine, REPOSITORY, smallStackFile, stackFile } from "./support/engine";
import { awsResources, liveObjectsOf, objectsOf, stateFileOf, stateOf } from "./support/state";

/** Types of a stack's objects: the AWS resources of its committed plan, provider apart. */
function plannedTypes(stack: string): string[] {
  const types = Object.keys(committedPlan(stack)).map((key) => key.split("::")[0]?.split("$").at(-1) ?? "");
  return types.filter((type) => type.startsWith("aws:"));
}

function plannedObjects(stack: string): number {
  return plannedTypes(stack).length;
}

/** What AWS keeps for a while after it was deleted. */
const KEPT = [
  "aws:kms/key:Key",
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
];

/** Services that have no regions, of those that the stacks use. */
const GLOBAL_SERVICES = ["aws:budgets", "aws:costexplorer", "aws:iam", "aws:route53"];

describe("life cycle on the real engine", function () {
  this.timeout(600_000);
  const machine = new Machine(emptyHome());
  const treeBefore = gitStatus();

  for (const stack of ["dev", "prod", "prod-dr"] as const) {
    it(`deploys ${stack}, and a second preview finds nothing to do`, async () => {
      await machine.ok("up", "--stack", stack);
      const found = awsResources(await stateOf(machine, stack))
        .map(({ id }) => id ?? "")
        .sort();
      assert.equal(found.length, plannedObjects(stack));
      const here = liveObjectsOf(machine).filter((object) => object.createdBy === stack);
      assert.deepEqual(here.map(({ id }) => id).sort(), found);
      await machine.ok("preview", "--no-policy", "--stack", stack, "--expect-no-changes");
    });
  }

  it("places each stack in one region of the EU, but for services that have none", () => {
    const live = liveObjectsOf(machine);
    const placesOf = (stack: string) => {
      const places = live.filter(({ createdBy }) => createdBy === stack);
      return [...new Set(places.map(({ account, region }) => `${account} ${region}`))].sort();
    };
    assert.deepEqual(placesOf("dev"), ["111122223333 eu-central-1", "111122223333 global"]);
    assert.deepEqual(placesOf("prod"), ["444455556666 eu-central-1", "444455556666 global"]);
    assert.deepEqual(placesOf("prod-dr"), ["444455556666 eu-west-1", "444455556666 global"]);
    const types = live.filter(({ region }) => region === "global").map(({ type }) => type.split("/")[0]);
    assert.deepEqual([...new Set(types)].sort(), GLOBAL_SERVICES);
  });

  it("keeps contacts secret: no address in state, log or export", async () => {
    const { output } = await machine.ok("preview", "--stack", "dev", "--diff");
    const exported = await machine.ok("export", "--stack", "dev");
    for (const text of [output, exported.stdout, fs.readFileSync(stateFileOf(machine, "dev"), "utf8")]) {
      assert.ok(!text.includes("example.com"), "an address of a contact is in clear");
    }
  });

  it("updates a changed tag in place, everywhere but in experiments", async () => {
    const retagged = stackFile("dev", "dev", ["costCenter: ", "costCenter: X"]);
    const { output } = await machine.apply("--stack", "dev", "--stack-file", retagged);
    const { updated, replaced } = changes(output);
    const resources = awsResources(await stateOf(machine, "dev"));
    const tagged = resources.filter(({ inputs }) => inputs?.["tags"]).length;
    // They hold nothing, and the provider knows no other way to change their tags.
    const experiments = resources.filter(({ type }) => type.startsWith("aws:fis/")).length;
    assert.equal(experiments, 5);
    // Besides the tagged resources the provider itself, whose default tags changed.
    assert.deepEqual({ updated, replaced }, { updated: tagged - experiments + 1, replaced: experiments });
    await machine.apply("--stack", "dev");
  });

  it("refuses in prod a CIDR change, which would replace the VPC", async () => {
    const moved = stackFile("prod", "prod", ["10.10.", "10.30."]);
    const before = await stateOf(machine, "prod");
    const { code, output } = await machine.run("up", "--stack", "prod", "--stack-file", moved);
    assert.notEqual(code, 0);
    assert.match(
      output,
      /unable to replace resource "[^"]*aws:ec2\/vpc:Vpc::network"\s+as it is currently marked for protection/,
    );
    assert.deepEqual(await stateOf(machine, "prod"), before);
  });

  it("reports an edited and a deleted object as drift, and `up --refresh` mends both", async () => {
    // Each object is compared by itself, so that a small stack is enough.
    const here = ["--stack", "dev", "--stack-file", watchedStack("dev")];
    const other = await freshMachine("dev");
    await other.apply(...here);
    await other.ok("drift", ...here);
    const objects = liveObjectsOf(other);
    const logGroup = objects.find(({ id }) => id === "/streamflix/dev/vpc-flow-logs");
    const rule = objects.find(
      ({ type }) => type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    );
    assert.ok(logGroup && rule);
    editObject(other, logGroup.id, { retentionInDays: 0 });
    fs.rmSync(fileOf(other, rule.id));

    const drift = await other.run("drift", ...here);
    assert.notEqual(drift.code, 0);
    assert.match(drift.output, /LogGroup network-flow-logs update.*retentionInDays/);
    assert.match(drift.output, /SecurityGroupIngressRule network-[\w-]+ delete/);
    // The account is still as the hand that changed it left it.
    assert.equal(liveObjectsOf(other).find(({ id }) => id === logGroup.id)?.inputs["retentionInDays"], 0);

    await other.ok("up", "--refresh", ...here);
    await other.ok("drift", ...here);
    const mended = liveObjectsOf(other);
    assert.equal(mended.find(({ id }) => id === logGroup.id)?.inputs["retentionInDays"], 7);
    assert.equal(mended.length, objects.length);
    other.remove();
  });

  it("refuses a second owner of what an account has once, and names the switch", async () => {
    const replacements: readonly [string, string][] = [
      ["suffix: dev", "suffix: twin"],
      ["detector: create", "detector: adopt"],
      ["analyzer: create", "analyzer: adopt"],
    ];
    const twin = (...more: readonly [string, string][]) => watchedStack("twin", ...replacements, ...more);
    const refused = await machine.tryApply("--stack", "twin", "--stack-file", twin());
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /streamflix:network\.blockPublicAccess: adopt/);
    const monitor = liveObjectsOf(machine).find(
      ({ type, account }) =>
        type === "aws:costexplorer/anomalyMonitor:AnomalyMonitor" && account === "111122223333",
    );
    assert.ok(monitor, "dev has no monitor of costs to adopt");
    const adopting = twin(
      ["blockPublicAccess: create", "blockPublicAccess: adopt"],
      ["anomalies:\n", `anomalies:\n        adoptMonitorArn: ${monitor.id}\n`],
    );
    await machine.apply("--stack", "twin", "--stack-file", adopting);
    const ofTwin = () => liveObjectsOf(machine).filter(({ createdBy }) => createdBy === "twin");
    assert.ok(ofTwin().length >= 150, `only ${ofTwin().length}`);
    await machine.ok("destroy", "--stack", "twin", "--stack-file", adopting);
    assert.deepEqual(ofTwin(), []);
  });

  it("destroys dev but for what AWS keeps for a while, keys and secrets, which it lists", async () => {
    const { output } = await machine.ok("destroy", "--stack", "dev");
    assert.equal(liveObjectsOf(machine).filter(({ account }) => account === "111122223333").length, 0);
    const buried = objectsOf(machine).filter(({ account }) => account === "111122223333");
    // The twin's are another stack's business.
    const types = buried.filter(({ createdBy }) => createdBy === "dev").map(({ type }) => type);
    const kept = plannedTypes("dev").filter((type) => KEPT.includes(type));
    assert.ok(kept.length >= 10, `only ${kept.length} are kept`);
    assert.deepEqual(types.sort(), kept.sort());
    for (const { id, deletionDate } of buried.filter(({ createdBy }) => createdBy === "dev")) {
      assert.ok(
        output.includes(id) && output.includes(deletionDate?.slice(0, 10) ?? "none"),
        `${id} is not listed`,
      );
    }
  });

  it("refuses to destroy prod while protection is on", async () => {
    const { code, output } = await machine.run("destroy", "--stack", "prod");
    assert.notEqual(code, 0);
    assert.match(output, /cannot be deleted\s+because it is protected/);
    assert.equal(
      liveObjectsOf(machine).filter(({ createdBy }) => createdBy === "prod").length,
      plannedObjects("prod"),
    );
  });

  it("leaves the git tree as it was", () => {
    assert.equal(gitStatus(), treeBefore);
  });
});

function gitStatus(): string {
  return execFileSync("git", ["status", "--porcelain", "--ignored=no"], {
    cwd: REPOSITORY,
    encoding: "utf8",
  });
}

/** Dev's file with what the policy pack wants of every stack: a network, the audit of it and alarms. */
function watchedStack(name: string, ...replacements: readonly [string, string][]): string {
  return smallStackFile(
    name,
    "dev",
    ["alerts", "audit", "monitoring"],
    // What promises something about an API, and what asks it.
    [inDev(/^ {4}objectives:\n(?: {6}.*\n)+/m), ""],
    [inDev(/^ {4}canary:\n(?: {6}.*\n)+/m), ""],
    ...replacements,
  );
}

/** The part of dev's file that a pattern finds. */
function inDev(pattern: RegExp): string {
  const [found] = pattern.exec(fs.readFileSync(path.join(REPOSITORY, "Pulumi.dev.yaml"), "utf8")) ?? [];
  assert.ok(found, `Pulumi.dev.yaml has nothing like ${pattern.source}`);
  return found;
}

/** Counts of an `up`, read from its closing summary. */
function changes(output: string): { updated: number; replaced: number } {
  const count = (word: string) =>
    Number(new RegExp(`(\\d+) ${word}`).exec(output.slice(output.lastIndexOf("Resources:")))?.[1] ?? 0);
  return { updated: count("updated"), replaced: count("replaced") };
}

function fileOf(machine: Machine, id: string): string {
  const name = `${encodeURIComponent(id)}.json`;
  const found = fs
    .readdirSync(path.join(machine.home, "accounts"), { recursive: true, encoding: "utf8" })
    .find((file) => path.basename(file) === name);
  assert.ok(found, `no object ${id}`);
  return path.join(machine.home, "accounts", found);
}

function editObject(machine: Machine, id: string, inputs: Record<string, unknown>): void {
  const file = fileOf(machine, id);
  const object = JSON.parse(fs.readFileSync(file, "utf8")) as { inputs: Record<string, unknown> };
  fs.writeFileSync(file, JSON.stringify({ ...object, inputs: { ...object.inputs, ...inputs } }));
}
