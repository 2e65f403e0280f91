import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** How a client behaves. */
export interface ClientRules {
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  /** Attempts after the first one; for answers of 503 and lost connections only. */
  readonly retries: number;
}

/** What a load did. */
export interface LoadReport {
  readonly requests: number;
  /** Requests that got no answer of 2xx in all their attempts: status, or the name of the error. */
  readonly failures: readonly string[];
  /** Requests that succeeded at the second or third attempt. */
  readonly repeated: number;
  /** Milliseconds from the first attempt to the answer, in order. */
  readonly latencies: readonly number[];
}

const HANDS = 8;
const THINK_MS = 10;
/** What a client waits before it tries again, as the service's `retry-after` says. */
const RETRY_AFTER_MS = 1_000;

/** Reads and writes of several clients, each one after the other, until `during` is done. */
export async function load(
  url: string,
  rules: ClientRules,
  during: () => Promise<void>,
): Promise<LoadReport> {
  const failures: string[] = [];
  const latencies: number[] = [];
  let repeated = 0;
  let going = true;
  const hand = async () => {
    const profile = randomUUID();
    const playback = `/v1/playback/${profile}/tt-1`;
    for (let count = 0; going; count += 1) {
      const time = new Date().toISOString();
      const event = { eventId: randomUUID(), subjectId: profile, type: "play", titleId: "tt-1" };
      const steps: readonly [method: string, path: string, body?: unknown][] = [
        [
          "PUT",
          `/v1/profiles/${profile}`,
          { displayName: "load", language: "de", maturityRating: count % 19 },
        ],
        ["PUT", playback, { positionSeconds: count, recordedAt: time }],
        ["GET", playback],
        ["GET", `/v1/profiles/${profile}`],
        ["POST", "/v1/viewing-events", { events: [{ ...event, positionSeconds: count, occurredAt: time }] }],
      ];
      for (const [method, path, body] of steps) {
        const start = performance.now();
        const { outcome, attempts } = await request(url, rules, method, path, body);
        latencies.push(performance.now() - start);
        if (outcome !== "ok") failures.push(`${method} ${path.split("/", 3).join("/")}: ${outcome}`);
        else if (attempts > 1) repeated += 1;
        await sleep(THINK_MS);
      }
    }
  };
  const hands = Array.from({ length: HANDS }, hand);
  await during();
  going = false;
  await Promise.all(hands);
  latencies.sort((a, b) => a - b);
  return { requests: latencies.length, failures, repeated, latencies };
}

/** The value that a share of the latencies does not exceed, in milliseconds. */
export function percentile({ latencies }: LoadReport, share: number): number {
  return latencies[Math.min(latencies.length - 1, Math.ceil(latencies.length * share) - 1)] ?? 0;
}

/** A line for people. */
export function describeLoad(name: string, report: LoadReport): string {
  const times = [0.5, 0.99, 1].map((share) => percentile(report, share).toFixed(0));
  return (
    `${name}: ${report.requests} requests, ${report.failures.length} failed, ${report.repeated} repeated by the client; ` +
    `p50 ${times[0] ?? ""} ms, p99 ${times[1] ?? ""} ms, longest ${times[2] ?? ""} ms`
  );
}

async function request(
  url: string,
  { timeoutMs, retries }: ClientRules,
  method: string,
  path: string,
  body: unknown,
): Promise<{ outcome: string; attempts: number }> {
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt(url, timeoutMs, method, path, body);
    if (outcome === "ok" || attempts > retries) return { outcome, attempts };
    await sleep(RETRY_AFTER_MS);
  }
}

async function attempt(
  url: string,
  timeoutMs: number,
  method: string,
  path: string,
  body: unknown,
): Promise<string> {
  try {
    const response = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    await response.arrayBuffer();
    return response.ok ? "ok" : String(response.status);
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  }
}
