import type { MeasuresOf, MetricSet } from "../shared/metric-line";

/** What a run measures that expires rows; each figure is written once per run. */
export const RETENTION_METRICS = {
  namespace: "StreamFlix/DataRetention",
  dimensions: ["FunctionName"],
  units: {
    RowsDeleted: "Count",
    RowsHeld: "Count",
    PartitionsDropped: "Count",
    TablesFailed: "Count",
    /** Tables that the run's time was too short for. */
    TablesUnfinished: "Count",
    /** Erasures with rows left, such as held ones. */
    ErasuresOpen: "Count",
    /** How long the oldest of them has been open; the GDPR leaves a month. */
    OldestErasureDays: "None",
  },
} as const satisfies MetricSet;

/** The figures of a run. */
export type Measures = MeasuresOf<typeof RETENTION_METRICS>;
