import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { AlarmInputs } from "./evaluator";

/** Stacks with a committed plan. */
export const STACKS = ["dev", "prod", "prod-dr"] as const;

type Plan = Readonly<Record<string, { readonly inputs?: Readonly<Record<string, unknown>> }>>;

const plans = new Map<string, Plan>();

function planOf(stack: string): Plan {
  const known = plans.get(stack);
  if (known !== undefined) return known;
  const read = JSON.parse(readFileSync(join(__dirname, `../../plans/${stack}.json`), "utf8")) as Plan;
  plans.set(stack, read);
  return read;
}

/** Inputs of all resources of a type in a stack's committed plan, by resource name. */
export function planned(
  stack: (typeof STACKS)[number] | "prod-dr",
  type: string,
): Map<string, Readonly<Record<string, unknown>>> {
  return new Map(
    Object.entries(planOf(stack)).flatMap(([key, { inputs }]) => {
      const [types = "", name = ""] = key.split("::");
      return types.split("$").at(-1) === type && inputs !== undefined ? [[name, inputs] as const] : [];
    }),
  );
}

/** Alarms of a stack's committed plan, by resource name. */
export function plannedAlarms(stack: (typeof STACKS)[number]): Map<string, AlarmInputs> {
  return planned(stack, "aws:cloudwatch/metricAlarm:MetricAlarm") as unknown as Map<string, AlarmInputs>;
}
