import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  type KMSClient,
  paginateListResourceTags,
} from "@aws-sdk/client-kms";
import { z } from "zod";

import { type Decision, isOurs, type RemediationCase } from "../case";
import { parseDetail, type RemediationEvent } from "../event";
import type { Mode } from "../settings";

/** Tag that lets a key go: whoever means it sets this before, which the trail records. */
export const RELEASE = { key: "remediation", value: "off" } as const;

const detail = z.object({
  eventSource: z.literal("kms.amazonaws.com"),
  eventName: z.enum(["ScheduleKeyDeletion", "DisableKey"]),
  // An ARN or an id; both operations take no alias.
  requestParameters: z.object({ keyId: z.string().regex(/^[\w:/-]+$/, "the key's id or ARN") }),
});

export interface KeysSettings {
  readonly mode: Mode;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A key of ours that somebody disabled or scheduled for deletion works again: everything under it is lost with it. A
 * cancelled deletion leaves a key disabled, so that takes two steps.
 */
export function keys(client: KMSClient, settings: KeysSettings): RemediationCase {
  return {
    name: "keys",
    mode: settings.mode,
    matches: ({ source, detailType }) => source === "aws.kms" && detailType === "AWS API Call via CloudTrail",
    decide: (event) => decide(client, settings, event),
  };
}

async function decide(
  client: KMSClient,
  { accountId, tags: wanted }: KeysSettings,
  event: RemediationEvent,
): Promise<Decision> {
  const { eventName, requestParameters } = parseDetail(detail, event);
  const { keyId } = requestParameters;
  if (keyId.startsWith("arn:") && keyId.split(":")[4] !== accountId) {
    return { kind: "outOfScope", resource: keyId, why: "another account's key" };
  }
  const { KeyMetadata: key } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
  const resource = key?.Arn ?? keyId;
  if (key?.KeyId === undefined) return { kind: "outOfScope", resource, why: "there is no such key" };
  const tags: { key: string | undefined; value: string | undefined }[] = [];
  for await (const page of paginateListResourceTags({ client }, { KeyId: key.KeyId })) {
    tags.push(...(page.Tags ?? []).map((tag) => ({ key: tag.TagKey, value: tag.TagValue })));
  }
  if (!isOurs(tags, wanted))
    return { kind: "outOfScope", resource, why: "the key has no tags of this stack" };
  if (isOurs(tags, { [RELEASE.key]: RELEASE.value })) {
    const why = `${eventName} on a key that is tagged ${RELEASE.key}=${RELEASE.value}: it was left alone`;
    return { kind: "announce", resource, why, severity: "critical" };
  }
  const enable = {
    call: "kms:EnableKey",
    run: () => client.send(new EnableKeyCommand({ KeyId: key.KeyId })),
  };
  const cancel = {
    call: "kms:CancelKeyDeletion",
    run: () => client.send(new CancelKeyDeletionCommand({ KeyId: key.KeyId })),
  };
  switch (key.KeyState) {
    case "Enabled":
      return { kind: "nothing", resource, why: "the key is enabled" };
    case "PendingDeletion":
      return {
        kind: "mend",
        resource,
        why: "the key was scheduled for deletion, and all data under it with it",
        actions: [cancel, enable],
        severity: "critical",
      };
    case "Disabled":
      return {
        kind: "mend",
        resource,
        why: "the key was disabled, so that nothing under it can be read",
        actions: [enable],
        severity: "critical",
      };
    default:
      return {
        kind: "announce",
        resource,
        why: `the key is ${key.KeyState ?? "in no known state"}, which only a person can mend`,
        severity: "critical",
      };
  }
}
