import type * as aws from "@pulumi/aws";

import { type BoundaryKind, boundaryArn, GUARDED_PATH } from "../../config";
import { GLOBAL_SERVICES } from "./global-services";

type Statement = aws.iam.PolicyStatement;

/** What the boundaries of an account are made of; all of it is known before anything exists. */
export interface BoundaryPlace {
  readonly accountId: string;
  readonly region: string;
  /** @default the account has no standby region */
  readonly standbyRegion?: string;
  /** Buckets of the stacks' state, and the alias of its keys. */
  readonly state: { readonly bucketNames: readonly string[]; readonly keyAlias: string };
  /**
   * Role that may take down what nobody else may, so that a stack without protection can be destroyed.
   * @default nobody may
   */
  readonly mayTakeDown?: string;
}

/** Regions of an account: its home, and its standby if it has one. */
export function regionsOf({ region, standbyRegion }: BoundaryPlace): string[] {
  return [region, ...(standbyRegion === undefined ? [] : [standbyRegion])];
}

/** ARNs of every boundary of an account. */
export function boundaryArns(place: BoundaryPlace): string[] {
  const kinds: [BoundaryKind, string][] = [
    ...regionsOf(place).map((region): [BoundaryKind, string] => ["workload", region]),
    ...(place.standbyRegion === undefined
      ? []
      : [["replication", place.region] satisfies [BoundaryKind, string]]),
    ["operator", place.region],
  ];
  return kinds.map(([kind, region]) => boundaryArn(kind, { accountId: place.accountId, region }));
}

/** The most that a task, function or service role may do: anything in its regions, nothing global. */
export function workloadBoundary(place: BoundaryPlace, regions: readonly string[]): Statement[] {
  const arns = (resource: (region: string) => string) => regions.map(resource);
  const { accountId } = place;
  return [
    inRegions(regions),
    {
      // Sign-ins to data stores: not every one of them tells IAM the region that was asked for, so their ARNs do.
      Sid: "SignIns",
      Effect: "Allow",
      Action: ["elasticache:Connect", "elasticfilesystem:Client*", "rds-db:connect"],
      Resource: [
        ...arns((region) => `arn:aws:elasticache:${region}:${accountId}:*`),
        ...arns((region) => `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/*`),
        ...arns((region) => `arn:aws:rds-db:${region}:${accountId}:dbuser:*`),
      ],
    },
    {
      Sid: "HandOverRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: `arn:aws:iam::${accountId}:role/streamflix-*`,
    },
    deny("KeepAudit", [...AUDIT_ENDS, ...AUDIT_CHANGES]),
    deny("KeepKeys", [...KEY_ENDS, "kms:PutKeyPolicy"]),
    deny("KeepBackups", BACKUP_ENDS),
  ];
}

/** The most that people and pipelines may do: anything in the account's regions, and what has no region. */
export function operatorBoundary(place: BoundaryPlace): Statement[] {
  const { accountId, state, mayTakeDown } = place;
  const except =
    mayTakeDown === undefined ? {} : { Condition: { ArnNotEquals: { "aws:PrincipalArn": mayTakeDown } } };
  return [
    inRegions(regionsOf(place)),
    { Sid: "WithoutRegion", Effect: "Allow", Action: [...GLOBAL_SERVICES], Resource: "*" },
    { ...deny("KeepAudit", AUDIT_ENDS), ...except },
    { ...deny("KeepKeys", KEY_ENDS), ...except },
    { ...deny("KeepBackups", BACKUP_ENDS), ...except },
    {
      // Also where there is no boundary at all: the negation holds when the request has no such key.
      ...deny("OnlyBoundedRoles", [
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
      ]),
      Condition: { StringNotEquals: { "iam:PermissionsBoundary": boundaryArns(place) } },
    },
    deny("KeepBoundaries", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]),
    deny("NoOtherIdentities", ["iam:Create*Profile", "iam:CreateAccessKey", "iam:CreateSAMLProvider"]),
    {
      Sid: "KeepGuards",
      Effect: "Deny",
      NotAction: ["iam:Get*", "iam:List*", "iam:PassRole", "sts:*"],
      Resource: [
        `arn:aws:iam::${accountId}:oidc-provider/*`,
        `arn:aws:iam::${accountId}:policy${GUARDED_PATH}*`,
        `arn:aws:iam::${accountId}:role${GUARDED_PATH}*`,
      ],
    },
    {
      Sid: "KeepStateBuckets",
      Effect: "Deny",
      NotAction: ["s3:DeleteObject", "s3:Get*", "s3:List*", "s3:PutObject"],
      Resource: state.bucketNames.flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`]),
    },
    {
      ...deny("KeepStateKey", ["kms:CreateGrant", "kms:PutKeyPolicy"]),
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": state.keyAlias } },
    },
    deny("StayHere", ["account:CloseAccount", "account:*ableRegion", "organizations:LeaveOrganization"]),
  ];
}

/** What ends the record of what happens in the account. */
export const AUDIT_ENDS = [
  "access-analyzer:DeleteAnalyzer",
  "cloudtrail:DeleteTrail",
  "cloudtrail:StopLogging",
  "config:DeleteConfigurationRecorder",
  "config:DeleteDeliveryChannel",
  "config:StopConfigurationRecorder",
  "guardduty:DeleteDetector",
  "guardduty:DeletePublishingDestination",
  "guardduty:Disassociate*",
  "guardduty:StopMonitoringMembers",
  "s3:BypassGovernanceRetention",
  "securityhub:DisableSecurityHub",
];

/** What could make that record say less; only a deployment changes it. */
const AUDIT_CHANGES = [
  "cloudtrail:PutEventSelectors",
  "cloudtrail:PutInsightSelectors",
  "cloudtrail:UpdateTrail",
  "config:PutConfigurationRecorder",
  "config:PutDeliveryChannel",
  "guardduty:CreateFilter",
  "guardduty:UpdateDetector",
];

/** What makes data unreadable. */
export const KEY_ENDS = [
  "kms:DeleteImportedKeyMaterial",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:ScheduleKeyDeletion",
];

/** What takes away the last copy. */
export const BACKUP_ENDS = [
  "backup:DeleteBackupVault",
  "backup:DeleteBackupVaultLockConfiguration",
  "backup:DeleteRecoveryPoint",
];

function inRegions(regions: readonly string[]): Statement {
  return {
    Sid: "InRegion",
    Effect: "Allow",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:RequestedRegion": [...regions] } },
  };
}

/** A statement that refuses actions on everything. */
export function deny(sid: string, actions: readonly string[]): Statement & { Resource: string } {
  return { Sid: sid, Effect: "Deny", Action: [...actions], Resource: "*" };
}
