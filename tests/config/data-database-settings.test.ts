import { type Case, checkCases, one, prod } from "./cases";

const DB = "streamflix:database";
const VERSIONS =
  "16.8, 16.10, 16.11, 16.13, 17.6, 17.7, 17.9, in quotes; 16.8 and 17.7 are supported longest";
const BACKUP = "a whole number from 1 to 35, within streamflix:retention.backup";

const VERSION: readonly Case[] = [
  one("version of a newer minor", `${DB}.engineVersion`, "17.9"),
  one(
    "version below 16.8",
    `${DB}.engineVersion`,
    "16.6",
    `${DB}.engineVersion | "16.6" | did you mean 16.8?`,
  ),
  one(
    "version out of support",
    `${DB}.engineVersion`,
    "15.4",
    `${DB}.engineVersion | "15.4" | did you mean 16.8?`,
  ),
  one(
    "version of another form",
    `${DB}.engineVersion`,
    "latest",
    `${DB}.engineVersion | "latest" | ${VERSIONS}`,
  ),
  one(
    "version as a number",
    `${DB}.engineVersion`,
    17.7,
    `${DB}.engineVersion | 17.7 | put it in quotes; on the command line add --type string`,
  ),
  one(
    "major upgrade as text",
    `${DB}.allowMajorVersionUpgrade`,
    "yes",
    `${DB}.allowMajorVersionUpgrade | "yes" | true or false`,
  ),
  one(
    "changes at another time",
    `${DB}.applyChanges`,
    "later",
    `${DB}.applyChanges | "later" | now or window`,
  ),
  one(
    "changes at an unknown time",
    `${DB}.applyChanges`,
    undefined,
    `${DB}.applyChanges | nothing | now or window`,
  ),
];

const WINDOW = "ddd:hh:mm-ddd:hh:mm of 30 minutes to a day, such as sun:03:00-sun:04:00";
const KEEPING: readonly Case[] = [
  one("no backups", `${DB}.backupRetentionDays`, 0, `${DB}.backupRetentionDays | 0 | ${BACKUP}`),
  one("backups of 36 days", `${DB}.backupRetentionDays`, 36, `${DB}.backupRetentionDays | 36 | ${BACKUP}`),
  one("backups of 1 day", `${DB}.backupRetentionDays`, 1),
  prod(
    "prod backups of 6 days",
    `${DB}.backupRetentionDays`,
    6,
    `${DB}.backupRetentionDays | 6 | 7 to 35, as streamflix:retention.backup has it`,
  ),
  one(
    "backup window in words",
    `${DB}.backupWindow`,
    "at night",
    `${DB}.backupWindow | "at night" | write it as hh:mm-hh:mm, in UTC`,
  ),
  one(
    "backup window at 24:00",
    `${DB}.backupWindow`,
    "24:00-24:30",
    `${DB}.backupWindow | "24:00-24:30" | write it as hh:mm-hh:mm, in UTC`,
  ),
  one(
    "backup window of 29 minutes",
    `${DB}.backupWindow`,
    "01:00-01:29",
    `${DB}.backupWindow | "01:00-01:29" | it lasts 29 minutes; make it at least 30`,
  ),
  one("backup window over midnight", `${DB}.backupWindow`, "23:45-00:15"),
  one(
    "maintenance window missing",
    `${DB}.maintenanceWindow`,
    undefined,
    `${DB}.maintenanceWindow | nothing | ${WINDOW}`,
  ),
  one(
    "maintenance window without a day",
    `${DB}.maintenanceWindow`,
    "03:00-04:00",
    `${DB}.maintenanceWindow | "03:00-04:00" | write it as ddd:hh:mm-ddd:hh:mm, in UTC`,
  ),
  one(
    "maintenance window of two days",
    `${DB}.maintenanceWindow`,
    "sat:03:00-mon:03:00",
    `${DB}.maintenanceWindow | "sat:03:00-mon:03:00" | it lasts longer than a day`,
  ),
  one(
    "windows that overlap",
    `${DB}.maintenanceWindow`,
    "sun:01:30-sun:02:00",
    `${DB}.maintenanceWindow | "sun:01:30-sun:02:00" | a window apart from backupWindow, 01:00-02:00 of every day`,
  ),
  one(
    "maintenance window over midnight into the backup",
    `${DB}.maintenanceWindow`,
    "sun:23:30-mon:01:01",
    `${DB}.maintenanceWindow | "sun:23:30-mon:01:01" | a window apart from backupWindow, 01:00-02:00 of every day`,
  ),
  one("windows that touch", `${DB}.maintenanceWindow`, "sun:00:00-sun:01:00"),
  one("insights unknown", `${DB}.insights`, "off", `${DB}.insights | "off" | standard or advanced`),
  one(
    "audit of rows",
    `${DB}.auditClasses`,
    ["ddl", "write"],
    `${DB}.auditClasses[1] | "write" | ddl, role, misc, misc_set`,
  ),
  one(
    "audit of nothing",
    `${DB}.auditClasses`,
    [],
    `${DB}.auditClasses | [] | a list without repeats of ddl, role, misc, misc_set`,
  ),
  one(
    "audit twice",
    `${DB}.auditClasses`,
    ["ddl", "ddl"],
    `${DB}.auditClasses[1] | "ddl" | it is listed twice; remove one`,
  ),
  one(
    "encryption switched off",
    `${DB}.storageEncrypted`,
    false,
    `${DB}.storageEncrypted | an unknown key | remove it`,
  ),
  one(
    "deletion protection switched off",
    `${DB}.deletionProtection`,
    false,
    `${DB}.deletionProtection | an unknown key | remove it`,
  ),
  one(
    "no way to Secrets Manager",
    "streamflix:network.endpoints",
    ["logs"],
    'streamflix:network.endpoints | ["logs"] | add secretsmanager',
  ),
  {
    id: "no database, and no way to Secrets Manager",
    change: {
      [DB]: undefined,
      "streamflix:backup": undefined,
      "streamflix:rotation": undefined,
      "streamflix:remediation": undefined,
      "streamflix:dataRetention": undefined,
      "streamflix:network.endpoints": ["logs"],
    },
    problems: [],
  },
];

checkCases("configuration rules: database version and changes", VERSION);
checkCases("configuration rules: database windows, logs and passwords", KEEPING);
