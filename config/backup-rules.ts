import { type Draft, type Fault, faultIf, prodOnly, type Rule, standsBy } from "./rules";

const LOCK = ["backup", "lock"] as const;
const VERIFICATION = ["backup", "restoreTests", "database"] as const;
const FILES_VERIFICATION = ["backup", "restoreTests", "files"] as const;

/** Cross-field rules about backups, in the order of the schema; how long they are kept is the retention table's. */
export const BACKUP_RULES: readonly Rule[] = [
  {
    id: "backup-of-something",
    check({ environment, backup, database, files }) {
      // The vault of a standby takes copies.
      if (environment?.name === undefined || environment.name === "prod-dr") return [];
      return faultIf(backup !== undefined && database === undefined && files === undefined, {
        path: ["backup"],
        why: "there is neither streamflix:database nor streamflix:files to back up",
        hint: "remove the section",
      });
    },
  },
  {
    id: "continuous-backup-of-database",
    check: ({ backup, database }) =>
      faultIf(backup?.continuous !== undefined && database === undefined, {
        path: ["backup", "continuous"],
        why: "shared files are backed up every night and no other way",
        hint: "remove it",
      }),
  },
  prodOnly(
    "prod-vault-is-locked",
    {
      path: LOCK,
      allowed: "an object with mode in prod",
      why: "whoever takes over an account deletes the backups first",
    },
    ({ backup }) => backup === undefined || backup.lock !== undefined,
  ),
  prodOnly(
    "prod-restores-are-tested",
    {
      path: ["backup", "restoreTests"],
      allowed: "an object in prod",
      why: "a backup that was never restored is a hope",
    },
    // A vault alone has copies of backups that are restored where they come from.
    (draft) =>
      draft.backup === undefined ||
      standsBy(draft) ||
      (draft.database === undefined && draft.files === undefined) ||
      draft.backup.restoreTests !== undefined,
  ),
  prodOnly(
    "prod-restores-are-verified",
    {
      path: VERIFICATION,
      allowed: "an object with objectiveMinutes and tables in prod",
      why: "a backup that can be restored may still be empty, old or broken",
    },
    ({ backup, database }) =>
      database === undefined ||
      backup?.restoreTests === undefined ||
      backup.restoreTests.database !== undefined,
  ),
  prodOnly(
    "prod-restored-files-are-verified",
    {
      path: FILES_VERIFICATION,
      allowed: "an object with objectiveMinutes and minimumFiles in prod",
      why: "a backup that can be restored may still be empty, old or broken",
    },
    ({ backup, files }) =>
      files === undefined || backup?.restoreTests === undefined || backup.restoreTests.files !== undefined,
  ),
  { id: "verification-can-work", check: verificationFaults },
  {
    id: "file-verification-can-work",
    check: ({ backup, files }) =>
      faultIf(backup?.restoreTests?.files !== undefined && files === undefined, {
        path: FILES_VERIFICATION,
        why: "there is no streamflix:files whose backups could be restored",
        hint: "remove it",
      }),
  },
  {
    id: "compliance-is-protected",
    check: ({ environment, backup }) =>
      faultIf(backup?.lock?.mode === "compliance" && environment?.protection === false, {
        path: [...LOCK, "mode"],
        allowed: "governance, since streamflix:environment.protection is false",
        why: "a stack that is to be destroyed can't hold a vault that nobody can delete",
      }),
  },
  {
    id: "lock-with-its-grace",
    check({ backup }) {
      const { mode, changeableForDays } = backup?.lock ?? {};
      if (mode === undefined) return [];
      const path = [...LOCK, "changeableForDays"];
      return [
        ...faultIf(mode === "compliance" && changeableForDays === undefined, {
          path,
          hint: "write how many days you want to be able to change your mind, 3 or more; then it is for ever",
        }),
        ...faultIf(mode === "governance" && changeableForDays !== undefined, {
          path,
          why: "AWS takes a lock with it for one of mode compliance, which nobody can take off",
          hint: "remove it, or write mode: compliance and mean it",
        }),
      ];
    },
  },
];

function verificationFaults({ backup, database, network }: Draft): Fault[] {
  const verification = backup?.restoreTests?.database;
  if (verification === undefined) return [];
  const tables = verification.tables?.map(({ table }) => table) ?? [];
  return [
    ...faultIf(database === undefined, {
      path: VERIFICATION,
      why: "there is no streamflix:database whose backups could be restored",
      hint: "remove it",
    }),
    ...faultIf(network?.endpoints?.includes("rds") === false, {
      path: ["network", "endpoints"],
      allowed: "rds among them, since streamflix:backup.restoreTests.database is there",
      why: "the function that signs in to a restored database sets its password by the API of RDS, and reaches nothing outside the VPC",
    }),
    ...tables.flatMap((table, index) =>
      faultIf(tables.indexOf(table) < index, {
        path: [...VERIFICATION, "tables", index, "table"],
        why: "it is in the list already",
        hint: "remove one of them",
      }),
    ),
  ];
}
