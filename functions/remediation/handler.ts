import { ECSClient } from "@aws-sdk/client-ecs";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";

import { inTime, type InvocationContext } from "../shared/lambda";
import { casesOf } from "./cases";
import { run } from "./run";
import { parseSettings } from "./settings";

/** Time kept back, so that an error can still be reported; milliseconds. */
const MARGIN_MS = 1_500;

/**
 * Entry point of the Lambda function that EventBridge invokes. `SETTINGS` says which cases there are. Fails by throwing,
 * with the kind of failure as name.
 */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  const settings = parseSettings(process.env["SETTINGS"]);
  const clients = {
    kms: new KMSClient({}),
    secrets: new SecretsManagerClient({}),
    parameters: new SSMClient({}),
    ecs: new ECSClient({}),
    rds: new RDSClient({}),
  };
  const work = run(event, {
    accountId: settings.accountId,
    region: settings.region,
    cases: casesOf(settings, clients, Date.now),
    topics: new SNSClient({}),
    topicArns: settings.topicArns,
    record: (record) => {
      // As an object: the metric of outcomes reads its fields.
      console.log({ function: "remediation", record });
    },
  });
  await inTime(work, context.getRemainingTimeInMillis() - MARGIN_MS);
}
