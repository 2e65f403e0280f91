import { valueOf } from "./expression";

/** State of an alarm. */
export type State = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What a period without figures counts as. */
export type Missing = "missing" | "ignore" | "breaching" | "notBreaching";

/** M of N, and what becomes of missing figures. */
export interface Rule {
  readonly wrong: number;
  readonly of: number;
  readonly missing: Missing;
}

/** One period: whether it is wrong; undefined without figures. */
export type Point = boolean | undefined;

/**
 * The state of an alarm by the points in its evaluation range, oldest first.
 *
 * As in "How alarm state is evaluated when data is missing" and "Avoiding premature transitions to alarm state",
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate(range: readonly Point[], rule: Rule, before: State): State {
  const real = range.filter((point) => point !== undefined);
  const wrongOf = (points: readonly Point[]) => points.filter((point) => point === true).length;
  if (real.length >= rule.of) return wrongOf(real.slice(-rule.of)) >= rule.wrong ? "ALARM" : "OK";

  const filled = rule.of - real.length;
  switch (rule.missing) {
    case "breaching":
      return wrongOf(real) + filled >= rule.wrong ? "ALARM" : "OK";
    case "notBreaching":
      return wrongOf(real) >= rule.wrong ? "ALARM" : "OK";
    case "ignore":
      if (wrongOf(real) >= rule.wrong) return "ALARM";
      return real.includes(false) ? "OK" : before;
    case "missing":
      if (real.length === 0) return "INSUFFICIENT_DATA";
      if (wrongOf(real) >= rule.wrong) return "ALARM";
      if (real.includes(false)) return "OK";
      return range.length - range.indexOf(true) >= rule.wrong ? "ALARM" : before;
  }
}

/** Points beyond the evaluation periods that CloudWatch looks at when some are missing: two in its examples. */
const EXTRA_POINTS = 2;

/** Figures of each minute, or several samples of one; undefined without any. */
export type Series = readonly (number | readonly number[] | undefined)[];

/** The settings of an alarm, as a plan or an export has them. */
export interface AlarmInputs {
  readonly name: string;
  readonly metricName?: string;
  readonly namespace?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly statistic?: string;
  readonly extendedStatistic?: string;
  readonly period?: number;
  readonly metricQueries?: readonly {
    readonly id: string;
    readonly expression?: string;
    readonly metric?: MetricInputs;
    readonly returnData?: boolean;
  }[];
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData: Missing;
}

interface MetricInputs {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly stat: string;
  readonly period: number;
}

type Metric = Pick<MetricInputs, "namespace" | "metricName" | "dimensions">;

/** Finds the series of a metric. */
export type Figures = (metric: Metric) => Series;

/** Metrics that an alarm reads. */
export function metricsOf({ metricName, namespace, dimensions, metricQueries = [] }: AlarmInputs): Metric[] {
  return metricName !== undefined && namespace !== undefined
    ? [{ namespace, metricName, ...(dimensions && { dimensions }) }]
    : metricQueries.flatMap(({ metric }) => metric ?? []);
}

/** The states of an alarm, one for each period of its figures, each after that period. */
export function replay(alarm: AlarmInputs, figures: Figures): State[] {
  const values = valuesOf(alarm, figures);
  const rule: Rule = {
    wrong: alarm.datapointsToAlarm ?? alarm.evaluationPeriods,
    of: alarm.evaluationPeriods,
    missing: alarm.treatMissingData,
  };
  const points = values.map((value): Point => (value === undefined ? undefined : isWrong(alarm, value)));
  const states: State[] = [];
  for (const index of points.keys()) {
    const range = points.slice(Math.max(0, index + 1 - rule.of - EXTRA_POINTS), index + 1);
    const recent = range.slice(-rule.of);
    const looked = recent.length === rule.of && !recent.includes(undefined) ? recent : range;
    states.push(evaluate(looked, rule, states.at(-1) ?? "INSUFFICIENT_DATA"));
  }
  return states;
}

function isWrong({ comparisonOperator, threshold }: AlarmInputs, value: number): boolean {
  switch (comparisonOperator) {
    case "GreaterThanThreshold":
      return value > threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "LessThanThreshold":
      return value < threshold;
    case "LessThanOrEqualToThreshold":
      return value <= threshold;
    default:
      throw new Error(`${comparisonOperator} is not simulated`);
  }
}

/** What the alarm compares, period by period. */
function valuesOf(alarm: AlarmInputs, figures: Figures): (number | undefined)[] {
  const { metricQueries = [], metricName, namespace, dimensions = {} } = alarm;
  if (metricName !== undefined && namespace !== undefined) {
    const stat = alarm.statistic ?? alarm.extendedStatistic ?? "";
    return byPeriod(figures({ namespace, metricName, dimensions }), alarm.period ?? 60, stat);
  }
  const columns = new Map(
    metricQueries.flatMap(({ id, metric }) =>
      metric === undefined ? [] : [[id, byPeriod(figures(metric), metric.period, metric.stat)] as const],
    ),
  );
  const result = metricQueries.find((query) => query.returnData === true);
  if (result?.expression === undefined) throw new Error(`${alarm.name} returns no expression`);
  const { expression } = result;
  const length = Math.max(...[...columns.values()].map((column) => column.length));
  return Array.from({ length }, (_, index) =>
    valueOf(expression, (id) => {
      const column = columns.get(id);
      if (column === undefined) throw new Error(`${alarm.name} has no query ${id}`);
      return column[index];
    }),
  );
}

/** Aggregates minutes to periods. */
function byPeriod(series: Series, seconds: number, statistic: string): (number | undefined)[] {
  const minutes = seconds / 60;
  return Array.from({ length: Math.floor(series.length / minutes) }, (_, index) => {
    const samples = series.slice(index * minutes, (index + 1) * minutes).flatMap((it) => it ?? []);
    return samples.length === 0 ? undefined : aggregate(samples, statistic);
  });
}

function aggregate(samples: readonly number[], statistic: string): number {
  const sum = samples.reduce((total, sample) => total + sample, 0);
  const rank = /^PR\(:(\d+)\)$/.exec(statistic)?.[1];
  if (rank !== undefined) {
    return (100 * samples.filter((sample) => sample <= Number(rank)).length) / samples.length;
  }
  const percentile = /^p(\d+)$/.exec(statistic)?.[1];
  if (percentile !== undefined) {
    const sorted = [...samples].sort((a, b) => a - b);
    return sorted[Math.ceil((Number(percentile) / 100) * sorted.length) - 1] ?? Number.NaN;
  }
  switch (statistic) {
    case "Sum":
      return sum;
    case "Average":
      return sum / samples.length;
    case "Maximum":
      return Math.max(...samples);
    case "Minimum":
      return Math.min(...samples);
    default:
      throw new Error(`statistic ${statistic} is not simulated`);
  }
}
