import { estimate } from "./estimate";
import { always, NOTHING } from "./money";
import { Stack, type StackResource } from "./stack";
import type { Usage } from "./usage";

/** A row of the cost table that the platform was asked for, in USD a month. */
export interface SeedRow {
  readonly system: string;
  readonly what: string;
  /** What the table said. */
  readonly quoted: string;
  /** What the same costs at the prices of today's list; undefined where the list has none. */
  readonly today: number | undefined;
}

type Part = readonly [type: string, inputs: StackResource["inputs"]];

const REGION = "eu-central-1";

const PARTS = {
  cache: [
    "aws:elasticache/replicationGroup:ReplicationGroup",
    { nodeType: "cache.t4g.medium", engine: "redis", numCacheClusters: 2 },
  ],
  files: ["aws:efs/fileSystem:FileSystem", { throughputMode: "bursting" }],
  stream: ["aws:kinesis/stream:Stream", { shardCount: 2 }],
  api: ["aws:apigateway/stage:Stage", {}],
  provisioned: ["aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.t4g.medium" }],
  cluster: [
    "aws:rds/cluster:Cluster",
    { serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 } },
  ],
  serverless: ["aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.serverless" }],
  task: [
    "aws:ecs/taskDefinition:TaskDefinition",
    { cpu: "512", memory: "1024", runtimePlatform: { cpuArchitecture: "X86_64" } },
  ],
  twoTasks: ["aws:ecs/service:Service", { desiredCount: 2 }],
  fourTasks: ["aws:ecs/service:Service", { desiredCount: 4 }],
  endpoint: ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Interface", subnetIds: ["one"] }],
} as const satisfies Record<string, Part>;

/** The two halves of the table: as the platform was, and as it was to become. */
export interface SeedTable {
  readonly before: readonly SeedRow[];
  readonly after: readonly SeedRow[];
}

/** The table with today's prices; amounts that it is silent about are nothing. */
export function seedTable(usage: Usage): SeedTable {
  const amounts = seedUsage(usage);
  const tiered = { ...amounts, files: { ...amounts.files, standardGb: always(2), infrequentGb: always(8) } };
  const row = (
    system: string,
    what: string,
    quoted: string,
    parts: readonly Part[],
    use: Usage = amounts,
  ): SeedRow => ({ system, what, quoted, today: cost(parts, use) });
  const { cache, files, stream, api, provisioned, cluster, serverless, task, twoTasks, fourTasks, endpoint } =
    PARTS;
  return {
    before: [
      row("Aurora", "2 × db.t4g.medium", "140.00", [provisioned, provisioned]),
      row("Cache", "2 × cache.t4g.medium, Redis OSS", "100.00", [cache]),
      row("ECS", "2 tasks of 0.5 vCPU and 1 GB", "35.00", [task, twoTasks]),
      row("EFS", "10 GB", "3.00", [files]),
      row("Kinesis", "2 shards", "50.00", [stream]),
      row("API Gateway", "1 million requests", "3.50", [api]),
    ],
    after: [
      row("Aurora", "Serverless v2, 2 ACU on average", "90.00", [cluster, serverless]),
      row("Cache", "2 × cache.t4g.medium, Redis OSS", "100.00", [cache]),
      row("ECS", "2 to 4 tasks of 0.5 vCPU and 1 GB, here 4", "35.00–70.00", [task, fourTasks]),
      row("EFS", "10 GB, 8 of them seldom read", "1.50", [files], tiered),
      row("Kinesis", "2 shards", "50.00", [stream]),
      row("API Gateway", "1 million requests", "3.50", [api]),
      row("Endpoints", "3 in one zone", "22.00", [endpoint, endpoint, endpoint]),
    ],
  };
}

function seedUsage(usage: Usage): Usage {
  return {
    ...usage,
    database: { acuPerInstance: always(2), storageGb: NOTHING, millionIos: NOTHING, backupGb: NOTHING },
    service: { tasks: NOTHING, loadBalancerUnits: NOTHING, millionTraces: NOTHING, metrics: NOTHING },
    api: { millionRequests: always(1), egressGb: NOTHING },
    stream: { ...usage.stream, millionRecords: NOTHING },
    files: {
      standardGb: always(10),
      infrequentGb: NOTHING,
      archiveGb: NOTHING,
      readGb: NOTHING,
      writtenGb: NOTHING,
    },
    network: { natGb: NOTHING, endpointGb: NOTHING, crossZoneGb: NOTHING },
  };
}

function cost(parts: readonly Part[], usage: Usage): number | undefined {
  const resources = parts.map(([type, inputs], index) => ({
    type,
    inputs,
    name: `part-${index}`,
    component: "seed",
  }));
  const { usd, unknown } = estimate(new Stack(resources, REGION), usage);
  return unknown.length > 0 ? undefined : usd.expected;
}
