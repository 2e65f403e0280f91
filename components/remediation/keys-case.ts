import type { Mode } from "../../functions/remediation/settings";
import type { CaseParts, CasePlace } from "./case-parts";

/** A failed call has an error code, and changed nothing. */
const SUCCEEDED = [{ exists: false }];

/** Disabled keys and keys scheduled for deletion. */
export function keysCase(place: CasePlace, { mode }: { readonly mode: Mode }): CaseParts {
  const { accountId, region, tags } = place;
  const anyKey = `arn:aws:kms:${region}:${accountId}:key/*`;
  return {
    rules: [
      {
        what: "keys",
        description: "A key was disabled or scheduled for deletion",
        trigger: {
          pattern: {
            source: ["aws.kms"],
            "detail-type": ["AWS API Call via CloudTrail"],
            detail: {
              eventSource: ["kms.amazonaws.com"],
              eventName: ["ScheduleKeyDeletion", "DisableKey"],
              errorCode: SUCCEEDED,
            },
          },
        },
      },
    ],
    statements: [
      // Of any key, to see whether it is ours.
      {
        Sid: "SeeKeys",
        Effect: "Allow",
        Action: ["kms:DescribeKey", "kms:ListResourceTags"],
        Resource: anyKey,
      },
      ...(mode === "dryRun"
        ? []
        : [
            {
              Sid: "RescueKeys",
              Effect: "Allow" as const,
              Action: ["kms:CancelKeyDeletion", "kms:EnableKey"],
              Resource: anyKey,
              Condition: { StringEquals: tagged(tags) },
            },
          ]),
    ],
    settings: { keys: { mode } },
  };
}

function tagged(tags: CasePlace["tags"]): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}
