import { type Case, checkCases, one, prod } from "./cases";

const DB = "streamflix:database";
const SERVERLESS = `${DB}.engine.serverless`;
const MIN = "a number from 0 to 256 in steps of 0.5, at most maxCapacity; prod: 0.5 or more";
const MAX = "a number from 1 to 256 in steps of 0.5, at least minCapacity";
const PAUSE = "a whole number from 300 to 86400, only with a minCapacity of 0";
const COUNT = "a whole number from 1 to 15";
const COOLDOWN = "a whole number from 0 to 3600";

/** Provisioned instances with scaled readers, with some values changed. */
function provisioned(id: string, changes: Readonly<Record<string, unknown>>, ...problems: string[]): Case {
  return {
    id,
    change: {
      [`${DB}.engine`]: { provisioned: { instanceClass: "db.r7g.large" } },
      [`${DB}.readers`]: { provisioned: { min: 1, max: 4 } },
      ...changes,
    },
    problems,
  };
}

const CAPACITY: readonly Case[] = [
  one("minimum below 0", `${SERVERLESS}.minCapacity`, -0.5, `${SERVERLESS}.minCapacity | -0.5 | ${MIN}`),
  one("minimum off the steps", `${SERVERLESS}.minCapacity`, 0.3, `${SERVERLESS}.minCapacity | 0.3 | ${MIN}`),
  one("minimum as text", `${SERVERLESS}.minCapacity`, "0", `${SERVERLESS}.minCapacity | "0" | ${MIN}`),
  one(
    "minimum missing",
    `${SERVERLESS}.minCapacity`,
    undefined,
    `${SERVERLESS}.minCapacity | nothing | ${MIN}`,
  ),
  one("maximum of 0.5", `${SERVERLESS}.maxCapacity`, 0.5, `${SERVERLESS}.maxCapacity | 0.5 | ${MAX}`),
  one("maximum of 256", `${SERVERLESS}.maxCapacity`, 256),
  one("maximum of 256.5", `${SERVERLESS}.maxCapacity`, 256.5, `${SERVERLESS}.maxCapacity | 256.5 | ${MAX}`),
  one(
    "maximum off the steps",
    `${SERVERLESS}.maxCapacity`,
    16.25,
    `${SERVERLESS}.maxCapacity | 16.25 | ${MAX}`,
  ),
  prod(
    "minimum above maximum",
    `${SERVERLESS}.minCapacity`,
    65,
    `${SERVERLESS}.minCapacity | 65 | at most maxCapacity, 64`,
  ),
  prod("minimum as high as maximum", `${SERVERLESS}.minCapacity`, 64),
  one(
    "pause after 299 seconds",
    `${SERVERLESS}.secondsUntilAutoPause`,
    299,
    `${SERVERLESS}.secondsUntilAutoPause | 299 | ${PAUSE}`,
  ),
  one(
    "pause after more than a day",
    `${SERVERLESS}.secondsUntilAutoPause`,
    86_401,
    `${SERVERLESS}.secondsUntilAutoPause | 86401 | ${PAUSE}`,
  ),
  one(
    "pause from a minimum above 0",
    `${SERVERLESS}.minCapacity`,
    2,
    `${SERVERLESS}.secondsUntilAutoPause | 1800 | remove it, or set minCapacity to 0`,
  ),
  prod(
    "prod that pauses",
    `${SERVERLESS}.minCapacity`,
    0,
    `${SERVERLESS}.minCapacity | 0 | 0.5 or more in prod`,
  ),
];

