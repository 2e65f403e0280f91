/** A value of a stack file that differs from the shipped dev stack's in some of the steps. */
export interface Difference {
  /** First step that has it. @default the first of all */
  readonly from?: number;
  /** Last step that has it. @default the last of all */
  readonly until?: number;
  /** Key, then fields. */
  readonly path: readonly [string, ...string[]];
  /** `undefined` takes the field out. */
  readonly value: unknown;
  /** Comment above it, instead of the stack file's. @default the stack file's, where it has one */
  readonly comment?: string;
}

/** What a step of the migration is for, in words; what it changes in the stack file is read from the files. */
export interface Step {
  readonly number: number;
  /** Last part of the file's name. */
  readonly slug: string;
  readonly title: string;
  /** Sections of the shipped dev stack that come with it; those that no step names are there from the start. */
  readonly sections: readonly string[];
  readonly does: string;
  readonly risks: string;
  /** What belongs to the step and can't be configured yet. @default nothing */
  readonly missing?: string;
  /** How to go back. */
  readonly back: string;
  /** Policies that advise only while the step is the last one: what they ask for comes later. @default none */
  readonly advisory?: readonly string[];
  /** Settings of policies that come with it, for good. @default none */
  readonly settings?: Readonly<Record<string, object>>;
  /** Expected USD a month of the stack after it, as the rehearsal found it. */
  readonly monthlyUsd: number;
}

/** The stack that stands by for the one that is migrated. */
const STANDBY = { region: "eu-west-1", suffix: "dev-dr" };

/** The seven steps. */
export const STEPS: readonly Step[] = [
  {
    number: 1,
    slug: "base",
    title: "The base, on provisioned instances",
    sections: [],
    does: "Keys, network with NAT, Aurora PostgreSQL on two db.t4g.medium instances with rotation and deletion of old rows, cache, shared files, stream and archive, two tasks behind the API. Two endpoints are there from the start: the functions in the VPC have no other way to secrets and logs.",
    advisory: ["alarm-reaches-somebody", "queue-watched", "endpoints-complete"],
    risks:
      "None for what exists: everything is new. The account has to be prepared (`npm run preflight`), and the image pushed. Nobody is told when something fails: the policies that ask for it only advise in this step, and in a test environment only.",
    back: "`pulumi destroy`, as long as `protection` is false and nobody has put data into it.",
    monthlyUsd: 255,
  },
  {
    number: 2,
    slug: "monitoring",
    title: "Monitoring and alerting",
    sections: ["monitoring", "alerts"],
    does: "Topics with the people on call, alarms with runbooks, dashboards, saved queries, burn rates of the objectives, a canary, a budget and warnings of odd costs.",
    advisory: ["endpoints-complete"],
    risks:
      "Every contact has to confirm its e-mail, or hears nothing. Alarms that were calibrated nowhere may fire in the first days. The canary's calls count as traffic.",
    back: "Deploy step 1's file. The canary's bucket with its screenshots goes, and with it the history of runs; alarms' history stays in CloudWatch for two weeks.",
    monthlyUsd: 280,
  },
  {
    number: 3,
    slug: "endpoints",
    title: "VPC endpoints",
    sections: [],
    does: "The registry, too, is reached inside the VPC: images no longer come through NAT.",
    risks:
      "Private DNS moves open connections for some seconds; a task that starts in that moment is started again. An endpoint's policy refuses registries of other accounts.",
    back: "Deploy step 2's file: the names resolve to the public addresses again, through NAT.",
    monthlyUsd: 315,
  },
  {
    number: 4,
    slug: "serverless",
    title: "Aurora Serverless v2",
    sections: [],
    does: "The same cluster, endpoints, secrets and volume; the instances change their class in place, one after the other, so that one is always there to take over.",
    risks:
      "Two restarts and a failover, about half a minute each in which connections break. `max_connections` follows the new range. With `applyChanges: window` it waits for the maintenance window. At a minimum of 0 idle instances pause, and the next connection waits about 15 seconds.",
    back: "Deploy step 3's file: the classes change back in place, with the same restarts. Data stays.",
    monthlyUsd: 417,
  },
  {
    number: 5,
    slug: "autoscaling",
    title: "Autoscaling of service and readers",
    sections: [],
    does: "Two to ten tasks by CPU, memory and requests, half of them on Spot beyond the first. A second reader that scales by its own load. Readers of a serverless cluster grow instead of multiplying: AWS has Application Auto Scaling for provisioned readers only, and the configuration refuses the mix. Who stays on provisioned instances writes `readers.provisioned` with `min` and `max` instead.",
    risks:
      "Ten tasks, and as many again during a deployment, need the vCPU quotas that the file names: ask for them first. Ten tasks hold more connections than two.",
    back: "Scale in by deploying step 4's file: tasks beyond two drain within two minutes. The second reader is an instance, and its end is a deletion: with `protection` it has to be unprotected first. No data is on it alone.",
    monthlyUsd: 468,
  },
  {
    number: 6,
    slug: "protection",
    title: "Tracing, firewall, threat detection",
    sections: ["audit", "remediation"],
    does: "A collector beside the application sends traces to X-Ray and the service's own metrics to CloudWatch. A firewall before the API, with AWS's rules and a rate limit. CloudTrail, GuardDuty and Access Analyzer, with alarms on what they find. Remediation of what can mend itself, which hears of calls from the trail.",
    risks:
      "The firewall may block callers that were admitted before: look at its sampled requests on the first day. New tasks take the place of the old ones, since their definition changes. GuardDuty and CloudTrail exist once per account and region: an account that has them says `adopt`.",
    back: "Deploy step 5's file. What the audit has recorded stays as long as its class says: a bucket with evidence isn't emptied.",
    monthlyUsd: 495,
  },
  {
    number: 7,
    slug: "recovery",
    title: "Cross-region recovery",
    sections: ["backup", "gameDays", "recovery", "standby"],
    settings: {
      "region-mentions": {
        standbyRegions: [STANDBY.region],
        standbyTypes: [
          "aws:backup/plan:Plan",
          "aws:iam/rolePolicy:RolePolicy",
          "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
          "aws:secretsmanager/secret:Secret",
        ],
      },
      "s3-replication-target": {
        standbyRegions: [STANDBY.region],
        knownTargets: ["erasures", "events"].map(
          (what) => `streamflix-${what}-${STANDBY.suffix}-111122223333-${STANDBY.region}`,
        ),
      },
      "no-global-service": { allowedTypes: ["aws:rds/globalCluster:GlobalCluster"] },
    },
    does: "The database becomes the primary of a global database as it is, awake at 8 units or more. Backups in a vault of their own, every night, and a copy of each in the vault of the stack that stands by in another region; archive, erasure log and secrets are copied there, too. Experiments that show whether each part recovers, started by `npm run test:dr` only. The API gets its own domain with a record per region and failover between them, armed: a person moves it.",
    missing:
      "the stack that takes over, which is one of its own: `Pulumi.prod-dr.yaml` is deployed before without database and service (network, keys, vault, buckets, audit, alerts, API), joins the global database after, and serves then. Until then the failover record leads to an API that answers nothing but its health.",
    risks:
      "A global database pauses no instance and keeps a standby up to date: its least capacity is what the step costs. Its major versions are upgraded by AWS for all regions at once, and leaving it has to be forced. The listener changes from HTTP to HTTPS, and the API's way to it with it: some seconds of 5xx. The certificate waits for its record: a wrong hosted zone shows after 75 minutes.",
    back: "Move callers to the API's own address first, and take out a copy of the database, then deploy step 6's file. Data stays.",
    monthlyUsd: 2796,
  },
];

