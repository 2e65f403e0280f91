import type { CopyMetrics } from "../../bucket-copies";
import { metric } from "../../metrics";
import type { AlarmRow } from "../alarm";
import { inARow } from "../thresholds";

/** S3 promises copies within a quarter of an hour. */
const PROMISED_SECONDS = 900;

/** Alarms on copies of buckets: those that S3 gave up, where they are sent from, and those that are late, where they go. */
export function copyAlarms(copies: {
  readonly sent: readonly CopyMetrics[];
  readonly taken: readonly CopyMetrics[];
}): AlarmRow[] {
  return [
    ...copies.sent.map(({ what, source }): AlarmRow => ({
      what: `copy-${what}-failed`,
      severity: "warning",
      means: `Objects of bucket ${what} were not copied to the standby region, and S3 does not try them again.`,
      runbook: "copies#failed",
      signal: metric(source, "OperationsFailedReplication", "Sum"),
      comparison: ">",
      threshold: 0,
      periods: inARow(300, 1),
      missing: { as: "notBreaching", because: "nothing is copied while nothing is written" },
    })),
    ...copies.taken.map(({ what, source }): AlarmRow => ({
      what: `copy-${what}-late`,
      severity: "warning",
      means: `The copy of bucket ${what} is more than ${PROMISED_SECONDS / 60} minutes behind: a failover would lose that much.`,
      runbook: "copies#late",
      signal: metric(source, "ReplicationLatency", "Maximum"),
      comparison: ">",
      threshold: PROMISED_SECONDS,
      periods: inARow(300, 3),
      missing: { as: "notBreaching", because: "nothing is copied while nothing is written" },
    })),
  ];
}
