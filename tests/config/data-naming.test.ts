import assert from "node:assert/strict";

import { Names } from "../../config";
import { parseJson, set, validConfig } from "./helpers";

describe("names of the data tier", () => {
  const longest = () => {
    const config = validConfig();
    set(config, "streamflix:environment.suffix", "abcdefghijkl");
    return new Names(parseJson(config).config);
  };

  it("have the form of their type", () => {
    const names = new Names(parseJson(validConfig()).config);
    assert.equal(names.fixed("dbCluster", "database"), "streamflix-database-dev");
    assert.equal(names.fixed("cache", "cache"), "streamflix-cache-dev");
    assert.equal(names.fixed("cacheParameterGroup", "cache-valkey8"), "streamflix-cache-valkey8-dev");
    assert.equal(names.fixed("lambdaFunction", "database-roles"), "streamflix-database-roles-dev");
    assert.equal(names.fixed("backupVault", "vault"), "streamflix-vault-dev");
    assert.equal(names.fixed("backupPlan", "backup"), "streamflix-backup-dev");
    assert.equal(names.fixed("ssmDocument", "database-tunnel"), "streamflix-database-tunnel-dev");
    assert.equal(names.prefix("dbInstance", "database-1"), "streamflix-database-1-dev-");
    assert.equal(names.prefix("secret", "database/master"), "streamflix/dev/database/master-");
  });

  it("keep every limit to the character", () => {
    const limits = {
      dbCluster: 63,
      dbSnapshot: 255,
      cache: 40,
      cacheSnapshot: 255,
      cacheParameterGroup: 255,
      cacheSubnetGroup: 255,
      efsCreationToken: 64,
      lambdaFunction: 64,
      backupVault: 50,
      backupPlan: 50,
      ssmDocument: 128,
      alarm: 255,
      metric: 255,
    } as const;
    const around = "streamflix--abcdefghijkl".length;
    for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const what = "x".repeat(limit - around);
      assert.equal(longest().fixed(kind, what).length, limit);
      assert.throws(() => longest().fixed(kind, `${what}x`), /Shorten "x+" by 1\./, kind);
    }
  });

  it("leave room for the tail of a prefix", () => {
    const limits = { dbInstance: 37, dbParameterGroup: 229, dbSubnetGroup: 229, secret: 486 } as const;
    const around = "streamflix--abcdefghijkl-".length;
    for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const what = "x".repeat(limit - around);
      assert.equal(longest().prefix(kind, what).length, limit);
      // Longer words are shortened, each to a name of its own.
      const [longer, another] = ["x", "y"].map((end) => longest().prefix(kind, `${what}${end}`));
      assert.equal(longer?.length, limit, kind);
      assert.notEqual(longer, another, kind);
    }
    longest().prefix("dbInstance", "database-16");
  });

  it("have only characters of their type", () => {
    for (const kind of ["dbCluster", "cache", "cacheSubnetGroup"] as const) {
      for (const bad of ["a--b", "a_b", "A"])
        assert.throws(() => longest().fixed(kind, bad), /may have only/);
    }
    assert.throws(() => longest().prefix("dbInstance", "a.b"), /may have only/);
    assert.throws(() => longest().prefix("secret", "a b"), /may have only/);
  });
});
