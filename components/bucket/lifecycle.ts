import type * as aws from "@pulumi/aws";

/** A cheaper storage class on the way to the end. */
export interface Tier {
  readonly storageClass: "STANDARD_IA" | "GLACIER" | "DEEP_ARCHIVE";
  readonly afterDays: number;
  /** Days that AWS bills at least, also for what leaves earlier. */
  readonly leastDays: number;
}

/** From an answer at once to one within half a day. */
export const ARCHIVE_TIERS: readonly Tier[] = [
  { storageClass: "STANDARD_IA", afterDays: 30, leastDays: 30 },
  { storageClass: "GLACIER", afterDays: 90, leastDays: 90 },
  { storageClass: "DEEP_ARCHIVE", afterDays: 365, leastDays: 180 },
];

/** The most and the share of its time for which a deleted or overwritten object can be brought back. */
const UNDO = { mostDays: 30, share: 1 / 10 };

/** Days after which an upload that nobody finished is given up. */
const UPLOAD_DAYS = 7;

/**
 * Rules that leave nothing of a bucket after some days: no object, no earlier version, no part of an upload. A tier that
 * would still be billed then is skipped. S3 rounds each time up to the next midnight, so the end can be two days late.
 *
 * @param maximumDays 2 or more
 */
export function lifecycleRules(
  maximumDays: number,
  tiers: readonly Tier[],
): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  // What is deleted at its end stays for the days of grace, like everything deleted: they count, too.
  const undoDays = Math.max(1, Math.min(UNDO.mostDays, Math.floor(maximumDays * UNDO.share)));
  const transitions = tiers
    .filter(({ afterDays, leastDays }) => afterDays + leastDays < maximumDays)
    .map(({ storageClass, afterDays }) => ({ storageClass, days: afterDays }));
  return [
    {
      id: "expire",
      status: "Enabled",
      filter: {},
      ...(transitions.length > 0 && { transitions }),
      expiration: { days: maximumDays - undoDays },
      noncurrentVersionExpiration: { noncurrentDays: undoDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: Math.min(UPLOAD_DAYS, maximumDays) },
    },
    // S3 takes no days beside this one.
    {
      id: "delete-markers",
      status: "Enabled",
      filter: {},
      expiration: { expiredObjectDeleteMarker: true },
    },
  ];
}

/**
 * Rules for a bucket that Pulumi keeps states in: what is current stays for ever; earlier states, and the history that
 * gets a copy of the state with every update, go after some days.
 */
export function stateLifecycleRules(
  earlierStatesDays: number,
): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  const status = "Enabled";
  const ends = (id: string, prefix: string) => ({
    id,
    status,
    filter: { prefix },
    expiration: { days: earlierStatesDays },
  });
  return [
    {
      id: "earlier-states",
      status,
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays: earlierStatesDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: UPLOAD_DAYS },
    },
    ends("history", ".pulumi/history/"),
    ends("backups", ".pulumi/backups/"),
    { id: "delete-markers", status, filter: {}, expiration: { expiredObjectDeleteMarker: true } },
  ];
}
