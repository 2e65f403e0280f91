import type { RetentionClass } from "./retention-schema";

/** How much harm data does in the wrong hands: value of the tag `data-classification`. */
export type DataClassification = "internal" | "confidential" | "personal";

/** The tags that say what data a resource holds and how long it is kept. */
export interface DataTags {
  readonly "data-classification": DataClassification;
  /** A row of `streamflix:retention`. */
  readonly "retention-class": RetentionClass;
}

/** Tags of every resource. AWS spells the keys as they stand here. */
export interface PlatformTags extends DataTags {
  readonly project: "streamflix";
  readonly environment: string;
  readonly owner: string;
  readonly "cost-center": string;
  readonly "managed-by": "pulumi";
}

/** Tags of a resource with data of its own. */
export function dataTags(classification: DataClassification, retentionClass: RetentionClass) {
  return {
    "data-classification": classification,
    "retention-class": retentionClass,
  } as const satisfies DataTags;
}

/** What the tags of a stack are made of: part of every program's configuration. */
export interface TagsConfig {
  readonly environment: { readonly name: string; readonly owner: string; readonly costCenter: string };
}

/**
 * Tags for the provider's `defaultTags`. A resource with other data says so in its own tags, which win over these:
 * data is internal and kept as operational records unless said otherwise.
 */
export function platformTags({ environment }: TagsConfig): PlatformTags {
  return {
    project: "streamflix",
    environment: environment.name,
    owner: environment.owner,
    "cost-center": environment.costCenter,
    ...dataTags("internal", "operational"),
    "managed-by": "pulumi",
  };
}
