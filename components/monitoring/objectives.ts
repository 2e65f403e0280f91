import type { MonitoringConfig } from "../../config";
import type { Severity } from "../alerts";
import type { Api } from "../api";
import { metric, type MetricSource } from "../metrics";
import type { AlarmRow, Formula } from "./alarm";
import { inARow } from "./thresholds";

/** A promise about the API, and how its error budget is measured. */
interface Objective {
  readonly what: "availability" | "latency";
  /** Share of requests that may go wrong, in percent. */
  readonly budget: number;
  /** Share that did go wrong, in percent. */
  readonly spent: (stage: MetricSource) => Formula;
  readonly wrong: string;
}

/** A speed at which the budget of a month must not burn: seen in a long window, and still in a short one. */
interface Burn {
  readonly what: "fast" | "slow" | "steady";
  readonly severity: Severity;
  /** Multiple of the speed that uses up the budget in exactly a month. */
  readonly rate: number;
  readonly longSeconds: number;
  readonly shortSeconds: number;
}

const HOUR = 3600;

/**
 * Speeds as in Google's SRE workbook, "Alerting on SLOs": 2 % of a month's budget in an hour, 5 % in six, 10 % in a
 * day. Its last window has three days, more than a period of CloudWatch's.
 */
const BURNS: readonly Burn[] = [
  { what: "fast", severity: "critical", rate: 14.4, longSeconds: HOUR, shortSeconds: HOUR / 12 },
  { what: "slow", severity: "critical", rate: 6, longSeconds: 6 * HOUR, shortSeconds: HOUR / 2 },
  { what: "steady", severity: "warning", rate: 3, longSeconds: 24 * HOUR, shortSeconds: 2 * HOUR },
];

/** Requests below which a share says nothing. */
const FEWEST_REQUESTS = 20;

/** One alarm of two, each over a window of its own; only both together tell people. */
export interface BurnAlarm {
  readonly what: string;
  readonly severity: Severity;
  readonly means: string;
  readonly runbook: string;
  readonly pace: Burn["what"];
  readonly windows: readonly [AlarmRow, AlarmRow];
}

/** Alarms on how fast the error budgets of the API's objectives burn. */
export function burnAlarms(
  objectives: NonNullable<MonitoringConfig["objectives"]>,
  { stage }: Api["metrics"],
): BurnAlarm[] {
  return objectivesOf(objectives).flatMap((objective) =>
    BURNS.map((burn): BurnAlarm => {
      const what = `${objective.what}-burn-${burn.what}`;
      const limit = Math.min(100, Number((burn.rate * objective.budget).toPrecision(6)));
      const means = `${objective.wrong} at ${burn.rate} times the speed that the month's budget of ${objective.budget} % admits.`;
      const window = (name: "long" | "short", seconds: number): AlarmRow => ({
        what: `${what}-${name}`,
        severity: burn.severity,
        means: `Over the last ${seconds / 60} minutes: ${means}`,
        runbook: `api#${objective.what}-burn`,
        signal: objective.spent(stage),
        comparison: ">=",
        threshold: limit,
        periods: inARow(seconds, 1),
        missing: { as: "notBreaching", because: "who is asked nothing breaks no promise" },
        through: what,
      });
      return {
        what,
        severity: burn.severity,
        means,
        runbook: `api#${objective.what}-burn`,
        pace: burn.what,
        windows: [window("long", burn.longSeconds), window("short", burn.shortSeconds)],
      };
    }),
  );
}

function objectivesOf(objectives: NonNullable<MonitoringConfig["objectives"]>): Objective[] {
  const { availabilityPercent, latencyPercent, latencyMilliseconds } = objectives;
  const budget = (percent: number) => Number((100 - percent).toPrecision(4));
  return [
    {
      what: "availability",
      budget: budget(availabilityPercent),
      wrong: "Requests fail",
      spent: (stage) => ({
        expression: `IF(requests >= ${FEWEST_REQUESTS}, 100 * FILL(failed, 0) / requests, 0)`,
        label: "Failed requests in percent",
        metrics: {
          failed: metric(stage, "5XXError", "Sum"),
          requests: metric(stage, "Count", "Sum"),
        },
      }),
    },
    {
      what: "latency",
      budget: budget(latencyPercent),
      wrong: `Requests take longer than ${latencyMilliseconds} ms`,
      spent: (stage) => ({
        expression: `IF(requests >= ${FEWEST_REQUESTS}, 100 - fast, 0)`,
        label: "Slow requests in percent",
        metrics: {
          fast: metric(stage, "Latency", `PR(:${latencyMilliseconds})`),
          requests: metric(stage, "Count", "Sum"),
        },
      }),
    },
  ];
}
