import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Bucket } from "../../components/bucket";
import { keyStatement, serviceTrust } from "../../components/policy";
import type { Names } from "../../config";
import { stateNames } from "./names";

interface End {
  readonly names: Names;
  readonly region: string;
  readonly bucket: Bucket;
}

export interface StateCopyArgs {
  readonly accountId: string;
  readonly from: End;
  readonly to: End & { readonly keyArn: pulumi.Input<string> };
  /** Permissions boundary that allows both regions. */
  readonly boundaryArn: pulumi.Input<string>;
}

/** What is copied: states and their history, but no locks, which a copy would hold for ever. */
const COPIED = [".pulumi/meta.yaml", ".pulumi/stacks/", ".pulumi/history/", ".pulumi/backups/"];

/**
 * Copies the stacks' states to a bucket of the standby region that nobody writes to. Secrets in them stay under the home
 * region's key, which is why the standby region's own stack keeps its state there from the start.
 */
export class StateCopy extends pulumi.ComponentResource {
  constructor(name: string, args: StateCopyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:StateCopy", name, {}, opts);
    const { accountId, from, to } = args;
    const { plainArn: source } = from.bucket;
    const { plainArn: target } = to.bucket;
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: from.names.prefix("iamRole", "state-copy"),
        description: "Copies the stacks' state to the standby region",
        assumeRolePolicy: serviceTrust("s3.amazonaws.com", accountId, source),
        permissionsBoundary: args.boundaryArn,
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "copy",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            allow("ReadSource", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
            allow("ReadVersions", READ_VERSIONS, `${source}/*`),
            allow("WriteCopies", WRITE_COPIES, `${target}/*`),
            useKey("DecryptSource", "kms:Decrypt", accountId, from),
            useKey("EncryptCopies", ["kms:Encrypt", "kms:GenerateDataKey"], accountId, to),
          ],
        },
      },
      { parent: this },
    );
    new aws.s3.BucketReplicationConfig(
      name,
      {
        bucket: from.bucket.bucketName,
        role: role.arn,
        rules: COPIED.map((prefix, index) => ({
          id: prefix,
          priority: index + 1,
          status: "Enabled",
          filter: { prefix },
          // What is deleted at home stays in the copy until its days are over.
          deleteMarkerReplication: { status: "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: to.bucket.arn,
            encryptionConfiguration: { replicaKmsKeyId: to.keyArn },
          },
        })),
      },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}

const READ_VERSIONS = [
  "s3:GetObjectVersionAcl",
  "s3:GetObjectVersionForReplication",
  "s3:GetObjectVersionTagging",
];
const WRITE_COPIES = ["s3:ReplicateObject", "s3:ReplicateTags"];

function allow(sid: string, actions: string[], resource: string): aws.iam.PolicyStatement {
  return { Sid: sid, Effect: "Allow", Action: actions, Resource: resource };
}

function useKey(
  sid: string,
  actions: string | string[],
  accountId: string,
  { names, region }: End,
): aws.iam.PolicyStatement {
  const { key } = stateNames(names).words;
  return keyStatement({ names, accountId, region }, { sid, service: "s3", key, actions });
}
