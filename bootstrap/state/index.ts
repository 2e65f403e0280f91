import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { Bucket } from "../../components/bucket";
import { GUARDED_PATH, type Names } from "../../config";
import { AccountKey } from "../account-key";
import type { StateConfig } from "../config";
import { stateNames } from "./names";
import { StateCopy } from "./copy";

/** A region of the account that has stacks. */
export interface StatePlace {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
}

export interface StateArgs extends StatePlace {
  readonly state: StateConfig;
  /** Refuses to delete buckets and key. */
  readonly protect: boolean;
}

/**
 * Where the stacks of one region keep their state: a private, versioned bucket for `pulumi login s3://…`, who reached it,
 * and the key of the `awskms` secrets provider, which encrypts the bucket, too.
 *
 * Pulumi locks a stack by an object in the same bucket, so nothing else is needed for that.
 */
export class State extends pulumi.ComponentResource {
  readonly bucket: Bucket;
  readonly keyArn: pulumi.Output<string>;

  readonly #args: StateArgs;
  readonly #accessLogs: Bucket;

  constructor(name: string, args: StateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:State", name, {}, opts);
    this.#args = args;
    const { names, accountId, state, protect } = args;
    const parent = { parent: this };
    const { key, logs, bucket } = stateNames(names).words;

    const made = new AccountKey(
      `${name}-key`,
      {
        ...args,
        what: key,
        description: "State of stacks, and secrets in it",
        throughServices: ["s3"],
        statements: [secretsProvider(accountId)],
      },
      parent,
    );
    this.#accessLogs = new Bucket(
      `${name}-logs`,
      {
        names,
        accountId,
        kind: "access-log",
        what: logs,
        retention: {
          "access-log": {
            minimumDays: 1,
            maximumDays: state.accessLogDays,
            reason: "who read or changed the state of the account's stacks",
          },
        },
        protect,
      },
      parent,
    );
    this.keyArn = made.arn;
    this.bucket = this.stateBucket(name, bucket, parent);
    this.registerOutputs({ bucket: this.bucket, keyArn: this.keyArn });
  }

  /** Makes a bucket here for copies of another region's states, and copies them from now on. */
  copyFrom(home: State, boundaryArn: pulumi.Input<string>): void {
    const bucket = this.stateBucket("state-copy", stateNames(this.#args.names).words.copy, { parent: this });
    new StateCopy(
      "state-copy",
      {
        accountId: this.#args.accountId,
        boundaryArn,
        from: { ...home.#args, bucket: home.bucket },
        to: { ...this.#args, bucket, keyArn: this.keyArn },
      },
      { parent: home },
    );
  }

  private stateBucket(name: string, what: string, opts: pulumi.ComponentResourceOptions): Bucket {
    const { names, accountId, state, protect } = this.#args;
    return new Bucket(
      name,
      {
        names,
        accountId,
        kind: "state",
        what,
        earlierStatesDays: state.earlierStatesDays,
        keyArn: this.keyArn,
        accessLogs: this.#accessLogs,
        protect,
      },
      opts,
    );
  }
}

/** Pulumi's secrets provider calls KMS itself, not through a service: the pipeline's roles, and people who sign in. */
function secretsProvider(accountId: string): aws.iam.PolicyStatement {
  const roles = `arn:aws:iam::${accountId}:role`;
  return {
    Sid: "SecretsProvider",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
    Resource: "*",
    Condition: {
      ArnLike: {
        "aws:PrincipalArn": [`${roles}${GUARDED_PATH}*`, `${roles}/aws-reserved/sso.amazonaws.com/*`],
      },
    },
  };
}
