import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import { type Metric, metric } from "./metrics";

/** Lines of a log that count. */
export interface CountedLines {
  readonly names: Names;
  /** Namespace of the platform's own figures, such as `StreamFlix/Database`. */
  readonly namespace: string;
  /** What is counted, such as `break-glass-sign-ins`. */
  readonly what: string;
  readonly logGroupName: pulumi.Input<string>;
  /** Pattern of CloudWatch Logs that a counted line matches. */
  readonly pattern: string;
}

/** What counts, and the figure it makes: how many lines there were. */
export interface CountingFilter {
  readonly filter: aws.cloudwatch.LogMetricFilter;
  readonly lines: Metric;
}

/** Counts lines of a log: how many there were, as a figure of its own; 0 while the log has others. */
export function countLines(
  name: string,
  { names, namespace, what, logGroupName, pattern }: CountedLines,
  opts: pulumi.CustomResourceOptions,
): CountingFilter {
  const metricName = names.fixed("metric", what);
  const filter = new aws.cloudwatch.LogMetricFilter(
    name,
    {
      name: what,
      logGroupName,
      pattern,
      metricTransformation: { namespace, name: metricName, value: "1", defaultValue: "0" },
    },
    opts,
  );
  return { filter, lines: metric({ namespace, dimensions: {} }, metricName, "Sum") };
}
