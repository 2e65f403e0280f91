import type * as aws from "@pulumi/aws";

/** Days after which KMS makes new material for a key. */
export const DAYS_BETWEEN_ROTATIONS = 365;

/**
 * What principals of the account may do with a key, as far as their own policies allow it too.
 *
 * @param throughServices services through which they may use it: `kms:ViaService`, without region
 */
export function accountStatements(
  throughServices: readonly string[],
  { accountId, region }: { readonly accountId: string; readonly region: string },
): aws.iam.PolicyStatement[] {
  const account = { AWS: `arn:aws:iam::${accountId}:root` };
  const viaService = {
    StringEquals: { "kms:ViaService": throughServices.map((it) => `${it}.${region}.amazonaws.com`) },
  };
  return [
    {
      Sid: "Administration",
      Effect: "Allow",
      Principal: account,
      Action: [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:Describe*",
        "kms:DisableKey",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:Get*",
        "kms:List*",
        "kms:PutKeyPolicy",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      Resource: "*",
    },
    {
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal: account,
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: "*",
      Condition: viaService,
    },
    {
      Sid: "GrantToServices",
      Effect: "Allow",
      Principal: account,
      Action: "kms:CreateGrant",
      Resource: "*",
      Condition: { ...viaService, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
