import { Problem } from "../../local/problem";
import { STRICT_ENVIRONMENTS } from "../../config";
import type { Outputs } from "../integration/target";
import type { Command, ExperimentName } from "./command";
import { EXPERIMENTS } from "./command";
import type { FaultInjection } from "./fault-injection";

/** An experiment may not be started; the message says why, and what to do. */
export class Refused extends Problem {}

/** An experiment that is going to be run. */
export interface Planned {
  readonly what: ExperimentName;
  readonly templateId: string;
}

/**
 * The experiments to run, in their order.
 *
 * @throws Refused where viewers would feel it and nobody has said that they may, or the stack lacks what is asked for
 */
export function planned(
  { stack, only, allowProd }: Command,
  environment: (typeof STRICT_ENVIRONMENTS)[number] | "dev" | "staging",
  { gameDayTemplateIds: ids = {} }: Outputs,
): readonly Planned[] {
  if (STRICT_ENVIRONMENTS.includes(environment) && !allowProd) {
    throw new Refused(`viewers would feel experiments on ${stack}: say --allow-prod if that is meant`);
  }
  const plan = EXPERIMENTS.flatMap((what) => {
    const templateId = ids[what];
    return templateId === undefined || only?.includes(what) === false ? [] : [{ what, templateId }];
  });
  const missing = (only ?? []).filter((what) => ids[what] === undefined);
  if (plan.length === 0 || missing.length > 0) {
    const lacking = missing.length > 0 ? missing.join(", ") : "experiments";
    throw new Refused(
      `stack ${stack} has no ${lacking}: write streamflix:gameDays into its file and deploy it`,
    );
  }
  return plan;
}

/**
 * Looks whether alarms would end each of the experiments.
 *
 * @throws Refused when one would go on whatever happens
 */
export async function requireStopConditions(fis: FaultInjection, plan: readonly Planned[]): Promise<void> {
  for (const { what, templateId } of plan) {
    const { stopConditions } = await fis.template(templateId);
    const areAlarms = stopConditions.every(
      ({ source, value }) => source === "aws:cloudwatch:alarm" && value !== undefined,
    );
    if (stopConditions.length === 0 || !areAlarms) {
      throw new Refused(
        `nothing would end ${what}: its template has no alarm as stop condition; deploy the stack again`,
      );
    }
  }
}
