import type { CopyMetrics } from "../../bucket-copies";
import type { CopyCheckMetrics } from "../../copy-check";
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

/** From one look at copies to the next. */
const LOOK_SECONDS = 12 * 3600;

/** Events are written every few minutes; a night without any is none. */
const OLDEST_HOURS = 24;

/** Alarms on what is read of copies: that it is of no use, and that nothing new arrives. */
export function copyCheckAlarms({ copies }: CopyCheckMetrics): AlarmRow[] {
  return copies.flatMap(({ what, failed, newestAgeHours }): AlarmRow[] => [
    {
      what: `copy-${what}-unusable`,
      severity: "warning",
      means: `Objects in the copy of bucket ${what} can't be read, or are not what they should be; or nobody looks any more.`,
      runbook: "copies#unusable",
      signal: failed,
      comparison: ">",
      threshold: 0,
      periods: inARow(LOOK_SECONDS, 1),
      missing: { as: "breaching", because: "a sample is read twice a day" },
    },
    // Nobody may ask for an erasure for months.
    ...(what === "events"
      ? [
          {
            what: `copy-${what}-old`,
            severity: "warning",
            means: `The newest object in the copy of bucket ${what} is more than ${OLDEST_HOURS} hours old, or there is none: nothing is copied any more, or nothing written.`,
            runbook: "copies#old",
            signal: newestAgeHours,
            comparison: ">",
            threshold: OLDEST_HOURS,
            periods: inARow(LOOK_SECONDS, 1),
            missing: { as: "breaching", because: "an empty copy has no age" },
          } as const satisfies AlarmRow,
        ]
      : []),
  ]);
}
