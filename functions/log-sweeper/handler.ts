import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";

import { readSettings, sweep, type SweeperReport } from "./run";

const client = new CloudWatchLogsClient({ maxAttempts: 5 });

/** Entry point of the Lambda function; the event says nothing. */
export async function handler(): Promise<SweeperReport> {
  const report = await sweep(client, readSettings(process.env));
  console.log(JSON.stringify({ function: "log-sweeper", ...report }));
  return report;
}
