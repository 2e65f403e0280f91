import assert from "node:assert/strict";

import { type Case, checkCases, one } from "./cases";
import { parseJson, set, validConfig } from "./helpers";

const CACHE = "streamflix:cache";
const FILES = "streamflix:files";
const TRANSITIONS = "1, 7, 14, 30, 60, 90, 180, 270, 365";

const CACHES: readonly Case[] = [
  one("no cache", CACHE, undefined),
  one("engine unknown", `${CACHE}.engine`, "memcached", `${CACHE}.engine | "memcached" | valkey or redis`),
  one("engine misspelt", `${CACHE}.engine`, "valky", `${CACHE}.engine | "valky" | did you mean valkey?`),
  one(
    "version of the other engine",
    `${CACHE}.engineVersion`,
    "7.1",
    `${CACHE}.engineVersion | "7.1" | 7.2, 8.0, 8.1 for valkey`,
  ),
  {
    id: "Redis OSS with a version of its own",
    change: { [`${CACHE}.engine`]: "redis", [`${CACHE}.engineVersion`]: "7.1" },
    problems: [],
  },
  one(
    "engine with a version it never had",
    `${CACHE}.engine`,
    "redis",
    `${CACHE}.engineVersion | "8.0" | 7.0, 7.1 for redis`,
  ),
  one(
    "version as a number",
    `${CACHE}.engineVersion`,
    8.1,
    `${CACHE}.engineVersion | 8.1 | put it in quotes; on the command line add --type string`,
  ),
  one(
    "version missing",
    `${CACHE}.engineVersion`,
    undefined,
    `${CACHE}.engineVersion | nothing | a version of the engine, in quotes (valkey: 7.2, 8.0, 8.1; redis: 7.0, 7.1)`,
  ),
  one(
    "node type of the database",
    `${CACHE}.nodeType`,
    "db.t4g.medium",
    `${CACHE}.nodeType | "db.t4g.medium" | did you mean cache.t4g.medium?`,
  ),
  one("one node", `${CACHE}.nodes`, 1, `${CACHE}.nodes | 1 | a whole number from 2 to 6`),
  one("seven nodes", `${CACHE}.nodes`, 7, `${CACHE}.nodes | 7 | a whole number from 2 to 6`),
  one(
    "changes at no known time",
    `${CACHE}.applyChanges`,
    undefined,
    `${CACHE}.applyChanges | nothing | now or window`,
  ),
  one(
    "no snapshots",
    `${CACHE}.snapshotRetentionDays`,
    0,
    `${CACHE}.snapshotRetentionDays | 0 | a whole number from 1 to 35, within streamflix:retention.backup`,
  ),
  one(
    "snapshot window of half an hour",
    `${CACHE}.snapshotWindow`,
    "01:00-01:30",
    `${CACHE}.snapshotWindow | "01:00-01:30" | it lasts 30 minutes; make it at least 60`,
  ),
  one(
    "maintenance window of half an hour",
    `${CACHE}.maintenanceWindow`,
    "sun:05:00-sun:05:30",
    `${CACHE}.maintenanceWindow | "sun:05:00-sun:05:30" | it lasts 30 minutes; make it at least 60`,
  ),
  one(
    "windows that overlap",
    `${CACHE}.maintenanceWindow`,
    "sun:00:30-sun:01:30",
    `${CACHE}.maintenanceWindow | "sun:00:30-sun:01:30" | a window apart from snapshotWindow, 01:00-02:00 of every day`,
  ),
  one(
    "TLS switched off",
    `${CACHE}.transitEncryptionEnabled`,
    false,
    `${CACHE}.transitEncryptionEnabled | an unknown key | remove it`,
  ),
  one(
    "password instead of IAM",
    `${CACHE}.authToken`,
    "x",
    `${CACHE}.authToken | an unknown key | remove it`,
  ),
];

const FILE_SYSTEMS: readonly Case[] = [
  one("no files", FILES, undefined),
  one(
    "age that EFS doesn't know",
    `${FILES}.infrequentAccessAfterDays`,
    45,
    `${FILES}.infrequentAccessAfterDays | 45 | ${TRANSITIONS}`,
  ),
  one(
    "archive before infrequent access",
    `${FILES}.archiveAfterDays`,
    14,
    `${FILES}.archiveAfterDays | 14 | more than infrequentAccessAfterDays, 30`,
  ),
  one(
    "archive with infrequent access",
    `${FILES}.archiveAfterDays`,
    30,
    `${FILES}.archiveAfterDays | 30 | more than infrequentAccessAfterDays, 30`,
  ),
  one(
    "archive missing",
    `${FILES}.archiveAfterDays`,
    undefined,
    `${FILES}.archiveAfterDays | nothing | ${TRANSITIONS}; more than infrequentAccessAfterDays`,
  ),
  one(
    "encryption switched off",
    `${FILES}.encrypted`,
    false,
    `${FILES}.encrypted | an unknown key | remove it`,
  ),
];

