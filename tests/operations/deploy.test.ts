import { strict as assert } from "node:assert";
import * as path from "node:path";
import { UsageError } from "../../tools/command-line";
import { pulumiWords, readCommandLine } from "../../tools/deploy/command";

describe("npm run deploy", () => {
  for (const stack of ["dev", "prod", "prod-dr"]) {
    it(`${stack}: deployment and preview always have the policy pack, with the environment's settings`, () => {
      for (const action of ["deploy", "preview"] as const) {
        const words = pulumiWords(stack, action);
        const after = (flag: string) => words[words.indexOf(flag) + 1] ?? "";
        assert.equal(words[0], action === "deploy" ? "up" : "preview");
        assert.equal(after("--stack"), stack);
        assert.equal(path.basename(after("--policy-pack")), "policy-pack");
        assert.ok(
          after("--policy-pack-config").endsWith(path.join("policy-pack", "config", `${stack}.json`)),
        );
        assert.ok(!words.includes("--skip-preview"));
      }
    });
  }

  it("drift changes nothing and is an error when there is some", () => {
    const words = pulumiWords("prod", "drift");
    assert.equal(words[0], "refresh");
    assert.ok(words.includes("--preview-only") && words.includes("--expect-no-changes"));
    // What it compares it reads, and nobody reads secrets every night.
    assert.match(words[words.indexOf("--exclude") + 1] ?? "", /secretVersion/);
  });

  for (const [what, words, message] of [
    ["no stack", [], /--stack <name>: a stack of this program/],
    ["a path for a stack", ["--stack", "../prod"], /a stack of this program/],
    ["a way around the preview", ["--stack", "prod", "--skip-preview"], /--skip-preview/],
    ["preview and drift at once", ["--stack", "prod", "--preview", "--drift"], /exclude each other/],
  ] as const) {
    it(`${what} is refused`, () => {
      assert.throws(
        () => readCommandLine(words),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("a stack that has no file is refused", () => {
    assert.throws(() => pulumiWords("nowhere", "deploy"), /there is no Pulumi\.nowhere\.yaml/);
  });
});
