import type { Route } from "../http/routes";

/** Looks at one thing that the service uses; it never throws. */
export type Probe = () => Promise<boolean>;

/** What health is made of. */
export interface HealthOptions {
  readonly draining: () => boolean;
  /** Without these no request of some route can be served. */
  readonly needed: Readonly<Record<string, Probe>>;
  /** Without these the service is slower. */
  readonly helpful: Readonly<Record<string, Probe>>;
}

/** How long the answer of a deep check stands, however often it is asked for; milliseconds. */
const DEEP_CHECK_MS = 10_000;

/**
 * `GET /health` tells load balancer and container agent whether this process should get requests: it touches nothing
 * else, so that a paused database stays paused and a dead one does not take every task with it.
 *
 * `GET /health/deep` is for people and canaries: it uses everything once, at most every 10 seconds.
 */
export function healthRoutes({ draining, needed, helpful }: HealthOptions): Route[] {
  let last: { readonly checks: ReturnType<typeof check>; readonly until: number } | undefined;
  return [
    {
      method: "GET",
      template: "/health",
      handle: () =>
        draining() ? { status: 503, json: { status: "draining" } } : { status: 200, json: { status: "ok" } },
    },
    {
      method: "GET",
      template: "/health/deep",
      handle: async () => {
        if (last === undefined || Date.now() >= last.until) {
          last = { checks: check({ ...needed, ...helpful }), until: Date.now() + DEEP_CHECK_MS };
        }
        const checks = await last.checks;
        const status = Object.keys(needed).every((name) => checks[name] === "ok") ? 200 : 503;
        return { status, json: { checks } };
      },
    },
  ];
}

async function check(probes: Readonly<Record<string, Probe>>): Promise<Readonly<Record<string, string>>> {
  const results = Object.entries(probes).map(async ([name, probe]) => [
    name,
    (await probe()) ? "ok" : "failed",
  ]);
  return Object.fromEntries(await Promise.all(results)) as Record<string, string>;
}
