import { S3Client } from "@aws-sdk/client-s3";

import { inTime, type InvocationContext } from "../shared/lambda";
import { writeLine } from "../shared/metric-line";
import { run } from "./run";
import { parseSettings } from "./settings";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 5_000;

const client = new S3Client({ maxAttempts: 5 });

/**
 * Entry point of the Lambda function, whose event says nothing. Fails by throwing, with the kind of failure as name; it
 * answers nothing, and its log has the figures.
 */
export async function handler(_event: unknown, context: InvocationContext): Promise<void> {
  const work = run({
    settings: parseSettings(process.env["SETTINGS"]),
    client,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "copy-check",
    now: () => new Date(),
    random: Math.random,
    write: writeLine,
  });
  await inTime(work, context.getRemainingTimeInMillis() - MARGIN_MS);
}
