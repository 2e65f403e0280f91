import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import { backupKeys, backupTrust, keyStatements } from "./role";

export interface RestoreRoleArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
}

/** What AWS Backup is while it restores for a test: it makes clusters of one name and file systems, and deletes nothing. */
export class RestoreRole extends pulumi.ComponentResource {
  /** Known once the role has its rights. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: RestoreRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:RestoreRole", name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "restore"),
        description: "AWS Backup: restores the stack's backups for tests",
        assumeRolePolicy: backupTrust(args.accountId),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "restore",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            ...databaseStatements(args),
            ...fileStatements(args),
            ...keyStatements("Keys", args.region, args.accountId, backupKeys(args.names)),
          ],
        },
      },
      parent,
    );
    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

function databaseStatements({ accountId, region }: RestoreRoleArgs): aws.iam.PolicyStatement[] {
  const rds = `arn:aws:rds:${region}:${accountId}`;
  return [
    {
      Sid: "LookAtDatabases",
      Effect: "Allow",
      Action: [
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBInstances",
        "rds:ListTagsForResource",
      ],
      Resource: `${rds}:*`,
    },
    {
      Sid: "RestoreDatabases",
      Effect: "Allow",
      Action: [
        "rds:AddTagsToResource",
        "rds:RestoreDBClusterFromSnapshot",
        "rds:RestoreDBClusterToPointInTime",
      ],
      Resource: [
        // What is made, and what it is made of and with.
        `${rds}:cluster:awsbackup-restore-test-*`,
        `${rds}:cluster:streamflix-*`,
        `${rds}:cluster-auto-backup:*`,
        `${rds}:cluster-pg:*`,
        `${rds}:cluster-snapshot:awsbackup:*job-*`,
        `${rds}:og:*`,
        `${rds}:subgrp:streamflix-*`,
      ],
    },
  ];
}

function fileStatements({ accountId, region }: RestoreRoleArgs): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "RestoreFiles",
      Effect: "Allow",
      Action: [
        "elasticfilesystem:CreateFileSystem",
        "elasticfilesystem:DescribeFileSystems",
        "elasticfilesystem:Restore",
        "elasticfilesystem:TagResource",
      ],
      // A file system's id is made up with it.
      Resource: `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/*`,
    },
  ];
}
