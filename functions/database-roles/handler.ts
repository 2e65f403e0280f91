import * as path from "node:path";

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { inTime, type InvocationContext, readCaBundle } from "../shared/lambda";
import { SecretsManagerSource } from "../shared/secrets";
import type { DatabaseRolesReport } from "./report";
import { run } from "./run";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 3_000;

/**
 * Entry point of the Lambda function. The bundle stands beside `migrations/` and, unless `DATABASE_CA_BUNDLE` names
 * another file, `database-ca.pem` with the authorities to trust. Fails by throwing, with the kind of failure as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<DatabaseRolesReport> {
  const remaining = context.getRemainingTimeInMillis() - MARGIN_MS;
  const work = run(event, {
    secrets: new SecretsManagerSource(new SecretsManagerClient({})),
    ca: await readCaBundle(__dirname),
    migrations: process.env["MIGRATIONS_DIRECTORY"] ?? path.join(__dirname, "migrations"),
    log: (text) => {
      console.log(JSON.stringify({ function: "database-roles", message: text }));
    },
    deadline: Date.now() + remaining,
  });
  return await inTime(work, remaining);
}
