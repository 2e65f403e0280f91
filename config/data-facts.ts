/** What AWS offers to the data tier and what this platform settles on: plain tables, no logic. */

/** Aurora PostgreSQL versions that can be run: 16.8 or later, in standard support. LTS: 16.8 and 17.7. */
export const ENGINE_VERSIONS = ["16.8", "16.10", "16.11", "16.13", "17.6", "17.7", "17.9"] as const;

/** Longest supported of the versions: standard support until 28 February 2030. */
export const DEFAULT_ENGINE_VERSION = "17.7";

const AURORA_SIZES = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"] as const;

/** Instance classes for provisioned instances: Graviton only. */
export const INSTANCE_CLASSES = [
  "db.t4g.medium",
  "db.t4g.large",
  ...(["r6g", "r7g", "r8g"] as const).flatMap((family) =>
    AURORA_SIZES.map((size) => `db.${family}.${size}` as const),
  ),
] as const;

/** Largest capacity of one serverless instance in Aurora capacity units; one is about 2 GiB of memory. */
export const MAX_ACU = 256;

/** Most readers of one cluster, whoever makes them. */
export const MAX_READERS = 15;

/**
 * Classes of pgaudit that can be recorded. `read`, `write` and `function` are absent on purpose: their statements carry
 * values of viewers.
 */
export const AUDIT_CLASSES = ["ddl", "role", "misc", "misc_set"] as const;

/** Versions by cache engine, newest last. */
export const CACHE_VERSIONS = {
  valkey: ["7.2", "8.0", "8.1"],
  redis: ["7.0", "7.1"],
} as const;

/** A cache engine. */
export type CacheEngine = keyof typeof CACHE_VERSIONS;

/** Names of the cache engines. */
export const CACHE_ENGINES = Object.keys(CACHE_VERSIONS) as [CacheEngine, ...CacheEngine[]];

const CACHE_SIZES = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"] as const;

/** Node types of the cache: Graviton only. */
export const CACHE_NODE_TYPES = [
  "cache.t4g.micro",
  "cache.t4g.small",
  "cache.t4g.medium",
  ...(["m7g", "r7g"] as const).flatMap((family) =>
    CACHE_SIZES.map((size) => `cache.${family}.${size}` as const),
  ),
] as const;

/** Days without access after which EFS can move a file to a cheaper class. */
export const FILE_TRANSITION_DAYS = [1, 7, 14, 30, 60, 90, 180, 270, 365] as const;
