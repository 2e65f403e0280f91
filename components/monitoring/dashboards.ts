import type * as pulumi from "@pulumi/pulumi";
import { metric, type MetricSource } from "../metrics";
import type { AlarmRow } from "./alarm";
import { alarmGraph, alarmStates, graph, heading, type Widget } from "./widgets";
import type { Watched } from "./watched";

/** What dashboards are made from. */
export interface Shown {
  readonly region: string;
  readonly watched: Watched;
  /** The stack's alarms, those in a composite as well. */
  readonly rows: readonly AlarmRow[];
  /** ARNs of the alarms that tell people. */
  readonly alarmArns: readonly pulumi.Input<string>[];
  /** ARNs of the data tier's. */
  readonly dataAlarmArns: readonly pulumi.Input<string>[];
}

/** How the whole platform does: traffic, errors, latency, saturation of each tier, scaling, what drives costs. */
export function operationsWidgets({ region, watched, rows, alarmArns }: Shown): Widget[] {
  const { database, cache, service, api, network } = watched;
  const stage = api?.metrics.stage;
  const firewall = api?.metrics.firewall;
  const alarms = (title: string, ...whats: RegExp[]) => alarmsGraph(region, rows, title, whats);
  return [
    ...alarmStates("Alarms", alarmArns),
    heading("## Traffic, errors, latency"),
    ...some(stage, (it) =>
      graph(region, "Requests", {
        API: metric(it, "Count", "Sum"),
        ...(service && { "load balancer": metric(service.metrics.balancer, "RequestCount", "Sum") }),
        ...(firewall && { blocked: metric(firewall, "BlockedRequests", "Sum") }),
      }),
    ),
    ...alarms("Errors", /^(api-errors|api-refused)$/),
    ...alarms("Errors of service and load balancer", /^load-balancer-errors$/),
    ...alarms("Latency", /^api-latency-/),
    ...some(service, ({ metrics }) =>
      graph(region, "Response time of tasks in seconds", {
        p50: metric(metrics.tasks, "TargetResponseTime", "p50"),
        p99: metric(metrics.tasks, "TargetResponseTime", "p99"),
      }),
    ),
    heading("## Saturation"),
    ...alarms("Database: CPU", /^database(-reader)?-cpu$/),
    ...alarms("Cache: CPU", /^cache-\d+-cpu$/),
    ...alarms("Service: CPU and memory", /^service-(cpu|memory)$/),
    ...alarms("Database: connections", /^database(-reader)?-connections$/),
    ...alarms("Cache: memory", /^cache-\d+-memory$/),
    ...alarms("Ways out: ports", /^nat-/),
    heading("## Scaling and what drives costs"),
    ...some(service, ({ metrics }) =>
      graph(region, "Tasks", {
        wanted: metric(metrics.counts, "DesiredTaskCount", "Maximum"),
        running: metric(metrics.counts, "RunningTaskCount", "Minimum"),
      }),
    ),
    ...alarms("Tasks that failed or were taken back", /^service-(restarts|spot-interruptions)$/),
    ...some(database?.metrics.scales === "not" ? undefined : database, ({ metrics }) =>
      graph(region, "Capacity units of the database", {
        writer: metric(metrics.writer, "ServerlessDatabaseCapacity", "Average"),
        ...(metrics.readers && { readers: metric(metrics.readers, "ServerlessDatabaseCapacity", "Average") }),
      }),
    ),
    ...some(cache, ({ metrics }) =>
      graph(region, "Connections of the cache", each(metrics.nodes, "CurrConnections", "Maximum")),
    ),
    ...alarms("Logs in bytes an hour", /^log-ingestion$/),
    ...(network.natMetrics.length === 0
      ? []
      : [graph(region, "Bytes through NAT", each(network.natMetrics, "BytesOutToDestination", "Sum"))]),
    ...some(service, ({ metrics }) =>
      graph(region, "Capacity units of the load balancer", {
        consumed: metric(metrics.balancer, "ConsumedLCUs", "Sum"),
      }),
    ),
  ];
}

