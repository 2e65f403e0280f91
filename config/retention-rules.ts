import { LOG_RETENTION_DAYS } from "./facts";
import { LOG_CLASSES, RETENTION_CLASSES } from "./retention-schema";
import { type Draft, faultIf, prodOnly, type Rule } from "./rules";

/** The longest that Kinesis keeps a record. */
const LONGEST_STREAM_DAYS = 365;

/** Least days back to which prod has to be restorable. */
const PROD_BACKUP_DAYS = 7;

/** Least days that prod's evidence is kept. */
const PROD_EVIDENCE_DAYS = 365;

/** Fields with the days of some backup; what is absent has its default, which the rule sees too. */
const BACKUP_FIELDS = [
  { section: "database", field: "backupRetentionDays" },
  { section: "cache", field: "snapshotRetentionDays" },
  { section: "backup", field: "retentionDays" },
] as const;

function backupDays(draft: Draft, { section, field }: (typeof BACKUP_FIELDS)[number]): number | undefined {
  const values: Readonly<Record<string, unknown>> = draft[section] ?? {};
  const days = values[field];
  return typeof days === "number" ? days : undefined;
}

/** Cross-field rules about how long data is kept, in the order of the schema. */
export const RETENTION_RULES: readonly Rule[] = [
  {
    id: "retention-range",
    check({ retention }) {
      return RETENTION_CLASSES.flatMap((name) => {
        const { minimumDays, maximumDays } = retention?.[name] ?? {};
        if (minimumDays === undefined || maximumDays === undefined) return [];
        return faultIf(minimumDays > maximumDays, {
          path: ["retention", name, "minimumDays"],
          allowed: `at most maximumDays, ${maximumDays}`,
          why: "what has to stay that long would have to be gone before",
        });
      });
    },
  },
  {
    id: "logs-kept-as-offered",
    check({ retention }) {
      const offered: readonly number[] = LOG_RETENTION_DAYS;
      return LOG_CLASSES.flatMap((name) => {
        const days = retention?.[name]?.maximumDays;
        return faultIf(days !== undefined && !offered.includes(days), {
          path: ["retention", name, "maximumDays"],
          allowed: offered.filter((it) => it > 1).join(", "),
          why: "log groups of the class are kept that long, and CloudWatch Logs takes no other",
        });
      });
    },
  },
  {
    id: "stream-keeps-events",
    check({ retention }) {
      const days = retention?.["viewer-events"]?.minimumDays;
      return faultIf(days !== undefined && days > LONGEST_STREAM_DAYS, {
        path: ["retention", "viewer-events", "minimumDays"],
        allowed: `at most ${LONGEST_STREAM_DAYS}`,
        why: "the stream keeps events that long, and Kinesis no longer",
      });
    },
  },
  prodOnly(
    "prod-evidence-of-a-year",
    {
      path: ["retention", "audit", "minimumDays"],
      allowed: `${PROD_EVIDENCE_DAYS} or more in prod`,
      why: "an intrusion is often found after months, and an auditor asks for a whole year",
    },
    ({ retention }) => (retention?.audit?.minimumDays ?? PROD_EVIDENCE_DAYS) >= PROD_EVIDENCE_DAYS,
  ),
  prodOnly(
    "prod-backups-of-a-week",
    {
      path: ["retention", "backup", "minimumDays"],
      allowed: `${PROD_BACKUP_DAYS} or more in prod`,
      why: "a fault can stay unnoticed over a long weekend",
    },
    ({ retention }) => (retention?.backup?.minimumDays ?? PROD_BACKUP_DAYS) >= PROD_BACKUP_DAYS,
  ),
  {
    id: "backups-of-class",
    check(draft) {
      const { minimumDays: least, maximumDays: most } = draft.retention?.backup ?? {};
      if (least === undefined || most === undefined) return [];
      return BACKUP_FIELDS.flatMap((place) => {
        const days = backupDays(draft, place);
        return faultIf(days !== undefined && (days < least || days > most), {
          path: [place.section, place.field],
          allowed: `${least} to ${most}, as streamflix:retention.backup has it`,
          why: "a backup that goes early can't be restored, and one that stays keeps erased personal data alive",
        });
      });
    },
  },
];
