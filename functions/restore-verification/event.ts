import { z } from "zod";

import { invalidEvent } from "../shared/invalid-event";

/** What every cluster that AWS Backup restores for a test is called: nothing else is ever touched. */
export const TEST_CLUSTER = /^awsbackup-restore-test-[a-z0-9-]{1,40}$/;

/** What file systems are called, those of tests as others: whose it is, AWS Backup says, and its tag to IAM. */
export const FILE_SYSTEM = /^fs-[0-9a-f]{8,40}$/;

/** Tag that AWS Backup gives to all that its tests restore: IAM lets nobody change what does not carry it. */
export const TEST_TAG = "awsbackup-restore-test";

const jobId = z.string().regex(/^[\w-]{1,100}$/, "the id of a restore job");
const date = z.iso.datetime({ offset: true });

const times = { isTest: z.literal(true), begunAt: date, restoredTo: date } as const;

const databaseJob = z.strictObject({
  ...times,
  clusterId: z
    .string()
    .regex(TEST_CLUSTER, "a cluster that a restore test has made: awsbackup-restore-test-…"),
});

const filesJob = z.strictObject({
  ...times,
  fileSystemId: z.string().regex(FILE_SYSTEM, "the id of a file system"),
  /** What the backup holds, as far as AWS Backup says. */
  backupBytes: z.int().min(0).exactOptional(),
});

const job = z.union([databaseJob, filesJob]);

const ofJob = z.strictObject({ jobId, job, startedAt: date });

const verdict = z.strictObject({
  step: z.literal("verify"),
  status: z.enum(["SUCCESSFUL", "FAILED"]),
  reasons: z.array(z.string()),
  restoreSeconds: z.int().min(0),
});

/** What the state machine catches of a step that failed; `Cause` is what Lambda says about it. */
const failure = z.strictObject({ Error: z.string(), Cause: z.string().exactOptional() });

const schema = z.discriminatedUnion("step", [
  z.strictObject({ step: z.literal("identify"), jobId }),
  ofJob.extend({ step: z.literal("prepare") }),
  ofJob.extend({ step: z.literal("look") }),
  ofJob.extend({ step: z.literal("verify") }),
  ofJob.extend({ step: z.literal("report"), outcome: z.union([verdict, failure]) }),
  ofJob.extend({ step: z.literal("cleanUp") }),
]);

/** One step of a verification. */
export type VerificationEvent = z.infer<typeof schema>;

/** What is known of a restore that a test has made, as the steps hand it on. */
export type TestJob = z.infer<typeof job>;
export type DatabaseJob = z.infer<typeof databaseJob>;
export type FilesJob = z.infer<typeof filesJob>;

/** A verdict, or the failure that kept one from being reached. */
export type Outcome = z.infer<typeof verdict | typeof failure>;

/** @throws OperatorError with every problem of the event */
export function parseEvent(event: unknown): VerificationEvent {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw invalidEvent(result.error, "see functions/restore-verification/README.md for the events it takes.");
}
