import type { DataRetentionMetrics } from "../../data-retention";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

const DAY_SECONDS = 24 * 3600;

/** A whole day, so that a night's run is always in it. */
const SINCE_LAST_NIGHT = {
  comparison: ">",
  periods: inARow(DAY_SECONDS, 1),
  missing: {
    as: "ignore",
    because: "figures come at night, and a run that fails has an alarm of its own",
  },
} as const satisfies Partial<AlarmRow>;

/** Alarms on erasures that subjects have asked for and that are not done: the law leaves a month. */
export function erasureAlarms(
  { erasuresOpen, oldestErasureDays }: DataRetentionMetrics,
  thresholds: Thresholds,
): AlarmRow[] {
  return [
    {
      what: "erasures-open",
      severity: "warning",
      means: `More than ${thresholds.erasuresOpen} erasures are open after a night: rows are under a hold, or the nights are too short.`,
      runbook: "erasures#open",
      signal: erasuresOpen,
      threshold: thresholds.erasuresOpen,
      ...SINCE_LAST_NIGHT,
    },
    {
      what: "erasure-late",
      severity: "warning",
      means: `A subject has waited for an erasure for more than ${thresholds.erasureLateDays} days. The law leaves a month.`,
      runbook: "erasures#late",
      signal: oldestErasureDays,
      threshold: thresholds.erasureLateDays,
      ...SINCE_LAST_NIGHT,
    },
    {
      what: "erasure-overdue",
      severity: "critical",
      means: `A subject has waited for an erasure for more than ${thresholds.erasureOverdueDays} days. In a few days the month that the law leaves is over.`,
      runbook: "erasures#late",
      signal: oldestErasureDays,
      threshold: thresholds.erasureOverdueDays,
      ...SINCE_LAST_NIGHT,
    },
  ];
}
