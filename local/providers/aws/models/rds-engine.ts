/** What is known of Aurora PostgreSQL: releases, parameter group families, instance classes, certificates. */
import { AwsError } from "../model";

/** Minor releases by major, oldest first. The release calendar of April 2026. */
const RELEASES: Readonly<Record<string, readonly string[]>> = {
  "16": ["16.8", "16.9", "16.10", "16.11", "16.13"],
  "17": ["17.4", "17.5", "17.6", "17.7", "17.9"],
  "18": ["18.3", "18.4", "18.6"],
};

/** What AWS takes when no version is given. */
const DEFAULT_VERSION = "17.7";

/** Classes that Aurora PostgreSQL runs on. */
const INSTANCE_CLASS =
  /^db\.(serverless|t4g\.(medium|large)|t3\.(medium|large)|r(5|6g|6i|7g|7i|8g)\.(large|\d*xlarge))$/;

export const CERTIFICATES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

/** Seconds between two samples of enhanced monitoring; 0 switches it off. */
export const MONITORING_INTERVALS = [0, 1, 5, 10, 15, 30, 60];

/** Days for which Performance Insights may keep its data: 7, or months of 31 days up to two years. */
export function isInsightsRetention(days: number): boolean {
  return days === 7 || days === 731 || (days > 0 && days < 731 && days % 31 === 0);
}

/** The release that a given version stands for: `17` is the default or newest 17, no version is AWS's default. */
export function releaseOf(engine: string, version: unknown): string {
  if (engine !== "aurora-postgresql") {
    throw new AwsError("NotSimulated", `engine ${engine} has no model here`);
  }
  const wanted = typeof version === "string" ? version : DEFAULT_VERSION;
  const releases = RELEASES[majorOf(wanted)] ?? [];
  const found =
    releases.includes(DEFAULT_VERSION) && wanted === majorOf(wanted) ? DEFAULT_VERSION : undefined;
  const release =
    found ?? (wanted === majorOf(wanted) ? releases.at(-1) : releases.find((it) => it === wanted));
  if (release === undefined) {
    throw new AwsError("InvalidParameterCombination", `Cannot find version ${wanted} for ${engine}`);
  }
  return release;
}

/** `17.7` → `17`. */
export function majorOf(version: string): string {
  return version.split(".")[0] ?? version;
}

/** Parameter group family of a release. */
export function familyOf(engine: string, version: string): string {
  return `${engine}${majorOf(version)}`;
}

/** Families that parameter groups can be made for. */
export const FAMILIES = Object.keys(RELEASES).map((major) => `aurora-postgresql${major}`);

/** Whether a release is older than another. */
export function isOlder(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** Refuses a class that Aurora PostgreSQL doesn't run on. */
export function requireInstanceClass(instanceClass: string): void {
  if (!INSTANCE_CLASS.test(instanceClass)) {
    throw new AwsError(
      "InvalidParameterCombination",
      `RDS does not support creating a DB instance with DBInstanceClass=${instanceClass}, Engine=aurora-postgresql`,
    );
  }
}
