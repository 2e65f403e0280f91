import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { parse } from "yaml";

import { findTool } from "../../../local/go-tool";
import { repositoryRoot } from "../../../local/paths";
import { bundle } from "../../../tools/load/bundle";
import { readCommandLine } from "../../../tools/load/command";
import { k6 } from "../../../tools/load/k6";
import type { ServiceProcess } from "../../service/support/service-process";
import { ServiceWorld } from "../../service/support/service-world";
import { type Admitted, type AdmittedRequest, ApiDouble } from "../../support/api-double";

interface Run {
  readonly code: number;
  readonly output: string;
}

const KEYS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "only-for-this-test",
  sessionToken: "session/of+the=test",
};
const asEnvironment = ({ accessKeyId, secretAccessKey, sessionToken }: typeof KEYS) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
});

/** Runs a program with nothing of the tests' own environment but where tools are. */
function run(
  program: string,
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Run> {
  const names = ["PATH", "HOME", "STREAMFLIX_CACHE", "XDG_CACHE_HOME"];
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return new Promise((resolve) => {
    const env = { ...(Object.fromEntries(kept) as Record<string, string>), ...environment };
    const child = execFile(program, words, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** `npm run load -- …` for a few viewers. */
function load(words: readonly string[], environment: Record<string, string> = {}): Promise<Run> {
  const main = path.join(repositoryRoot, "tools/load/main.ts");
  const node = ["--no-warnings", "--require", path.join(repositoryRoot, "tools/typescript.cjs"), main];
  return run(process.execPath, [...node, ...words, "--stack", "dev", "--scale", "0.0003"], environment);
}

describe("load: k6 and the service", function () {
  // The first run on a machine builds k6.
  this.timeout(600_000);
  let world: ServiceWorld;
  let service: ServiceProcess;
  let command: string;
  before(async () => {
    command = await findTool(k6);
    world = await ServiceWorld.start();
    service = await world.startService();
  });
  after(async () => {
    await service.kill();
    await world.end();
  });
  beforeEach(() => {
    world.kinesis.reset();
  });

  /** Batches go into the stream, everything else to the service. */
  async function behindApi({ method, path: route, mediaType, body }: AdmittedRequest): Promise<number> {
    if (route === "/v1/events") return 202;
    const answer = await fetch(service.url + route, {
      method,
      headers: { "content-type": mediaType },
      ...(body !== "" && { body }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  async function throughApi(admitted: Admitted, environment: Record<string, string>) {
    const api = new ApiDouble(admitted, behindApi);
    const url = await api.start();
    try {
      const result = await load(
        ["premiere", "--url", url, "--through", "api", "--seconds", "2"],
        environment,
      );
      return { ...result, seen: api.seen };
    } finally {
      await api.stop();
    }
  }

  it("a premiere holds the objectives of a healthy service", async () => {
    const { code, output } = await load(["premiere", "--url", service.url, "--seconds", "4"]);
    assert.equal(code, 0, output);
    // 2.5 who join a second, and batches of ten.
    assert.ok(world.kinesis.records.length >= 10, `${world.kinesis.records.length} records`);
    assert.ok(
      world.kinesis.calls.includes(1) && world.kinesis.calls.includes(10),
      String(world.kinesis.calls),
    );
    assert.match(output, /✓ 'p\(95\)<=1000'/);
    assert.match(output, /✓ 'rate<=0\.01' rate=0\.00%/);
  });

  it("fails when the database goes away in the middle", async () => {
    const running = load(["premiere", "--url", service.url, "--seconds", "6"]);
    while (world.kinesis.records.length === 0) await sleep(50);
    await world.roles.server.halt();
    const { code, output } = await running;
    // Nothing is tested where nothing works.
    const { code: later, output: why } = await load(["viewers", "--url", service.url, "--seconds", "1"]);
    await world.roles.server.resumeAfter(0);
    assert.equal(code, 99, output);
    assert.match(output, /✗ 'rate<=0\.01'/);
    assert.equal(later, 108, why);
    assert.match(why, /PUT \/v1\/profiles\/\{id\} was answered with 503: nothing is tested/);
  });

  it("signs every request to the API as AWS's own signer does", async () => {
    const { code, output, seen } = await throughApi(KEYS, asEnvironment(KEYS));
    assert.equal(code, 0, output);
    assert.equal(seen.refused, 0);
    assert.ok(seen.admitted > 20 && seen.batches > 0, JSON.stringify(seen));
    // Measurements go straight into the stream, past the service.
    assert.deepEqual(world.kinesis.calls, []);
  });

  it("ends at once, without telling the key, when the API refuses the caller", async () => {
    const wrong = { ...KEYS, secretAccessKey: "another-secret-of-the-test" };
    const { code, output, seen } = await throughApi(KEYS, asEnvironment(wrong));
    assert.equal(code, 108, output);
    assert.deepEqual(seen, { admitted: 0, refused: 1, batches: 0 });
    assert.match(output, /was answered with 403/);
    assert.doesNotMatch(output, /another-secret|AKIDEXAMPLE/);
  });

  it("the written script runs anywhere: looked at without credentials, as the k6 operator does first, and never run without", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "streamflix-load-test-"));
    const api = new ApiDouble(KEYS, behindApi);
    const url = await api.start();
    try {
      const script = path.join(directory, "premiere.js");
      const written = await load(["premiere", "--url", url, "--through", "api", "--write", script]);
      assert.equal(written.code, 0, written.output);
      const text = readFileSync(path.join(repositoryRoot, "load/kubernetes/premiere.yaml"), "utf8");
      const { spec } = parse(text) as { spec: { arguments: string } };
      const archive = path.join(directory, "premiere.tar");
      const made = await run(command, ["archive", script, "-O", archive, ...spec.arguments.split(" ")]);
      assert.equal(made.code, 0, made.output);
      const inspected = await run(command, ["inspect", "--execution-requirements", archive]);
      assert.equal(inspected.code, 0, inspected.output);
      // The archive has the changes of the manifest: ten minutes, and half a minute to end.
      const { totalDuration, scenarios } = JSON.parse(inspected.output) as {
        totalDuration: string;
        scenarios: Record<string, { stages?: { target: number }[] }>;
      };
      assert.equal(totalDuration, "10m30s");
      assert.equal(scenarios["join"]?.stages?.[1]?.target, 50_000);

      const few = ["-e", "SCALE=0.0003", "-e", "SECONDS=2"];
      const words = ["run", "--no-usage-report", "--address", "", "--quiet", ...few, script];
      const without = await run(command, words);
      assert.equal(without.code, 108, without.output);
      assert.match(without.output, /callers need AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
      assert.equal(api.seen.admitted + api.seen.refused, 0);
    } finally {
      await api.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("brings a viewer's token where the stack's callers are viewers", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "streamflix-load-test-"));
    const api = new ApiDouble({ token: "token-of-the-test" }, behindApi);
    const script = path.join(directory, "viewers.js");
    try {
      const words = ["viewers", "--stack", "dev", "--local", "--scale", "0.0003", "--seconds", "2"];
      const { settings } = readCommandLine(words, {});
      const targets = [await api.start()];
      writeFileSync(script, bundle("viewers", { ...settings, targets, caller: "cognito" }));
      const k6Words = ["run", "--no-usage-report", "--address", "", "--quiet", script];
      const { code, output } = await run(command, k6Words, { TOKEN: "token-of-the-test" });
      assert.equal(code, 0, output);
      assert.ok(api.seen.refused === 0 && api.seen.batches > 0, JSON.stringify(api.seen));
    } finally {
      await api.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
