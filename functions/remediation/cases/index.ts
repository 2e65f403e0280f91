import type { ECSClient } from "@aws-sdk/client-ecs";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SSMClient } from "@aws-sdk/client-ssm";

import type { RemediationCase } from "../case";
import type { Settings } from "../settings";
import { capacity } from "./capacity";
import { failover } from "./failover";
import { keys } from "./keys";
import { rotation } from "./rotation";

/** What the cases call. */
export interface Clients {
  readonly kms: KMSClient;
  readonly secrets: SecretsManagerClient;
  readonly parameters: SSMClient;
  readonly ecs: ECSClient;
  readonly rds: RDSClient;
}

/** The cases that the settings list. */
export function casesOf(settings: Settings, clients: Clients, now: () => number): RemediationCase[] {
  const { accountId, tags, cases } = settings;
  return [
    ...(cases.keys ? [keys(clients.kms, { ...cases.keys, accountId, tags })] : []),
    ...(cases.rotation ? [rotation(clients, { ...cases.rotation, accountId, tags }, now)] : []),
    ...(cases.capacity ? [capacity(clients, { ...cases.capacity, tags }, now)] : []),
    ...(cases.failover ? [failover(clients.rds, { ...cases.failover, tags })] : []),
  ];
}
