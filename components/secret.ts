import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Counterpart, Names } from "../config";
import { keyStatement, policyText } from "./policy";

export interface SeededSecretArgs {
  readonly names: Names;
  readonly accountId: string;
  /** What it is, such as `database/master`. */
  readonly what: string;
  readonly description: string;
  /** First value. Only a secret that does not exist yet gets it. */
  readonly value: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Stack that gets a copy, under its own key. @default no copy */
  readonly standby?: Counterpart | undefined;
  /** Days a deleted secret can be restored, 7 to 30. */
  readonly recoveryWindowDays: number;
  /** Refuses to delete or replace the secret. */
  readonly protect: boolean;
}

/**
 * Label of the first version, which rotation never moves. Secrets Manager prunes versions without labels; were the
 * first one pruned, the next deployment would find it missing and write the old password again, as the current one.
 */
export const SEED_STAGE = "streamflix-seed";

/**
 * A secret with a first value that rotation owns from then on: no later deployment writes to it.
 *
 * Its copy in the standby region has its name and, but for the region, its ARN; rotation's values reach it, and nobody can
 * change it there before it is promoted.
 *
 * Used over TLS only, and by principals of this account only, as far as their own policies let them.
 */
export class SeededSecret extends pulumi.ComponentResource {
  /** ARN of the secret, known once its first value is there. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: SeededSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:secret:SeededSecret", name, {}, opts);

    const { standby } = args;
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        namePrefix: args.names.prefix("secret", args.what),
        description: args.description,
        kmsKeyId: args.keyArn,
        recoveryWindowInDays: args.recoveryWindowDays,
        ...(standby && {
          replicas: [
            {
              region: standby.region,
              kmsKeyId: `arn:aws:kms:${standby.region}:${args.accountId}:${standby.names.fixed("kmsAlias", "secrets")}`,
            },
          ],
        }),
        tags: { "data-classification": "confidential" },
      },
      { parent: this, protect: args.protect },
    );
    new aws.secretsmanager.SecretPolicy(
      name,
      { secretArn: secret.arn, policy: policyText(guards(args.accountId)), blockPublicPolicy: true },
      { parent: this },
    );
    const version = new aws.secretsmanager.SecretVersion(
      name,
      { secretId: secret.id, secretString: args.value, versionStages: ["AWSCURRENT", SEED_STAGE] },
      { parent: this, ignoreChanges: ["secretString", "versionStages"] },
    );
    this.arn = version.secretArn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** ARNs of the secret `what` of a stack, known before the secret is: whoever may read it shows in a preview. */
export function secretArnPattern(
  place: { readonly names: Names; readonly accountId: string; readonly region: string },
  what: string,
): string {
  const { names, accountId, region } = place;
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${names.prefix("secret", what)}*`;
}

/** Lets a role use the secrets' key by way of Secrets Manager. */
export function secretsKeyStatement(
  place: { readonly names: Names; readonly accountId: string; readonly region: string },
  actions: ("kms:Decrypt" | "kms:GenerateDataKey")[],
): aws.iam.PolicyStatement {
  return keyStatement(place, { sid: "UseSecretsKey", service: "secretsmanager", key: "secrets", actions });
}

/**
 * Lets a role read secrets of a stack; by name, which is known before they exist, so a preview shows the whole policy.
 *
 * @param owner the stack that they are copies from; copies keep its names, under a key of this one. @default this stack
 */
export function readSecretStatements(
  place: { readonly names: Names; readonly accountId: string; readonly region: string },
  whats: readonly string[],
  owner: { readonly names: Names } = place,
): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      Resource: whats.map((what) => secretArnPattern({ ...place, names: owner.names }, what)),
    },
    secretsKeyStatement(place, ["kms:Decrypt"]),
  ];
}

/** In a secret's own policy, `*` as the resource stands for that secret. */
function guards(accountId: string): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "secretsmanager:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "OwnAccountOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "secretsmanager:*",
      Resource: "*",
      // Where AWS calls on its own behalf, as rotation may, there is no account of a principal.
      Condition: {
        StringNotEquals: { "aws:PrincipalAccount": accountId },
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ];
}
