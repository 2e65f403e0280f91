import { z } from "zod";

import { noted } from "./fields";

/** AWS's own least and most retention of a backup. */
const LONGEST_DAYS = 36_500;

/** Days that a lock of mode compliance can still be taken off: AWS's least, and a year. */
const GRACE_DAYS = { least: 3, most: 365 } as const;

const continuous = noted(z.strictObject({}).readonly().exactOptional(), {
  means:
    "Hands the database's automated backups to AWS Backup, which then sets their window: to be restored to any second of the last streamflix:database.backupRetentionDays.",
  allowed: "an empty object; needs streamflix:database",
  why: "what is in the vault is under its lock, and outlives the cluster",
  absent: "the database keeps its automated backups itself, and they go with it",
});

const lock = noted(
  z
    .strictObject({
      mode: noted(z.enum(["governance", "compliance"]), {
        means:
          "Who can take the lock off: whoever the account's rights let (governance), or nobody, AWS included (compliance).",
        allowed: "governance; compliance only where streamflix:environment.protection is true",
        why: "a vault with a lock of mode compliance stays for as long as it holds a backup, whatever anybody does",
      }),
      changeableForDays: noted(z.int().min(GRACE_DAYS.least).max(GRACE_DAYS.most).exactOptional(), {
        means: "Days in which a lock of mode compliance can still be changed or taken off. Then never again.",
        allowed: `a whole number from ${GRACE_DAYS.least} to ${GRACE_DAYS.most}, with mode compliance only`,
        why: "AWS takes no less, and a lock that can be taken off for longer locks nothing",
        absent: "a lock of mode governance",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Refuses to delete backups before their time, and to keep any for less or more than streamflix:retention.backup says.",
    allowed: "an object with mode; prod: always",
    why: "whoever takes over an account deletes the backups first",
    absent: "backups can be deleted, so that the stack can be destroyed",
  },
);

/** Names of tables and columns. */
const sqlName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const SQL_NAME = "1 to 63 lower-case letters, digits and underscores, not beginning with a digit";

const restoredTable = z
  .strictObject({
    table: noted(sqlName, {
      means: "A table that has to be there, in the application's schema.",
      allowed: SQL_NAME,
      why: "a backup without it is not one",
    }),
    minimumRows: noted(z.int().min(0), {
      means: "Rows that it has at least.",
      allowed: "a whole number, 0 or more",
      why: "an empty table looks like a good one",
    }),
    newest: noted(
      z
        .strictObject({
          timeColumn: noted(sqlName, {
            means: "Column with the time at which a row was written.",
            allowed: SQL_NAME,
            why: "nothing else tells how old the data is",
          }),
          maximumHours: noted(z.int().min(1), {
            means: "Hours that the newest row may be older than the moment that was gone back to.",
            allowed: "a whole number, 1 or more: longer than nobody ever writes",
            why: "a backup of old data looks like a good one",
          }),
        })
        .readonly()
        .exactOptional(),
      {
        means: "How new the newest row has to be.",
        allowed: "an object with timeColumn and maximumHours",
        why: "a backup of old data looks like a good one",
        absent: "its rows may be of any age",
      },
    ),
  })
  .readonly();

const restoreTests = noted(
  z
    .strictObject({
      database: noted(
        z
          .strictObject({
            objectiveMinutes: noted(z.int().min(10).max(720), {
              means:
                "Recovery time objective of the database: from the start of a restore until somebody can work with it.",
              allowed: "a whole number from 10 to 720",
              why: "an instance alone takes minutes, and what takes half a day is no way back",
            }),
            tables: noted(z.array(restoredTable).min(1).readonly(), {
              means: "What has to be in a restored database.",
              allowed: "a list of tables, each with minimumRows; none twice",
              why: "that a backup can be restored says nothing about what is in it",
            }),
          })
          .readonly()
          .exactOptional(),
        {
          means: "Signs in to every database that a test has restored, looks into it, and tells AWS Backup.",
          allowed:
            "an object with objectiveMinutes and tables; needs streamflix:database, and rds in streamflix:network.endpoints; prod: always",
          why: "a backup that can be restored may still be empty, old or broken",
          absent: "restored databases are not looked into",
        },
      ),
      files: noted(
        z
          .strictObject({
            objectiveMinutes: noted(z.int().min(10).max(720), {
              means:
                "Recovery time objective of the shared files: from the start of a restore until somebody can work with them.",
              allowed: "a whole number from 10 to 720",
              why: "a way to them alone takes minutes, and what takes half a day is no way back",
            }),
            minimumFiles: noted(z.int().min(1), {
              means: "Files that there are at least.",
              allowed: "a whole number, 1 or more",
              why: "an empty file system looks like a good one",
            }),
            newestMaximumDays: noted(z.int().min(1).exactOptional(), {
              means: "Days that the newest file may be older than the moment that was gone back to.",
              allowed: "a whole number, 1 or more: longer than nobody ever writes",
              why: "a backup of old files looks like a good one",
              absent: "the files may be of any age",
            }),
          })
          .readonly()
          .exactOptional(),
        {
          means: "Mounts all shared files that a test has restored, looks into them, and tells AWS Backup.",
          allowed: "an object with objectiveMinutes and minimumFiles; needs streamflix:files; prod: always",
          why: "a backup that can be restored may still be empty, old or broken",
          absent: "restored files are not looked into",
        },
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Restores the newest backups every Monday, beside the originals, and takes away what came of it; AWS Backup keeps how long it took.",
    allowed: "an object, which may be empty; prod: always",
    why: "a backup that was never restored is a hope; each restore is paid for",
    absent: "nobody knows whether the backups are any good",
  },
);

/** Section `streamflix:backup`. */
export const backup = noted(
  z
    .strictObject({
      retentionDays: noted(z.int().min(1).max(LONGEST_DAYS).default(30), {
        means: "Days that the backup of each night is kept, in all vaults.",
        allowed: `a whole number from 1 to ${LONGEST_DAYS}, within streamflix:retention.backup`,
        why: "a backup keeps erased personal data alive, so longer is not better",
      }),
      continuous,
      lock,
      restoreTests,
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Backups of database and shared files, every night at 2:00 UTC, in a vault of their own; where streamflix:recovery is there, copied to the vault of the stack that stands by.",
    allowed: "an object; needs streamflix:database or streamflix:files, or prod-dr, whose vault takes copies",
    why: "what was deleted by mistake comes back from nowhere else",
    absent: "no backups but the database's and the cache's own",
  },
);
