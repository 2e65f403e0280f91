import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Signer } from "@aws-sdk/rds-signer";

import { inTime, type InvocationContext, readCaBundle } from "../shared/lambda";
import { metricLine, writeLine } from "../shared/metric-line";
import { SecretsManagerSource } from "../shared/secrets";
import { NO_ERASURE_LOG, S3ErasureLog } from "./erasure-log";
import { RETENTION_METRICS } from "./metrics";
import { type RetentionReport, run } from "./run";
import { readSettings } from "./settings";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 5_000;

/**
 * Entry point of the Lambda function. `database-ca.pem` stands beside the bundle. Fails by throwing, with the kind of
 * failure as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<RetentionReport> {
  const remaining = context.getRemainingTimeInMillis() - MARGIN_MS;
  const { plan, host, region, logBucket, digestKeyArn } = readSettings(process.env);
  const signer = new Signer({ hostname: host, port: plan.port, username: plan.user, region });
  const secrets = new SecretsManagerSource(new SecretsManagerClient({}));
  const work = run(event, {
    plan,
    host,
    ca: await readCaBundle(__dirname),
    token: () => signer.getAuthToken(),
    log: logBucket === undefined ? NO_ERASURE_LOG : new S3ErasureLog(new S3Client({}), logBucket),
    digestKey: () => secrets.current(digestKeyArn),
    measure: (measures) => {
      const FunctionName = process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "data-retention";
      writeLine(metricLine(RETENTION_METRICS, { FunctionName }, measures, new Date()));
    },
    deadline: Date.now() + remaining,
  });
  return await inTime(work, remaining);
}
