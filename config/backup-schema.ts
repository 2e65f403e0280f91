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

const restoreTests = noted(z.strictObject({}).readonly().exactOptional(), {
  means:
    "Restores the newest backups every Monday, beside the originals, and takes away what came of it; AWS Backup keeps how long it took.",
  allowed: "an empty object; prod: always",
  why: "a backup that was never restored is a hope; each restore is paid for",
  absent: "nobody knows whether the backups are any good",
});

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
