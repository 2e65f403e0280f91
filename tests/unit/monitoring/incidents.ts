import { TRAIL_EVENTS } from "../../../components/audit/trail-events";
import type { Series } from "./evaluator";
import type { STACKS } from "./plans";

/** A metric as alarms name it. */
export interface Named {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** What a metric shows in each minute: one figure, samples, or nothing; by its dimensions where they matter. */
type Shown =
  number | readonly number[] | undefined | ((dimensions: Readonly<Record<string, string>>) => Shown);

/** Figures by namespace and metric; synthetic, made from what AWS's documents say of each metric. */
export type Figures = Readonly<Record<string, Shown>>;

const GIBIBYTE = 2 ** 30;
const AURORA = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";

/** So many requests a minute, of which so many fail. */
const requests = (failed: number): number[] =>
  Array.from({ length: 20 }, (_, index) => (index < failed ? 1 : 0));
/** Their latencies, of which so many are slow. */
const latencies = (slow: number, milliseconds: number): number[] =>
  Array.from({ length: 20 }, (_, index) => (index < slow ? milliseconds : 40 + index));

/**
 * A quiet day of a stack whose database is at half a capacity unit of at most `maxCapacity`.
 *
 * CPUUtilization and ACUUtilization are shares of the largest capacity, and FreeableMemory grows by 2 GiB with each
 * unit below it: aurora-serverless-v2.setting-capacity.html. Figures that count events are absent when nothing happens.
 */
export function quiet(maxCapacity: number): Figures {
  return {
    "AWS/RDS CPUUtilization": 1.5,
    "AWS/RDS ACUUtilization": (100 * 0.5) / maxCapacity,
    "AWS/RDS FreeableMemory": (2 * maxCapacity - 0.6) * GIBIBYTE,
    "AWS/RDS DatabaseConnections": 6,
    "AWS/RDS EngineUptime": 86_400,
    "AWS/RDS AuroraReplicaLag": 20,
    "AWS/RDS AuroraGlobalDBReplicationLag": 180,
    "AWS/RDS AuroraGlobalDBRPOLag": 240,
    "AWS/RDS Deadlocks": 0,
    "AWS/RDS MaximumUsedTransactionIDs": 180_000_000,
    "AWS/ElastiCache CPUUtilization": 8,
    "AWS/ElastiCache DatabaseMemoryUsagePercentage": 40,
    "AWS/ElastiCache Evictions": 0,
    "AWS/ElastiCache ReplicationLag": ({ CacheClusterId }) =>
      CacheClusterId?.endsWith("-002") ? 0.2 : undefined,
    "AWS/ElastiCache AuthenticationFailures": 0,
    "AWS/Kinesis GetRecords.IteratorAgeMilliseconds": 900,
    "AWS/Kinesis WriteProvisionedThroughputExceeded": 0,
    "AWS/Kinesis ReadProvisionedThroughputExceeded": 0,
    "AWS/Firehose DeliveryToS3.DataFreshness": 310,
    "AWS/Firehose DeliveryToS3.Success": 1,
    "AWS/ECS CPUUtilization": 30,
    "AWS/ECS MemoryUtilization": 45,
    "ECS/ContainerInsights DesiredTaskCount": 2,
    "ECS/ContainerInsights RunningTaskCount": 2,
    "AWS/ApplicationELB RequestCount": 20,
    "AWS/ApplicationELB UnHealthyHostCount": 0,
    "CloudWatchSynthetics SuccessPercent": 100,
    "AWS/ApiGateway Count": 20,
    "AWS/ApiGateway 5XXError": requests(0),
    "AWS/ApiGateway 4XXError": requests(1),
    "AWS/ApiGateway Latency": latencies(0, 0),
    "AWS/Backup NumberOfBackupJobsCompleted": 1,
    "AWS/EFS PercentIOLimit": 2,
    "AWS/NATGateway ErrorPortAllocation": 0,
    "AWS/Lambda Errors": 0,
    "AWS/Lambda Throttles": 0,
    "AWS/SQS ApproximateNumberOfMessagesVisible": 0,
    "AWS/Logs IncomingBytes": 1_000_000,
    ...Object.fromEntries(Object.keys(TRAIL_EVENTS).map((it) => [`StreamFlix/Audit ${it}`, 0])),
    "StreamFlix/Copies ObjectsFailed": 0,
    "StreamFlix/Copies NewestAgeHours": 0.1,
    "StreamFlix/Inspection DaysSinceRotation": 29,
    "StreamFlix/Inspection KeysUnusable": 0,
    "StreamFlix/Inspection TaskFailures": 0,
    "StreamFlix/Inspection SpotInterruptions": 0,
    "StreamFlix/DataRetention ErasuresOpen": 2,
    "StreamFlix/DataRetention OldestErasureDays": 3,
    "StreamFlix/Database failed-sign-ins": 0,
    "StreamFlix/Database break-glass-sign-ins": 0,
  };
}

/** Alarms by the one stack that they are about. */
type OfStack = Readonly<Partial<Record<(typeof STACKS)[number], readonly string[]>>>;

/** What is different from a quiet day in its last minutes. */
export interface Incident {
  readonly what: string;
  /** Where the shape of the figures is from. */
  readonly source: string;
  readonly minutes: number;
  readonly figures: Figures;
  /** Alarms that tell people at its end, without prefix and suffix; those of one stack only under its name. */
  readonly told: readonly string[];
  readonly only?: OfStack;
  /** What a stack is not told of, for want of what fails. */
  readonly except?: OfStack;
}

const RECOMMENDED =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html";
const CAPACITY = `${AURORA}/aurora-serverless-v2.setting-capacity.html`;
const AURORA_METRICS = `${AURORA}/Aurora.AuroraMonitoring.Metrics.html`;
const GLOBAL = `${AURORA}/aurora-global-database-monitoring.html`;
const CACHE_METRICS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html";
const BACKUP_METRICS = "https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html";
const INSIGHTS =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html";
const API_METRICS =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html";
const BALANCER =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html";

const ECS_EVENTS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";
const GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj, article 12(3)";

const ofWriter =
  (figure: number, otherwise: number) =>
  ({ Role }: Readonly<Record<string, string>>) =>
    Role === "READER" ? otherwise : figure;

const CONTROLS = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html";

/** Days on which nobody may be told. */
export const CALM: readonly Incident[] = [
  {
    what: "a day at half a capacity unit",
    source: CAPACITY,
    minutes: 1,
    figures: {},
    told: [],
  },
  {
    what: "half a capacity unit, taken for 1 GiB with 300 MiB free",
    source: "the seed's alarm on less than 1 GB takes FreeableMemory for what is free now",
    minutes: 60,
    figures: { "AWS/RDS FreeableMemory": 0.3 * GIBIBYTE },
    told: [],
  },
  {
    what: "four minutes at full CPU while the instance grows",
    source: CAPACITY,
    minutes: 4,
    figures: { "AWS/RDS CPUUtilization": 96, "AWS/RDS ACUUtilization": 97 },
    told: [],
  },
  {
    what: "a premiere: more tasks, all of them busy as scaling wants them",
    source:
      "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    minutes: 60,
    figures: {
      "AWS/ECS CPUUtilization": 70,
      "AWS/ECS MemoryUtilization": 80,
      "ECS/ContainerInsights DesiredTaskCount": 10,
      "ECS/ContainerInsights RunningTaskCount": 10,
    },
    told: [],
  },
  {
    what: "four minutes in which the standby region's copy catches up",
    source: GLOBAL,
    minutes: 4,
    figures: { "AWS/RDS AuroraGlobalDBReplicationLag": 8_000, "AWS/RDS AuroraGlobalDBRPOLag": 8_000 },
    told: [],
  },
  {
    what: "sign-ins that fail once, and calls that are refused now and then",
    source: CONTROLS,
    minutes: 3,
    figures: { "StreamFlix/Audit failed-console-sign-ins": 1, "StreamFlix/Audit unauthorized-calls": 3 },
    told: [],
  },
  {
    what: "a task that ends and two that AWS takes back, as Spot is like",
    source: ECS_EVENTS,
    minutes: 1,
    figures: { "StreamFlix/Inspection TaskFailures": 1, "StreamFlix/Inspection SpotInterruptions": [1, 1] },
    told: [],
  },
  {
    what: "an erasure that has waited for a fortnight under a hold, and a rotation that was a day late",
    source: GDPR,
    minutes: 24 * 60,
    figures: {
      "StreamFlix/DataRetention OldestErasureDays": 14,
      "StreamFlix/Inspection DaysSinceRotation": 31,
    },
    told: [],
  },
  {
    what: "a day that has just begun, without a backup yet",
    source: BACKUP_METRICS,
    minutes: 1440,
    figures: { "AWS/Backup NumberOfBackupJobsCompleted": undefined },
    told: [],
  },
];

/** A paused instance reports these as 0, and nothing else. */
export const PAUSED: Figures = {
  "AWS/RDS CPUUtilization": 0,
  "AWS/RDS ACUUtilization": 0,
  "AWS/RDS FreeableMemory": undefined,
  "AWS/RDS DatabaseConnections": undefined,
  "AWS/RDS EngineUptime": undefined,
  "AWS/RDS AuroraReplicaLag": undefined,
  "AWS/RDS Deadlocks": undefined,
  "AWS/RDS MaximumUsedTransactionIDs": undefined,
};

/** Days on which these have to be told, and no others. */
export const INCIDENTS: readonly Incident[] = [
  {
    what: "Aurora's CPU at its limit (asked for)",
    source: RECOMMENDED,
    minutes: 10,
    figures: { "AWS/RDS CPUUtilization": ofWriter(97, 20) },
    told: ["data-tier"],
  },
  {
    what: "a reader's CPU at its limit",
    source: RECOMMENDED,
    minutes: 10,
    figures: { "AWS/RDS CPUUtilization": ofWriter(20, 97) },
    told: ["data-tier"],
  },
  {
    what: "Aurora's memory used up at the largest capacity (asked for)",
    source: CAPACITY,
    minutes: 20,
    figures: { "AWS/RDS ACUUtilization": ofWriter(100, 50), "AWS/RDS FreeableMemory": 0.8 * GIBIBYTE },
    told: ["data-tier", "database-capacity"],
  },
  {
    what: "a reader's memory used up",
    source: CAPACITY,
    minutes: 20,
    figures: { "AWS/RDS ACUUtilization": ofWriter(50, 100), "AWS/RDS FreeableMemory": 0.8 * GIBIBYTE },
    told: ["data-tier", "database-reader-capacity"],
  },
  {
    what: "a leak of connections",
    source: AURORA_METRICS,
    minutes: 10,
    figures: { "AWS/RDS DatabaseConnections": 4_100 },
    told: ["data-tier"],
  },
  {
    what: "readers far behind",
    source: AURORA_METRICS,
    minutes: 10,
    figures: { "AWS/RDS AuroraReplicaLag": 9_000 },
    told: ["database-replica-lag"],
  },
  {
    what: "deadlocks, minute after minute",
    source: AURORA_METRICS,
    minutes: 10,
    figures: { "AWS/RDS Deadlocks": 0.05 },
    told: ["database-deadlocks"],
  },
  {
    what: "vacuum that does not keep up",
    source: RECOMMENDED,
    minutes: 30,
    figures: { "AWS/RDS MaximumUsedTransactionIDs": 1_200_000_000 },
    told: ["database-transaction-ids"],
  },
  {
    what: "somebody tries passwords",
    source: "https://www.postgresql.org/docs/17/client-authentication-problems.html",
    minutes: 10,
    figures: { "StreamFlix/Database failed-sign-ins": 10, "AWS/ElastiCache AuthenticationFailures": 10 },
    told: ["cache-1-failed-sign-ins", "cache-2-failed-sign-ins", "database-failed-sign-ins"],
  },
  {
    what: "somebody breaks the glass",
    source: "docs/break-glass.md",
    minutes: 1,
    figures: { "StreamFlix/Database break-glass-sign-ins": 1 },
    told: ["break-glass"],
  },
  {
    what: "no writer",
    source: AURORA_METRICS,
    minutes: 10,
    figures: Object.fromEntries(Object.keys(PAUSED).map((metric) => [metric, undefined])),
    told: [],
    only: { prod: ["data-tier"], "prod-dr": ["data-tier"] },
  },
  {
    what: "a copy in the standby region that falls behind",
    source: GLOBAL,
    minutes: 10,
    figures: { "AWS/RDS AuroraGlobalDBReplicationLag": 4_000, "AWS/RDS AuroraGlobalDBRPOLag": 900 },
    told: [],
    only: { "prod-dr": ["database-copy-lag"] },
  },
  {
    what: "a dark home region, from which nothing arrives any more",
    source: GLOBAL,
    minutes: 10,
    figures: {
      "AWS/RDS AuroraGlobalDBReplicationLag": undefined,
      "AWS/RDS AuroraGlobalDBRPOLag": undefined,
    },
    told: [],
    only: { "prod-dr": ["database-copy-lag", "database-loss"] },
  },
  {
    what: "a night in which every backup ends another way",
    source: BACKUP_METRICS,
    minutes: 60,
    figures: {
      "AWS/Backup NumberOfBackupJobsFailed": 1,
      "AWS/Backup NumberOfBackupJobsAborted": 1,
      "AWS/Backup NumberOfBackupJobsExpired": 1,
    },
    told: ["backup-aborted", "backup-expired", "backup-failed"],
  },
  {
    what: "a restore that fails",
    source: BACKUP_METRICS,
    minutes: 60,
    figures: { "AWS/Backup NumberOfRestoreJobsFailed": 1 },
    told: [],
    only: { prod: ["backup-restore-failed"] },
  },
  {
    what: "a backup that stays for longer than it may",
    source: BACKUP_METRICS,
    minutes: 60,
    figures: { "AWS/Backup NumberOfRecoveryPointsExpired": 1 },
    told: ["backup-not-ended"],
  },
  {
    what: "a night whose backup is in one region only",
    source: BACKUP_METRICS,
    minutes: 60,
    figures: { "AWS/Backup NumberOfCopyJobsFailed": 1 },
    told: [],
    only: { prod: ["backup-copy-failed"] },
  },
  {
    what: "an hour in which S3 copies nothing to the standby region",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html",
    minutes: 60,
    figures: { "AWS/S3 OperationsFailedReplication": 12 },
    told: [],
    only: { prod: ["copy-erasures-failed", "copy-events-failed"] },
  },
  {
    what: "a quarter of an hour in which copies of buckets are behind",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html",
    minutes: 15,
    figures: { "AWS/S3 ReplicationLatency": 1200 },
    told: [],
    only: { "prod-dr": ["copy-erasures-late", "copy-events-late"] },
  },
  {
    what: "a run that finds an object of a copy that is of no use",
    source: "functions/copy-check/metrics.ts",
    minutes: 60,
    figures: { "StreamFlix/Copies ObjectsFailed": 1 },
    told: [],
    only: { "prod-dr": ["copy-erasures-unusable", "copy-events-unusable"] },
  },
  {
    what: "two days in which no event arrives in the copy",
    source: "functions/copy-check/metrics.ts",
    minutes: 2 * 1440,
    figures: { "StreamFlix/Copies NewestAgeHours": 36 },
    told: [],
    only: { "prod-dr": ["copy-events-old"] },
  },
  {
    what: "two days in which nobody looks at copies",
    source: "functions/copy-check/metrics.ts",
    minutes: 2 * 1440,
    figures: { "StreamFlix/Copies ObjectsFailed": undefined, "StreamFlix/Copies NewestAgeHours": undefined },
    told: [],
    only: { "prod-dr": ["copy-erasures-unusable", "copy-events-old", "copy-events-unusable"] },
  },
  {
    what: "a restored database that is not what it should be, and came late",
    source: "functions/restore-verification/metrics.ts",
    minutes: 60,
    figures: {
      "StreamFlix/RestoreVerification RestoresFailed": 1,
      "StreamFlix/RestoreVerification RestoreSeconds": 7_201,
    },
    told: [],
    only: { prod: ["backup-restore-slow", "backup-restore-unfit"] },
  },
  {
    what: "a restored database that was there in its time",
    source: "functions/restore-verification/metrics.ts",
    minutes: 60,
    figures: {
      "StreamFlix/RestoreVerification RestoresFailed": 0,
      "StreamFlix/RestoreVerification RestoreSeconds": 7_200,
    },
    told: [],
  },
  {
    what: "restored files that came late, and are what they should be",
    source: "functions/restore-verification/metrics.ts",
    minutes: 60,
    figures: {
      "StreamFlix/RestoreVerification RestoresFailed": 0,
      "StreamFlix/RestoreVerification FilesRestoreSeconds": 7_201,
    },
    told: [],
    only: { prod: ["backup-files-restore-slow"] },
  },
  {
    what: "a verification that does not get to its end",
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
    minutes: 60,
    figures: {
      "AWS/States ExecutionsFailed": 1,
      "AWS/States ExecutionsTimedOut": 0,
      "AWS/States ExecutionsAborted": 0,
    },
    told: [],
    only: { prod: ["backup-verification-failed"] },
  },
  {
    what: "two nights in which nobody backs anything up",
    source: BACKUP_METRICS,
    minutes: 2 * 1440,
    figures: { "AWS/Backup NumberOfBackupJobsCompleted": undefined },
    told: ["backup-missing"],
  },
  {
    what: "a busy, full cache that lags",
    source: CACHE_METRICS,
    minutes: 20,
    figures: {
      "AWS/ElastiCache CPUUtilization": 95,
      "AWS/ElastiCache DatabaseMemoryUsagePercentage": 97,
      "AWS/ElastiCache Evictions": 5000,
      "AWS/ElastiCache ReplicationLag": 50,
    },
    told: [
      "cache-1-evictions",
      "cache-1-memory",
      "cache-1-replication-lag",
      "cache-2-evictions",
      "cache-2-memory",
      "cache-2-replication-lag",
      "data-tier",
    ],
    except: { "prod-dr": ["data-tier"] },
  },
  {
    what: "a stream that is full and read late",
    source: "https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
    minutes: 20,
    figures: {
      "AWS/Kinesis GetRecords.IteratorAgeMilliseconds": 900_000,
      "AWS/Kinesis WriteProvisionedThroughputExceeded": 0.4,
      "AWS/Kinesis ReadProvisionedThroughputExceeded": 0.2,
    },
    told: ["stream-lag", "stream-read-throttled", "stream-write-throttled"],
  },
  {
    what: "an archive out of reach",
    source: "https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html",
    minutes: 30,
    figures: { "AWS/Firehose DeliveryToS3.DataFreshness": 2000, "AWS/Firehose DeliveryToS3.Success": 0 },
    told: ["archive-failing", "archive-late"],
  },
  {
    what: "no task runs (asked for)",
    source: INSIGHTS,
    minutes: 20,
    figures: { "ECS/ContainerInsights RunningTaskCount": 0 },
    told: ["service-missing-tasks", "service-tasks"],
  },
  {
    what: "nothing of any task",
    source: INSIGHTS,
    minutes: 10,
    figures: {
      "ECS/ContainerInsights RunningTaskCount": undefined,
      "ECS/ContainerInsights DesiredTaskCount": undefined,
      "AWS/ECS CPUUtilization": undefined,
      "AWS/ECS MemoryUtilization": undefined,
    },
    told: ["service-tasks"],
  },
  {
    what: "a version whose tasks end as soon as they run",
    source: ECS_EVENTS,
    minutes: 3,
    figures: {
      "StreamFlix/Inspection TaskFailures": 1,
      "StreamFlix/Inspection DeploymentFailures": [1],
    },
    told: ["service-deployment-failed", "service-restarts"],
  },
  {
    what: "a storm over Spot",
    source: ECS_EVENTS,
    minutes: 1,
    figures: { "StreamFlix/Inspection SpotInterruptions": [1, 1, 1] },
    told: ["service-spot-interruptions"],
  },
  {
    what: "a key that waits for its deletion",
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
    minutes: 15,
    figures: { "StreamFlix/Inspection KeysUnusable": 1 },
    told: ["keys-unusable"],
  },
  {
    what: "an inspection that does not run",
    source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
    minutes: 120,
    figures: {
      "StreamFlix/Inspection KeysUnusable": undefined,
      "StreamFlix/Inspection DaysSinceRotation": undefined,
    },
    told: ["keys-unusable"],
  },
  {
    what: "passwords that nobody has rotated",
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-cloudwatch.html",
    minutes: 60,
    figures: { "StreamFlix/Inspection DaysSinceRotation": 40 },
    told: ["rotation-master-overdue", "rotation-service-overdue"],
  },
  {
    what: "erasures that pile up",
    source: GDPR,
    minutes: 24 * 60,
    figures: {
      "StreamFlix/DataRetention ErasuresOpen": 400,
      "StreamFlix/DataRetention OldestErasureDays": 15,
    },
    told: ["erasure-late", "erasures-open"],
  },
  {
    what: "an erasure whose month is nearly over",
    source: GDPR,
    minutes: 24 * 60,
    figures: { "StreamFlix/DataRetention OldestErasureDays": 25.5 },
    told: ["erasure-late", "erasure-overdue"],
  },
  {
    what: "full tasks",
    source: RECOMMENDED,
    minutes: 10,
    figures: { "AWS/ECS CPUUtilization": 96, "AWS/ECS MemoryUtilization": 95 },
    told: ["service-cpu", "service-memory"],
  },
  {
    what: "a version that answers with errors",
    source: BALANCER,
    minutes: 10,
    figures: {
      "AWS/ApplicationELB HTTPCode_Target_5XX_Count": 10,
      "AWS/ApplicationELB UnHealthyHostCount": 1,
    },
    told: ["service-errors", "service-unhealthy"],
  },
  {
    what: "a load balancer that finds nobody and is full",
    source: BALANCER,
    minutes: 10,
    figures: {
      "AWS/ApplicationELB HTTPCode_ELB_5XX_Count": 10,
      "AWS/ApplicationELB RejectedConnectionCount": 3,
    },
    told: ["load-balancer-errors", "load-balancer-rejected"],
  },
  {
    what: "an hour in which half of all requests fail",
    source: API_METRICS,
    minutes: 120,
    figures: { "AWS/ApiGateway 5XXError": requests(10) },
    told: ["api-errors", "availability-burn-fast", "availability-burn-slow", "availability-burn-steady"],
    only: { prod: ["api-down"] },
  },
  {
    what: "a canary that is not answered",
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html",
    minutes: 120,
    figures: { "CloudWatchSynthetics SuccessPercent": 0 },
    told: ["canary"],
  },
  {
    what: "slow answers",
    source: API_METRICS,
    minutes: 120,
    figures: { "AWS/ApiGateway Latency": latencies(18, 6000) },
    told: ["api-latency-p90", "api-latency-p99", "latency-burn-fast", "latency-burn-slow"],
    only: { prod: ["latency-burn-steady"] },
  },
  {
    what: "a day on which every fifth answer is slow",
    source: API_METRICS,
    minutes: 24 * 60,
    figures: { "AWS/ApiGateway Latency": latencies(4, 1500) },
    told: ["latency-burn-steady"],
    only: { prod: ["latency-burn-fast", "latency-burn-slow"] },
  },
  {
    what: "requests that are refused and blocked",
    source: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html",
    minutes: 10,
    figures: { "AWS/ApiGateway 4XXError": requests(15), "AWS/WAFV2 BlockedRequests": 5000 },
    told: ["api-refused"],
    only: { prod: ["api-blocked"], "prod-dr": ["api-blocked"] },
  },
  {
    what: "files and ways out at their limits",
    source: RECOMMENDED,
    minutes: 20,
    figures: { "AWS/EFS PercentIOLimit": 100, "AWS/NATGateway ErrorPortAllocation": 4 },
    told: ["files-io", "nat-1-ports"],
    only: { prod: ["nat-2-ports", "nat-3-ports"] },
  },
  {
    what: "functions that fail, wait and take long",
    source: LAMBDA,
    minutes: 5,
    figures: {
      "AWS/Lambda Errors": 1,
      "AWS/Lambda Throttles": 1,
      "AWS/Lambda Duration": 830_000,
      "AWS/SQS ApproximateNumberOfMessagesVisible": 1,
    },
    told: [
      "alerts-failures",
      "data-retention-duration",
      "data-retention-errors",
      "data-retention-failures",
      "data-retention-throttles",
      "database-roles-duration",
      "database-roles-errors",
      "database-roles-throttles",
      "inspection-duration",
      "inspection-errors",
      "inspection-failures",
      "inspection-throttles",
      "log-sweeper-duration",
      "log-sweeper-errors",
      "log-sweeper-failures",
      "log-sweeper-throttles",
      "remediation-duration",
      "remediation-errors",
      "remediation-failures",
      "remediation-throttles",
      "findings-failures",
      "rotation-duration",
      "rotation-errors",
      "rotation-failures",
      "rotation-throttles",
    ],
    only: {
      "prod-dr": [
        "copy-check-duration",
        "copy-check-errors",
        "copy-check-failures",
        "copy-check-throttles",
        "primary-moves-failures",
      ],
      prod: [
        "primary-moves-failures",
        "restore-checks-duration",
        "restore-checks-errors",
        "restore-checks-throttles",
        "restore-file-checks-duration",
        "restore-file-checks-errors",
        "restore-file-checks-throttles",
        "restore-verification-duration",
        "restore-verification-errors",
        "restore-verification-failures",
        "restore-verification-throttles",
      ],
    },
  },
  {
    what: "messages that reach nobody",
    source: "https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
    minutes: 5,
    figures: { "AWS/SNS NumberOfNotificationsFailed": 1 },
    told: ["alerts-critical-undelivered", "alerts-warning-undelivered"],
  },
  {
    what: "an intruder who signs in as root and switches the audit off",
    source: CONTROLS,
    minutes: 5,
    figures: {
      "StreamFlix/Audit root-use": 1,
      "StreamFlix/Audit trail-changes": 1,
      "StreamFlix/Audit recorder-changes": 1,
      "StreamFlix/Audit key-endangered": 1,
    },
    told: ["audit-key-endangered", "audit-recorder-changes", "audit-root-use", "audit-trail-changes"],
  },
  {
    what: "passwords being tried, until one without a second factor is found",
    source: CONTROLS,
    minutes: 5,
    figures: {
      "StreamFlix/Audit failed-console-sign-ins": 1,
      "StreamFlix/Audit sign-in-without-mfa": 1,
      "StreamFlix/Audit unauthorized-calls": 2,
    },
    told: ["audit-failed-console-sign-ins", "audit-sign-in-without-mfa", "audit-unauthorized-calls"],
  },
  {
    what: "rights and network changed",
    source: CONTROLS,
    minutes: 5,
    figures: {
      "StreamFlix/Audit iam-changes": 1,
      "StreamFlix/Audit bucket-changes": 1,
      "StreamFlix/Audit security-group-changes": 1,
      "StreamFlix/Audit network-acl-changes": 1,
      "StreamFlix/Audit gateway-changes": 1,
      "StreamFlix/Audit route-changes": 1,
      "StreamFlix/Audit vpc-changes": 1,
    },
    told: [
      "audit-bucket-changes",
      "audit-gateway-changes",
      "audit-iam-changes",
      "audit-network-acl-changes",
      "audit-route-changes",
      "audit-security-group-changes",
      "audit-vpc-changes",
    ],
  },
  {
    what: "a flood of logs",
    source:
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html",
    minutes: 60,
    figures: { "AWS/Logs IncomingBytes": 200_000_000 },
    told: ["log-ingestion"],
  },
];

/** The last minutes of a metric's series over days that end with an incident. */
export function seriesOf(
  base: Figures,
  incident: Incident,
  { namespace, metricName, dimensions = {} }: Named,
  minutes: number,
): Series {
  const key = keyOf({ namespace, metricName });
  const before = shown(base[key], dimensions);
  const during = Object.hasOwn(incident.figures, key) ? shown(incident.figures[key], dimensions) : before;
  return Array.from({ length: minutes }, (_, minute) =>
    minute < minutes - incident.minutes ? before : during,
  );
}

/** Whether an incident changes a metric; the series of any other one are those of a quiet day. */
export function touches(incident: Incident, metric: Named): boolean {
  return Object.hasOwn(incident.figures, keyOf(metric));
}

/** The platform's own metrics carry the stack's name. */
function keyOf({ namespace, metricName }: Named): string {
  return `${namespace} ${metricName.replace(/^streamflix-(.+)-(dev|prod|prod-dr)$/, "$1")}`;
}

function shown(
  figure: Shown,
  dimensions: Readonly<Record<string, string>>,
): number | readonly number[] | undefined {
  return typeof figure === "function" ? shown(figure(dimensions), dimensions) : figure;
}
