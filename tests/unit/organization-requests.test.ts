import assert from "node:assert/strict";

import { deployStatements } from "../../bootstrap/pipeline/deploy-rights";
import { serviceDocuments } from "../../bootstrap/pipeline/service-statements";
import { writeStateStatements } from "../../bootstrap/pipeline/state-rights";
import { evidenceStatements, regionStatements } from "../../organization/policies";
import { type Decision, decide, EVERYTHING, type IamRequest } from "./iam-requests";
import { ACCOUNT, BUCKET, HOME, OPERATOR, PROD, STANDBY } from "./pipeline-place";

const VIRGINIA = "us-east-1";
const CONTROLS = [...regionStatements([HOME, STANDBY]), ...evidenceStatements()];

const arn = (service: string, resource: string, region = HOME) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;

type Row = readonly [Decision, action: string, resource: string, region: string];
const [YES, NEVER] = ["Allowed", "ExplicitlyDenied"] as const;
/** No region: the check of a sign-in may not tell IAM where it is made. */
const NOWHERE = "";

/** What an administrator of an account can do, and can't. */
const ADMINISTRATOR: readonly Row[] = [
  // Both regions.
  [YES, "ec2:RunInstances", arn("ec2", "instance/*"), HOME],
  [YES, "rds:CreateDBCluster", arn("rds", "cluster:x", STANDBY), STANDBY],
  [YES, "kms:CreateKey", "*", HOME],
  [YES, "s3:CreateBucket", "arn:aws:s3:::x", STANDBY],
  [YES, "rds-db:connect", arn("rds-db", "dbuser:cluster-A/app_rw"), NOWHERE],
  // No other.
  [NEVER, "ec2:RunInstances", arn("ec2", "instance/*", VIRGINIA), VIRGINIA],
  [NEVER, "s3:CreateBucket", "arn:aws:s3:::x", "eu-west-2"],
  [NEVER, "kms:CreateKey", "*", VIRGINIA],
  [NEVER, "lambda:CreateFunction", arn("lambda", "function:x", "eu-central-2"), "eu-central-2"],
  [NEVER, "logs:CreateLogGroup", arn("logs", "log-group:x", VIRGINIA), VIRGINIA],
  [NEVER, "cloudfront:CreateDistribution", "*", VIRGINIA],
  [NEVER, "globalaccelerator:CreateAccelerator", "*", "us-west-2"],
  // What has no region.
  [YES, "iam:CreateRole", iam("role/x"), VIRGINIA],
  [YES, "sts:AssumeRole", iam("role/x"), VIRGINIA],
  [YES, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", VIRGINIA],
  [YES, "budgets:ViewBudget", `arn:aws:budgets::${ACCOUNT}:budget/x`, VIRGINIA],
  [YES, "ce:GetCostAndUsage", "*", VIRGINIA],
  [YES, "support:CreateCase", "*", VIRGINIA],
  [YES, "health:DescribeEvents", "*", VIRGINIA],
  [YES, "s3:ListAllMyBuckets", "*", VIRGINIA],
  [YES, "organizations:DescribeOrganization", "*", VIRGINIA],
  // Not away.
  [NEVER, "organizations:LeaveOrganization", "*", VIRGINIA],
  [NEVER, "account:EnableRegion", "*", VIRGINIA],
  [NEVER, "account:CloseAccount", "*", VIRGINIA],
  // Not against audit, keys and backups.
  [NEVER, "cloudtrail:StopLogging", arn("cloudtrail", "trail/x"), HOME],
  [NEVER, "cloudtrail:DeleteTrail", arn("cloudtrail", "trail/x"), STANDBY],
  [NEVER, "guardduty:DeleteDetector", arn("guardduty", "detector/x"), HOME],
  [NEVER, "guardduty:DisassociateFromAdministratorAccount", "*", HOME],
  [NEVER, "config:StopConfigurationRecorder", arn("config", "configuration-recorder/x/y"), HOME],
  [NEVER, "config:DeleteDeliveryChannel", "*", HOME],
  [NEVER, "kms:ScheduleKeyDeletion", arn("kms", "key/1"), HOME],
  [NEVER, "backup:DeleteRecoveryPoint", arn("backup", "recovery-point:x"), STANDBY],
  [NEVER, "s3:BypassGovernanceRetention", "arn:aws:s3:::evidence/x", HOME],
  [YES, "cloudtrail:UpdateTrail", arn("cloudtrail", "trail/x"), HOME],
];

/** What a deployment of prod does, under its own policies and boundary. */
const DEPLOYMENT: readonly Row[] = [
  [YES, "ec2:CreateVpc", arn("ec2", "vpc/*"), HOME],
  [YES, "ec2:ModifyVpcBlockPublicAccessOptions", "*", HOME],
  [YES, "rds:CreateDBCluster", arn("rds", "cluster:streamflix-prod"), HOME],
  [YES, "cloudtrail:CreateTrail", arn("cloudtrail", "trail/streamflix-prod"), HOME],
  [YES, "guardduty:CreateDetector", "*", HOME],
  [YES, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", VIRGINIA],
  [YES, "ce:CreateAnomalySubscription", "*", VIRGINIA],
  [YES, "iam:DeleteRole", iam("role/streamflix-task-prod-1"), VIRGINIA],
  [YES, "s3:PutObject", `arn:aws:s3:::${BUCKET}/.pulumi/stacks/streamflix-platform/prod.json`, HOME],
];

const DEPLOY = [
  ...writeStateStatements(PROD),
  ...deployStatements(PROD),
  ...(["read", "write"] as const).flatMap((use) => serviceDocuments(use, PROD).flat()),
].map((statement) => ({ ...statement, Sid: undefined }));

const TABLES = {
  "an administrator": { rows: ADMINISTRATOR, identity: EVERYTHING, boundary: EVERYTHING },
  "the deploying role": { rows: DEPLOYMENT, identity: DEPLOY, boundary: OPERATOR },
};

for (const [who, { rows, identity, boundary }] of Object.entries(TABLES)) {
  describe(`guardrails over ${who}`, () => {
    for (const [expected, action, resource, region] of rows) {
      it(`${expected}: ${action} on ${resource} ${region === NOWHERE ? "without a region" : `in ${region}`}`, async () => {
        const context = region === NOWHERE ? {} : { "aws:RequestedRegion": region };
        const request: IamRequest = { action, resource, context };
        const rights = { accountId: ACCOUNT, identity, boundary };
        assert.equal(await decide(request, { ...rights, controls: CONTROLS }), expected);
        // Without them it is allowed: it is they who refuse.
        assert.equal(await decide(request, rights), YES);
      });
    }
  });
}
