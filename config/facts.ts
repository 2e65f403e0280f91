/** What AWS offers and what this platform settles on: plain tables, no logic. The schema and its rules read them. */

/** Where a region may be used: `home` runs the platform, `standby` is for stacks that take over from it. */
export interface RegionFacts {
  readonly role: "home" | "standby";
  /** Letters of the zones every account sees in the region. */
  readonly zones: readonly string[];
}

/** EU regions that personal data may be in. Zurich and London are absent on purpose: not in the EU. */
export const REGIONS = {
  "eu-central-1": { role: "home", zones: ["a", "b", "c"] },
  "eu-west-1": { role: "standby", zones: ["a", "b", "c"] },
  "eu-west-3": { role: "standby", zones: ["a", "b", "c"] },
  "eu-north-1": { role: "standby", zones: ["a", "b", "c"] },
  "eu-south-1": { role: "standby", zones: ["a", "b", "c"] },
  "eu-south-2": { role: "standby", zones: ["a", "b", "c"] },
} as const satisfies Record<string, RegionFacts>;

/** Names of the allowed regions. */
export const REGION_NAMES = Object.keys(REGIONS) as [keyof typeof REGIONS, ...(keyof typeof REGIONS)[]];

/** The region that runs the platform as long as nothing is wrong with it. */
export const HOME_REGION = "eu-central-1" satisfies keyof typeof REGIONS;

/** Regions that can take over from the home region. */
export const STANDBY_REGION_NAMES = REGION_NAMES.filter((name) => REGIONS[name].role === "standby") as [
  StandbyRegion,
  ...StandbyRegion[],
];
type StandbyRegion = Exclude<keyof typeof REGIONS, "eu-central-1">;

/** Kinds of environment a stack can be; `prod-dr` stands by for `prod`, in its account and another region. */
export const ENVIRONMENTS = ["dev", "staging", "prod", "prod-dr"] as const;

/** Those whose data can't be made again: the strict rules hold in them. */
export const STRICT_ENVIRONMENTS: readonly (typeof ENVIRONMENTS)[number][] = ["prod", "prod-dr"];

/** Region each kind of environment has to be in. */
export const REGION_OF_ENVIRONMENT = {
  dev: "eu-central-1",
  staging: "eu-central-1",
  prod: "eu-central-1",
  "prod-dr": "eu-west-1",
} as const satisfies Record<(typeof ENVIRONMENTS)[number], keyof typeof REGIONS>;

/** Last part of every physical name of a stack. */
export const SUFFIX = /^(?=.{1,12}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Interface endpoints that can be listed, by the service part of `com.amazonaws.<region>.<service>`. */
export const INTERFACE_ENDPOINTS = [
  "secretsmanager",
  "logs",
  "ecr.api",
  "ecr.dkr",
  "kms",
  "sts",
  "ssm",
  "ssmmessages",
  "kinesis-streams",
  "kinesis-firehose",
  "monitoring",
  "xray",
  "events",
  "sns",
  "sqs",
  "elasticfilesystem",
  "rds",
  "lambda",
  "states",
  "guardduty-data",
] as const;

/** One interface endpoint name. */
export type InterfaceEndpoint = (typeof INTERFACE_ENDPOINTS)[number];

/** Endpoints of a stack that lists none: a task can start, read its secrets and write logs without leaving the VPC. */
export const DEFAULT_ENDPOINTS = ["secretsmanager", "logs", "ecr.api", "ecr.dkr"] as const;

/** Endpoints the platform's own parts call; without NAT each of them is the only way out. */
export const PLATFORM_ENDPOINTS = [
  ...DEFAULT_ENDPOINTS,
  "kms",
  "sts",
  "ssm",
  "ssmmessages",
  "kinesis-streams",
  "monitoring",
  "xray",
  "events",
  "sns",
  "elasticfilesystem",
  "rds",
] as const satisfies readonly InterfaceEndpoint[];

/** Retention periods in days that CloudWatch Logs accepts. */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
