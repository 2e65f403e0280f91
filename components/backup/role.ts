import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { boundaryArn, type Counterpart, type Names } from "../../config";
import { backupTag } from "./tag";

export interface BackupRoleArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** The stack's own vault. */
  readonly vaultArn: string;
  /** Whether AWS Backup owns the database's automated backups. */
  readonly isContinuous: boolean;
  /** Stack that gets copies, and its vault. @default no copies */
  readonly standby?: Counterpart & { readonly vaultArn: string };
}

/** Keys that a backup is encrypted with: Aurora's stays under the cluster's, that of files comes under the vault's. */
const KEYS = ["viewer-data", "backup"] as const;

/** What AWS Backup is while it works on the stack: it backs up what is tagged for the plan, and nothing else. */
export class BackupRole extends pulumi.ComponentResource {
  /** Known once the role has its rights. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: BackupRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:BackupRole", name, {}, opts);
    const parent = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "backup"),
        description: "AWS Backup: makes, copies and ends the stack's backups",
        assumeRolePolicy: backupTrust(args.accountId),
        ...(args.standby && { permissionsBoundary: boundaryArn("replication", args) }),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "backup",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            ...databaseStatements(args),
            ...fileStatements(args),
            ...vaultStatements(args),
            ...keyStatements("Keys", args.region, args.accountId, backupKeys(args.names)),
            ...(args.standby ? standbyKeyStatements(args.standby, args.accountId) : []),
          ],
        },
      },
      parent,
    );
    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

/** AWS documents no source that Backup brings along when it takes a role; where it does, it has to be this account. */
export function backupTrust(accountId: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "backup.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEqualsIfExists: { "aws:SourceAccount": accountId } },
      },
    ],
  };
}

function databaseStatements(args: BackupRoleArgs): aws.iam.PolicyStatement[] {
  const { accountId, region, standby } = args;
  const inRegion = (where: string) => `arn:aws:rds:${where}:${accountId}`;
  const regions = [region, ...(standby ? [standby.region] : [])];
  const clusters = `${inRegion(region)}:cluster:streamflix-*`;
  // Named after the job that made them: job-… or copyjob-….
  const snapshots = regions.map((it) => `${inRegion(it)}:cluster-snapshot:awsbackup:*job-*`);
  return [
    {
      Sid: "LookAtDatabases",
      Effect: "Allow",
      Action: [
        "rds:DescribeDBClusterAutomatedBackups",
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBInstances",
        "rds:ListTagsForResource",
      ],
      Resource: regions.map((it) => `${inRegion(it)}:*`),
    },
    {
      Sid: "MakeSnapshots",
      Effect: "Allow",
      Action: ["rds:AddTagsToResource", "rds:CreateDBClusterSnapshot"],
      Resource: [clusters, ...snapshots],
    },
    {
      Sid: "CopyAndEndSnapshots",
      Effect: "Allow",
      Action: ["rds:CopyDBClusterSnapshot", "rds:DeleteDBClusterSnapshot"],
      Resource: snapshots,
    },
    ...(args.isContinuous
      ? [
          {
            Sid: "OwnAutomatedBackups",
            Effect: "Allow" as const,
            Action: "rds:ModifyDBCluster",
            Resource: clusters,
            // This right changes more than backups, so it is held to the stack's own.
            Condition: isTagged(args.names),
          },
          {
            Sid: "EndAutomatedBackups",
            Effect: "Allow" as const,
            Action: "rds:DeleteDBClusterAutomatedBackup",
            Resource: `${inRegion(region)}:cluster-auto-backup:*`,
          },
        ]
      : []),
  ];
}

function fileStatements({ names, accountId, region }: BackupRoleArgs): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "BackUpFiles",
      Effect: "Allow",
      Action: ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"],
      Resource: `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/*`,
      Condition: isTagged(names),
    },
  ];
}

function isTagged(names: Names): aws.iam.PolicyStatement["Condition"] {
  const tags = Object.entries(backupTag(names)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  return { StringEquals: Object.fromEntries(tags) as Record<string, string> };
}

function vaultStatements({
  accountId,
  region,
  vaultArn,
  standby,
}: BackupRoleArgs): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "FindTagged",
      Effect: "Allow",
      Action: "tag:GetResources",
      // Asking for tags has no resource level.
      Resource: "*",
    },
    {
      Sid: "FillVaults",
      Effect: "Allow",
      Action: ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
      Resource: [vaultArn, ...(standby ? [standby.vaultArn] : [])],
    },
    ...(standby
      ? [
          {
            Sid: "TakeFromVault",
            Effect: "Allow" as const,
            Action: "backup:CopyFromBackupVault",
            // What is in the vault: a database's backup is a snapshot of RDS.
            Resource: [
              vaultArn,
              `arn:aws:backup:${region}:${accountId}:recovery-point:*`,
              `arn:aws:rds:${region}:${accountId}:cluster-snapshot:awsbackup:*job-*`,
            ],
          },
        ]
      : []),
  ];
}

/** What a role needs on keys that stand for backups by their aliases: KMS lends them to AWS's services. */
export function keyStatements(
  sid: string,
  region: string,
  accountId: string,
  aliases: readonly string[],
): aws.iam.PolicyStatement[] {
  const Resource = `arn:aws:kms:${region}:${accountId}:key/*`;
  const byAlias = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [...aliases] } };
  return [
    {
      Sid: `LookAt${sid}`,
      Effect: "Allow",
      Action: "kms:DescribeKey",
      Resource,
      Condition: byAlias,
    },
    {
      Sid: `Lend${sid}`,
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource,
      Condition: { ...byAlias, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** Aliases of the keys that a stack's backups are encrypted with. */
export function backupKeys(names: Names): string[] {
  return KEYS.map((key) => names.fixed("kmsAlias", key));
}

/** A copy comes under the key of its vault. */
function standbyKeyStatements({ names, region }: Counterpart, accountId: string): aws.iam.PolicyStatement[] {
  return keyStatements("StandbyKey", region, accountId, [names.fixed("kmsAlias", "backup")]);
}
