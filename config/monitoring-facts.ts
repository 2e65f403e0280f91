/** What alarms compare with unless a stack says otherwise, and what capacity AWS derives: plain tables, no logic. */

const RECOMMENDED =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html";

/** Within a month of the request, counted by the calendar: a February has 28 days. */
const GDPR_MONTH = "GDPR article 12(3), https://eur-lex.europa.eu/eli/reg/2016/679/oj";

/** A threshold: its default and limits, what it means, and where the default is from. */
export interface ThresholdFacts {
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly means: string;
  readonly source: string;
}

const percent = (value: number, means: string, source: string): ThresholdFacts => ({
  value,
  least: 1,
  most: 100,
  means,
  source,
});

/** Every threshold that a stack can set, by name. */
export const THRESHOLDS = {
  databaseCpuPercent: percent(
    90,
    "CPU use of the writer or a reader; serverless: of the largest capacity.",
    RECOMMENDED,
  ),
  databaseCapacityPercent: percent(
    90,
    "Share of the largest capacity that a serverless instance uses.",
    "near 100 the maximum is what limits: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html",
  ),
  databaseFreeMemoryPercent: percent(
    10,
    "Free share of an instance's largest memory, looked at only once a serverless instance can't grow any more.",
    "the platform's own: a fixed amount would always fire at half a capacity unit",
  ),
  databaseConnectionsPercent: percent(
    80,
    "Share of the connections that the instance's memory admits.",
    "the platform's own: time to act before connections are refused",
  ),
  databaseReplicaLagMilliseconds: {
    value: 2000,
    least: 100,
    most: 60_000,
    means: "Time a reader is behind the writer, in milliseconds.",
    source: "the platform's own: Aurora's readers are usually less than 100 behind, and restart at 60,000",
  },
  databaseCopyLagMilliseconds: {
    value: 1000,
    least: 100,
    most: 600_000,
    means: "Time the standby region's copy of the database is behind its primary, in milliseconds.",
    source:
      "less than a second is typical: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
  },
  databaseLossMilliseconds: {
    value: 1000,
    least: 100,
    most: 600_000,
    means: "What a failover to the standby region would lose of viewers' changes, in milliseconds.",
    source: "the platform's objective: less than a second",
  },
  databaseTransactionIds: {
    value: 1_000_000_000,
    least: 200_000_000,
    most: 2_000_000_000,
    means: "Age of the oldest transaction id that vacuum has not frozen.",
    source: RECOMMENDED,
  },
  databaseFailedSignIns: {
    value: 20,
    least: 1,
    most: 10_000,
    means: "Refused sign-ins to the database in five minutes.",
    source: "the platform's own: a rotation that goes wrong makes some, a guesser makes many",
  },
  cacheCpuPercent: percent(
    90,
    "CPU use of a cache node, of its engine's thread from four vCPU on.",
    RECOMMENDED,
  ),
  cacheMemoryPercent: percent(
    90,
    "Used share of a node's memory for data.",
    "the platform's own: a full cache forgets what it should keep",
  ),
  cacheEvictions: {
    value: 1000,
    least: 1,
    most: 10_000_000,
    means: "Entries that a node dropped for want of memory, a minute.",
    source: "the platform's own: a few are what the cache is made for",
  },
  cacheReplicationLagSeconds: {
    value: 30,
    least: 1,
    most: 3600,
    means: "Time a replica is behind its primary, in seconds.",
    source: "the platform's own: that much is lost when the primary fails",
  },
  cacheFailedSignIns: {
    value: 20,
    least: 1,
    most: 10_000,
    means: "Refused sign-ins to a cache node in five minutes.",
    source: "the platform's own: tasks with a wrong token make some, a guesser makes many",
  },
  streamLagSeconds: {
    value: 600,
    least: 1,
    most: 86_400,
    means: "Time that events wait in the stream until they are read, in seconds.",
    source: "the platform's own: the archive reads all the time, and the stream forgets after a day",
  },
  archiveDelaySeconds: {
    value: 900,
    least: 60,
    most: 86_400,
    means: "Age of the oldest event that is not in the archive yet, in seconds.",
    source: "the platform's own: three times as long as events are gathered for one object",
  },
  serviceCpuPercent: percent(
    90,
    "CPU use of the service's tasks, on average.",
    "AWS's 80 is where scaling begins",
  ),
  serviceMemoryPercent: percent(
    90,
    "Memory use of the service's tasks, on average.",
    "AWS's 80 is where scaling begins",
  ),
  serviceTaskFailures: {
    value: 2,
    least: 0,
    most: 1000,
    means: "Tasks of the service that fail within 15 minutes.",
    source: "the platform's own: one or two may be a node that broke, more is a version that does",
  },
  serviceSpotInterruptions: {
    value: 2,
    least: 0,
    most: 1000,
    means: "Tasks of the service that AWS takes back within 15 minutes.",
    source: "the platform's own: one or two are what Spot is like, from three on remediation leaves Spot",
  },
  rotationOverdueDays: {
    value: 2,
    least: 1,
    most: 30,
    means: "Days that a password may be older than its rotation wants it.",
    source: "the platform's own: a rotation that failed is tried again within hours",
  },
  erasuresOpen: {
    value: 50,
    least: 1,
    most: 100_000,
    means: "Erasures of subjects that still have rows, under a hold or for want of time.",
    source: "the platform's own: each night does thousands; what stays has a reason that a person has to see",
  },
  erasureLateDays: {
    value: 14,
    least: 1,
    most: 27,
    means: "Days that the oldest erasure may be open before somebody looks at why.",
    source: `half of the time that the law leaves: ${GDPR_MONTH}`,
  },
  erasureOverdueDays: {
    value: 25,
    least: 2,
    most: 28,
    means: "Days that the oldest erasure may be open before somebody has to act now.",
    source: `three days before the shortest month is over: ${GDPR_MONTH}`,
  },
  apiErrorPercent: percent(5, "Share of requests that the API answers with 5xx.", RECOMMENDED),
  apiRefusedPercent: percent(
    25,
    "Share of requests that the API answers with 4xx.",
    "AWS's 5 is below what expired tokens make",
  ),
  apiLatencyP90Milliseconds: {
    value: 2500,
    least: 50,
    most: 29_000,
    means: "Time in which nine of ten requests are answered, in milliseconds.",
    source: RECOMMENDED,
  },
  apiLatencyP99Milliseconds: {
    value: 5000,
    least: 50,
    most: 29_000,
    means: "Time in which 99 of 100 requests are answered, in milliseconds.",
    source: "the platform's own: twice the limit for p90",
  },
  blockedRequests: {
    value: 10_000,
    least: 1,
    most: 100_000_000,
    means: "Requests that the firewall blocked in five minutes.",
    source: "the platform's own: more than one address over its rate limit",
  },
  filesIoPercent: percent(100, "Share of the file system's I/O limit.", RECOMMENDED),
  functionDurationPercent: percent(
    80,
    "Share of its time limit that a function's slowest run took.",
    "the platform's own: beyond the limit Lambda ends a function without a word",
  ),
  logGigabytesPerHour: {
    value: 5,
    least: 0.1,
    most: 10_000,
    means: "Logs of the whole account and region in an hour, in gigabytes.",
    source: "the platform's own: at 0.63 USD a gigabyte that is 2,300 USD a month",
  },
} as const satisfies Record<string, ThresholdFacts>;

/** Name of a threshold. */
export type ThresholdName = keyof typeof THRESHOLDS;

/** Gibibytes of memory of one Aurora capacity unit, about. */
export const GIBIBYTES_PER_ACU = 2;

/** Gibibytes of memory by instance size, for classes with 8 GiB a vCPU; `db.t4g` has 4 and 8. */
export const CLASS_GIBIBYTES: Readonly<Record<string, number>> = {
  "db.t4g.medium": 4,
  "db.t4g.large": 8,
  large: 16,
  xlarge: 32,
  "2xlarge": 64,
  "4xlarge": 128,
  "8xlarge": 256,
  "12xlarge": 384,
  "16xlarge": 512,
};

/**
 * Connections that Aurora PostgreSQL admits by default: a line through AWS's table (1 ACU 189, 4 823, 8 1,669,
 * 16 3,360), at most 5,000, and at most 2,000 where capacity may go down to half a unit or less. From
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
 */
export const CONNECTIONS = { perAcu: 211.4, less: 22.4, most: 5000, mostFromHalfAcu: 2000 } as const;

/** Cache sizes with fewer than four vCPU: their engine shares the CPU with everything else on the node. */
export const SMALL_CACHE_SIZES = ["micro", "small", "medium", "large"] as const;
