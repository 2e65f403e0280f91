import { faultIf, prodOnly, type Rule, standsBy } from "./rules";
import { dailyWindow, weeklyWindow, windowsOverlap } from "./windows";

/** Cross-field rules about the deletion of rows, in the order of the schema. */
export const DATA_RETENTION_RULES: readonly Rule[] = [
  {
    id: "data-retention-has-a-database",
    check({ dataRetention, database }) {
      return faultIf(dataRetention !== undefined && database === undefined, {
        path: ["dataRetention"],
        allowed: "nothing, without streamflix:database",
        why: "it is the database's rows that are deleted",
        hint: "remove it",
      });
    },
  },
  prodOnly(
    "prod-deletes",
    {
      path: ["dataRetention"],
      allowed: "a section in prod, since there is a database",
      why: "viewers' data that nobody deletes is kept for ever",
    },
    (draft) => draft.dataRetention !== undefined || draft.database === undefined || standsBy(draft),
  ),
  {
    id: "deletion-apart-from-maintenance",
    check({ dataRetention, database }) {
      const window = dailyWindow(dataRetention?.window ?? "");
      const maintenance = weeklyWindow(database?.maintenanceWindow ?? "");
      if (window === undefined || maintenance === undefined) return [];
      return faultIf(windowsOverlap(window, maintenance), {
        path: ["dataRetention", "window"],
        allowed: `a window apart from database.maintenanceWindow, ${database?.maintenanceWindow ?? ""}`,
        why: "a restart of the server would cut the run off",
      });
    },
  },
  {
    id: "subject-keys-once",
    check({ dataRetention }) {
      const { subjectKeys, tables = [] } = dataRetention ?? {};
      const index = tables.findIndex(({ table }) => table === subjectKeys?.table);
      return faultIf(subjectKeys?.table !== undefined && index >= 0, {
        path: ["dataRetention", "tables", index, "table"],
        allowed: "any table but that of subjectKeys",
        why: "keys are destroyed by an erasure alone, before everything else",
        hint: "remove this table",
      });
    },
  },
  {
    id: "sweeper-reaches-logs",
    check({ dataRetention, network }) {
      const lacks = network?.endpoints?.includes("logs") === false;
      return faultIf(dataRetention !== undefined && lacks, {
        path: ["network", "endpoints"],
        allowed: "a list with logs, since there is streamflix:dataRetention",
        why: "the function that looks after log groups reaches them through this endpoint and has no other way out",
        hint: "add logs",
      });
    },
  },
];
