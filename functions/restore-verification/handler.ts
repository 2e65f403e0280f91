import { BackupClient } from "@aws-sdk/client-backup";
import { EFSClient } from "@aws-sdk/client-efs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";

import { inTime, type InvocationContext, readCaBundle } from "../shared/lambda";
import { writeLine } from "../shared/metric-line";
import { BackupJobs, RdsCluster } from "./aws";
import { EfsFileSystem, MOUNT } from "./efs";
import { parseEvent } from "./event";
import { run, type StepResult } from "./run";
import { readExpectations, readMounting } from "./settings";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 5_000;

/**
 * Entry point of the Lambda function: one step of a verification. `database-ca.pem` stands beside the bundle. Fails by
 * throwing, with the kind of failure as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<StepResult> {
  const remaining = context.getRemainingTimeInMillis() - MARGIN_MS;
  const rds = new RDSClient({});
  const work = run(parseEvent(event), {
    cluster: (clusterId) => new RdsCluster(rds, clusterId),
    fileSystem: (fileSystemId) =>
      new EfsFileSystem(
        new EFSClient({}),
        new LambdaClient({}),
        () => readMounting(process.env),
        fileSystemId,
      ),
    mount: MOUNT,
    jobs: new BackupJobs(new BackupClient({})),
    expectations: readExpectations(process.env),
    ca: await readCaBundle(__dirname),
    log: (text) => {
      console.log(text);
    },
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "restore-verification",
    measure: writeLine,
    deadline: Date.now() + remaining,
  });
  return await inTime(work, remaining);
}
