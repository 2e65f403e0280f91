import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import { trailName } from "./audit/trail-name";
import { accountStatements, DAYS_BETWEEN_ROTATIONS } from "./key-policy";
import { policyText } from "./policy";
import { clusterName } from "./service/cluster-name";

export interface KeysArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Days between the deletion of a key and its end, 7 to 30. */
  readonly deletionWindowDays: number;
  /** Refuses to delete or replace keys. */
  readonly protect: boolean;
}

/** Kinds of data that are encrypted apart, so that access to one kind never opens another. */
export type DataClass = "viewerData" | "secrets" | "logs" | "messaging" | "audit" | "backup";

interface KeyFacts {
  readonly what: string;
  readonly description: string;
  readonly classification: "personal" | "confidential" | "internal";
  /** Services through which principals of this account may use the key: `kms:ViaService`, without region. */
  readonly throughServices: readonly string[];
  /** Services that use the key in their own name, and under which conditions. */
  readonly servicePrincipals?: (place: Place) => readonly aws.iam.PolicyStatement[];
}

type Place = Pick<KeysArgs, "names" | "accountId" | "region">;

const KEYS: Readonly<Record<DataClass, KeyFacts>> = {
  viewerData: {
    what: "viewer-data",
    description: "What viewers store and do: database, cache, files, event stream and its archive",
    classification: "personal",
    throughServices: ["rds", "elasticache", "elasticfilesystem", "kinesis", "firehose", "s3"],
    servicePrincipals: fargateStorage,
  },
  secrets: {
    what: "secrets",
    description: "Credentials and parameters",
    classification: "confidential",
    throughServices: ["secretsmanager", "ssm", "lambda"],
  },
  logs: {
    what: "logs",
    description: "Log groups",
    classification: "internal",
    // State machines keep under it what they are and what they did.
    throughServices: ["logs", "s3", "states"],
    servicePrincipals: ({ accountId, region }) => [
      {
        Sid: "CloudWatchLogs",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:log-group:*`,
          },
        },
      },
      {
        // Brings the log of an encrypted state machine to its group.
        Sid: "LogDelivery",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
          StringEquals: { "kms:EncryptionContext:SourceArn": `arn:aws:logs:${region}:${accountId}:*` },
        },
      },
    ],
  },
  messaging: {
    what: "messaging",
    description: "Topics and queues",
    classification: "internal",
    throughServices: ["sns", "sqs"],
    // Each service publishes to topics under this key. Without its statement a message is lost without a trace.
    servicePrincipals: ({ accountId }) => [
      publisher("Alarms", "cloudwatch.amazonaws.com", accountId),
      publisher("Budgets", "budgets.amazonaws.com", accountId),
      publisher("CostAnomalies", "costalerts.amazonaws.com", accountId),
      publisher("Backups", "backup.amazonaws.com", accountId),
      publisher("DatabaseEvents", "events.rds.amazonaws.com", accountId),
      publisher("Topics", "sns.amazonaws.com", accountId),
      // EventBridge passes neither source account nor source ARN to KMS: a condition would shut it out.
      { ...publisher("Events", "events.amazonaws.com", accountId), Condition: {} },
    ],
  },
  audit: {
    what: "audit",
    description: "Audit trail, configuration history and other evidence",
    classification: "confidential",
    throughServices: ["s3", "cloudtrail"],
    servicePrincipals: audit,
  },
  backup: {
    what: "backup",
    description: "Backup vault",
    classification: "personal",
    throughServices: ["backup", "rds", "elasticfilesystem", "s3"],
  },
};

/**
 * One customer-managed key and alias per data class, rotated every year.
 *
 * Keys are in one region each: a standby region has its own. Use of a key always goes through a listed service, so a
 * stolen permission on KMS alone decrypts nothing.
 */
export class Keys extends pulumi.ComponentResource {
  /** ARN of each key by data class. */
  readonly arns: Readonly<Record<DataClass, pulumi.Output<string>>>;

  constructor(name: string, args: KeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:keys:Keys", name, {}, opts);

    this.arns = {
      viewerData: this.key(name, "viewerData", args),
      secrets: this.key(name, "secrets", args),
      logs: this.key(name, "logs", args),
      messaging: this.key(name, "messaging", args),
      audit: this.key(name, "audit", args),
      backup: this.key(name, "backup", args),
    };
    this.registerOutputs({ arns: this.arns });
  }

  private key(name: string, dataClass: DataClass, args: KeysArgs): pulumi.Output<string> {
    const facts = KEYS[dataClass];
    const key = new aws.kms.Key(
      `${name}-${facts.what}`,
      {
        description: `StreamFlix: ${facts.description}`,
        enableKeyRotation: true,
        rotationPeriodInDays: DAYS_BETWEEN_ROTATIONS,
        deletionWindowInDays: args.deletionWindowDays,
        policy: policyText([
          ...accountStatements(facts.throughServices, args),
          ...(facts.servicePrincipals?.(args) ?? []),
        ]),
        tags: {
          Name: args.names.fixed("nameTag", facts.what),
          "data-classification": facts.classification,
        },
      },
      { parent: this, protect: args.protect },
    );
    new aws.kms.Alias(
      `${name}-${facts.what}`,
      { name: args.names.fixed("kmsAlias", facts.what), targetKeyId: key.keyId },
      { parent: this },
    );
    return key.arn;
  }
}

/** CloudTrail encrypts for the stack's trail, wherever in the world a call was made; Config for the account. */
function audit({ names, accountId, region }: Place): aws.iam.PolicyStatement[] {
  const trail = {
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Resource: "*",
  } as const;
  const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/${trailName(names)}`;
  return [
    {
      ...trail,
      Sid: "CloudTrail",
      Action: "kms:GenerateDataKey*",
      Condition: {
        StringEquals: {
          "aws:SourceArn": trailArn,
          "kms:EncryptionContext:aws:cloudtrail:arn": trailArn,
        },
      },
    },
    {
      ...trail,
      Sid: "CloudTrailSeesKey",
      Action: "kms:DescribeKey",
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    },
    publisher("Configuration", "config.amazonaws.com", accountId),
  ];
}

/** Fargate encrypts the disks of tasks in its own name, for the tasks of one cluster. */
function fargateStorage({ names, accountId }: Place): aws.iam.PolicyStatement[] {
  const statement = (sid: string, action: string, more: object) => ({
    Sid: sid,
    Effect: "Allow" as const,
    Principal: { Service: "fargate.amazonaws.com" },
    Action: action,
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:EncryptionContext:aws:ecs:clusterAccount": accountId,
        "kms:EncryptionContext:aws:ecs:clusterName": clusterName(names),
      },
      ...more,
    },
  });
  return [
    statement("FargateStorage", "kms:GenerateDataKeyWithoutPlaintext", {}),
    statement("FargateStorageGrants", "kms:CreateGrant", {
      "ForAllValues:StringEquals": { "kms:GrantOperations": "Decrypt" },
    }),
  ];
}

function publisher(sid: string, service: string, accountId: string): aws.iam.PolicyStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  };
}