const LAST = STEPS.length;

/** Where the steps differ from the shipped dev stack besides sections that come later. */
export const DIFFERENCES: readonly Difference[] = [
  {
    until: 2,
    path: ["streamflix:network", "endpoints"],
    value: ["secretsmanager", "logs"],
    comment: "What functions in the VPC need, which have no way out through NAT.",
  },
  {
    until: 3,
    path: ["streamflix:database", "engine"],
    value: { provisioned: { instanceClass: "db.t4g.medium" } },
  },
  {
    until: 3,
    path: ["streamflix:database", "readers"],
    value: { provisioned: { min: 1, max: 1 } },
    comment: "Takes over when the writer fails; min and max alike: their number is fixed.",
  },
  {
    from: 5,
    path: ["streamflix:database", "readers"],
    value: { serverless: { count: 2 } },
    comment: "The first scales with the writer and takes over, the second scales by its own load.",
  },
  { until: 5, path: ["streamflix:service", "collectorImage"], value: undefined },
  { until: 4, path: ["streamflix:service", "tasks"], value: { min: 2, max: 2 } },
  { from: 5, path: ["streamflix:service", "tasks"], value: { min: 2, max: 10 } },
  {
    from: 5,
    path: ["streamflix:service", "vcpuQuota"],
    value: { onDemand: 16, spot: 16 },
    comment: "Granted on request; a new account has 6 of each.",
  },
  {
    from: 6,
    path: ["streamflix:api", "waf"],
    value: { requestsPerIp: 10_000, anonymousIps: "count" },
    comment: "requestsPerIp: in five minutes; whole households and mobile networks share an address.",
  },
  {
    from: LAST,
    path: ["streamflix:recovery"],
    value: STANDBY,
    comment: "The stack that stands by, deployed before: AWS copies to nothing that isn't there.",
  },
  {
    from: LAST,
    path: ["streamflix:database", "engine"],
    value: { serverless: { minCapacity: 8, maxCapacity: 16 } },
    comment: "What AWS advises for the primary of a global database, of which no instance pauses.",
  },
  {
    from: LAST,
    path: ["streamflix:database", "global"],
    value: {},
    comment: "The cluster becomes the primary as it is; a stack in the standby region joins it.",
  },
  {
    from: LAST,
    path: ["streamflix:api", "domain"],
    value: {
      name: "api.dev.streamflix.example",
      hostedZone: { id: "Z0123456789EXAMPLE01", name: "dev.streamflix.example" },
      failover: "armed",
    },
    comment: "The hosted zone exists already. armed: a person moves the name.",
  },
];
