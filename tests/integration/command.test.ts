import assert from "node:assert/strict";

import { UsageError } from "../../tools/command-line";
import { readCommandLine } from "../../tools/integration/command";
import { readTarget } from "../../tools/integration/stack";
import { Problem } from "../../local/problem";
import { readOutputs } from "../../tools/integration/target";
import { UnusableStack } from "../../tools/stack-sections";

describe("integration: command line", () => {
  it("takes a stack, some of its checks, and a file of outputs", () => {
    assert.deepEqual(readCommandLine(["--stack", "dev", "--only", "api,restore", "--outputs", "o.json"]), {
      stack: "dev",
      only: ["api", "restore"],
      outputs: "o.json",
    });
  });

  const NAMES = "service, api, ingestion, rotation, database, restore";
  const STACK = "  --stack <name>: a stack of this program, such as dev or prod";
  const refused: readonly (readonly [words: string, message: string])[] = [
    ["", STACK],
    ["--stack ../dev", STACK],
    ["--stack", `  --stack needs a value\n${STACK}`],
    ["--stack dev --only dns", `  --only dns: there are ${NAMES}`],
    ["--stack dev --only", "  --only needs a value"],
    ["--stack dev --outputs", "  --outputs needs a value"],
    ["--stack dev api", '  "api" is no option'],
    [
      "--stak dev --only dns,cdn",
      `  --stak is no option\n  "dev" is no option\n${STACK}\n  --only dns: there are ${NAMES}\n  --only cdn: there are ${NAMES}`,
    ],
  ];
  for (const [words, message] of refused) {
    it(`refuses: ${words || "nothing"}`, () => {
      assert.throws(
        () => readCommandLine(words.split(" ").filter(Boolean)),
        new UsageError(message.split("\n").map((line) => line.trimStart())),
      );
    });
  }

  it("refuses outputs of another program, all that is wrong at once", () => {
    assert.throws(() => readOutputs("no JSON"), new Problem("the stack's outputs are no JSON"));
    assert.throws(
      () => readOutputs('{"apiUrl": 1, "databaseEndpoints": {"writer": "w"}}'),
      (error) =>
        error instanceof Problem && /\n {2}apiUrl: .*\n {2}databaseEndpoints\.reader: /.test(error.message),
    );
    assert.deepEqual(readOutputs('{"vpcId": "vpc-1"}'), {});
  });

  it("refuses a stack or a file that is not there", async () => {
    await assert.rejects(readTarget("nowhere"), new UnusableStack("there is no Pulumi.nowhere.yaml"));
    await assert.rejects(
      readTarget("dev", "/nowhere/outputs.json"),
      new Problem("--outputs /nowhere/outputs.json can't be read"),
    );
  });
});
