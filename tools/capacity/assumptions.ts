/** A figure that the arithmetic starts from. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  /** Where it is from; an assumption of this document says so. */
  readonly source: string;
}

const assumption = (value: number, unit: string, what: string, source: string): Assumption => ({
  value,
  unit,
  what,
  source,
});

const OURS = "assumed; measure with the load test before an event";

/** What a viewer causes and what one unit of each tier takes. Change a figure here and the whole document follows. */
export const ASSUMPTIONS = {
  requestsPerViewer: assumption(
    0.1,
    "requests/s",
    "of one concurrent viewer at the API's edge",
    "1 million requests/s at 10 million concurrent viewers, [Hotstar at the IPL final of 2018](https://www.slideshare.net/hotstar-engineering/scaling-hotstarcom-for-10mn-concurrency)",
  ),
  originShare: assumption(0.05, "share", "of requests that a CDN in front leaves to the API", OURS),
  browseShare: assumption(
    0.5,
    "share",
    "of the service's requests that look for something to watch; the others are of players",
    OURS,
  ),
  heartbeatSeconds: assumption(
    60,
    "s",
    "between two heartbeats of a player",
    "[Quickplay's player](https://developer.quickplay.com/docs/products/player/android/platform-heartbeat)",
  ),
  eventsPerBatch: assumption(10, "events", "that a client sends in one request", OURS),
  eventKilobytes: assumption(1, "KB", "of one event", OURS),
  requestsPerTask: assumption(500, "requests/s", "that a task of 1 vCPU and 2 GB answers", OURS),
  cacheMissShare: assumption(
    0.1,
    "share",
    "of the service's reads that the cache leaves to the database",
    OURS,
  ),
  queriesPerAcu: assumption(100, "queries/s", "that one ACU answers", OURS),
  connectionsPerTask: assumption(
    10,
    "connections",
    "that a task's pool opens at most",
    "`service/database.ts`",
  ),
  newViewersPerMinute: assumption(
    500_000,
    "viewers/min",
    "that join when a premiere starts",
    "same talk as the first figure",
  ),
  callsToJoin: assumption(4, "requests", "of a viewer who joins, none of which a CDN answers", OURS),
  logKilobytesPerRequest: assumption(1, "KB", "of log a request writes, were all of them logged", OURS),
} as const;

/** What a number of concurrent viewers sends in a second, on average. */
export interface Rates {
  /** At the edge, before a CDN. */
  readonly edgeRequests: number;
  /** At the service: what the CDN leaves. */
  readonly serviceRequests: number;
  readonly events: number;
  /** Requests that bring events. */
  readonly batches: number;
  /** Viewers who join while a premiere starts. */
  readonly joins: number;
}

/** The arithmetic from viewers to what they send. */
export function ratesOf(viewers: number): Rates {
  const a = ASSUMPTIONS;
  const edgeRequests = viewers * a.requestsPerViewer.value;
  const events = viewers / a.heartbeatSeconds.value;
  return {
    edgeRequests,
    serviceRequests: edgeRequests * a.originShare.value,
    events,
    batches: events / a.eventsPerBatch.value,
    joins: Math.min(viewers, a.newViewersPerMinute.value) / 60,
  };
}
