import { findPrice } from "../cost/prices";
import { ASSUMPTIONS, ratesOf } from "./assumptions";

/** Limits of AWS that a load of this size meets. */
export const LIMITS = {
  apiRequestsPerSecond: { value: 10_000, quota: "L-8A5B8E43", what: "API Gateway, per account and region" },
  shardRecordsPerSecond: { value: 1_000, quota: "", what: "Kinesis, per shard" },
  shardKilobytesPerSecond: { value: 1_000, quota: "", what: "Kinesis, per shard" },
  shardsPerAccount: {
    value: 1_000,
    quota: "by request",
    what: "Kinesis in eu-central-1; some accounts have 6,000",
  },
  acuPerInstance: { value: 256, quota: "", what: "Aurora, per instance" },
  instances: { value: 16, quota: "", what: "Aurora, per cluster" },
  connectionsPerInstance: { value: 5_000, quota: "", what: "Aurora PostgreSQL, from 32 ACU on" },
} as const;

/** Hours of a month. */
const HOURS = 730;
const SECONDS_A_MONTH = HOURS * 3600;
const REGION = "eu-central-1";

/** What a number of concurrent viewers asks of each tier, at the peak. */
export interface Demand {
  readonly viewers: number;
  readonly edgeRequests: number;
  /** At the API: what the CDN leaves, and batches of events. */
  readonly apiRequests: number;
  readonly events: number;
  readonly shards: number;
  readonly tasks: number;
  readonly queries: number;
  readonly acu: number;
  readonly connections: number;
  /** Of the service, while a premiere starts. */
  readonly joinRequests: number;
  readonly joinTasks: number;
  /** USD for an hour at this peak, by tier. */
  readonly usdPerHour: Readonly<
    Record<"api" | "firewall" | "stream" | "tasks" | "database" | "logs", number>
  >;
}

/** The arithmetic, from viewers to dollars. */
export function demandOf(viewers: number): Demand {
  const a = ASSUMPTIONS;
  const { edgeRequests, serviceRequests, events, batches, joins } = ratesOf(viewers);
  const apiRequests = serviceRequests + batches;
  const shards = Math.max(
    1,
    Math.ceil(events / LIMITS.shardRecordsPerSecond.value),
    Math.ceil((events * a.eventKilobytes.value) / LIMITS.shardKilobytesPerSecond.value),
  );
  const tasks = Math.max(2, Math.ceil(apiRequests / a.requestsPerTask.value));
  const queries = serviceRequests * a.cacheMissShare.value;
  const joinRequests = joins * a.callsToJoin.value;
  const acu = Math.max(0.5, Math.ceil(queries / a.queriesPerAcu.value));
  return {
    viewers,
    edgeRequests,
    apiRequests,
    events,
    shards,
    tasks,
    queries,
    acu,
    connections: tasks * a.connectionsPerTask.value,
    joinRequests,
    joinTasks: Math.ceil(joinRequests / a.requestsPerTask.value),
    usdPerHour: {
      api: millionsAnHour(apiRequests) * usd("apigateway", "REST requests, next 19B"),
      firewall:
        millionsAnHour(apiRequests) * usd("wafv2", "Requests inspected (<=1500 WCU, default body size)"),
      stream:
        shards * usd("kinesis", "Provisioned shard") +
        millionsAnHour(events) * usd("kinesis", "PUT payload units (25 KB)"),
      tasks: tasks * (usd("fargate", "vCPU, Linux/ARM") + 2 * usd("fargate", "memory, Linux/ARM")),
      database: acu * usd("aurora", "Serverless v2 capacity, Aurora Standard"),
      logs:
        ((apiRequests * a.logKilobytesPerRequest.value * 3600) / 1_000_000) *
        usd("cloudwatch", "Logs ingestion, Standard class"),
    },
  };
}

/** What one tier of a stack holds, in viewers, by the same arithmetic. */
export interface Holding {
  readonly tier: string;
  readonly has: string;
  readonly viewers: number;
}

/** The settings of a stack that bound how many viewers it holds. */
export interface Bounds {
  readonly requestsPerSecond: number;
  readonly maxTasks: number;
  readonly shards: number;
  readonly maxAcu: number;
}

/** How many viewers each tier of a stack holds; the least is what the stack holds. */
export function holdingsOf({ requestsPerSecond, maxTasks, shards, maxAcu }: Bounds): readonly Holding[] {
  const one = perViewer();
  const floor = (viewers: number) => Math.floor(viewers / 1000) * 1000;
  return [
    {
      tier: "API throttle",
      has: `${count(requestsPerSecond)} requests/s`,
      viewers: floor(requestsPerSecond / one.api),
    },
    {
      tier: "Tasks",
      has: `${maxTasks} tasks`,
      viewers: floor((maxTasks * ASSUMPTIONS.requestsPerTask.value) / one.api),
    },
    {
      tier: "Stream",
      has: `${shards} shards`,
      viewers: floor((shards * LIMITS.shardRecordsPerSecond.value) / one.events),
    },
    {
      tier: "Database",
      has: `${maxAcu} ACU in the writer`,
      viewers: floor((maxAcu * ASSUMPTIONS.queriesPerAcu.value) / one.queries),
    },
    {
      tier: "Premiere",
      has: `${maxTasks} tasks, four calls to join`,
      viewers: floor(((maxTasks * ASSUMPTIONS.requestsPerTask.value) / ASSUMPTIONS.callsToJoin.value) * 60),
    },
  ];
}

function perViewer(): { readonly api: number; readonly events: number; readonly queries: number } {
  const { serviceRequests, events, batches } = ratesOf(1);
  return {
    api: serviceRequests + batches,
    events,
    queries: serviceRequests * ASSUMPTIONS.cacheMissShare.value,
  };
}

/** API requests of a month at a constant rate, in USD, without a CDN and the service: what the seed's letter would cost. */
export function directMonth(viewers: number): number {
  const millions = (viewers * ASSUMPTIONS.requestsPerViewer.value * SECONDS_A_MONTH) / 1_000_000;
  const steps: readonly (readonly [string, number])[] = [
    ["REST requests, first 333M/month", 333],
    ["REST requests, next 667M", 667],
    ["REST requests, next 19B", 19_000],
    ["REST requests, over 20B", Infinity],
  ];
  let left = millions;
  return steps.reduce((sum, [dimension, size]) => {
    const part = Math.min(left, size);
    left -= part;
    return sum + part * usd("apigateway", dimension);
  }, 0);
}

function millionsAnHour(perSecond: number): number {
  return (perSecond * 3600) / 1_000_000;
}

function usd(service: string, dimension: string): number {
  const price = findPrice(service, dimension, REGION);
  if (price === undefined) throw new Error(`no price of "${dimension}" in ${REGION}`);
  return price.usd;
}

/** `1,234`, rounded to whole numbers from ten on. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}
