import type { Api } from "../../api";
import { metric, type MetricSource } from "../../metrics";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

const QUIET = { as: "notBreaching", because: "no requests, no figures" } as const;

/** Alarms on the API's stage and on the firewall before it. */
export function apiAlarms({ stage, firewall }: Api["metrics"], thresholds: Thresholds): AlarmRow[] {
  const latency = (percentile: "p90" | "p99", limit: number): AlarmRow => ({
    what: `api-latency-${percentile}`,
    severity: "warning",
    means: `${percentile === "p90" ? "One of ten requests takes" : "One of a hundred requests takes"} ${limit} ms or longer.`,
    runbook: "api#latency",
    signal: metric(stage, "Latency", percentile),
    comparison: ">=",
    threshold: limit,
    periods: inARow(60, 5),
    missing: QUIET,
  });
  const share = (
    what: string,
    name: string,
    percent: number,
    more: Pick<AlarmRow, "severity" | "means" | "runbook">,
  ) => ({
    what,
    ...more,
    signal: metric(stage, name, "Average"),
    comparison: ">" as const,
    // The average of a count that is 0 or 1 for each request is their share.
    threshold: percent / 100,
    periods: inARow(60, name === "5XXError" ? 3 : 5),
    missing: QUIET,
  });
  return [
    share("api-errors", "5XXError", thresholds.apiErrorPercent, {
      severity: "critical",
      means: `The API answers more than ${thresholds.apiErrorPercent} % of requests with an error.`,
      runbook: "api#errors",
    }),
    share("api-refused", "4XXError", thresholds.apiRefusedPercent, {
      severity: "warning",
      means: `The API refuses more than ${thresholds.apiRefusedPercent} % of requests: a client is broken, or somebody tries doors.`,
      runbook: "api#refused",
    }),
    latency("p90", thresholds.apiLatencyP90Milliseconds),
    latency("p99", thresholds.apiLatencyP99Milliseconds),
    ...(firewall === undefined
      ? []
      : [
          {
            what: "api-blocked",
            severity: "warning",
            means: `The firewall blocked more than ${thresholds.blockedRequests} requests in five minutes.`,
            runbook: "api#blocked",
            signal: metric(firewall, "BlockedRequests", "Sum"),
            comparison: ">",
            threshold: thresholds.blockedRequests,
            periods: inARow(300, 1),
            missing: { as: "notBreaching", because: "it counts only when there is something to count" },
          } as const satisfies AlarmRow,
        ]),
  ];
}

/** Alarm on a canary that is not answered well, or does not run. */
export function canaryAlarms(canary: {
  readonly metrics: MetricSource;
  readonly everyMinutes: number;
}): AlarmRow[] {
  return [
    {
      what: "canary",
      severity: "critical",
      means: "The canary was not answered well twice in a row: clients outside are not either.",
      runbook: "api#canary",
      signal: metric(canary.metrics, "SuccessPercent", "Average"),
      comparison: "<",
      threshold: 100,
      periods: inARow(canary.everyMinutes * 60, 2),
      missing: { as: "breaching", because: "a canary that does not run sees nothing" },
    },
  ];
}
