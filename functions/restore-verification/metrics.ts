import type { MetricSet } from "../shared/metric-line";

/** Whether what was restored is any good: one figure for each restore. */
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

/** The same of shared files, which have an objective of their own. */
export const FILES_TIME_METRICS = {
  namespace: "StreamFlix/RestoreVerification",
  dimensions: ["FunctionName"],
  units: { FilesRestoreSeconds: "None" },
} as const satisfies MetricSet;
