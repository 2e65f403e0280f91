/** The shape of the load: scenarios and thresholds for k6, from assumptions about viewers and objectives of the stack. */
import { ASSUMPTIONS, ratesOf } from "../tools/capacity/assumptions";
import type { Objectives, Settings } from "./settings";

/** Requests of one browsing or playing viewer: see `steps.ts`. */
export const CALLS_OF = { browse: 2, play: 2, heartbeat: 1, join: ASSUMPTIONS.callsToJoin.value } as const;

/** What a viewer does, each a function that every script exports. */
export type Act = keyof typeof CALLS_OF;

interface Arrivals {
  readonly executor: "constant-arrival-rate";
  readonly exec: Act;
  readonly rate: number;
  readonly timeUnit: string;
  readonly duration: string;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

interface RisingArrivals extends Omit<Arrivals, "executor" | "rate" | "duration"> {
  readonly executor: "ramping-arrival-rate";
  readonly startRate: number;
  readonly stages: readonly { readonly target: number; readonly duration: string }[];
}

interface Clients {
  readonly executor: "constant-vus";
  readonly vus: number;
  readonly duration: string;
}

/** Scenarios by name, in the words of https://grafana.com/docs/k6/latest/using-k6/scenarios/. */
export type Scenarios = Readonly<Record<string, Arrivals | RisingArrivals | Clients>>;

/** Expressions that a metric has to fulfil, by the metric's name. */
export type Thresholds = Readonly<Record<string, readonly string[]>>;

/** What a script exports as its options. */
export interface Options {
  readonly scenarios: Scenarios;
  readonly thresholds: Thresholds;
  readonly discardResponseBodies: boolean;
  readonly setupTimeout: string;
  readonly summaryTrendStats: readonly string[];
}

/** The load of viewers who watch, at its average. */
export function steadyScenarios(settings: Settings): Scenarios {
  const { serviceRequests, batches } = ratesOf(settings.viewers * settings.scale);
  const browseShare = ASSUMPTIONS.browseShare.value;
  const scenario = (exec: Act, perSecond: number): Arrivals => ({
    executor: "constant-arrival-rate",
    exec,
    ...arrivals(perSecond),
    duration: `${settings.seconds}s`,
    ...hands(exec, perSecond, settings),
  });
  return {
    browse: scenario("browse", (serviceRequests * browseShare) / CALLS_OF.browse),
    play: scenario("play", (serviceRequests * (1 - browseShare)) / CALLS_OF.play),
    heartbeat: scenario("heartbeat", batches),
  };
}

/** The same viewers, and those who join while a premiere starts: up in a tenth of the time, then all the rest of it. */
export function premiereScenarios(settings: Settings): Scenarios {
  const joins = (ASSUMPTIONS.newViewersPerMinute.value / 60) * settings.scale;
  const { rate, timeUnit } = arrivals(joins);
  const up = Math.max(1, Math.round(settings.seconds / 10));
  const join: RisingArrivals = {
    executor: "ramping-arrival-rate",
    exec: "join",
    startRate: 0,
    timeUnit,
    stages: [
      { target: rate, duration: `${up}s` },
      { target: rate, duration: `${settings.seconds - up}s` },
    ],
    ...hands("join", joins, settings),
  };
  return { ...steadyScenarios(settings), join };
}

/** Options of a script with these scenarios: the stack's objectives are what it passes or fails by. */
export function optionsOf(scenarios: Scenarios, { objectives, seconds }: Settings): Options {
  return {
    scenarios,
    thresholds: thresholdsOf(objectives, offered(scenarios, seconds)),
    ...COMMON,
  };
}

/** Options of clients that never wait: how long they are answered says nothing, since there may be any number of them. */
export function saturationOptions({ objectives, seconds, hands }: Settings): Options {
  const { [FAILED]: failed = [] } = thresholdsOf(objectives, 0);
  return {
    scenarios: { saturation: { executor: "constant-vus", vus: hands, duration: `${seconds}s` } },
    // A threshold that always holds: k6 keeps figures of tagged requests only where there is one.
    thresholds: { [FAILED]: failed, [DURATION]: ["p(99)>=0"] },
    ...COMMON,
  };
}

const COMMON = {
  discardResponseBodies: true,
  setupTimeout: "120s",
  summaryTrendStats: ["avg", "med", "p(99)", "max"],
};

/** Figures of viewers' requests, without those that prepare the test. */
export const FAILED = "http_req_failed{by:viewer}";
export const DURATION = "http_req_duration{by:viewer}";

/**
 * A request counts as failed from 400 on, though the objective only counts 5xx: of what is refused, a test learns
 * nothing. Iterations that k6 had to drop, because all hands waited, are viewers that were not answered.
 */
export function thresholdsOf(objectives: Objectives, iterations: number): Thresholds {
  const { availabilityPercent, latencyPercent, latencyMilliseconds } = objectives;
  const budget = Number((1 - availabilityPercent / 100).toPrecision(4));
  return {
    [FAILED]: [`rate<=${budget}`],
    [DURATION]: [`p(${latencyPercent})<=${latencyMilliseconds}`],
    dropped_iterations: [`count<=${Math.floor(iterations * budget)}`],
  };
}

/** Iterations that scenarios of arrivals start in this time. */
function offered(scenarios: Scenarios, seconds: number): number {
  return Object.values(scenarios).reduce((sum, scenario) => {
    if (scenario.executor === "constant-arrival-rate") return sum + (scenario.rate / MINUTE) * seconds;
    if (scenario.executor === "ramping-arrival-rate")
      return sum + ((scenario.stages.at(-1)?.target ?? 0) / MINUTE) * seconds;
    return sum;
  }, 0);
}

const MINUTE = 60;

/** A rate by the minute: k6 takes whole numbers, and a scaled-down test has less than one arrival a second. */
function arrivals(perSecond: number): { readonly rate: number; readonly timeUnit: string } {
  return { rate: Math.max(1, Math.round(perSecond * MINUTE)), timeUnit: `${MINUTE}s` };
}

/** As many virtual users as are busy when every call takes as long as the objective admits; a few to begin with. */
function hands(act: Act, perSecond: number, { objectives }: Settings) {
  const most = Math.max(2, Math.ceil((perSecond * CALLS_OF[act] * objectives.latencyMilliseconds) / 1000));
  return { preAllocatedVUs: Math.max(2, Math.ceil(most / 4)), maxVUs: most };
}
