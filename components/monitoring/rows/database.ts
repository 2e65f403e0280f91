import type { DatabaseMetrics } from "../../database/metrics";
import type { CountingFilter } from "../../log-metric";
import { metric, type MetricSource } from "../../metrics";
import type { AlarmRow } from "../alarm";
import { DATA_TIER, inARow, type Thresholds } from "../thresholds";

/** From this share of the largest capacity on a serverless instance has nowhere to grow. */
const FULL_PERCENT = 95;

const GIBIBYTE = 2 ** 30;

/** Alarms on the database: each role's instances, the cluster, who is refused. */
export function databaseAlarms(
  metrics: DatabaseMetrics,
  failedSignIns: CountingFilter,
  thresholds: Thresholds,
): AlarmRow[] {
  const { cluster, writer, readers, isCopy } = metrics;
  return [
    ...(metrics.scales === "to zero" ? [] : [isCopy ? copyDown(cluster) : down(writer)]),
    ...(isCopy ? copyAlarms(cluster, thresholds) : []),
    ...instanceAlarms("database", "The writer", writer, metrics, thresholds),
    ...(readers === undefined
      ? []
      : [
          ...instanceAlarms("database-reader", "A reader", readers, metrics, thresholds),
          replicaLag(readers, thresholds),
        ]),
    {
      what: "database-deadlocks",
      severity: "warning",
      means:
        "Transactions of the service lock each other out again and again; the database ends one of each pair.",
      runbook: "database#deadlocks",
      signal: metric(writer, "Deadlocks", "Average"),
      comparison: ">",
      threshold: 0,
      periods: { seconds: 60, wrong: 3, of: 5 },
      missing: PAUSED,
    },
    {
      what: "database-transaction-ids",
      severity: "critical",
      means: `The oldest transaction id is more than ${thresholds.databaseTransactionIds} old. At two thousand million the database stops to write.`,
      runbook: "database#transaction-ids",
      signal: metric(cluster, "MaximumUsedTransactionIDs", "Maximum"),
      comparison: ">",
      threshold: thresholds.databaseTransactionIds,
      periods: inARow(300, 1),
      missing: PAUSED,
    },
    {
      what: "database-failed-sign-ins",
      severity: "warning",
      means: `More than ${thresholds.databaseFailedSignIns} sign-ins to the database were refused in five minutes.`,
      runbook: "database#failed-sign-ins",
      signal: failedSignIns.lines,
      publishedBy: failedSignIns.filter,
      comparison: ">",
      threshold: thresholds.databaseFailedSignIns,
      periods: inARow(300, 1),
      missing: { as: "notBreaching", because: "a server that writes nothing refuses nobody" },
    },
  ];
}

const PAUSED = {
  as: "notBreaching",
  because: "a paused instance reports nothing, and another alarm tells of one that is down",
} as const;

function down(writer: MetricSource): AlarmRow {
  return {
    what: "database-down",
    severity: "critical",
    means: "The cluster has had no running writer for two minutes. A failover takes less.",
    runbook: "database#down",
    signal: metric(writer, "EngineUptime", "Minimum"),
    comparison: "<=",
    threshold: 0,
    periods: inARow(60, 2),
    missing: { as: "breaching", because: "an instance that is down reports nothing" },
    through: DATA_TIER,
  };
}

/** A copy has readers until it takes over, and a writer from then on: it is up while any instance is. */
function copyDown(cluster: MetricSource): AlarmRow {
  return {
    ...down(cluster),
    means: "No instance of the copy has been running for two minutes: nothing could take over.",
    signal: metric(cluster, "EngineUptime", "Maximum"),
  };
}

