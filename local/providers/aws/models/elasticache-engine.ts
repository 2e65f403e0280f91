/** What is known of the cache engines: releases and parameter group families. */
import { AwsError } from "../model";

const FAMILY_OF_RELEASE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  redis: { "6.2": "redis6.x", "7.0": "redis7", "7.1": "redis7" },
  valkey: { "7.2": "valkey7", "8.0": "valkey8", "8.1": "valkey8", "8.2": "valkey8" },
};

const DEFAULT_RELEASE: Readonly<Record<string, string>> = { redis: "7.1", valkey: "8.0" };

export const ENGINES = Object.keys(FAMILY_OF_RELEASE);

export const FAMILIES = [...new Set(Object.values(FAMILY_OF_RELEASE).flatMap((it) => Object.values(it)))];

/** The release and the family of an engine and a version; no version stands for AWS's default. */
export function cacheRelease(engine: string, version: unknown): { release: string; family: string } {
  const release = typeof version === "string" ? version : (DEFAULT_RELEASE[engine] ?? "");
  const family = FAMILY_OF_RELEASE[engine]?.[release];
  if (family === undefined) {
    throw new AwsError("InvalidParameterValue", `Invalid engine version ${release} for ${engine}.`);
  }
  return { release, family };
}
