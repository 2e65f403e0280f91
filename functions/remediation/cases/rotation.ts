import {
  type DescribeSecretCommandOutput,
  DescribeSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";

import { readThrown } from "../../shared/errors";
import { type Decision, isOurs, type RemediationCase } from "../case";
import { parseDetail, type RemediationEvent } from "../event";
import { Flag } from "../flag";
import type { Mode } from "../settings";

const detail = z.object({
  eventSource: z.literal("secretsmanager.amazonaws.com"),
  eventName: z.literal("RotationFailed"),
  additionalEventData: z.object({
    SecretId: z.string().regex(/^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/, "a secret's ARN"),
  }),
});

/** When each secret's rotation was last tried again, by ARN. */
const retries = z.record(z.string(), z.iso.datetime());

export interface RotationSettings {
  readonly mode: Mode;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly coolDownMinutes: number;
  readonly parameter: string;
}

/**
 * A rotation that failed is tried again, once in a cool-down: often the database was just failing over. It goes on where
 * it stopped; this function never sees a value.
 */
export function rotation(
  clients: { readonly secrets: SecretsManagerClient; readonly parameters: SSMClient },
  settings: RotationSettings,
  now: () => number,
): RemediationCase {
  const flag = new Flag(clients.parameters, settings.parameter, retries);
  return {
    name: "rotation",
    mode: settings.mode,
    matches: ({ source, detailType }) =>
      source === "aws.secretsmanager" && detailType === "AWS Service Event via CloudTrail",
    decide: (event) => decide(clients.secrets, flag, settings, event, now),
  };
}

async function decide(
  client: SecretsManagerClient,
  flag: Flag<typeof retries>,
  settings: RotationSettings,
  event: RemediationEvent,
  now: () => number,
): Promise<Decision> {
  const resource = parseDetail(detail, event).additionalEventData.SecretId;
  if (resource.split(":")[4] !== settings.accountId) {
    return { kind: "outOfScope", resource, why: "another account's secret" };
  }
  const secret = await client.send(new DescribeSecretCommand({ SecretId: resource }));
  const tags = (secret.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
  if (!isOurs(tags, settings.tags)) {
    return { kind: "outOfScope", resource, why: "the secret has no tags of this stack" };
  }
  if (secret.RotationEnabled !== true || secret.DeletedDate !== undefined) {
    return { kind: "nothing", resource, why: "the secret is not rotated any more" };
  }
  if ((secret.LastRotatedDate?.getTime() ?? 0) > event.time.getTime()) {
    return { kind: "nothing", resource, why: "the secret was rotated since" };
  }
  const before = (await flag.read()) ?? {};
  const last = before[resource];
  const next = last === undefined ? 0 : Date.parse(last) + settings.coolDownMinutes * 60_000;
  if (next > now()) {
    const why = `the rotation failed, and was tried again at ${last ?? ""} already: a person has to look at the log of the function that rotates`;
    return { kind: "announce", resource, why, severity: "critical" };
  }
  // A version that a rotation left half done is taken up again under its own token. The event's id makes a new rotation
  // the same one, however often the event comes.
  const token = pendingVersion(secret) ?? event.id;
  return {
    kind: "mend",
    resource,
    why: "the rotation failed",
    severity: "warning",
    actions: [
      {
        // Before the call: whatever happens to it, it isn't tried more often.
        call: "ssm:PutParameter",
        run: () => flag.write({ ...before, [resource]: new Date(now()).toISOString() }),
      },
      { call: "secretsmanager:RotateSecret", run: () => rotate(client, resource, token) },
    ],
  };
}

function pendingVersion({ VersionIdsToStages }: DescribeSecretCommandOutput): string | undefined {
  return Object.entries(VersionIdsToStages ?? {}).find(
    ([, stages]) => stages.includes("AWSPENDING") && !stages.includes("AWSCURRENT"),
  )?.[0];
}

async function rotate(client: SecretsManagerClient, arn: string, token: string): Promise<void> {
  try {
    await client.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token }));
  } catch (error) {
    // An answer that sounds like a refusal, and says that AWS does what was asked.
    if (/will be reattempted/.test(readThrown(error).message)) return;
    throw error;
  }
}
