import * as aws from "@pulumi/aws";
import type { Names } from "../config";

/**
 * Renders a policy document at once. KMS keys and VPC endpoints take text, and text made from known values keeps the
 * whole document readable in a preview, where one unknown would hide it from reviewers and from the policy pack.
 */
export function policyText(statements: readonly aws.iam.PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [...statements],
  } satisfies aws.iam.PolicyDocument);
}

/**
 * Lets a role use one of the stack's keys by way of a service; by alias, which is known before the key is.
 *
 * @param use.service as in `kms:ViaService`, such as `secretsmanager`
 * @param use.key the key's name in its alias, such as `viewer-data`
 */
export function keyStatement(
  place: { readonly names: Names; readonly accountId: string; readonly region: string },
  use: {
    readonly sid: string;
    readonly service: string;
    readonly key: string;
    readonly actions: string | string[];
    /** Encryption context that the service has to bring, such as the ARN of what it encrypts. @default any */
    readonly context?: Readonly<Record<string, string>>;
  },
): aws.iam.PolicyStatement {
  const { names, accountId, region } = place;
  const context = Object.entries(use.context ?? {}).map(([key, value]) => [
    `kms:EncryptionContext:${key}`,
    value,
  ]);
  return {
    Sid: use.sid,
    Effect: "Allow",
    Action: use.actions,
    Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
    Condition: {
      StringEquals: {
        "kms:ViaService": `${use.service}.${region}.amazonaws.com`,
        ...(Object.fromEntries(context) as Record<string, string>),
      },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": names.fixed("kmsAlias", use.key) },
    },
  };
}

/** Trust policy for one AWS service, acting for resources of this account that match an ARN pattern. */
export function serviceTrust(
  service: string,
  accountId: string,
  sourceArnPattern: string,
): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        // Without these another account could make the service use this role for it (confused deputy).
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": sourceArnPattern },
        },
      },
    ],
  };
}