checkCases("configuration rules: cache", CACHES);
checkCases("configuration rules: files", FILE_SYSTEMS);

describe("data tier warnings", () => {
  const warnings = (stack: "dev" | "prod", changes: Readonly<Record<string, unknown>>) => {
    const config = validConfig(stack);
    for (const [path, value] of Object.entries(changes)) set(config, path, value);
    return parseJson(config).warnings;
  };
  const serverless = (minCapacity: number) => ({
    "streamflix:database.engine": { serverless: { minCapacity, maxCapacity: 16 } },
  });
  const AT = "streamflix:database.engine.serverless.minCapacity is";
  const CAP = "AWS caps max_connections at 2,000, whatever maxCapacity is. From 1 on it doesn't.";
  const INSIGHTS = "Performance Insights wants 2 or more, and takes memory from queries below that.";

  it("say what a small minimum costs", () => {
    assert.deepEqual(warnings("dev", serverless(0)), [`${AT} 0: ${CAP}`, `${AT} 0: ${INSIGHTS}`]);
    const alone = (minCapacity: number) => ({
      ...serverless(minCapacity),
      "streamflix:database.global": undefined,
    });
    assert.deepEqual(warnings("prod", alone(0.5)), [`${AT} 0.5: ${CAP}`, `${AT} 0.5: ${INSIGHTS}`]);
    assert.deepEqual(warnings("prod", alone(1)), [`${AT} 1: ${INSIGHTS}`]);
    assert.deepEqual(warnings("prod", alone(2)), []);
  });

  it("leave alone who chose when to pause", () => {
    assert.deepEqual(warnings("dev", {}), []);
  });

  it("name a burstable class in a protected stack only", () => {
    const burstable = {
      "streamflix:database.engine": { provisioned: { instanceClass: "db.t4g.medium" } },
      "streamflix:database.readers": { provisioned: { min: 1, max: 2 } },
      "streamflix:database.global": undefined,
    };
    assert.deepEqual(warnings("prod", burstable), [
      "streamflix:database.engine.provisioned.instanceClass is db.t4g.medium: burstable, so it slows " +
        "down or costs extra under steady load. AWS advises it for tests only.",
    ]);
    assert.deepEqual(warnings("dev", burstable), []);
  });
});

describe("data tier defaults", () => {
  it("are those of the reference", () => {
    const config = validConfig("prod");
    for (const path of ["engineVersion", "allowMajorVersionUpgrade", "backupRetentionDays", "insights"]) {
      set(config, `streamflix:database.${path}`, undefined);
    }
    set(config, "streamflix:database.auditClasses", undefined);
    set(config, "streamflix:rotation", {});
    set(config, "streamflix:database.engine", { provisioned: { instanceClass: "db.r7g.large" } });
    set(config, "streamflix:database.readers", { provisioned: { min: 1, max: 2 } });
    for (const path of ["engine", "nodes", "snapshotRetentionDays"])
      set(config, `streamflix:cache.${path}`, undefined);
    const { database, rotation, cache } = parseJson(config).config;
    assert.deepEqual(database, {
      engine: { provisioned: { instanceClass: "db.r7g.large" } },
      engineVersion: "17.7",
      allowMajorVersionUpgrade: false,
      applyChanges: "window",
      readers: {
        provisioned: {
          min: 1,
          max: 2,
          targetCpuPercent: 70,
          scaleInCooldownSeconds: 300,
          scaleOutCooldownSeconds: 300,
        },
      },
      global: {},
      backupRetentionDays: 7,
      backupWindow: "01:00-02:00",
      maintenanceWindow: "sun:03:00-sun:04:00",
      insights: "standard",
      auditClasses: ["ddl", "role"],
    });
    assert.deepEqual(rotation, { masterDays: 30, serviceDays: 30, runtime: "nodejs24.x" });
    assert.deepEqual([cache?.engine, cache?.nodes, cache?.snapshotRetentionDays], ["valkey", 2, 7]);
  });
});
