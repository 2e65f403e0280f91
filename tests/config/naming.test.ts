import assert from "node:assert/strict";

import { Names } from "../../config";
import { parseJson, set, validConfig } from "./helpers";

function names(suffix = "dev"): Names {
  const config = validConfig();
  set(config, "streamflix:environment.suffix", suffix);
  return new Names(parseJson(config).config);
}

describe("physical names", () => {
  it("have the form of their type", () => {
    const dev = names();
    assert.equal(dev.fixed("nameTag", "vpc"), "streamflix-vpc-dev");
    assert.equal(dev.fixed("kmsAlias", "database"), "alias/streamflix-database-dev");
    assert.equal(dev.fixed("logGroup", "flow-logs"), "/streamflix/dev/flow-logs");
    assert.equal(dev.fixed("snsTopic", "alerts"), "streamflix-alerts-dev");
    assert.equal(dev.fixed("bucket", "archive"), "streamflix-archive-dev-111122223333-eu-central-1");
    assert.equal(dev.fixed("ssmParameter", "database/host"), "/streamflix/dev/database/host");
    assert.equal(dev.prefix("iamRole", "flow-logs"), "streamflix-flow-logs-dev-");
    assert.equal(dev.prefix("securityGroup", "endpoints"), "streamflix-endpoints-dev-");
  });

  it("leave 13 characters for what a role or bucket is, with the longest suffix", () => {
    const longest = names("abcdefghijkl");
    const thirteen = "x".repeat(13);
    assert.equal(longest.prefix("iamRole", thirteen), `streamflix-${thirteen}-abcdefghijkl-`);
    assert.equal(longest.fixed("bucket", thirteen).length, 63);
    assert.throws(() => longest.fixed("bucket", "x".repeat(14)), {
      name: "RangeError",
      message:
        `bucket name "streamflix-${"x".repeat(14)}-abcdefghijkl-111122223333-eu-central-1" has 64 characters; ` +
        `at most 63 are allowed. Shorten "${"x".repeat(14)}" by 1.`,
    });
  });

  it("are shortened where nobody has to know them, each to another", () => {
    const longest = names("abcdefghijkl");
    const short = ["database-roles", "database-rollup", "x".repeat(100)].map((what) =>
      longest.prefix("iamRole", what),
    );
    for (const name of short) {
      assert.match(name, /^streamflix-[a-z]+-[0-9a-f]{4}-abcdefghijkl-$/);
      assert.ok(name.length <= 38, name);
    }
    assert.equal(new Set(short).size, 3);
    assert.match(short[0] ?? "", /^streamflix-database-/);
    // Too little room for a word and its hash.
    assert.throws(() => longest.prefix("targetGroup", "service"), /Shorten "service" by 2\./);
  });

  it("keep every limit to the character", () => {
    const dev = names();
    const limits = {
      nameTag: 241,
      kmsAlias: 235,
      logGroup: 496,
      snsTopic: 241,
      bucket: 22,
      ssmParameter: 930,
    } as const;
    for (const [kind, longest] of Object.entries(limits) as [keyof typeof limits, number][]) {
      dev.fixed(kind, "x".repeat(longest));
      assert.throws(() => dev.fixed(kind, "x".repeat(longest + 1)), /Shorten "x+" by 1\./, kind);
    }
    dev.prefix("securityGroup", "x".repeat(213));
    assert.equal(dev.prefix("securityGroup", "x".repeat(214)).length, 229);
  });

  it("have only characters of their type", () => {
    const dev = names();
    const bad = {
      nameTag: "a b",
      kmsAlias: "a.b",
      logGroup: "a b",
      snsTopic: "a.b",
      bucket: "A",
      ssmParameter: "a//b",
    } as const;
    for (const [kind, what] of Object.entries(bad) as [keyof typeof bad, string][]) {
      assert.throws(() => dev.fixed(kind, what), /may have only/, kind);
    }
    assert.throws(() => dev.prefix("iamRole", "a b"), {
      message:
        'iamRole name "streamflix-a b-dev-" may have only letters, digits, hyphens and underscores and + = , . @.',
    });
    assert.throws(() => dev.prefix("securityGroup", "ä"), /may have only/);
    assert.throws(() => dev.fixed("nameTag", ""), {
      message: "The name of a nameTag needs a word for what it is.",
    });
  });
});
