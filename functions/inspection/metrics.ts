import type { MetricSet } from "../shared/metric-line";

const OF_FUNCTION = { namespace: "StreamFlix/Inspection", dimensions: ["FunctionName"] } as const;

/** How many days ago a secret was rotated; made, where it never was. */
export const SECRET_METRICS = {
  ...OF_FUNCTION,
  dimensions: ["FunctionName", "Secret"],
  units: { DaysSinceRotation: "None" },
} as const satisfies MetricSet;

/** How many of the stack's keys encrypt and decrypt nothing now: disabled, on their way out, or gone. */
export const KEY_METRICS = { ...OF_FUNCTION, units: { KeysUnusable: "Count" } } as const satisfies MetricSet;

/** Tasks of the service that stopped: 1 or 0 for each of them. */
export const STOP_METRICS = {
  ...OF_FUNCTION,
  units: { TaskFailures: "Count", SpotInterruptions: "Count" },
} as const satisfies MetricSet;

/** Deployments of the service that failed: 1 for each of them. */
export const DEPLOYMENT_METRICS = {
  ...OF_FUNCTION,
  units: { DeploymentFailures: "Count" },
} as const satisfies MetricSet;
