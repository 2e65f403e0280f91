import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import type { AlertTopics, Severity } from "../alerts";
import type { Metric } from "../metrics";

/** Several figures made one by CloudWatch's metric math. */
export interface Formula {
  /** With the metrics by their ids, such as `100 * errors / requests`. */
  readonly expression: string;
  /** What the result is, for graphs. */
  readonly label: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** An alarm: what is watched, from when on it is wrong, and what it says to whom. */
export interface AlarmRow {
  /** Part of its names, such as `database-cpu`. */
  readonly what: string;
  readonly severity: Severity;
  /** What is wrong while it is on, for somebody woken by it. */
  readonly means: string;
  /** Section of a runbook, such as `database#cpu` for `docs/runbooks/database.md`. */
  readonly runbook: string;
  readonly signal: Metric | Formula;
  /** What makes the figure, where the program does: the alarm comes after it. @default AWS publishes it */
  readonly publishedBy?: pulumi.Resource;
  readonly comparison: keyof typeof COMPARISONS;
  readonly threshold: number;
  /** So many of the last so many periods have to be wrong. */
  readonly periods: { readonly seconds: number; readonly wrong: number; readonly of: number };
  /** What a period without figures counts as, and why. */
  readonly missing: {
    readonly as: "breaching" | "notBreaching" | "ignore" | "missing";
    readonly because: string;
  };
  /** A composite that tells people instead. @default none, it tells them itself */
  readonly through?: string;
}

/** What every alarm of a stack shares. */
export interface AlarmPlace {
  readonly names: Names;
  /** Who is told. @default nobody: alarms only show in the console */
  readonly topics: AlertTopics | undefined;
}

const COMPARISONS = {
  ">": "GreaterThanThreshold",
  ">=": "GreaterThanOrEqualToThreshold",
  "<": "LessThanThreshold",
  "<=": "LessThanOrEqualToThreshold",
} as const;

/** Statistics that the API takes in a field of their own. */
const PLAIN_STATISTICS = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];

/** Longest description that CloudWatch takes. */
const DESCRIPTION_LENGTH = 1024;

/**
 * Makes the alarm of a row. It tells people when it begins and when it is over.
 *
 * @throws RangeError when its description is too long
 */
export function makeAlarm(
  name: string,
  row: AlarmRow,
  { names, topics }: AlarmPlace,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const told = row.through === undefined && topics !== undefined ? [topics[row.severity]] : [];
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: alarmName(names, row),
      alarmDescription: description(row.means, row.runbook, row.missing),
      ...alarmSettings(row),
      alarmActions: told,
      okActions: told,
    },
    row.publishedBy === undefined ? opts : { ...opts, dependsOn: [row.publishedBy] },
  );
}

/** The name of a row's alarm. */
export function alarmName(names: Names, { what }: Pick<AlarmRow, "what">): string {
  return names.fixed("alarm", what);
}

/** What an alarm looks at and when it is on; the rest of it is for people. */
export function alarmSettings(
  row: Pick<AlarmRow, "signal" | "comparison" | "threshold" | "periods" | "missing">,
) {
  const { signal, periods } = row;
  return {
    ...("expression" in signal ? formula(signal, periods.seconds) : figure(signal, periods.seconds)),
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.wrong,
    threshold: row.threshold,
    comparisonOperator: COMPARISONS[row.comparison],
    treatMissingData: row.missing.as,
  };
}

/**
 * What somebody reads who is told.
 *
 * @throws RangeError when it is too long
 */
export function description(means: string, runbook: string, missing?: AlarmRow["missing"]): string {
  const [page = "", section = ""] = runbook.split("#");
  const text = [
    means,
    ...(missing === undefined
      ? []
      : [`Without figures it is ${WITHOUT_FIGURES[missing.as]}: ${missing.because}.`]),
    `Runbook: docs/runbooks/${page}.md#${section}`,
  ].join(" ");
  if (text.length > DESCRIPTION_LENGTH) {
    throw new RangeError(
      `An alarm says at most ${DESCRIPTION_LENGTH} characters, not ${text.length}: ${text}`,
    );
  }
  return text;
}

const WITHOUT_FIGURES = {
  breaching: "on",
  notBreaching: "off",
  ignore: "as it was",
  missing: "undecided",
} as const satisfies Record<AlarmRow["missing"]["as"], string>;

function figure({ namespace, name, dimensions, statistic }: Metric, period: number) {
  return {
    namespace,
    metricName: name,
    dimensions,
    ...(PLAIN_STATISTICS.includes(statistic)
      ? { statistic }
      : // A percentile of a handful of requests is whatever the slowest of them was.
        { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: "ignore" }),
    period,
  };
}

function formula({ expression, label, metrics }: Formula, period: number) {
  return {
    metricQueries: [
      { id: "result", expression, label, returnData: true },
      ...Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
        id,
        metric: { namespace, metricName: name, dimensions, stat: statistic, period },
      })),
    ],
  };
}
