import { strict as assert } from "node:assert";
import * as path from "node:path";
import { parse } from "yaml";
import { UsageError } from "../../tools/command-line";
import { baseFile, requireBaseAlone } from "../../tools/deploy/base";
import { pulumiWords, readCommandLine, stackFileOf } from "../../tools/deploy/command";
import { CONTACTS, parseJson } from "../config/helpers";

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
    ["drift of a base", ["--stack", "prod-dr", "--base", "--drift"], /--base and --drift exclude each other/],
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

describe("npm run deploy -- --base", () => {
  const { file, text } = stackFileOf("prod-dr");
  const configOf = (yaml: string) => (parse(yaml) as { config: Record<string, unknown> }).config;

  it("leaves out of the standby's file what waits for prod, and nothing else; what is left is valid", () => {
    const [whole, base] = [configOf(text), configOf(baseFile(text, file))];
    assert.deepEqual(
      Object.keys(whole).filter((key) => !(key in base)),
      ["streamflix:database", "streamflix:service", "streamflix:api"],
    );
    for (const [key, value] of Object.entries(base)) {
      assert.deepEqual(value, key === "streamflix:monitoring" ? { thresholds: {} } : whole[key], key);
    }
    const { config, warnings } = parseJson({ ...base, "streamflix:contacts": CONTACTS });
    assert.deepEqual([config.standby?.suffix, config.database, warnings], ["prod", undefined, []]);
  });

  it("keeps encrypted values, and what ties them to their key", () => {
    const tied = `secretsprovider: awskms://alias/x\nencryptedkey: abc=\n${text}  streamflix:contacts:\n    operations:\n      email:\n        secure: v1:xyz\n`;
    const base = parse(baseFile(tied, file)) as Record<string, unknown> & { config: Record<string, unknown> };
    assert.deepEqual(
      [base["secretsprovider"], base["encryptedkey"], base.config["streamflix:contacts"]],
      ["awskms://alias/x", "abc=", { operations: { email: { secure: "v1:xyz" } } }],
    );
  });

  it("is refused for a stack that stands by for nobody", () => {
    for (const stack of ["dev", "prod"]) {
      const other = stackFileOf(stack);
      assert.throws(
        () => baseFile(other.text, other.file),
        new RegExp(`Pulumi\\.${stack}\\.yaml has no streamflix:standby`),
      );
    }
  });

  it("is refused once there is what waits: it would be deleted", () => {
    const exported = (...types: string[]) =>
      JSON.stringify({
        version: 3,
        deployment: {
          resources: types.map((it) => ({ urn: `urn:pulumi:prod-dr::streamflix-platform::${it}::x` })),
        },
      });
    requireBaseAlone(JSON.stringify({ version: 3, deployment: {} }), "prod-dr");
    requireBaseAlone(exported("streamflix:keys:Keys", "streamflix:keys:Keys$aws:kms/key:Key"), "prod-dr");
    assert.throws(() => {
      requireBaseAlone(
        exported("streamflix:keys:Keys", "streamflix:database:DatabaseReplica$aws:rds/cluster:Cluster"),
        "prod-dr",
      );
    }, /^Problem: prod-dr has 1 resources of database, service and API already: --base would delete them/);
  });

  it("is read beside deployment and preview", () => {
    assert.deepEqual(readCommandLine(["--stack", "prod-dr", "--base"]), {
      stack: "prod-dr",
      action: "deploy",
      base: true,
    });
    assert.equal(readCommandLine(["--stack", "prod-dr", "--preview", "--base"]).action, "preview");
    assert.equal(readCommandLine(["--stack", "prod-dr"]).base, false);
  });
});
