import type * as pulumi from "@pulumi/pulumi";

/** Whose figures they are: where CloudWatch keeps what a resource, or a part of it, measures. */
export interface MetricSource {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
}

/** One figure of a resource. */
export interface Metric extends MetricSource {
  readonly name: string;
  /** Such as `Average`, `p99` or `PR(:1000)`. */
  readonly statistic: string;
}

/** A figure of a source. */
export function metric(source: MetricSource, name: string, statistic: string): Metric {
  const { namespace, dimensions } = source;
  return { namespace, dimensions, name, statistic };
}
