import { type Case, checkCases, one, prod } from "./cases";

const SECTION = "streamflix:dataRetention";
const NAME = "1 to 63 lower-case letters, digits and underscores, not starting with a digit";
const CLASSES = "operational, viewer-events, viewer-data";
const WINDOW = `${SECTION}.window`;
const TABLE = `${SECTION}.tables[0]`;
const PREFIX = "3 to 512 letters, digits and _ . / # -";

const CASES: readonly Case[] = [
  one("no deletion in dev", SECTION, undefined),
  prod(
    "no deletion in prod",
    SECTION,
    undefined,
    `${SECTION} | nothing | a section in prod, since there is a database`,
  ),
  {
    id: "deletion without a database",
    change: {
      "streamflix:backup": undefined,
      "streamflix:database": undefined,
      "streamflix:rotation": undefined,
      "streamflix:remediation": undefined,
    },
    problems: [
      `${SECTION} | {"window":"02:00-03:00","batchRows":1000,"subjectKeys":{"table":"subject_keys","… | remove it`,
    ],
  },
  one("a window over midnight", WINDOW, "23:00-02:00"),
  one(
    "a window of half hours",
    WINDOW,
    "01:30-02:30",
    `${WINDOW} | "01:30-02:30" | start and end it at a full hour`,
  ),
  one(
    "a window of no time",
    WINDOW,
    "02:00-02:00",
    `${WINDOW} | "02:00-02:00" | it lasts 0 minutes; make it at least 60`,
  ),
  one("a window in words", WINDOW, "at night", `${WINDOW} | "at night" | write it as hh:mm-hh:mm, in UTC`),
  one(
    "a window in the maintenance",
    WINDOW,
    "02:00-04:00",
    `${WINDOW} | "02:00-04:00" | a window apart from database.maintenanceWindow, sun:03:00-sun:04:00`,
  ),
  one("batches of 10,000", `${SECTION}.batchRows`, 10_000),
  one(
    "batches of 99",
    `${SECTION}.batchRows`,
    99,
    `${SECTION}.batchRows | 99 | a whole number from 100 to 10000`,
  ),
  one(
    "no keys of subjects",
    `${SECTION}.subjectKeys`,
    undefined,
    `${SECTION}.subjectKeys | nothing | an object with table and subjectColumn`,
  ),
  one(
    "keys of subjects among the tables",
    `${TABLE}.table`,
    "subject_keys",
    `${TABLE}.table | "subject_keys" | remove this table`,
  ),
  one(
    "no tables",
    `${SECTION}.tables`,
    [],
    `${SECTION}.tables | [] | a list of at least one table, each once`,
  ),
  one(
    "a table twice",
    `${TABLE}.table`,
    "profiles",
    `${SECTION}.tables[1].table | "profiles" | profiles is there twice; rename one`,
  ),
  one("a table with a quote", `${TABLE}.table`, 'a"b', `${TABLE}.table | "a\\"b" | ${NAME}`),
  one("a table that only expires", `${TABLE}.subjectColumn`, undefined),
  one(
    "a time without a class",
    `${TABLE}.retentionClass`,
    undefined,
    `${TABLE}.retentionClass | nothing | write the class whose days count from timeColumn`,
  ),
  one(
    "a class without a time",
    `${TABLE}.timeColumn`,
    undefined,
    `${TABLE}.timeColumn | nothing | write the column that the days of retentionClass count from`,
  ),
  one(
    "a table from which nothing goes",
    TABLE,
    { table: "a" },
    `${TABLE}.subjectColumn | nothing | write subjectColumn, or timeColumn with retentionClass: nothing would be deleted`,
  ),
  one(
    "rows of a class that rows don't have",
    `${TABLE}.retentionClass`,
    "backup",
    `${TABLE}.retentionClass | "backup" | ${CLASSES}`,
  ),
  one("days in place of a class", `${TABLE}.days`, 30, `${TABLE}.days | an unknown key | remove it`),
  one(
    "no log groups to look after",
    `${SECTION}.sweptLogGroups`,
    [],
    `${SECTION}.sweptLogGroups | [] | a list of at least one start of a name, without repeats`,
  ),
  one(
    "all log groups",
    `${SECTION}.sweptLogGroups[0]`,
    "/",
    `${SECTION}.sweptLogGroups[0] | "/" | ${PREFIX}`,
  ),
  one(
    "log groups twice",
    `${SECTION}.sweptLogGroups[1]`,
    "/aws/",
    `${SECTION}.sweptLogGroups[1] | "/aws/" | it is listed twice; remove one`,
  ),
  one(
    "no way to the log groups",
    "streamflix:network.endpoints",
    ["secretsmanager", "ecr.api", "ecr.dkr"],
    `streamflix:network.endpoints | ["secretsmanager","ecr.api","ecr.dkr"] | add logs`,
  ),
];

checkCases("configuration rules: deletion of rows", CASES);
