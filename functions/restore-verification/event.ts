import { z } from "zod";

import { invalidEvent } from "../shared/invalid-event";

/** What every cluster that AWS Backup restores for a test is called: nothing else is ever touched. */
export const TEST_CLUSTER = /^awsbackup-restore-test-[a-z0-9-]{1,40}$/;

const job = z.strictObject({
  jobId: z.string().regex(/^[\w-]{1,100}$/, "the id of a restore job"),
  clusterId: z
    .string()
    .regex(TEST_CLUSTER, "a cluster that a restore test has made: awsbackup-restore-test-…"),
});

const schema = z.discriminatedUnion("step", [
  job.extend({ step: z.literal("prepare") }),
  job.extend({ step: z.literal("look") }),
  job.extend({ step: z.literal("verify") }),
  job.extend({
    step: z.literal("report"),
    status: z.enum(["SUCCESSFUL", "FAILED"]),
    reasons: z.array(z.string()),
  }),
  job.extend({ step: z.literal("cleanUp") }),
]);

/** One step of a verification. */
export type VerificationEvent = z.infer<typeof schema>;

/** @throws OperatorError with every problem of the event */
export function parseEvent(event: unknown): VerificationEvent {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw invalidEvent(result.error, "see functions/restore-verification/README.md for the events it takes.");
}
