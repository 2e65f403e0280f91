/** Namespace of the function's metrics. */
export const METRIC_NAMESPACE = "StreamFlix/DataRetention";

/** What the metrics measure; each is written once per run. */
export interface Measures {
  readonly RowsDeleted: number;
  readonly RowsHeld: number;
  readonly PartitionsDropped: number;
  readonly TablesFailed: number;
  /** Tables that the run's time was too short for. */
  readonly TablesUnfinished: number;
  /** Erasures with rows left, such as held ones. */
  readonly ErasuresOpen: number;
  /** How long the oldest of them has been open; the GDPR leaves a month. */
  readonly OldestErasureDays: number;
}

/**
 * Metrics as a line of the log, from which CloudWatch makes them: so the function needs no right and no endpoint for it.
 *
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLine(functionName: string, measures: Measures, now: Date): string {
  const days = new Set(["OldestErasureDays"]);
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [["FunctionName"]],
          Metrics: Object.keys(measures).map((Name) => ({ Name, Unit: days.has(Name) ? "None" : "Count" })),
        },
      ],
    },
    FunctionName: functionName,
    ...measures,
  });
}
