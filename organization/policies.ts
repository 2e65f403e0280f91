import type * as aws from "@pulumi/aws";

import { AUDIT_ENDS, BACKUP_ENDS, deny, KEY_ENDS } from "../bootstrap/boundaries/documents";
import { GLOBAL_SERVICES } from "../bootstrap/boundaries/global-services";

type Statement = aws.iam.PolicyStatement;

/** Characters of a service control policy; AWS raises it for nobody. */
export const CONTROL_POLICY_CHARACTERS = 5_120;

/**
 * Keeps accounts in some regions and in the organization. What has no region is the same list as the operators' boundary
 * has: AWS's own exceptions for region-deny policies, less what could carry data away.
 */
export function regionStatements(regions: readonly string[]): Statement[] {
  return [
    {
      Sid: "OnlyTheseRegions",
      Effect: "Deny",
      NotAction: [...GLOBAL_SERVICES],
      Resource: "*",
      Condition: {
        StringNotEquals: { "aws:RequestedRegion": [...regions] },
        // Not every sign-in to a data store tells IAM its region; a request without one is none elsewhere.
        Null: { "aws:RequestedRegion": "false" },
      },
    },
    deny("StayHere", [
      "account:CloseAccount",
      "account:DisableRegion",
      "account:EnableRegion",
      "organizations:LeaveOrganization",
    ]),
  ];
}

/** Keeps the record of what happens in an account, its keys and its last copies. */
export function evidenceStatements(): Statement[] {
  return [deny("KeepAudit", AUDIT_ENDS), deny("KeepKeys", KEY_ENDS), deny("KeepBackups", BACKUP_ENDS)];
}

const assign = (value: string) => ({ "@@assign": value });

/**
 * Settings of EC2 that accounts can't change. Block Public Access of VPCs is not among them: a stack of the platform sets
 * it in its own account, and AWS refuses that where this policy does.
 */
export const COMPUTE_SETTINGS = {
  ec2_attributes: {
    exception_message: assign("Set for all accounts: see organization/ in the platform's repository."),
    image_block_public_access: { state: assign("block_new_sharing") },
    serial_console_access: { status: assign("disabled") },
    snapshot_block_public_access: { state: assign("block_all_sharing") },
  },
} as const;

/** No AI service of AWS keeps what it is given to get better, in other regions too. */
const NONE = ["@@none"];
export const AI_OPT_OUT = {
  services: {
    "@@operators_allowed_for_child_policies": NONE,
    default: {
      "@@operators_allowed_for_child_policies": NONE,
      opt_out_policy: { "@@operators_allowed_for_child_policies": NONE, ...assign("optOut") },
    },
  },
} as const;
