import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Verdict } from "../../tools/checklist/point";
import { deployedMachine, type Machine, REPOSITORY } from "./support/engine";

/** Points at which the shipped dev stack fails on purpose: nothing is recorded where things are changed by hand. */
const OFF_IN_DEV = ["AWS Config rules"];

describe("tools that read a deployed stack", function () {
  this.timeout(300_000);
  let machine: Machine;

  before(async () => {
    machine = await deployedMachine("dev");
  });

  after(() => {
    machine.remove();
  });

  const run = (tool: string, ...words: string[]) =>
    spawnSync(
      process.execPath,
      [
        "--require",
        path.join(REPOSITORY, "tools/typescript.cjs"),
        path.join(REPOSITORY, "tools", tool, "main.ts"),
        ...["--stack", "dev", ...words],
      ],
      {
        encoding: "utf8",
        maxBuffer: Infinity,
        env: { ...process.env, STREAMFLIX_LOCAL_HOME: machine.home, INIT_CWD: machine.home },
      },
    );

  it("the checklist finds all that there is, and says what dev leaves out", () => {
    const { status, stdout, stderr } = run("checklist", "--json");
    assert.equal(status, 1, stderr);
    const { points } = JSON.parse(stdout) as { points: readonly Verdict[] };
    assert.equal(points.length, 16);
    assert.deepEqual(
      points.filter(({ state }) => state === "fail").map(({ title }) => title),
      OFF_IN_DEV,
    );
  });

  it("the report is written, without a contact in it", () => {
    const { status, stderr } = run("report", "--out", "page.html");
    assert.equal(status, 0, stderr);
    const page = fs.readFileSync(path.join(machine.home, "page.html"), "utf8");
    assert.match(page, /<h1>Architecture of dev<\/h1>/);
    assert.match(page, /Aurora PostgreSQL[^]*GuardDuty/);
    assert.doesNotMatch(page, /@example\.com|\+49/);
  });
});
