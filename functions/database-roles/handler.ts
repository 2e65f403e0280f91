import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { OperatorError } from "../shared/errors";
import { SecretsManagerSource } from "../shared/secrets";
import type { DatabaseRolesReport } from "./report";
import { run } from "./run";

/** What this function uses of Lambda's context. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis: () => number;
}

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 3_000;

/**
 * Entry point of the Lambda function. The bundle stands beside `migrations/` and, unless `DATABASE_CA_BUNDLE` names
 * another file, `database-ca.pem` with the authorities to trust. Fails by throwing, with the kind of failure as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<DatabaseRolesReport> {
  const remaining = context.getRemainingTimeInMillis() - MARGIN_MS;
  const caFile = process.env["DATABASE_CA_BUNDLE"] ?? path.join(__dirname, "database-ca.pem");
  const ca = await readFile(caFile, "utf8").catch(() => {
    throw new OperatorError(
      "TlsRefused",
      `The certificate bundle ${caFile} can't be read.`,
      "put the bundle into the function's archive; without it no server is trusted.",
    );
  });
  const work = run(event, {
    secrets: new SecretsManagerSource(new SecretsManagerClient({})),
    ca,
    migrations: process.env["MIGRATIONS_DIRECTORY"] ?? path.join(__dirname, "migrations"),
    log: (text) => {
      console.log(JSON.stringify({ function: "database-roles", message: text }));
    },
    deadline: Date.now() + remaining,
  });
  return await inTime(work, remaining);
}

/** Lambda ends a function that is out of time without a word about why. */
async function inTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const what = "The run did not end before the function's time did.";
      reject(
        new OperatorError(
          "DatabaseUnavailable",
          what,
          "run again: what is done stays done. If it happens again, see what the database is waiting for.",
        ),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
