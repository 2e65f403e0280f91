import assert from "node:assert/strict";

import { LOG_CLASSES, RETENTION_CLASSES } from "../../config";
import { type Case, checkCases, one, prod } from "./cases";
import { parseJson, validConfig } from "./helpers";

const TABLE = "streamflix:retention";
const CLASS = "an object with minimumDays, maximumDays and reason";
const LOG_DAYS =
  "3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";
const BACKUP = "as streamflix:retention.backup has it";

const ROWS: readonly Case[] = [
  one(
    "no table",
    TABLE,
    undefined,
    `${TABLE} | nothing | an object with operational, access-log, audit, viewer-events, viewer-data, backup`,
  ),
  ...RETENTION_CLASSES.map((name) =>
    one(`no class ${name}`, `${TABLE}.${name}`, undefined, `${TABLE}.${name} | nothing | ${CLASS}`),
  ),
  one(
    "class misspelt",
    `${TABLE}.viewer-event`,
    { minimumDays: 1, maximumDays: 2, reason: "Nobody knows it." },
    `${TABLE}.viewer-event | an unknown key | did you mean viewer-events?`,
  ),
  one("class in a word", `${TABLE}.audit`, "for ever", `${TABLE}.audit | "for ever" | ${CLASS}`),
  one(
    "minimum of no days",
    `${TABLE}.backup.minimumDays`,
    0,
    `${TABLE}.backup.minimumDays | 0 | a whole number from 1 to 3653`,
  ),
  one(
    "minimum of half a day",
    `${TABLE}.backup.minimumDays`,
    1.5,
    `${TABLE}.backup.minimumDays | 1.5 | a whole number from 1 to 3653`,
  ),
  one(
    "maximum of a day",
    `${TABLE}.viewer-data.maximumDays`,
    1,
    `${TABLE}.viewer-data.maximumDays | 1 | a whole number from 2 to 3653`,
  ),
  one(
    "maximum of more than ten years",
    `${TABLE}.viewer-data.maximumDays`,
    3654,
    `${TABLE}.viewer-data.maximumDays | 3654 | a whole number from 2 to 3653`,
  ),
  one(
    "maximum for ever",
    `${TABLE}.viewer-data.maximumDays`,
    undefined,
    `${TABLE}.viewer-data.maximumDays | nothing | a whole number from 2 to 3653`,
  ),
  one(
    "no reason",
    `${TABLE}.viewer-data.reason`,
    undefined,
    `${TABLE}.viewer-data.reason | nothing | a sentence of 10 to 200 characters`,
  ),
  one(
    "reason that is none",
    `${TABLE}.viewer-data.reason`,
    "Because.",
    `${TABLE}.viewer-data.reason | "Because." | a sentence of 10 to 200 characters`,
  ),
];

const COHERENCE: readonly Case[] = [
  // Each class on its own, so that none is left out of the rule.
  ...RETENTION_CLASSES.map((name) => {
    const kept = { minimumDays: 31, maximumDays: 30, reason: "Gone before it may go." };
    const problem = `${TABLE}.${name}.minimumDays | 31 | at most maximumDays, 30`;
    const backups =
      name === "backup"
        ? [
            "streamflix:database.backupRetentionDays | 7",
            "streamflix:cache.snapshotRetentionDays | 7",
            "streamflix:backup.retentionDays | 30",
          ]
        : [];
    return one(
      `${name} has to be gone before it may go`,
      `${TABLE}.${name}`,
      kept,
      problem,
      ...backups.map((days) => `${days} | 31 to 30, ${BACKUP}`),
    );
  }),
  ...LOG_CLASSES.map((name) =>
    one(
      `${name} of days that CloudWatch Logs lacks`,
      `${TABLE}.${name}.maximumDays`,
      8,
      `${TABLE}.${name}.maximumDays | 8 | ${LOG_DAYS}`,
    ),
  ),
  {
    id: "events longer in the stream than Kinesis keeps them",
    change: { [`${TABLE}.viewer-events.minimumDays`]: 366, [`${TABLE}.viewer-events.maximumDays`]: 400 },
    problems: [`${TABLE}.viewer-events.minimumDays | 366 | at most 365`],
  },
  {
    id: "events as long in the stream as Kinesis keeps them",
    change: { [`${TABLE}.viewer-events.minimumDays`]: 365, [`${TABLE}.viewer-events.maximumDays`]: 365 },
    problems: [],
  },
  prod(
    "prod's evidence of 364 days",
    `${TABLE}.audit.minimumDays`,
    364,
    `${TABLE}.audit.minimumDays | 364 | 365 or more in prod`,
  ),
  prod(
    "prod's backups of 6 days",
    `${TABLE}.backup.minimumDays`,
    6,
    `${TABLE}.backup.minimumDays | 6 | 7 or more in prod`,
  ),
  one("dev's evidence of a day", `${TABLE}.audit.minimumDays`, 1),
  {
    id: "backups that go too early",
    change: { [`${TABLE}.backup.minimumDays`]: 8 },
    problems: [
      `streamflix:database.backupRetentionDays | 7 | 8 to 35, ${BACKUP}`,
      `streamflix:cache.snapshotRetentionDays | 7 | 8 to 35, ${BACKUP}`,
    ],
  },
  {
    id: "snapshots that stay too long",
    change: {
      [`${TABLE}.backup.maximumDays`]: 14,
      "streamflix:cache.snapshotRetentionDays": 15,
      "streamflix:backup.retentionDays": 14,
    },
    problems: [`streamflix:cache.snapshotRetentionDays | 15 | 1 to 14, ${BACKUP}`],
  },
  {
    id: "a default that stays too long",
    change: {
      [`${TABLE}.backup.maximumDays`]: 6,
      "streamflix:database.backupRetentionDays": undefined,
      "streamflix:cache.snapshotRetentionDays": 6,
      "streamflix:backup.retentionDays": 6,
    },
    problems: [`streamflix:database.backupRetentionDays | nothing | 1 to 6, ${BACKUP}`],
  },
  {
    id: "all that is wrong at once, each with its own words",
    stack: "prod",
    change: {
      [`${TABLE}.operational.maximumDays`]: 31,
      [`${TABLE}.audit.minimumDays`]: 100,
      [`${TABLE}.viewer-data.minimumDays`]: 731,
      "streamflix:database.backupRetentionDays": 3,
    },
    problems: [
      `${TABLE}.viewer-data.minimumDays | 731 | at most maximumDays, 730`,
      `${TABLE}.operational.maximumDays | 31 | ${LOG_DAYS}`,
      `${TABLE}.audit.minimumDays | 100 | 365 or more in prod`,
      `streamflix:database.backupRetentionDays | 3 | 7 to 35, ${BACKUP}`,
    ],
  },
];

checkCases("configuration rules: rows of the retention table", ROWS);
checkCases("configuration rules: coherence of the retention table", COHERENCE);

describe("retention table", () => {
  it("says nothing about backups of what is not built", () => {
    const config = validConfig("dev");
    for (const section of ["database", "rotation", "dataRetention", "remediation", "cache", "backup"])
      Reflect.deleteProperty(config, `streamflix:${section}`);
    const { backup } = parseJson(config).config.retention;
    assert.deepEqual([backup.minimumDays, backup.maximumDays], [1, 35]);
  });
});
