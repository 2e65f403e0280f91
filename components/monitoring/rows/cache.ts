import type { Cache } from "../../cache";
import { metric } from "../../metrics";
import type { AlarmRow } from "../alarm";
import { DATA_TIER, inARow, type Thresholds } from "../thresholds";

const SILENT = {
  as: "notBreaching",
  because: "a node that is being replaced reports nothing, and its sibling serves",
} as const;

/** Alarms on the cache, a set for each node: figures of the whole group hide one that is in trouble. */
export function cacheAlarms({ nodes, largeNodes }: Cache["metrics"], thresholds: Thresholds): AlarmRow[] {
  return nodes.flatMap((node, index): AlarmRow[] => {
    const prefix = `cache-${index + 1}`;
    const who = `Cache node ${index + 1}`;
    return [
      {
        what: `${prefix}-cpu`,
        severity: "critical",
        means: `${who} uses more than ${thresholds.cacheCpuPercent} % of its ${largeNodes ? "engine's thread" : "CPU"}.`,
        runbook: "cache#cpu",
        signal: metric(node, largeNodes ? "EngineCPUUtilization" : "CPUUtilization", "Average"),
        comparison: ">",
        threshold: thresholds.cacheCpuPercent,
        periods: inARow(60, 5),
        missing: SILENT,
        through: DATA_TIER,
      },
      {
        what: `${prefix}-memory`,
        severity: "warning",
        means: `${who} has used more than ${thresholds.cacheMemoryPercent} % of its memory for data.`,
        runbook: "cache#memory",
        signal: metric(node, "DatabaseMemoryUsagePercentage", "Average"),
        comparison: ">",
        threshold: thresholds.cacheMemoryPercent,
        periods: inARow(60, 15),
        missing: SILENT,
      },
      {
        what: `${prefix}-evictions`,
        severity: "warning",
        means: `${who} drops more than ${thresholds.cacheEvictions} entries a minute for want of memory.`,
        runbook: "cache#memory",
        signal: metric(node, "Evictions", "Sum"),
        comparison: ">",
        threshold: thresholds.cacheEvictions,
        periods: inARow(60, 5),
        missing: SILENT,
      },
      {
        what: `${prefix}-replication-lag`,
        severity: "warning",
        means: `${who} is more than ${thresholds.cacheReplicationLagSeconds} s behind its primary: a failover would lose that much.`,
        runbook: "cache#replication-lag",
        signal: metric(node, "ReplicationLag", "Maximum"),
        comparison: ">",
        threshold: thresholds.cacheReplicationLagSeconds,
        periods: inARow(60, 5),
        missing: { as: "notBreaching", because: "only replicas have a lag" },
      },
      {
        what: `${prefix}-failed-sign-ins`,
        severity: "warning",
        means: `${who} refused more than ${thresholds.cacheFailedSignIns} sign-ins in five minutes.`,
        runbook: "cache#failed-sign-ins",
        signal: metric(node, "AuthenticationFailures", "Sum"),
        comparison: ">",
        threshold: thresholds.cacheFailedSignIns,
        periods: inARow(300, 1),
        missing: SILENT,
      },
    ];
  });
}
