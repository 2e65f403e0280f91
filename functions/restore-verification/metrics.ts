import type { MetricSet } from "../shared/metric-line";

/** Whether a restored database is any good: one figure for each that was restored. */
export const VERDICT_METRICS = {
  namespace: "StreamFlix/RestoreVerification",
  dimensions: ["FunctionName"],
  units: { RestoresFailed: "Count" },
} as const satisfies MetricSet;

/** How long it took from the start of the restore until somebody could work with the database; none where that could not be judged. */
export const TIME_METRICS = {
  namespace: "StreamFlix/RestoreVerification",
  dimensions: ["FunctionName"],
  units: { RestoreSeconds: "None" },
} as const satisfies MetricSet;
