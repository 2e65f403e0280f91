import { KMSClient } from "@aws-sdk/client-kms";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { inTime, type InvocationContext } from "../shared/lambda";
import { writeLine } from "../shared/metric-line";
import { run } from "./run";
import { parseSettings } from "./settings";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 1_500;

/**
 * Entry point of the Lambda function that its schedule and EventBridge invoke. Fails by throwing, with the kind of failure
 * as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const work = run(event, {
    settings: parseSettings(process.env["SETTINGS"]),
    secrets: new SecretsManagerClient({}),
    keys: new KMSClient({}),
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "inspection",
    now: () => new Date(),
    write: writeLine,
  });
  await inTime(work, context.getRemainingTimeInMillis() - MARGIN_MS);
}
