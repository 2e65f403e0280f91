import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { findCli } from "../../local/cli";
import { plannedJson } from "../mutants/specimens";

const REPOSITORY = path.resolve(__dirname, "../..");

interface State {
  readonly type: string;
  readonly urn: string;
  readonly custom?: boolean;
  readonly inputs?: Record<string, unknown>;
}

// An export has what a preview plans, with ids and outputs.
async function exported(change: (state: State) => State): Promise<string> {
  const { steps } = JSON.parse(await plannedJson("dev")) as { steps: readonly { newState: State }[] };
  const resources = steps
    .map(({ newState }) => change(newState))
    .map((state, index) => ({
      ...state,
      ...(state.custom === true ? { id: `id-${index}` } : {}),
      outputs: state.inputs,
    }));
  const manifest = { time: "2026-11-25T00:00:00Z", magic: "", version: "v3.259.0" };
  return JSON.stringify({ version: 3, deployment: { manifest, resources } });
}

describe("pulumi policy analyze on an exported state", function () {
  this.timeout(180_000);
  const home = mkdtempSync(path.join(tmpdir(), "streamflix-analyze-"));

  after(() => {
    rmSync(home, { recursive: true, force: true });
  });

  async function analyze(change: (state: State) => State) {
    const { command, hasLanguageHost } = await findCli();
    const file = path.join(home, "export.json");
    writeFileSync(file, await exported(change));
    const folders = hasLanguageHost ? [] : [path.join(REPOSITORY, "local/language-host")];
    const pack = ["--policy-pack", "policy-pack", "--policy-pack-config", "policy-pack/config/dev.json"];
    return spawnSync(command, ["policy", "analyze", "--file", file, ...pack, "--non-interactive"], {
      cwd: REPOSITORY,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: [...folders, process.env["PATH"]].join(path.delimiter),
        PULUMI_HOME: path.join(home, "pulumi"),
        PULUMI_BACKEND_URL: `file://${home}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    });
  }

  it("passes the stack as it is planned", async () => {
    const { status, stdout, stderr } = await analyze((state) => state);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /streamflix-policy-pack@v/);
    assert.doesNotMatch(stdout, /\[mandatory\]/);
  });

  it("fails on a resource in another region", async () => {
    const { status, stdout } = await analyze((state) =>
      state.type === "aws:sqs/queue:Queue"
        ? { ...state, inputs: { ...state.inputs, region: "us-east-1" } }
        : state,
    );
    assert.notEqual(status, 0);
    assert.match(stdout, /\[mandatory\].*allowed-region .*\n.*region is us-east-1/);
  });
});
