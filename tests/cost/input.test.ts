import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Problem } from "../../local/problem";
import { readStack } from "../../tools/cost/stack";
import { readUsage } from "../../tools/cost/usage";

const REPOSITORY = path.resolve(__dirname, "../..");
const PROD = path.join(REPOSITORY, "tests/plans/prod.json");

function fileWith(text: string): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-cost-")), "given.json");
  fs.writeFileSync(file, text);
  return file;
}

/** Runs the command as a user would, in a home without any deployment. */
function cost(...words: readonly string[]) {
  const loader = path.join(REPOSITORY, "tools/typescript.cjs");
  const main = path.join(REPOSITORY, "tools/cost/main.ts");
  return spawnSync(process.execPath, ["--require", loader, main, ...words], { encoding: "utf8" });
}

describe("a stack to estimate", () => {
  it("is the same from an export and from a plan, without what waits for its deletion", () => {
    const type = "streamflix:network:Network$aws:ec2/eip:Eip";
    const provider = { type: "pulumi:providers:aws", inputs: { region: "eu-west-1" } };
    const exported = readStack(
      JSON.stringify({
        version: 3,
        deployment: {
          resources: [
            { urn: "urn:pulumi:prod::platform::pulumi:providers:aws::home", ...provider },
            { urn: `urn:pulumi:prod::platform::${type}::nat-1`, inputs: { domain: "vpc" } },
            { urn: `urn:pulumi:prod::platform::${type}::nat-1`, delete: true, inputs: { domain: "old" } },
          ],
        },
      }),
      "export",
    );
    const planned = readStack(
      JSON.stringify({
        "pulumi:providers:aws::home": { inputs: provider.inputs },
        [`${type}::nat-1`]: { inputs: { domain: "vpc" } },
      }),
      "plan",
    );
    assert.equal(exported.region, "eu-west-1");
    assert.deepEqual(exported.resources, planned.resources);
    assert.deepEqual(exported.ofType("aws:ec2/eip:Eip"), [
      { type: "aws:ec2/eip:Eip", name: "nat-1", component: "network", inputs: { domain: "vpc" } },
    ]);
  });

  for (const [what, text] of [
    ["no JSON", "resources:"],
    ["a list", "[]"],
    ["an empty object", "{}"],
    ["an export without resources", '{"version":3,"deployment":{}}'],
  ] as const) {
    it(`${what} is refused, and the error says what is allowed`, () => {
      assert.throws(
        () => readStack(text, "given.json"),
        (error) => {
          assert.ok(error instanceof Problem);
          assert.match(error.message, /given\.json is no stack\. Allowed: what "pulumi stack export" prints/);
          return true;
        },
      );
    });
  }
});

describe("a usage file", () => {
  it("changes what it names and nothing else", () => {
    const changed = readUsage("prod", fileWith('{"api":{"millionRequests":7}}'));
    assert.deepEqual(changed.api.millionRequests, { low: 7, expected: 7, high: 7 });
    const { api, ...rest } = readUsage("prod");
    const { api: changedApi, ...changedRest } = changed;
    assert.deepEqual(changedRest, rest);
    assert.deepEqual(changedApi.egressGb, api.egressGb);
  });

  it("with faults is refused with all of them at once", () => {
    const file = fileWith(
      '{"api":{"millionRequest":7},"database":{"storageGb":-1},"files":{"readGb":{"low":3,"expected":2,"high":4}}}',
    );
    assert.throws(
      () => readUsage("prod", file),
      (error) => {
        assert.ok(error instanceof Problem);
        assert.match(error.message, /api: .*millionRequest/);
        assert.match(error.message, /database\.storageGb/);
        assert.match(error.message, /files\.readGb/);
        assert.match(error.message, /Allowed: the fields of tools\/cost\/usage\/prod\.json/);
        return true;
      },
    );
  });

  it("that can't be read is named", () => {
    assert.throws(
      () => readUsage("dev", "/nowhere/usage.json"),
      /\/nowhere\/usage\.json can't be read as JSON/,
    );
  });
});

describe("npm run cost", () => {
  it("prints a report, and what changed against another stack", () => {
    const dev = path.join(REPOSITORY, "tests/plans/dev.json");
    const { status, stdout } = cost("--stack", "prod", "--file", PROD, "--diff", dev);
    assert.equal(status, 0);
    assert.match(stdout, /^# Cost of prod in eu-central-1\n/);
    assert.match(
      stdout,
      /## What changes\n[^#]*ReplicationGroup cache +\| +84\.10 \| +307\.18 \| +\+223\.08/,
    );
    assert.match(stdout, /\| Kinesis +\| 2 shards +\| 50\.00 +\| +26\.28 \|/);
    assert.match(stdout, /assumes a discount of 30 %, remembered and not looked up/);
  });

  it("prints data with --json", () => {
    const { status, stdout } = cost("--stack", "prod", "--file", PROD, "--json");
    assert.equal(status, 0);
    const report = JSON.parse(stdout) as { estimate: { usd: { expected: number } } };
    assert.ok(report.estimate.usd.expected > 1000);
  });

  for (const [what, words, status, message] of [
    ["no stack", [], 2, /--stack <name>: a stack of this program/],
    ["an unknown flag", ["--stack", "prod", "--cheap"], 2, /--cheap/],
    ["a missing file", ["--stack", "prod", "--file", "/nowhere.json"], 1, /\/nowhere\.json can't be read/],
    [
      "a stack that nobody knows",
      ["--stack", "nowhere"],
      1,
      /Deploy it first: npm run local -- up --stack nowhere/,
    ],
  ] as const) {
    it(`${what}: one error, nothing on stdout`, () => {
      const done = cost(...words);
      assert.equal(done.status, status);
      assert.match(done.stderr, /^error:/);
      assert.match(done.stderr, message);
      assert.equal(done.stdout, "");
    });
  }
});
