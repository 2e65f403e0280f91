import assert from "node:assert/strict";
import { createdResources, measure, RunFailed } from "../../tools/bench/measure";
import { kindOf } from "../../tools/bench/process-kinds";

describe("bench: kinds of processes", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["/cache/pulumi up --yes", "engine"],
    ["/usr/bin/pulumi-language-nodejs 127.0.0.1:1", "language host"],
    ["node --import /r/loader.mjs /r/local/language-host/host.ts 127.0.0.1:1", "language host"],
    ["/usr/bin/node --import x /r/node_modules/@pulumi/pulumi/cmd/run/index.js --stack dev .", "program"],
    ["node /r/node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js 127.0.0.1:1 .", "policy pack"],
    ["node --import x /r/local/providers/aws/main.ts 127.0.0.1:1", "provider aws"],
    ["node --import x /r/local/providers/awsx/main.ts 127.0.0.1:1", "provider awsx"],
    ["node --import x /r/local/providers/random/main.ts 127.0.0.1:1", "provider random"],
    ["/usr/bin/node --import x local/main.ts up --stack prod", "wrapper"],
    ["/bin/sh /r/local/providers/aws/pulumi-resource-aws 127.0.0.1:1", undefined],
    ["node /r/node_modules/esbuild/bin/esbuild --service", undefined],
    ["", undefined],
  ];
  for (const [line, kind] of cases) {
    it(`${line || "(nothing)"} is ${kind ?? "none of them"}`, () => {
      assert.equal(kindOf(line.split(" ")), kind);
    });
  }
});

describe("bench: measuring a command", () => {
  const command = (script: string) => ({
    file: process.execPath,
    words: ["-e", script],
    directory: ".",
    environment: process.env,
  });

  it("gives its time and what it wrote to stdout", async () => {
    const done = await measure(
      command("console.log('out'); console.error('err'); setTimeout(() => undefined, 100)"),
    );
    assert.equal(done.stdout, "out\n");
    assert.ok(done.seconds >= 0.1, String(done.seconds));
  });

  it("fails with the code and the end of the output", async () => {
    await assert.rejects(measure(command("console.error('no such stack'); process.exit(7)")), (error) => {
      assert.ok(error instanceof RunFailed);
      assert.match(error.message, /exit code 7:\nno such stack$/);
      return true;
    });
  });

  it("reads how many resources a run made from the CLI's summary", () => {
    assert.equal(createdResources("Resources:\n    + 102 to create\n"), 102);
    assert.equal(createdResources(" + vpc created (1s)\nResources:\n    + 74 created\n\nDuration: 8s\n"), 74);
    assert.throws(() => createdResources("Resources:\n    74 unchanged\n"), RunFailed);
  });
});
