import type { InspectionMetrics } from "../../inspection";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

/** From one look at secrets and keys to the next. */
const QUARTER_SECONDS = 900;

const UNEVENTFUL = { as: "notBreaching", because: "nothing was written because nothing happened" } as const;

/** Alarms on what the inspection finds: old passwords, unusable keys, a service that does not stay. */
export function inspectionAlarms(
  { secrets, keysUnusable, service }: InspectionMetrics,
  thresholds: Thresholds,
): AlarmRow[] {
  return [
    {
      what: "keys-unusable",
      severity: "critical",
      means:
        "A key of the stack is disabled, or is going to be deleted and all data under it with it; or nobody has looked for an hour.",
      runbook: "secrets#unusable-keys",
      signal: keysUnusable,
      comparison: ">",
      threshold: 0,
      periods: inARow(QUARTER_SECONDS, 1),
      missing: { as: "breaching", because: "the inspection looks four times an hour" },
    },
    ...secrets.map(({ what, everyDays, daysSinceRotation }): AlarmRow => {
      const days = everyDays + thresholds.rotationOverdueDays;
      return {
        what: `rotation-${what}-overdue`,
        severity: "warning",
        means: `The password of ${what} is more than ${days} days old; it should change every ${everyDays}.`,
        runbook: "secrets#overdue-rotation",
        signal: daysSinceRotation,
        comparison: ">",
        threshold: days,
        periods: inARow(3600, 1),
        missing: { as: "ignore", because: "another alarm tells that nobody looks" },
      };
    }),
    ...(service === undefined ? [] : serviceAlarms(service, thresholds)),
  ];
}

function serviceAlarms(
  { taskFailures, spotInterruptions, deploymentFailures }: NonNullable<InspectionMetrics["service"]>,
  thresholds: Thresholds,
): AlarmRow[] {
  const many = { comparison: ">", periods: inARow(QUARTER_SECONDS, 1), missing: UNEVENTFUL } as const;
  return [
    {
      what: "service-restarts",
      severity: "warning",
      means: `More than ${thresholds.serviceTaskFailures} tasks of the service ended or failed their health checks in 15 minutes, and were replaced.`,
      runbook: "service#restarts",
      signal: taskFailures,
      threshold: thresholds.serviceTaskFailures,
      ...many,
    },
    {
      what: "service-spot-interruptions",
      severity: "warning",
      means: `AWS took more than ${thresholds.serviceSpotInterruptions} Spot tasks of the service back in 15 minutes.`,
      runbook: "service#spot-interruptions",
      signal: spotInterruptions,
      threshold: thresholds.serviceSpotInterruptions,
      ...many,
    },
    {
      what: "service-deployment-failed",
      severity: "critical",
      means: "A deployment of the service failed, and ECS took it back: the version before serves.",
      runbook: "service#failed-deployment",
      signal: deploymentFailures,
      threshold: 0,
      ...many,
    },
  ];
}
