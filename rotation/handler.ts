import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";

import { OperatorError } from "../functions/shared/errors";
import { inTime, type InvocationContext, readCaBundle } from "../functions/shared/lambda";
import { rdsDirectory } from "./clusters";
import { passwordPolicy } from "./passwords";
import { run } from "./run";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 1_500;

const client = new SecretsManagerClient({});

/**
 * Entry point of the Lambda function that Secrets Manager invokes, once for each step. Fails by throwing, with the kind
 * of failure as name. `database-ca.pem` stands beside the bundle.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const remaining = context.getRemainingTimeInMillis() - MARGIN_MS;
  const work = run(event, {
    client,
    clusters: rdsDirectory,
    ca: await readCaBundle(__dirname),
    certificateNames: certificateNames(process.env["CERTIFICATE_NAMES"]),
    passwords: passwordPolicy(process.env),
    log: (text) => {
      console.log(JSON.stringify({ function: "rotation", message: text }));
    },
    deadline: Date.now() + remaining,
  });
  await inTime(work, remaining);
}

const hosts = z.record(z.hostname(), z.hostname());

/** @throws OperatorError for a variable that is no object of host names */
function certificateNames(text: string | undefined): ReadonlyMap<string, string> {
  try {
    const names = hosts.parse(JSON.parse(text ?? "{}"));
    return new Map(Object.entries(names).map(([host, name]) => [host.toLowerCase(), name]));
  } catch {
    throw new OperatorError(
      "InvalidEnvironment",
      "The function's environment has a fault: CERTIFICATE_NAMES is no JSON object of host names.",
      'write {"<host>": "<name in its certificate>"}; nothing was read or changed.',
    );
  }
}
