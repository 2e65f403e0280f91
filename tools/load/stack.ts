import type { Caller, Objectives } from "../../load/settings";
import { stackSections, UnusableStack } from "../stack-sections";

/** What a load test takes from a stack's configuration. */
export interface StackFacts {
  readonly region: string;
  readonly objectives: Objectives;
  /** Who may call the API. @default there is no API */
  readonly apiCaller?: Exclude<Caller, "none">;
}

/**
 * Reads `Pulumi.<stack>.yaml`.
 *
 * @throws UnusableStack when there is none, when it is not valid, or when it promises nothing
 */
export function stackFacts(stack: string): StackFacts {
  const { aws, api, monitoring } = stackSections(stack, ["aws", "api", "monitoring"]);
  if (monitoring?.objectives === undefined)
    throw new UnusableStack(
      `Pulumi.${stack}.yaml has no streamflix:monitoring.objectives: nothing to pass or fail by`,
    );
  return {
    region: aws.region,
    objectives: monitoring.objectives,
    ...(api && { apiCaller: api.auth.cognito === undefined ? "iam" : "cognito" }),
  };
}
