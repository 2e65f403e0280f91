import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { motoEnvironment } from "../rotation/support/moto";
import { recording, RECORDINGS } from "./support/recorded-fis";

/** What botocore's model of the service finds in recordings that AWS would not answer. */
async function problemsIn(...files: readonly string[]): Promise<string> {
  const python = path.join(await motoEnvironment(), "bin", "python");
  const script = path.join(__dirname, "support", "check_recorded.py");
  return execFileSync(python, ["-B", script, ...files], { encoding: "utf8" });
}

describe("game days: recorded answers", function () {
  // The first start makes the environment.
  this.timeout(600_000);
  const folder = mkdtempSync(path.join(tmpdir(), "streamflix-recorded-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("have the shapes of the API, and say that they are synthetic", async () => {
    const files = RECORDINGS.map((name) => path.join(__dirname, "recorded", `${name}.json`));
    assert.equal(await problemsIn(...files), "");
    for (const name of RECORDINGS) assert.match(recording(name).label, /^Synthetic: /);
  });

  it("are found out when they differ", async () => {
    const file = path.join(folder, "strange.json");
    const experiment = { id: "EXP1", state: { status: "done" }, colour: "red" };
    writeFileSync(file, JSON.stringify({ label: "Synthetic", GetExperiment: [{ experiment }] }));
    const found = await problemsIn(file);
    assert.match(found, /GetExperiment\[0\]: Unknown parameter in experiment: "colour"/);
    assert.match(found, /GetExperiment\[0\]: there is no status done/);
  });
});
