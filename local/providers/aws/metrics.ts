import { RETENTION_METRICS } from "../../../functions/data-retention/metrics";
import { AGE_METRICS, SAMPLE_METRICS } from "../../../functions/copy-check/metrics";
import {
  DEPLOYMENT_METRICS,
  KEY_METRICS,
  SECRET_METRICS,
  STOP_METRICS,
} from "../../../functions/inspection/metrics";
import {
  FILES_TIME_METRICS,
  TIME_METRICS,
  VERDICT_METRICS,
} from "../../../functions/restore-verification/metrics";
import type { MetricSet } from "../../../functions/shared/metric-line";
import { publishedMetrics } from "./generated/published-metrics";

/** Metrics with the sets of dimensions they are published with. */
interface Published {
  readonly dimensions: readonly (readonly string[])[];
  readonly metrics: readonly string[];
}

const CLOUDWATCH_DOCS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring";

/** What AWS's specification leaves out of its metrics, by namespace, with the page that has it. */
const COMPLETIONS: Readonly<
  Record<string, { readonly source: string; readonly rows: readonly Published[] }>
> = {
  "AWS/RDS": {
    source:
      "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html and dimensions.html",
    rows: [
      {
        dimensions: [["DBClusterIdentifier"], ["DBClusterIdentifier", "Role"], ["DBInstanceIdentifier"]],
        metrics: [
          "ACUUtilization",
          "AuroraReplicaLag",
          "BufferCacheHitRatio",
          "CommitLatency",
          "CommitThroughput",
          "CPUUtilization",
          "DatabaseConnections",
          "Deadlocks",
          "EngineUptime",
          "FreeableMemory",
          "MaximumUsedTransactionIDs",
          "ReadLatency",
          "ServerlessDatabaseCapacity",
          "WriteLatency",
        ],
      },
      {
        dimensions: [["DBClusterIdentifier"]],
        metrics: [
          // In the region of a secondary cluster only.
          "AuroraGlobalDBReplicationLag",
          "AuroraGlobalDBRPOLag",
          "AuroraReplicaLagMaximum",
          "VolumeBytesUsed",
          "VolumeReadIOPs",
          "VolumeWriteIOPs",
        ],
      },
    ],
  },
  "AWS/ElastiCache": {
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html",
    rows: [
      {
        dimensions: [["CacheClusterId"], ["CacheClusterId", "CacheNodeId"]],
        metrics: ["DatabaseCapacityUsagePercentage", "SuccessfulReadRequestLatency"],
      },
    ],
  },
  "AWS/S3": {
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html",
    rows: [
      {
        dimensions: [["DestinationBucket", "RuleId", "SourceBucket"]],
        metrics: [
          "BytesPendingReplication",
          "OperationsFailedReplication",
          "OperationsPendingReplication",
          "ReplicationLatency",
        ],
      },
    ],
  },
  "AWS/Backup": {
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html",
    rows: [
      {
        dimensions: [["BackupVaultName"], ["ResourceType"]],
        metrics: ["Backup", "Copy", "Restore"].flatMap((job) =>
          ["Aborted", "Completed", "Created", "Expired", "Failed", "Pending", "Running"].map(
            (state) => `NumberOf${job}Jobs${state}`,
          ),
        ),
      },
      {
        dimensions: [["BackupVaultName"], ["ResourceType"]],
        metrics: ["Cold", "Completed", "Deleting", "Expired", "Partial"].map(
          (state) => `NumberOfRecoveryPoints${state}`,
        ),
      },
    ],
  },
  "ECS/ContainerInsights": {
    source: `${CLOUDWATCH_DOCS}/Container-Insights-enhanced-observability-metrics-ECS.html`,
    rows: [
      {
        dimensions: [["ClusterName"], ["ClusterName", "ServiceName"]],
        metrics: [
          "DeploymentCount",
          "DesiredTaskCount",
          "PendingTaskCount",
          "RunningTaskCount",
          "TaskCpuUtilization",
          "TaskMemoryUtilization",
        ],
      },
    ],
  },
  "AWS/Logs": {
    source: `${CLOUDWATCH_DOCS.replace("monitoring", "logs")}/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html`,
    rows: [{ dimensions: [[]], metrics: ["IncomingBytes", "IncomingLogEvents"] }],
  },
  "AWS/SNS": {
    source: "https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
    rows: [
      {
        dimensions: [["TopicName"]],
        metrics: ["NumberOfNotificationsRedrivenToDlq", "NumberOfNotificationsFailedToRedriveToDlq"],
      },
    ],
  },
  "AWS/WAFV2": {
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    rows: [
      {
        dimensions: [["Region", "Rule", "WebACL"]],
        metrics: ["AllowedRequests", "BlockedRequests", "CountedRequests"],
      },
    ],
  },
  CloudWatchSynthetics: {
    source: `${CLOUDWATCH_DOCS}/CloudWatch_Synthetics_Canaries_metrics.html`,
    rows: [
      { dimensions: [["CanaryName"], ["CanaryName", "StepName"]], metrics: ["SuccessPercent", "Duration"] },
    ],
  },
};

/** Namespace of what the platform publishes itself: metric filters, and the service's collector. */
const OWN_NAMESPACE = /^StreamFlix\//;

/** What functions of the platform write into their logs as metrics, which the account shows nothing of. */
const EMBEDDED: readonly MetricSet[] = [
  RETENTION_METRICS,
  SECRET_METRICS,
  KEY_METRICS,
  STOP_METRICS,
  DEPLOYMENT_METRICS,
  SAMPLE_METRICS,
  AGE_METRICS,
  VERDICT_METRICS,
  TIME_METRICS,
  FILES_TIME_METRICS,
];

/** The dimensions that a function writes a metric with, `FunctionName` among them; undefined where none does. */
export function embeddedDimensions(namespace: string, name: string): readonly string[] | undefined {
  return EMBEDDED.find((set) => set.namespace === namespace && Object.hasOwn(set.units, name))?.dimensions;
}

/** Whether a namespace is one that only programs of the platform write to. */
export function isOwnNamespace(namespace: string): boolean {
  return OWN_NAMESPACE.test(namespace);
}

/**
 * Why AWS publishes no such metric, or undefined where it does. Alarms and widgets on it would stay without data for
 * ever, and AWS accepts them all the same.
 */
export function metricProblem(
  namespace: string,
  name: string,
  dimensions: readonly string[],
): string | undefined {
  if (isOwnNamespace(namespace)) return undefined;
  const rows = [...(publishedMetrics[namespace] ?? []), ...(COMPLETIONS[namespace]?.rows ?? [])];
  if (rows.length === 0) return `the catalogue of metrics has no namespace ${namespace}`;
  const sets = rows.filter(({ metrics }) => metrics.includes(name)).flatMap((it) => it.dimensions);
  if (sets.length === 0) return `${namespace} has no metric ${name}`;
  const wanted = [...dimensions].sort().join(", ");
  const known = new Set(sets.map((set) => [...set].sort().join(", ")));
  return known.has(wanted)
    ? undefined
    : `${namespace} ${name} is not published with dimensions (${wanted}), but with ${[...known].map((set) => `(${set})`).join(", ")}`;
}
