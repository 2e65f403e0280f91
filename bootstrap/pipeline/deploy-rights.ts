import type * as aws from "@pulumi/aws";

import { stateNames } from "../state/names";
import { bucketPattern } from "./service-statements";
import type { StackPlace } from "./stack-place";

type Statement = aws.iam.PolicyStatement;

/** Services that get a role of the platform's. */
const ROLE_USERS = [
  "apigateway.amazonaws.com",
  "backup.amazonaws.com",
  "cloudtrail.amazonaws.com",
  "config.amazonaws.com",
  "ecs-tasks.amazonaws.com",
  "firehose.amazonaws.com",
  "fis.amazonaws.com",
  "lambda.amazonaws.com",
  "monitoring.rds.amazonaws.com",
  "s3.amazonaws.com",
  "scheduler.amazonaws.com",
  "states.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/** Services whose service-linked role comes with their first resource, and is made by nobody before. */
const LINKED_ROLES = ["access-analyzer.amazonaws.com"];

/**
 * What a drift check reads besides the services' resources: roles, the canary's code, and functions' variables, which
 * AWS hides from who may not use their key. No secret: `npm run deploy -- --drift` leaves their versions out.
 */
export function driftStatements(place: StackPlace): Statement[] {
  return [
    {
      Sid: "LookAtRoles",
      Effect: "Allow",
      Action: [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
      ],
      Resource: roles(place),
    },
    {
      Sid: "LookAtCode",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectTagging"],
      Resource: code(place),
    },
    {
      Sid: "ReadThroughServices",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys(place),
      Condition: { StringEquals: { "kms:ViaService": through(place, ["lambda", "s3"]) } },
    },
  ];
}

/** What a deployment does besides making, changing and deleting the services' resources. */
export function deployStatements(place: StackPlace): Statement[] {
  const { accountId, region } = place;
  return [
    ...driftStatements(place),
    {
      Sid: "MakeBoundedRoles",
      Effect: "Allow",
      Action: [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
      ],
      Resource: roles(place),
      Condition: { StringEquals: { "iam:PermissionsBoundary": [...place.roleBoundaries] } },
    },
    {
      Sid: "ChangeRoles",
      Effect: "Allow",
      Action: [
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      Resource: roles(place),
    },
    {
      Sid: "HandOverRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: roles(place),
      Condition: { StringEquals: { "iam:PassedToService": ROLE_USERS } },
    },
    {
      Sid: "LinkRoles",
      Effect: "Allow",
      Action: "iam:CreateServiceLinkedRole",
      Resource: LINKED_ROLES.map((it) => `arn:aws:iam::${accountId}:role/aws-service-role/${it}/*`),
      Condition: { StringEquals: { "iam:AWSServiceName": LINKED_ROLES } },
    },
    {
      // The provider reads back the first values that it wrote.
      Sid: "SeedSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: `arn:aws:secretsmanager:${region}:${accountId}:secret:streamflix/*`,
    },
    {
      Sid: "PutCode",
      Effect: "Allow",
      Action: ["s3:DeleteObject*", "s3:PutObject", "s3:PutObjectTagging"],
      Resource: code(place),
    },
    {
      Sid: "PrepareDatabase",
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: `arn:aws:lambda:${region}:${accountId}:function:streamflix-database-roles-*`,
    },
    {
      // Each key's own policy says through which.
      Sid: "UseKeysThroughServices",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: keys(place),
      Condition: { StringLike: { "kms:ViaService": `*.${region}.amazonaws.com` } },
    },
    {
      Sid: "LendKeysToServices",
      Effect: "Allow",
      Action: "kms:CreateGrant",
      Resource: keys(place),
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
    ...(place.mayBeTakenDown ? takeDownStatements(place) : []),
  ];
}

/** Buckets that are taken down are emptied before; those of the state stay. */
function takeDownStatements(place: StackPlace): Statement[] {
  const buckets = bucketPattern(place);
  const state = `arn:aws:s3:::${stateNames(place.names).bucketName}/.pulumi`;
  return [
    {
      Sid: "EmptyBuckets",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"],
      Resource: [buckets, `${buckets}/*`],
    },
    {
      Sid: "KeepStates",
      Effect: "Deny",
      Action: "s3:DeleteObject",
      Resource: ["meta.yaml", "stacks/*", "history/*", "backups/*"].map((it) => `${state}/${it}`),
    },
  ];
}

function roles({ accountId }: StackPlace): string {
  return `arn:aws:iam::${accountId}:role/streamflix-*`;
}

function keys({ accountId, region }: StackPlace): string {
  return `arn:aws:kms:${region}:${accountId}:key/*`;
}

/** The canary's code, the one object that a deployment writes. */
function code({ accountId, region }: StackPlace): string {
  return `arn:aws:s3:::streamflix-canary-*-${accountId}-${region}/code/*`;
}

function through({ region }: StackPlace, services: readonly string[]): string[] {
  return services.map((service) => `${service}.${region}.amazonaws.com`);
}
