import type { PolicyStatement } from "./registrations";

const ROOT = { AWS: "arn:aws:iam::111122223333:root" };

const ADMINISTRATION = [
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
];

interface Expected {
  readonly description: string;
  readonly classification: string;
  /** Services that principals of the account go through. */
  readonly via: readonly string[];
  /** Statements after the three for the account. */
  readonly services: readonly PolicyStatement[];
}

/** What each key has to be, by the word in its name. */
export const KEYS: Readonly<Record<string, Expected>> = {
  "viewer-data": {
    description:
      "StreamFlix: What viewers store and do: database, cache, files, event stream and its archive",
    classification: "personal",
    via: ["rds", "elasticache", "elasticfilesystem", "kinesis", "firehose", "s3"],
    services: [
      fargateStatement("FargateStorage", "kms:GenerateDataKeyWithoutPlaintext"),
      fargateStatement("FargateStorageGrants", "kms:CreateGrant", {
        "ForAllValues:StringEquals": { "kms:GrantOperations": "Decrypt" },
      }),
    ],
  },
  secrets: {
    description: "StreamFlix: Credentials and parameters",
    classification: "confidential",
    via: ["secretsmanager", "ssm", "lambda"],
    services: [],
  },
  logs: {
    description: "StreamFlix: Log groups",
    classification: "internal",
    via: ["logs", "s3", "states"],
    services: [
      serviceStatement(
        "CloudWatchLogs",
        "logs.eu-central-1.amazonaws.com",
        ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:111122223333:log-group:*",
          },
        },
      ),
      serviceStatement("LogDelivery", "delivery.logs.amazonaws.com", "kms:Decrypt", {
        StringEquals: { "kms:EncryptionContext:SourceArn": "arn:aws:logs:eu-central-1:111122223333:*" },
      }),
    ],
  },
  messaging: {
    description: "StreamFlix: Topics and queues",
    classification: "internal",
    via: ["sns", "sqs"],
    services: [
      publisher("Alarms", "cloudwatch.amazonaws.com"),
      publisher("Budgets", "budgets.amazonaws.com"),
      publisher("CostAnomalies", "costalerts.amazonaws.com"),
      publisher("Backups", "backup.amazonaws.com"),
      publisher("DatabaseEvents", "events.rds.amazonaws.com"),
      publisher("Topics", "sns.amazonaws.com"),
      // EventBridge passes no source to KMS: a condition would shut it out.
      { ...publisher("Events", "events.amazonaws.com"), Condition: {} },
    ],
  },
  audit: {
    description: "StreamFlix: Audit trail, configuration history and other evidence",
    classification: "confidential",
    via: ["s3", "cloudtrail"],
    services: [
      serviceStatement("CloudTrail", "cloudtrail.amazonaws.com", "kms:GenerateDataKey*", {
        StringEquals: {
          "aws:SourceArn": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/streamflix-audit-unit",
          "kms:EncryptionContext:aws:cloudtrail:arn":
            "arn:aws:cloudtrail:eu-central-1:111122223333:trail/streamflix-audit-unit",
        },
      }),
      serviceStatement("CloudTrailSeesKey", "cloudtrail.amazonaws.com", "kms:DescribeKey", {
        StringEquals: {
          "aws:SourceArn": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/streamflix-audit-unit",
        },
      }),
      serviceStatement("Configuration", "config.amazonaws.com", ["kms:Decrypt", "kms:GenerateDataKey*"], {
        StringEquals: { "aws:SourceAccount": "111122223333" },
      }),
    ],
  },
  backup: {
    description: "StreamFlix: Backup vault",
    classification: "personal",
    via: ["backup", "rds", "elasticfilesystem", "s3"],
    services: [],
  },
};

/** The whole policy of a key: three statements for the account, then those of services. */
export function policyOf({ via, services }: Expected): unknown {
  const throughServices = {
    StringEquals: { "kms:ViaService": via.map((it) => `${it}.eu-central-1.amazonaws.com`) },
  };
  return {
    Version: "2012-10-17",
    Statement: [
      allow("Administration", ROOT, ADMINISTRATION),
      allow(
        "UseThroughServices",
        ROOT,
        ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        throughServices,
      ),
      allow("GrantToServices", ROOT, "kms:CreateGrant", {
        ...throughServices,
        Bool: { "kms:GrantIsForAWSResource": "true" },
      }),
      ...services,
    ],
  };
}

function allow(
  Sid: string,
  Principal: unknown,
  Action: string | readonly string[],
  Condition?: PolicyStatement["Condition"],
): PolicyStatement {
  return { Sid, Effect: "Allow", Principal, Action, Resource: "*", ...(Condition && { Condition }) };
}

function serviceStatement(
  sid: string,
  service: string,
  actions: string | readonly string[],
  condition?: PolicyStatement["Condition"],
): PolicyStatement {
  return allow(sid, { Service: service }, actions, condition);
}

function publisher(sid: string, service: string): PolicyStatement {
  return serviceStatement(sid, service, ["kms:Decrypt", "kms:GenerateDataKey*"], {
    StringEquals: { "aws:SourceAccount": "111122223333" },
  });
}

function fargateStatement(
  Sid: string,
  Action: string,
  more: NonNullable<PolicyStatement["Condition"]> = {},
): PolicyStatement {
  return {
    Sid,
    Effect: "Allow",
    Principal: { Service: "fargate.amazonaws.com" },
    Action,
    Resource: "*",
    Condition: {
      StringEquals: {
        "kms:EncryptionContext:aws:ecs:clusterAccount": "111122223333",
        "kms:EncryptionContext:aws:ecs:clusterName": "streamflix-services-unit",
      },
      ...more,
    },
  };
}
