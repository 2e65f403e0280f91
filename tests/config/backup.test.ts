import { checkCases, one, prod, standby } from "./cases";

const BACKUP = "streamflix:backup";
const LOCK = `${BACKUP}.lock`;
const CLASS = "as streamflix:retention.backup has it";
const VERIFICATION = `${BACKUP}.restoreTests.database`;
const FILES_VERIFICATION = `${BACKUP}.restoreTests.files`;
const TABLE = { table: "profiles", minimumRows: 1 };
const LOOKED_INTO = { objectiveMinutes: 60, tables: [TABLE] };
const FILES_LOOKED_INTO = { objectiveMinutes: 60, minimumFiles: 1 };
const ENDPOINTS = ["secretsmanager", "logs", "ecr.api", "ecr.dkr", "rds"];
const SQL_NAME = "1 to 63 lower-case letters, digits and underscores, not beginning with a digit";
const GRACE = "a whole number from 3 to 365, with mode compliance only";

checkCases("configuration rules: backup", [
  one("no backups", BACKUP, undefined),
  prod("no backups in prod yet", BACKUP, undefined),
  one("days by default", `${BACKUP}.retentionDays`, undefined),
  one(
    "kept for longer than the class",
    `${BACKUP}.retentionDays`,
    36,
    `${BACKUP}.retentionDays | 36 | 1 to 35, ${CLASS}`,
  ),
  prod(
    "gone before the class's time",
    `${BACKUP}.retentionDays`,
    6,
    `${BACKUP}.retentionDays | 6 | 7 to 35, ${CLASS}`,
  ),
  one(
    "kept for no day",
    `${BACKUP}.retentionDays`,
    0,
    `${BACKUP}.retentionDays | 0 | a whole number from 1 to 36500, within streamflix:retention.backup`,
  ),
  one("the database keeps its own", `${BACKUP}.continuous`, undefined),
  {
    id: "continuous backups without a database",
    change: {
      "streamflix:database": undefined,
      "streamflix:rotation": undefined,
      "streamflix:dataRetention": undefined,
      "streamflix:remediation": undefined,
    },
    problems: [`${BACKUP}.continuous | {} | remove it`],
  },
  {
    id: "nothing to back up",
    change: {
      "streamflix:database": undefined,
      "streamflix:rotation": undefined,
      "streamflix:dataRetention": undefined,
      "streamflix:remediation": undefined,
      "streamflix:files": undefined,
      [BACKUP]: { retentionDays: 30 },
    },
    problems: [`${BACKUP} | {"retentionDays":30} | remove the section`],
  },
  one("a lock that can be taken off, in dev", LOCK, { mode: "governance" }),
  one(
    "a lock for ever in a stack that is to be destroyed",
    LOCK,
    { mode: "compliance", changeableForDays: 3 },
    `${LOCK}.mode | "compliance" | governance, since streamflix:environment.protection is false`,
  ),
  prod("a lock for ever, meant", LOCK, { mode: "compliance", changeableForDays: 3 }),
  prod(
    "a lock for ever, by one word",
    LOCK,
    { mode: "compliance" },
    `${LOCK}.changeableForDays | nothing | write how many days you want to be able to change your mind, 3 or more; then it is for ever`,
  ),
  prod(
    "a lock for ever that says governance",
    LOCK,
    { mode: "governance", changeableForDays: 3 },
    `${LOCK}.changeableForDays | 3 | remove it, or write mode: compliance and mean it`,
  ),
  prod(
    "less grace than AWS takes",
    LOCK,
    { mode: "compliance", changeableForDays: 2 },
    `${LOCK}.changeableForDays | 2 | ${GRACE}`,
  ),
  prod(
    "a lock of another mode",
    LOCK,
    { mode: "legal" },
    `${LOCK}.mode | "legal" | governance; compliance only where streamflix:environment.protection is true`,
  ),
  prod("no lock in prod", LOCK, undefined, `${LOCK} | nothing | an object with mode in prod`),
  one("restore tests in dev", `${BACKUP}.restoreTests`, {}),
  prod(
    "no restore tests in prod",
    `${BACKUP}.restoreTests`,
    undefined,
    `${BACKUP}.restoreTests | nothing | an object in prod`,
  ),
  prod(
    "restored databases that nobody looks into, in prod",
    VERIFICATION,
    undefined,
    `${VERIFICATION} | nothing | an object with objectiveMinutes and tables in prod`,
  ),
  one("restored databases that nobody looks into", `${BACKUP}.restoreTests`, {}),
  {
    id: "restored databases that somebody looks into, from a network that can",
    change: {
      [`${BACKUP}.restoreTests`]: { database: LOOKED_INTO },
      "streamflix:network.endpoints": ENDPOINTS,
    },
    problems: [],
  },
  one(
    "restored databases that nobody can sign in to",
    `${BACKUP}.restoreTests`,
    { database: LOOKED_INTO },
    `streamflix:network.endpoints | ["secretsmanager","logs","ecr.api","ecr.dkr"] | rds among them, since streamflix:backup.restoreTests.database is there`,
  ),
  {
    id: "restored databases without a database",
    change: {
      "streamflix:database": undefined,
      "streamflix:rotation": undefined,
      "streamflix:dataRetention": undefined,
      "streamflix:remediation": undefined,
      [`${BACKUP}.continuous`]: undefined,
      [`${BACKUP}.restoreTests`]: { database: LOOKED_INTO },
      "streamflix:network.endpoints": ENDPOINTS,
    },
    problems: [`${VERIFICATION} | ${JSON.stringify(LOOKED_INTO)} | remove it`],
  },
  prod(
    "restored files that nobody looks into, in prod",
    FILES_VERIFICATION,
    undefined,
    `${FILES_VERIFICATION} | nothing | an object with objectiveMinutes and minimumFiles in prod`,
  ),
  one("restored files that somebody looks into", `${BACKUP}.restoreTests`, { files: FILES_LOOKED_INTO }),
  {
    id: "restored files without files",
    change: { "streamflix:files": undefined, [`${BACKUP}.restoreTests`]: { files: FILES_LOOKED_INTO } },
    problems: [`${FILES_VERIFICATION} | ${JSON.stringify(FILES_LOOKED_INTO)} | remove it`],
  },
  prod(
    "no file at all",
    `${FILES_VERIFICATION}.minimumFiles`,
    0,
    `${FILES_VERIFICATION}.minimumFiles | 0 | a whole number, 1 or more`,
  ),
  prod("files of any age", `${FILES_VERIFICATION}.newestMaximumDays`, undefined),
  prod(
    "files that may be as old as nothing",
    `${FILES_VERIFICATION}.newestMaximumDays`,
    0,
    `${FILES_VERIFICATION}.newestMaximumDays | 0 | a whole number, 1 or more: longer than nobody ever writes`,
  ),
  prod(
    "files that are there in no time",
    `${FILES_VERIFICATION}.objectiveMinutes`,
    9,
    `${FILES_VERIFICATION}.objectiveMinutes | 9 | a whole number from 10 to 720`,
  ),
  prod(
    "a table twice",
    `${VERIFICATION}.tables`,
    [TABLE, TABLE],
    `${VERIFICATION}.tables[1].table | "profiles" | remove one of them`,
  ),
  prod(
    "no table",
    `${VERIFICATION}.tables`,
    [],
    `${VERIFICATION}.tables | [] | a list of tables, each with minimumRows; none twice`,
  ),
  prod(
    "a name that is none",
    `${VERIFICATION}.tables[0].table`,
    "Profiles",
    `${VERIFICATION}.tables[0].table | "Profiles" | ${SQL_NAME}`,
  ),
  prod(
    "fewer rows than none",
    `${VERIFICATION}.tables[0].minimumRows`,
    -1,
    `${VERIFICATION}.tables[0].minimumRows | -1 | a whole number, 0 or more`,
  ),
  prod(
    "no hour",
    `${VERIFICATION}.tables[1].newest.maximumHours`,
    0,
    `${VERIFICATION}.tables[1].newest.maximumHours | 0 | a whole number, 1 or more: longer than nobody ever writes`,
  ),
  prod(
    "an objective that no instance can keep",
    `${VERIFICATION}.objectiveMinutes`,
    9,
    `${VERIFICATION}.objectiveMinutes | 9 | a whole number from 10 to 720`,
  ),
  standby("a vault for copies of others", BACKUP, {}, `${LOCK} | nothing | an object with mode in prod`),
  standby("a vault for copies of others, locked", BACKUP, { lock: { mode: "governance" } }),
  one(
    "a key that there is not",
    `${BACKUP}.retention`,
    30,
    `${BACKUP}.retention | an unknown key | did you mean retentionDays?`,
  ),
]);