/** Alarms on how far a copy is behind its primary, which only its own region measures. */
function copyAlarms(cluster: MetricSource, thresholds: Thresholds): AlarmRow[] {
  const behind = {
    comparison: ">",
    periods: inARow(60, 5),
    missing: {
      as: "breaching",
      because: "a copy that nothing reaches measures nothing; one that has taken over has no copy itself",
    },
  } as const;
  const { databaseCopyLagMilliseconds: lag, databaseLossMilliseconds: loss } = thresholds;
  return [
    {
      ...behind,
      what: "database-copy-lag",
      severity: "warning",
      means: `The copy is more than ${lag} ms behind its primary, or nothing reaches it any more.`,
      runbook: "global-database#copy-lag",
      signal: metric(cluster, "AuroraGlobalDBReplicationLag", "Maximum"),
      threshold: lag,
    },
    {
      ...behind,
      what: "database-loss",
      severity: "critical",
      means: `A failover now would lose more than ${loss} ms of what viewers did.`,
      runbook: "global-database#loss",
      signal: metric(cluster, "AuroraGlobalDBRPOLag", "Maximum"),
      threshold: loss,
    },
  ];
}

/** Alarms on the instances that have one role. */
function instanceAlarms(
  prefix: string,
  who: string,
  source: MetricSource,
  { scales, largestGibibytes, maxConnections }: DatabaseMetrics,
  thresholds: Thresholds,
): AlarmRow[] {
  const serverless = scales !== "not";
  const connections = Math.floor((maxConnections * thresholds.databaseConnectionsPercent) / 100);
  const free = `100 * free / ${largestGibibytes * GIBIBYTE}`;
  return [
    {
      what: `${prefix}-cpu`,
      severity: "critical",
      means: `${who} uses more than ${thresholds.databaseCpuPercent} % of its CPU${serverless ? " at the largest capacity" : ""}.`,
      runbook: "database#cpu",
      signal: metric(source, "CPUUtilization", "Maximum"),
      comparison: ">",
      threshold: thresholds.databaseCpuPercent,
      periods: inARow(60, 5),
      missing: PAUSED,
      through: DATA_TIER,
    },
    ...(serverless
      ? [
          {
            what: `${prefix}-capacity`,
            severity: "warning",
            means: `${who} needs ${thresholds.databaseCapacityPercent} % or more of the largest capacity: soon it has nowhere to grow.`,
            runbook: "database#capacity",
            signal: metric(source, "ACUUtilization", "Maximum"),
            comparison: ">=",
            threshold: thresholds.databaseCapacityPercent,
            periods: inARow(60, 15),
            missing: PAUSED,
          } as const satisfies AlarmRow,
        ]
      : []),
    {
      what: `${prefix}-memory`,
      severity: "critical",
      means: `${who} has less than ${thresholds.databaseFreeMemoryPercent} % of its memory left${serverless ? ", and nowhere to grow" : ""}.`,
      runbook: "database#memory",
      signal: {
        // Below its largest capacity an instance short of memory grows, so that only a full one is short.
        expression: serverless ? `IF(used >= ${FULL_PERCENT}, ${free}, 100)` : free,
        label: "Free memory in percent",
        metrics: {
          free: metric(source, "FreeableMemory", "Minimum"),
          ...(serverless && { used: metric(source, "ACUUtilization", "Maximum") }),
        },
      },
      comparison: "<",
      threshold: thresholds.databaseFreeMemoryPercent,
      periods: inARow(60, 5),
      missing: PAUSED,
      through: DATA_TIER,
    },
    {
      what: `${prefix}-connections`,
      severity: "critical",
      means: `${who} has more than ${connections} connections, ${thresholds.databaseConnectionsPercent} % of the ${maxConnections} it admits.`,
      runbook: "database#connections",
      signal: metric(source, "DatabaseConnections", "Maximum"),
      comparison: ">",
      threshold: connections,
      periods: inARow(60, 5),
      missing: PAUSED,
      through: DATA_TIER,
    },
  ];
}

function replicaLag(readers: MetricSource, { databaseReplicaLagMilliseconds }: Thresholds): AlarmRow {
  return {
    what: "database-replica-lag",
    severity: "warning",
    means: `A reader is more than ${databaseReplicaLagMilliseconds} ms behind the writer: viewers read what is out of date.`,
    runbook: "database#replica-lag",
    signal: metric(readers, "AuroraReplicaLag", "Maximum"),
    comparison: ">",
    threshold: databaseReplicaLagMilliseconds,
    periods: inARow(60, 5),
    missing: PAUSED,
  };
}
