import { metric, type MetricSource } from "../../metrics";
import type { FunctionMetrics } from "../../function-parts";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

const COUNTS_EVENTS = {
  as: "notBreaching",
  because: "it counts only when there is something to count",
} as const;

/** Alarm on the shared files. */
export function filesAlarms(files: MetricSource, { filesIoPercent }: Thresholds): AlarmRow[] {
  return [
    {
      what: "files-io",
      severity: "warning",
      means: `The shared files have been at ${filesIoPercent} % of their I/O limit for 15 minutes: reads and writes wait.`,
      runbook: "files#io",
      signal: metric(files, "PercentIOLimit", "Maximum"),
      comparison: ">=",
      threshold: filesIoPercent,
      periods: inARow(60, 15),
      missing: { as: "notBreaching", because: "a file system that nobody uses reports nothing" },
    },
  ];
}

/** Alarm on each NAT gateway. */
export function natAlarms(gateways: readonly MetricSource[]): AlarmRow[] {
  return gateways.map((gateway, index) => ({
    what: `nat-${index + 1}-ports`,
    severity: "critical",
    means: `NAT gateway ${index + 1} has run out of ports for 15 minutes: connections to the internet fail.`,
    runbook: "network#nat-ports",
    signal: metric(gateway, "ErrorPortAllocation", "Sum"),
    comparison: ">",
    threshold: 0,
    periods: inARow(60, 15),
    missing: { as: "notBreaching", because: "a gateway without traffic has no errors" },
  }));
}

/** Alarms on each function. */
export function functionAlarms(functions: readonly FunctionMetrics[], thresholds: Thresholds): AlarmRow[] {
  return functions.flatMap(({ what, source, timeoutSeconds }): AlarmRow[] => {
    const limit = (timeoutSeconds * 1000 * thresholds.functionDurationPercent) / 100;
    return [
      {
        what: `${what}-errors`,
        severity: "critical",
        means: `Function ${what} failed.`,
        runbook: "functions#errors",
        signal: metric(source, "Errors", "Sum"),
        comparison: ">",
        threshold: 0,
        periods: inARow(300, 1),
        missing: COUNTS_EVENTS,
      },
      {
        what: `${what}-throttles`,
        severity: "warning",
        means: `Function ${what} was not run: the account's concurrent executions are used up.`,
        runbook: "functions#throttles",
        signal: metric(source, "Throttles", "Sum"),
        comparison: ">",
        threshold: 0,
        periods: inARow(300, 1),
        missing: COUNTS_EVENTS,
      },
      {
        what: `${what}-duration`,
        severity: "warning",
        means: `A run of function ${what} took more than ${thresholds.functionDurationPercent} % of its ${timeoutSeconds} s.`,
        runbook: "functions#duration",
        signal: metric(source, "Duration", "Maximum"),
        comparison: ">",
        threshold: limit,
        periods: inARow(300, 1),
        missing: COUNTS_EVENTS,
      },
    ];
  });
}

/** Alarm on each queue of what failed: whatever is in it has been lost until somebody looks. */
export function failureAlarms(queues: Readonly<Record<string, MetricSource>>): AlarmRow[] {
  return Object.entries(queues).map(([whose, queue]) => ({
    what: `${whose}-failures`,
    severity: "critical",
    means: `Something waits in the queue of failures of ${whose}: it was not done, or reached nobody.`,
    runbook: "functions#failures",
    signal: metric(queue, "ApproximateNumberOfMessagesVisible", "Maximum"),
    comparison: ">",
    threshold: 0,
    periods: inARow(300, 1),
    missing: { as: "notBreaching", because: "SQS reports nothing of a queue that has been empty for hours" },
  }));
}

/** Alarm on messages to people that did not arrive. */
export function topicAlarms(topicNames: Readonly<Record<string, string>>): AlarmRow[] {
  return Object.entries(topicNames).map(([what, TopicName]) => ({
    what: `alerts-${what}-undelivered`,
    severity: "critical",
    means: `Messages of topic ${TopicName} did not reach a subscriber.`,
    runbook: "alerts#undelivered",
    signal: metric({ namespace: "AWS/SNS", dimensions: { TopicName } }, "NumberOfNotificationsFailed", "Sum"),
    comparison: ">",
    threshold: 0,
    periods: inARow(300, 1),
    missing: COUNTS_EVENTS,
  }));
}

/** Alarm on the quiet driver of costs: logs of the whole account and region. */
export function logAlarms({ logGigabytesPerHour }: Thresholds): AlarmRow[] {
  return [
    {
      what: "log-ingestion",
      severity: "warning",
      means: `More than ${logGigabytesPerHour} GB of logs were written in an hour, which costs more than it helps.`,
      runbook: "costs#log-ingestion",
      signal: metric({ namespace: "AWS/Logs", dimensions: {} }, "IncomingBytes", "Sum"),
      comparison: ">",
      threshold: logGigabytesPerHour * 1e9,
      periods: inARow(3600, 1),
      missing: { as: "notBreaching", because: "no logs, no figures" },
    },
  ];
}