/** How database, cache, files and passwords do. */
export function dataWidgets({ region, watched, rows, dataAlarmArns }: Shown): Widget[] {
  const { database, cache, files } = watched;
  const alarms = (title: string, ...whats: RegExp[]) => alarmsGraph(region, rows, title, whats);
  return [
    ...alarmStates("Alarms of the data tier", dataAlarmArns),
    heading("## Database"),
    ...alarms("CPU", /^database(-reader)?-cpu$/),
    ...alarms("Share of the largest capacity", /^database(-reader)?-capacity$/),
    ...alarms("Free memory", /^database(-reader)?-memory$/),
    ...alarms("Connections", /^database(-reader)?-connections$/),
    ...alarms("Lag of readers in ms", /^database-replica-lag$/),
    ...alarms("Lag of the copy, and what a failover would lose, in ms", /^database-(copy-lag|loss)$/),
    ...alarms("Deadlocks a second", /^database-deadlocks$/),
    ...alarms("Age of transaction ids", /^database-transaction-ids$/),
    ...alarms("Refused sign-ins", /^database-failed-sign-ins$/),
    ...some(database, ({ metrics }) =>
      graph(region, "Latency in ms", {
        commit: metric(metrics.writer, "CommitLatency", "Average"),
      }),
    ),
    ...some(database, ({ metrics }) =>
      graph(region, "Reads and writes of the volume", {
        reads: metric(metrics.cluster, "VolumeReadIOPs", "Sum"),
        writes: metric(metrics.cluster, "VolumeWriteIOPs", "Sum"),
      }),
    ),
    ...some(database, ({ metrics }) =>
      graph(region, "Size of the volume in bytes", {
        used: metric(metrics.cluster, "VolumeBytesUsed", "Average"),
      }),
    ),
    heading("## Cache"),
    ...alarms("CPU", /^cache-\d+-cpu$/),
    ...alarms("Memory for data", /^cache-\d+-memory$/),
    ...alarms("Evictions a minute", /^cache-\d+-evictions$/),
    ...alarms("Lag of replicas in seconds", /^cache-\d+-replication-lag$/),
    ...some(cache, ({ metrics }) =>
      graph(region, "Hit rate", each(metrics.nodes, "CacheHitRate", "Average")),
    ),
    ...alarms("Refused sign-ins", /^cache-\d+-failed-sign-ins$/),
    ...some(watched.streaming, () => heading("## Stream and archive")),
    ...some(watched.streaming, ({ metrics }) =>
      graph(region, "Events into the stream", { records: metric(metrics.stream, "IncomingRecords", "Sum") }),
    ),
    ...alarms("Waiting in the stream in ms", /^stream-lag$/),
    ...alarms("Refused by the stream", /^stream-(read|write)-throttled$/),
    ...alarms("Age of what is not archived in seconds", /^archive-late$/),
    heading("## Files, passwords, keys, erasures"),
    ...alarms("I/O of the files", /^files-io$/),
    ...some(files, ({ metrics }) =>
      graph(region, "Bytes read and written", {
        read: metric(metrics, "DataReadIOBytes", "Sum"),
        written: metric(metrics, "DataWriteIOBytes", "Sum"),
      }),
    ),
    ...alarms("Rotation", /^rotation-(errors|throttles)$/),
    ...alarms("Age of passwords in days", /^rotation-.+-overdue$/),
    ...alarms("Unusable keys", /^keys-unusable$/),
    ...alarms("Open erasures", /^erasures-open$/),
    ...alarms("Age of the oldest open erasure in days", /^erasure-(late|overdue)$/),
  ];
}

/** One figure of each of some sources, by their numbers. */
function each(sources: readonly MetricSource[], name: string, statistic: string) {
  return Object.fromEntries(
    sources.map((source, index) => [String(index + 1), metric(source, name, statistic)]),
  );
}

function some<Part>(part: Part | undefined, widget: (part: Part) => Widget): Widget[] {
  return part === undefined ? [] : [widget(part)];
}

/** A graph of the alarms whose names match, where there are any. */
function alarmsGraph(
  region: string,
  rows: readonly AlarmRow[],
  title: string,
  whats: readonly RegExp[],
): Widget[] {
  const found = rows.filter(({ what }) => whats.some((it) => it.test(what)));
  return found.length === 0 ? [] : [alarmGraph(region, title, found)];
}
