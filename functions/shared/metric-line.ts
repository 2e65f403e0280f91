/** Metrics that a function writes into its log, and the dimensions that they come with. */
export interface MetricSet {
  readonly namespace: string;
  /** Names of dimensions, `FunctionName` among them. */
  readonly dimensions: readonly string[];
  /** Units by metric, in CloudWatch's words. */
  readonly units: Readonly<Record<string, "Count" | "None">>;
}

/** A value for each metric of a set. */
export type MeasuresOf<Metrics extends MetricSet> = Readonly<Record<keyof Metrics["units"], number>>;

/**
 * Metrics as a line of the log, from which CloudWatch makes them: so a function needs no right and no endpoint for it.
 *
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param of values of the dimensions
 * @param notes what else the line says, for whoever searches the log
 */
export function metricLine<Metrics extends MetricSet>(
  { namespace, dimensions, units }: Metrics,
  of: Readonly<Record<Metrics["dimensions"][number], string>>,
  measures: MeasuresOf<Metrics>,
  now: Date,
  notes: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [dimensions],
          Metrics: Object.entries(units).map(([Name, Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...of,
    ...measures,
    ...notes,
  });
}

/** Writes a line to the log. Not console.log: it would wrap the line, and CloudWatch reads metrics from a line that is theirs alone. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
