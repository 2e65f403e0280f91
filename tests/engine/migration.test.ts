import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { MIGRATION_DIRECTORY, renderPolicies, stackFileName } from "../../tools/migration/stack-files";
import { STEPS } from "../../tools/migration/steps";
import { emptyHome, REPOSITORY } from "./support/engine";

/** How far the page's figures may be off before they have to be renewed. */
const TOLERANCE = 0.1;

function rehearse(...words: string[]) {
  return spawnSync(
    process.execPath,
    [
      "--require",
      path.join(REPOSITORY, "tools/typescript.cjs"),
      path.join(REPOSITORY, "tools/migration/rehearse.ts"),
      ...words,
    ],
    { encoding: "utf8", env: { ...process.env, INIT_CWD: REPOSITORY }, maxBuffer: Infinity },
  );
}

describe("rehearsal of the migration", function () {
  this.timeout(900_000);

  it("goes from the base to the whole platform without replacing or deleting anything with data", () => {
    const { status, stdout, stderr } = rehearse();
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, 8);
    for (const [index, step] of STEPS.entries()) {
      const [, name, usd = ""] = /^(\S+) .*?([\d,.]+) USD a month$/.exec(lines[index] ?? "") ?? [];
      assert.equal(`${name ?? ""}.yaml`, stackFileName(step));
      const off = Math.abs(Number(usd.replaceAll(",", "")) / step.monthlyUsd - 1);
      assert.ok(
        off <= TOLERANCE,
        `step ${step.number} costs ${usd} USD, tools/migration/steps.ts says ${step.monthlyUsd}`,
      );
    }
    assert.equal(lines.at(-1), "7 steps, no resource with data replaced or deleted");
  });

  it("ends with the resources that a forced replacement would lose", () => {
    const folder = emptyHome();
    const text = fs.readFileSync(path.join(MIGRATION_DIRECTORY, "1-base.yaml"), "utf8");
    const { config } = parse(text) as { config: Record<string, Record<string, unknown>> };
    const kept = ["environment", "aws", "keys", "retention", "network", "streaming"];
    const sections = Object.entries(config).filter(
      ([key]) => key.startsWith("pulumi:") || kept.some((section) => key === `streamflix:${section}`),
    );
    // What isn't there can't be suppressed.
    const policies = renderPolicies({ advisory: ["suppression-hygiene"] });
    const write = (name: string, suffix: string) => {
      const changed = { ...config["streamflix:environment"], suffix };
      const all = Object.fromEntries([...sections, ["streamflix:environment", changed]]);
      fs.writeFileSync(path.join(folder, `${name}.yaml`), stringify({ config: all }));
      fs.writeFileSync(path.join(folder, `${name}.policies.json`), policies);
    };
    write("1-before", "dev");
    // The stream's name ends with it, and a stream can't be renamed.
    write("2-renamed", "dev2");
    const { status, stdout, stderr } = rehearse("--steps", folder);
    assert.equal(status, 1, stdout + stderr);
    assert.match(stderr, /^error: 2-renamed loses what \d+ resources hold:/);
    assert.match(stderr, /^ {2}replaced: aws:kinesis\/stream:Stream streaming$/m);
    assert.match(stderr, /^ {2}replaced: aws:s3\/bucket:Bucket streaming-archive$/m);
    assert.doesNotMatch(stderr, /aws:(iam|ec2\/(?!vpc:)|vpc\/)/);
  });

  for (const [what, words, status, message] of [
    ["a folder without stack files", ["--steps", "docs"], 1, /docs has 0 stack files/],
    ["an unknown flag", ["--fast"], 2, /--fast[^]*npm run migrate:rehearse/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const done = rehearse(...words);
      assert.equal(done.status, status);
      assert.match(done.stderr, message);
    });
  }
});
