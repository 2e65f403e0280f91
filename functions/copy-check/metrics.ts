import type { MetricSet } from "../shared/metric-line";

const OF_COPY = { namespace: "StreamFlix/Copies", dimensions: ["FunctionName", "Copy"] } as const;

/** How many objects of a copy were read, and how many of them are of no use. */
export const SAMPLE_METRICS = {
  ...OF_COPY,
  units: { ObjectsRead: "Count", ObjectsFailed: "Count" },
} as const satisfies MetricSet;

/** How long ago the newest object of a copy was written, at home; only where there is one. */
export const AGE_METRICS = { ...OF_COPY, units: { NewestAgeHours: "None" } } as const satisfies MetricSet;
