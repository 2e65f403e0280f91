import type { ServiceConfig } from "../../config";

/** What tasks run on. Only what can take tasks: a provider without base and weight would be a line that says nothing. */
export function strategy({ onDemandBase, onDemandWeight, spotWeight }: ServiceConfig["capacity"]) {
  return [
    { capacityProvider: "FARGATE" as const, base: onDemandBase, weight: onDemandWeight },
    { capacityProvider: "FARGATE_SPOT" as const, base: 0, weight: spotWeight },
  ].filter(({ base, weight }) => base + weight > 0);
}
