import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { accountStatements, DAYS_BETWEEN_ROTATIONS } from "../components/key-policy";
import { policyText } from "../components/policy";
import type { Names } from "../config";

export interface AccountKeyArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** What it encrypts, such as `registry`: part of its alias. */
  readonly what: string;
  readonly description: string;
  /** Services through which principals of the account may use it: `kms:ViaService`, without region. */
  readonly throughServices: readonly string[];
  /** More that the key's policy allows. @default nothing */
  readonly statements?: readonly aws.iam.PolicyStatement[];
  /** Refuses to delete or replace the key. */
  readonly protect: boolean;
}

/** Time to notice and cancel a deletion: what the account's keys encrypt outlives every stack. */
const DELETION_WINDOW_DAYS = 30;

/** A customer-managed key for something that the account has once, rotated every year, with its alias. */
export class AccountKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AccountKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:AccountKey", name, {}, opts);
    const key = new aws.kms.Key(
      name,
      {
        description: `StreamFlix: ${args.description}`,
        enableKeyRotation: true,
        rotationPeriodInDays: DAYS_BETWEEN_ROTATIONS,
        deletionWindowInDays: DELETION_WINDOW_DAYS,
        policy: policyText([...accountStatements(args.throughServices, args), ...(args.statements ?? [])]),
        tags: { Name: args.names.fixed("nameTag", args.what), "data-classification": "confidential" },
      },
      { parent: this, protect: args.protect },
    );
    new aws.kms.Alias(
      name,
      { name: args.names.fixed("kmsAlias", args.what), targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