const KINDS: readonly Case[] = [
  one("engine of no kind", `${DB}.engine`, {}, `${DB}.engine | {} | write one of serverless, provisioned`),
  one(
    "engine of two kinds",
    `${DB}.engine.provisioned`,
    { instanceClass: "db.r7g.large" },
    `${DB}.engine | {"serverless":{"minCapacity":0,"maxCapacity":16,"secondsUntilAutoPause":1800},"p… | keep one of serverless, provisioned`,
  ),
  one(
    "engine as text",
    `${DB}.engine`,
    "serverless",
    `${DB}.engine | "serverless" | an object with either serverless or provisioned`,
  ),
  one(
    "engine missing",
    `${DB}.engine`,
    undefined,
    `${DB}.engine | nothing | an object with either serverless or provisioned`,
  ),
  one(
    "engine of an unknown kind",
    `${DB}.engine`,
    { serverles: { minCapacity: 1, maxCapacity: 2 } },
    `${DB}.engine.serverles | an unknown key | did you mean serverless?`,
  ),
  one(
    "serverless with scaled readers",
    `${DB}.readers`,
    { provisioned: { min: 1, max: 4 } },
    `${DB}.readers.provisioned | {"min":1,"max":4} | write readers.serverless.count; capacity scales within engine.serverless`,
  ),
  provisioned(
    "provisioned with a fixed number of readers",
    { [`${DB}.readers`]: { serverless: { count: 1 } } },
    `${DB}.readers.serverless | {"count":1} | write readers.provisioned with the same number as min and max for a fixed number of readers`,
  ),
  one("readers of no kind", `${DB}.readers`, {}, `${DB}.readers | {} | write one of serverless, provisioned`),
  provisioned("provisioned with scaled readers", {}),
  provisioned(
    "class unknown",
    { [`${DB}.engine`]: { provisioned: { instanceClass: "db.r7g.larg" } } },
    `${DB}.engine.provisioned.instanceClass | "db.r7g.larg" | did you mean db.r7g.large?`,
  ),
  provisioned(
    "class of another architecture",
    { [`${DB}.engine`]: { provisioned: { instanceClass: "db.x2iedn.32xlarge" } } },
    `${DB}.engine.provisioned.instanceClass | "db.x2iedn.32xlarge" | db.t4g.medium, db.t4g.large, or db.r6g, db.r7g or db.r8g in sizes large to 16xlarge`,
  ),
];

const READERS: readonly Case[] = [
  one("no reader", `${DB}.readers.serverless.count`, 0, `${DB}.readers.serverless.count | 0 | ${COUNT}`),
  one("15 readers", `${DB}.readers.serverless.count`, 15),
  one("16 readers", `${DB}.readers.serverless.count`, 16, `${DB}.readers.serverless.count | 16 | ${COUNT}`),
  provisioned(
    "scaling from none",
    { [`${DB}.readers`]: { provisioned: { min: 0, max: 4 } } },
    `${DB}.readers.provisioned.min | 0 | ${COUNT}`,
  ),
  provisioned(
    "scaling to 16",
    { [`${DB}.readers`]: { provisioned: { min: 1, max: 16 } } },
    `${DB}.readers.provisioned.max | 16 | ${COUNT}`,
  ),
  provisioned(
    "scaling backwards",
    { [`${DB}.readers`]: { provisioned: { min: 4, max: 2 } } },
    `${DB}.readers.provisioned.min | 4 | at most max, 2`,
  ),
  provisioned(
    "scaling target above 90 %",
    { [`${DB}.readers`]: { provisioned: { min: 1, max: 2, targetCpuPercent: 95 } } },
    `${DB}.readers.provisioned.targetCpuPercent | 95 | a whole number from 20 to 90`,
  ),
  provisioned(
    "cooldown of more than an hour",
    { [`${DB}.readers`]: { provisioned: { min: 1, max: 2, scaleInCooldownSeconds: 3601 } } },
    `${DB}.readers.provisioned.scaleInCooldownSeconds | 3601 | ${COOLDOWN}`,
  ),
  provisioned(
    "cooldown below 0",
    { [`${DB}.readers`]: { provisioned: { min: 1, max: 2, scaleOutCooldownSeconds: -1 } } },
    `${DB}.readers.provisioned.scaleOutCooldownSeconds | -1 | ${COOLDOWN}`,
  ),
];

checkCases("configuration rules: database capacity", CAPACITY);
checkCases("configuration rules: database engine and readers", KINDS);
checkCases("configuration rules: number of readers", READERS);
