import { z } from "zod";

import { noted } from "./fields";

/** The longest that any class may be kept: ten years, as the longest of CloudWatch's values. */
const LONGEST_DAYS = 3653;

const days = (means: string, why: string, least: number) =>
  noted(z.int().min(least).max(LONGEST_DAYS), {
    means,
    allowed: `a whole number from ${least} to ${LONGEST_DAYS}`,
    why,
  });

function retained(means: string) {
  return noted(
    z
      .strictObject({
        minimumDays: days(
          "Days before which nothing of the class may go, an erasure apart.",
          "what is not kept at all needs no class",
          1,
        ),
        maximumDays: days(
          "Days after which all of the class is gone.",
          "nothing is kept for ever, and a versioned bucket needs a day for an object and one for what replaced it",
          2,
        ),
        reason: noted(z.string().regex(/^\S.{8,198}\S$/), {
          means: "Why it is kept that long and no longer, in words for the record of processing.",
          allowed: "a sentence of 10 to 200 characters",
          why: "a time without a reason can't be defended before a data protection authority",
        }),
      })
      .readonly(),
    {
      means,
      allowed: "an object with minimumDays, maximumDays and reason",
      why: "how long data is kept is never guessed",
    },
  );
}

const classes = z.strictObject({
  operational: retained(
    "Logs of service, functions and managed services, and whatever is not of another class; log groups keep it for maximumDays.",
  ),
  "access-log": retained(
    "Who reached what: flow logs, firewall, API, load balancer, buckets, database sign-ins, shell sessions; kept for maximumDays.",
  ),
  audit: retained(
    "Evidence, such as the audit trail; locked for minimumDays where the bucket has a lock, gone after maximumDays.",
  ),
  "viewer-events": retained(
    "What viewers do: the stream keeps it for minimumDays, the archive until maximumDays.",
  ),
  "viewer-data": retained("What viewers have stored: rows, files and sessions."),
  backup: retained("Backups and snapshots of all that, however they are made."),
});

/** Names of the data classes: keys of the table and values of the tag `retention-class`. */
export const RETENTION_CLASSES = classes.keyof().options;

/** One data class. */
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** Classes that log groups have; CloudWatch takes only some numbers of days. */
export const LOG_CLASSES = ["operational", "access-log", "audit"] as const satisfies RetentionClass[];

/** A class that a log group can have. */
export type LogClass = (typeof LOG_CLASSES)[number];

/** Section `streamflix:retention`. */
export const retention = noted(classes.readonly(), {
  means:
    "How long each class of data is kept: the one table for log groups, buckets, streams, backups and rows.",
  allowed: `an object with ${RETENTION_CLASSES.join(", ")}`,
  why: "data that nobody deletes is kept for ever",
});
