import type { ParsedConfig } from "./schema";

/** Tags of every resource. AWS spells the keys as they stand here. */
export interface PlatformTags {
  readonly project: "streamflix";
  readonly environment: string;
  readonly owner: string;
  readonly "cost-center": string;
  readonly "data-classification": string;
  readonly "retention-class": string;
  readonly "managed-by": "pulumi";
}

/**
 * Tags for the provider's `defaultTags`. A resource with other data says so in its own tags, which win over these:
 * data is internal and kept as operational records unless said otherwise.
 */
export function platformTags({ environment }: Pick<ParsedConfig, "environment">): PlatformTags {
  return {
    project: "streamflix",
    environment: environment.name,
    owner: environment.owner,
    "cost-center": environment.costCenter,
    "data-classification": "internal",
    "retention-class": "operational",
    "managed-by": "pulumi",
  };
}
