import type { Setting } from "./rule";

/** Where a stack may be: the same knobs for every rule of residency, set in the stack's file. */
export interface RegionConfig {
  readonly allowedRegions: readonly string[];
  readonly standbyRegions: readonly string[];
  readonly standbyTypes: readonly string[];
}

const list = { type: "array", items: { type: "string" }, uniqueItems: true } as const;

/** The settings with their defaults: the home region and nothing else. */
export const regionSettings: { readonly [K in keyof RegionConfig]: Setting<RegionConfig[K]> } = {
  allowedRegions: {
    ...list,
    minItems: 1,
    description: "Regions in which resources may be made.",
    default: ["eu-central-1"],
  },
  standbyRegions: {
    ...list,
    description: "Regions in which only resources of `standbyTypes` may be made or named.",
    default: [],
  },
  standbyTypes: {
    ...list,
    description: "Types that may be in, or name, a standby region.",
    default: [],
  },
};

/** Whether a resource of a type may be in a region, or name it. */
export function isAllowed(region: string, type: string, config: RegionConfig): boolean {
  return (
    config.allowedRegions.includes(region) ||
    (config.standbyRegions.includes(region) && config.standbyTypes.includes(type))
  );
}
