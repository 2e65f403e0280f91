import { textOf } from "./charges/charge";
import { estimate } from "./estimate";
import { NOTHING, total } from "./money";
import { findPrice } from "./prices";
import type { Stack, StackResource } from "./stack";
import type { Usage } from "./usage";

/** What one decision changes in the expected month, in USD; positive is money saved by it. */
export interface Saving {
  readonly decision: string;
  readonly usd: number;
  /** What has to hold for it, or what it costs in other ways. */
  readonly note: string;
}

/**
 * Discounts that no price list here has. They are remembered, not looked up, and every text that uses one says so.
 */
export const ASSUMED_DISCOUNTS = {
  /** One year, nothing paid in advance. */
  reservedCacheNodes: 0.3,
  /** Database savings plan of one year on serverless capacity. */
  databaseSavingsPlan: 0.35,
} as const;

type Change = (resource: StackResource, stack: Stack) => StackResource | undefined;

const set = (resource: StackResource, inputs: StackResource["inputs"]): StackResource => ({
  ...resource,
  inputs: { ...resource.inputs, ...inputs },
});

/** Keeps the first resource of a type. */
const onlyFirst =
  (...types: readonly string[]): Change =>
  (resource, stack) =>
    types.includes(resource.type) && stack.ofType(resource.type)[0] !== resource ? undefined : resource;

/** What went through endpoints goes through NAT. */
function throughNat(usage: Usage): Usage {
  const { natGb, endpointGb } = usage.network;
  return { ...usage, network: { ...usage.network, natGb: total([natGb, endpointGb]), endpointGb: NOTHING } };
}

const SWITCHES: readonly {
  readonly decision: string;
  readonly note: string;
  /** The stack as it would be otherwise. */
  readonly change: Change;
  /** What it would be used for then. @default the same */
  readonly use?: (usage: Usage) => Usage;
  /** Whether the stack has taken the decision already: the saving is then against not having taken it. */
  readonly taken: boolean;
}[] = [
  {
    decision: "One NAT gateway instead of one per zone",
    note: "the loss of its zone cuts the way out of all",
    change: onlyFirst("aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"),
    taken: false,
  },
  {
    decision: "No interface endpoints, everything through NAT",
    note: "what goes to AWS leaves the VPC, and each GB costs more, which is counted",
    change: (resource) => (textOf(resource, "vpcEndpointType") === "Interface" ? undefined : resource),
    use: throughNat,
    taken: false,
  },
  {
    decision: "No NAT gateways, endpoints alone",
    note: "nothing reaches the internet, the pull-through cache's first pull included",
    change: (resource) =>
      ["aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"].includes(resource.type) ? undefined : resource,
    taken: false,
  },
  {
    decision: "Spot for a part of the tasks",
    note: "against Fargate alone; Spot's price floats",
    change: (resource) =>
      resource.type === "aws:ecs/service:Service"
        ? set(resource, { capacityProviderStrategies: [] })
        : resource,
    taken: true,
  },
  {
    decision: "ARM instead of x86",
    note: "images have to be built for it",
    change: (resource) =>
      resource.type === "aws:ecs/taskDefinition:TaskDefinition"
        ? set(resource, { runtimePlatform: { cpuArchitecture: "X86_64" } })
        : resource,
    taken: true,
  },
  {
    decision: "Valkey instead of Redis OSS",
    note: "same protocol",
    change: (resource) =>
      resource.type === "aws:elasticache/replicationGroup:ReplicationGroup"
        ? set(resource, { engine: "redis" })
        : resource,
    taken: true,
  },
];

/** What each decision on cost brings for a stack under a use. */
export function savings(stack: Stack, usage: Usage): readonly Saving[] {
  const now = estimate(stack, usage).usd.expected;
  const switched = SWITCHES.map(({ decision, note, change, use = (same) => same, taken }) => {
    const otherwise = estimate(
      stack.with((resource) => change(resource, stack)),
      use(usage),
    ).usd.expected;
    return {
      decision: taken ? `${decision} (taken)` : decision,
      usd: taken ? otherwise - now : now - otherwise,
      note,
    };
  });
  return [...switched, ...discounts(stack, usage)].map((it) => ({
    ...it,
    usd: Math.round(it.usd * 100) / 100,
  }));
}

function discounts(stack: Stack, usage: Usage): readonly Saving[] {
  const { lines } = estimate(stack, usage);
  const expected = (type: string, start: string) =>
    lines
      .filter((it) => it.type === type && it.dimension.startsWith(start))
      .reduce((sum, it) => sum + it.usd.expected, 0);
  const percent = (share: number) => `assumes a discount of ${share * 100} %, remembered and not looked up`;
  const { reservedCacheNodes, databaseSavingsPlan } = ASSUMED_DISCOUNTS;
  return [
    {
      decision: "Cache nodes reserved for a year",
      usd: expected("aws:elasticache/replicationGroup:ReplicationGroup", "cache.") * reservedCacheNodes,
      note: percent(reservedCacheNodes),
    },
    {
      decision: "Database savings plan for a year",
      usd: expected("aws:rds/clusterInstance:ClusterInstance", "Serverless") * databaseSavingsPlan,
      note: percent(databaseSavingsPlan),
    },
  ];
}

/**
 * Million I/O requests a month from which Aurora I/O-Optimized is the cheaper storage: what capacity and storage cost
 * more there, in requests of the standard storage.
 */
export function ioBreakEven(stack: Stack, usage: Usage): number | undefined {
  const capacity = estimate(stack, usage).lines.filter(({ dimension }) =>
    dimension.startsWith("Serverless v2 capacity"),
  );
  if (capacity.length === 0) return undefined;
  const price = (dimension: string) => findPrice("aurora", dimension, stack.region)?.usd;
  const rates = [
    price("Serverless v2 capacity, Aurora Standard"),
    price("Serverless v2 capacity, Aurora I/O-Optimized"),
    price("Storage, Aurora Standard"),
    price("Storage, Aurora I/O-Optimized"),
    price("Storage I/O requests (Standard only; 0 on I/O-Optimized)"),
  ];
  if (rates.some((rate) => rate === undefined)) return undefined;
  const [acu = 0, acuOptimized = 0, gigabyte = 0, gigabyteOptimized = 0, request = 0] = rates;
  const acuHours = capacity.reduce((sum, { quantity }) => sum + quantity.expected, 0);
  const dearer =
    acuHours * (acuOptimized - acu) + usage.database.storageGb.expected * (gigabyteOptimized - gigabyte);
  return Math.round(dearer / request);
}
