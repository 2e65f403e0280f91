import assert from "node:assert/strict";

import { type BoundaryPlace, operatorBoundary, workloadBoundary } from "../../bootstrap/boundaries/documents";
import { type Decision, decide, EVERYTHING, type IamRequest } from "./iam-requests";

const ACCOUNT = "444455556666";
const HOME = "eu-central-1";
const STANDBY = "eu-west-1";
const VIRGINIA = "us-east-1";
const BUCKET = `streamflix-state-prod-${ACCOUNT}-${HOME}`;
const COPY = `streamflix-state-copy-prod-${ACCOUNT}-${STANDBY}`;
const STATE = { bucketNames: [BUCKET, COPY], keyAlias: "alias/streamflix-state-prod" };
const DEPLOY = `arn:aws:iam::${ACCOUNT}:role/streamflix-account/streamflix-deploy-prod`;
const PLACE: BoundaryPlace = { accountId: ACCOUNT, region: HOME, standbyRegion: STANDBY, state: STATE };

const arn = (service: string, resource: string, region = HOME) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
const boundary = (name: string) => iam(`policy/streamflix-account/streamflix-${name}`);

type Row = readonly [
  Decision,
  action: string,
  resource: string,
  region: string,
  context?: IamRequest["context"],
];
const [YES, NO, NEVER] = ["Allowed", "ImplicitlyDenied", "ExplicitlyDenied"] as const;

/** No region: the check of a sign-in may not tell IAM where it is made. */
const NOWHERE = "";

/** What services of the platform do, and must not. */
const WORKLOAD: readonly Row[] = [
  // Work in the home region.
  [YES, "kinesis:PutRecords", arn("kinesis", "stream/streamflix-events-prod"), HOME],
  [YES, "s3:GetObject", "arn:aws:s3:::streamflix-archive/x", HOME],
  [YES, "ecr:GetAuthorizationToken", "*", HOME],
  [YES, "ecr:BatchGetImage", arn("ecr", "repository/streamflix/service"), HOME],
  [YES, "ecr:BatchImportUpstreamImage", arn("ecr", "repository/ecr-public/x"), HOME],
  [YES, "xray:PutTraceSegments", "*", HOME],
  [YES, "ec2:CreateNetworkInterface", arn("ec2", "network-interface/eni-1"), HOME],
  [YES, "ec2:DescribeNetworkInterfaces", "*", HOME],
  [YES, "cloudwatch:PutMetricData", "*", HOME],
  [YES, "logs:PutLogEvents", arn("logs", "log-group:x:log-stream:y"), HOME],
  [YES, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:x"), HOME],
  [YES, "ssm:GetParameters", arn("ssm", "parameter/streamflix/prod/x"), HOME],
  [YES, "ssmmessages:OpenDataChannel", "*", HOME],
  [YES, "sts:AssumeRole", iam("role/streamflix-x"), HOME],
  [
    YES,
    "kms:Decrypt",
    arn("kms", "key/1"),
    HOME,
    { "kms:ViaService": `secretsmanager.${HOME}.amazonaws.com` },
  ],
  [YES, "kms:CreateGrant", arn("kms", "key/1"), HOME, { "kms:ViaService": `rds.${HOME}.amazonaws.com` }],
  // Remediation gives keys back, and a restore test makes and removes what it restored.
  [YES, "kms:CancelKeyDeletion", arn("kms", "key/1"), HOME],
  [YES, "kms:EnableKey", arn("kms", "key/1"), HOME],
  [YES, "rds:DeleteDBCluster", arn("rds", "cluster:streamflix-restored"), HOME],
  [YES, "backup:PutRestoreValidationResult", "*", HOME],
  // Sign-ins, also where nothing says in which region.
  [YES, "rds-db:connect", arn("rds-db", "dbuser:cluster-A/app_rw"), NOWHERE],
  [YES, "elasticache:Connect", arn("elasticache", "replicationgroup:streamflix-cache-prod"), NOWHERE],
  [YES, "elasticache:Connect", arn("elasticache", "user:service"), NOWHERE],
  [YES, "elasticfilesystem:ClientMount", arn("elasticfilesystem", "file-system/fs-1"), NOWHERE],
  [YES, "elasticfilesystem:ClientWrite", arn("elasticfilesystem", "file-system/fs-1"), NOWHERE],
  [NO, "rds-db:connect", arn("rds-db", "dbuser:cluster-A/app_rw", STANDBY), NOWHERE],
  [NO, "elasticfilesystem:ClientMount", arn("elasticfilesystem", "file-system/fs-1", VIRGINIA), NOWHERE],
  // Its own services get its own roles.
  [YES, "iam:PassRole", iam("role/streamflix-db-monitoring"), HOME],
  [YES, "iam:PassRole", iam("role/streamflix-db-monitoring"), NOWHERE],
  [NO, "iam:PassRole", iam("role/administrator"), NOWHERE],
  // Nothing elsewhere.
  [NO, "kinesis:PutRecords", arn("kinesis", "stream/x", STANDBY), STANDBY],
  [NO, "s3:PutObject", "arn:aws:s3:::elsewhere/x", VIRGINIA],
  [NO, "s3:PutObject", "arn:aws:s3:::london/x", "eu-west-2"],
  [NO, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:x", STANDBY), STANDBY],
  [NO, "lambda:InvokeFunction", arn("lambda", "function:x", VIRGINIA), VIRGINIA],
  [NO, "ec2:RunInstances", arn("ec2", "instance/*", "ap-southeast-2"), "ap-southeast-2"],
  // Nothing global.
  [NO, "iam:CreateRole", iam("role/streamflix-x"), VIRGINIA],
  [NO, "iam:CreateAccessKey", iam("user/x"), VIRGINIA],
  [NO, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", VIRGINIA],
  [NO, "cloudfront:CreateDistribution", "*", VIRGINIA],
  [NO, "organizations:LeaveOrganization", "*", VIRGINIA],
  [NO, "sts:AssumeRole", iam("role/streamflix-x"), VIRGINIA],
  // Never against audit, keys and backups.
  [NEVER, "cloudtrail:StopLogging", arn("cloudtrail", "trail/x"), HOME],
  [NEVER, "cloudtrail:PutEventSelectors", arn("cloudtrail", "trail/x"), HOME],
  [NEVER, "config:StopConfigurationRecorder", arn("config", "configuration-recorder/x/y"), HOME],
  [NEVER, "guardduty:DeleteDetector", arn("guardduty", "detector/x"), HOME],
  [NEVER, "guardduty:UpdateDetector", arn("guardduty", "detector/x"), HOME],
  [NEVER, "access-analyzer:DeleteAnalyzer", arn("access-analyzer", "analyzer/x"), HOME],
  [NEVER, "s3:BypassGovernanceRetention", "arn:aws:s3:::evidence/x", HOME],
  [NEVER, "kms:ScheduleKeyDeletion", arn("kms", "key/1"), HOME],
  [NEVER, "kms:DisableKey", arn("kms", "key/1"), HOME],
  [NEVER, "kms:DisableKeyRotation", arn("kms", "key/1"), HOME],
  [NEVER, "kms:PutKeyPolicy", arn("kms", "key/1"), HOME],
  [NEVER, "backup:DeleteRecoveryPoint", arn("backup", "recovery-point:x"), HOME],
  [NEVER, "backup:DeleteBackupVaultLockConfiguration", arn("backup", "backup-vault:x"), HOME],
];

/** The same for roles that carry data to the standby region. */
const REPLICATION: readonly Row[] = [
  [YES, "s3:ReplicateObject", "arn:aws:s3:::archive-copy/x", STANDBY],
  [YES, "s3:GetObjectVersionForReplication", "arn:aws:s3:::archive/x", HOME],
  [YES, "kms:Encrypt", arn("kms", "key/1", STANDBY), STANDBY],
  [YES, "backup:CopyIntoBackupVault", arn("backup", "backup-vault:x", STANDBY), STANDBY],
  [NO, "s3:ReplicateObject", "arn:aws:s3:::elsewhere/x", VIRGINIA],
  [NO, "iam:CreateRole", iam("role/streamflix-x"), VIRGINIA],
  [NEVER, "kms:ScheduleKeyDeletion", arn("kms", "key/1", STANDBY), STANDBY],
];

const BOUNDED = { "iam:PermissionsBoundary": boundary(`workload-${HOME}`) };
const ALIAS = { "kms:ResourceAliases": [STATE.keyAlias] };
const PRINCIPAL = { "aws:PrincipalArn": DEPLOY };

/** What people and pipelines do, and must not. */
const OPERATOR: readonly Row[] = [
  // Both regions.
  [YES, "rds:ModifyDBCluster", arn("rds", "cluster:x"), HOME],
  [YES, "rds:FailoverGlobalCluster", arn("rds", "cluster:x", STANDBY), STANDBY],
  [YES, "ec2:CreateVpc", arn("ec2", "vpc/x"), HOME],
  [YES, "kms:CreateKey", "*", HOME],
  [
    YES,
    "kms:PutKeyPolicy",
    arn("kms", "key/1"),
    HOME,
    { "kms:ResourceAliases": ["alias/streamflix-logs-prod"] },
  ],
  [NO, "rds:ModifyDBCluster", arn("rds", "cluster:x", VIRGINIA), VIRGINIA],
  [NO, "s3:CreateBucket", "arn:aws:s3:::x", "eu-west-2"],
  [NO, "kms:CreateKey", "*", VIRGINIA],
  [NO, "lambda:CreateFunction", arn("lambda", "function:x", VIRGINIA), VIRGINIA],
  // What has no region, and nothing that could carry data away.
  [YES, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", VIRGINIA],
  [YES, "iam:GetRole", iam("role/streamflix-x"), VIRGINIA],
  [YES, "iam:PassRole", iam("role/streamflix-x"), VIRGINIA],
  [YES, "iam:CreateServiceLinkedRole", iam("role/aws-service-role/ecs.amazonaws.com/x"), VIRGINIA],
  [YES, "sts:AssumeRole", iam("role/streamflix-x"), VIRGINIA],
  [YES, "budgets:ModifyBudget", `arn:aws:budgets::${ACCOUNT}:budget/x`, VIRGINIA],
  [YES, "ce:CreateAnomalySubscription", "*", VIRGINIA],
  [YES, "support:CreateCase", "*", VIRGINIA],
  [YES, "health:DescribeEvents", "*", VIRGINIA],
  [YES, "s3:ListAllMyBuckets", "*", VIRGINIA],
  [NO, "cloudfront:CreateDistribution", "*", VIRGINIA],
  [NO, "globalaccelerator:CreateAccelerator", "*", "us-west-2"],
  // Roles only with a boundary, of this account's own.
  [YES, "iam:CreateRole", iam("role/streamflix-x"), VIRGINIA, BOUNDED],
  [YES, "iam:PutRolePolicy", iam("role/streamflix-x"), VIRGINIA, BOUNDED],
  [YES, "iam:DeleteRole", iam("role/streamflix-x"), VIRGINIA],
  [NEVER, "iam:CreateRole", iam("role/streamflix-x"), VIRGINIA],
  [
    NEVER,
    "iam:CreateRole",
    iam("role/x"),
    VIRGINIA,
    { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" },
  ],
  [NEVER, "iam:CreateUser", iam("user/x"), VIRGINIA],
  [NEVER, "iam:CreateAccessKey", iam("user/x"), VIRGINIA],
  [NEVER, "iam:AttachRolePolicy", iam("role/administrator"), VIRGINIA],
  [NEVER, "iam:PutRolePolicy", iam("role/administrator"), VIRGINIA],
  [NEVER, "iam:DeleteRolePermissionsBoundary", iam("role/streamflix-x"), VIRGINIA],
  [
    NEVER,
    "iam:PutRolePermissionsBoundary",
    iam("role/x"),
    VIRGINIA,
    { "iam:PermissionsBoundary": iam("policy/wide") },
  ],
  [NEVER, "iam:CreatePolicyVersion", boundary(`workload-${HOME}`), VIRGINIA],
  [NEVER, "iam:SetDefaultPolicyVersion", boundary("operator"), VIRGINIA],
  [NEVER, "iam:DeletePolicy", boundary("replication"), VIRGINIA],
  [YES, "iam:GetPolicyVersion", boundary("operator"), VIRGINIA],
  // What lets people in is an administrator's.
  [NEVER, "iam:UpdateAssumeRolePolicy", DEPLOY, VIRGINIA],
  [NEVER, "iam:PutRolePolicy", DEPLOY, VIRGINIA, BOUNDED],
  [
    NEVER,
    "iam:UpdateOpenIDConnectProviderThumbprint",
    iam("oidc-provider/token.actions.githubusercontent.com"),
    VIRGINIA,
  ],
  [NEVER, "organizations:LeaveOrganization", "*", VIRGINIA],
  [NEVER, "account:EnableRegion", "*", VIRGINIA],
  [NEVER, "account:CloseAccount", "*", VIRGINIA],
  // State: reading and writing it, and nothing else.
  [YES, "s3:PutObject", `arn:aws:s3:::${BUCKET}/.pulumi/x`, HOME],
  [YES, "s3:DeleteObject", `arn:aws:s3:::${BUCKET}/.pulumi/locks/x`, HOME],
  [YES, "kms:Decrypt", arn("kms", "key/1"), HOME, ALIAS],
  [NEVER, "s3:DeleteObjectVersion", `arn:aws:s3:::${BUCKET}/x`, HOME],
  [NEVER, "s3:PutBucketPolicy", `arn:aws:s3:::${BUCKET}`, HOME],
  [NEVER, "s3:DeleteObjectVersion", `arn:aws:s3:::${COPY}/x`, STANDBY],
  [NEVER, "s3:PutBucketVersioning", `arn:aws:s3:::${BUCKET}`, HOME],
  [NEVER, "kms:PutKeyPolicy", arn("kms", "key/1"), HOME, ALIAS],
  // Never against audit, keys and backups, whoever asks.
  [NEVER, "cloudtrail:DeleteTrail", arn("cloudtrail", "trail/x"), HOME],
  [NEVER, "cloudtrail:StopLogging", arn("cloudtrail", "trail/x"), HOME, PRINCIPAL],
  [NEVER, "config:DeleteConfigurationRecorder", arn("config", "configuration-recorder/x/y"), HOME],
  [NEVER, "guardduty:DeleteDetector", arn("guardduty", "detector/x"), STANDBY],
  [NEVER, "kms:ScheduleKeyDeletion", arn("kms", "key/1"), HOME, PRINCIPAL],
  [NEVER, "kms:DisableKey", arn("kms", "key/1"), STANDBY],
  [NEVER, "backup:DeleteBackupVault", arn("backup", "backup-vault:x"), HOME],
  // A deployment sets up and changes what it records.
  [YES, "cloudtrail:CreateTrail", arn("cloudtrail", "trail/x"), HOME],
  [YES, "cloudtrail:PutEventSelectors", arn("cloudtrail", "trail/x"), HOME],
];

/** An account without protection: the pipeline can take its stack down, and nobody else can. */
const UNPROTECTED: readonly Row[] = [
  [YES, "kms:ScheduleKeyDeletion", arn("kms", "key/1"), HOME, PRINCIPAL],
  [YES, "cloudtrail:DeleteTrail", arn("cloudtrail", "trail/x"), HOME, PRINCIPAL],
  [NEVER, "kms:ScheduleKeyDeletion", arn("kms", "key/1"), HOME, { "aws:PrincipalArn": iam("role/operator") }],
  [NEVER, "iam:CreateRole", iam("role/streamflix-x"), VIRGINIA, PRINCIPAL],
];

const TABLES = {
  workload: { rows: WORKLOAD, statements: workloadBoundary(PLACE, [HOME]) },
  replication: { rows: REPLICATION, statements: workloadBoundary(PLACE, [HOME, STANDBY]) },
  operator: { rows: OPERATOR, statements: operatorBoundary(PLACE) },
  "operator without protection": {
    rows: UNPROTECTED,
    statements: operatorBoundary({ ...PLACE, mayTakeDown: DEPLOY }),
  },
};

for (const [name, { rows, statements }] of Object.entries(TABLES)) {
  describe(`boundary of ${name}`, () => {
    for (const [expected, action, resource, region, context] of rows) {
      const where = region === NOWHERE ? "without a region" : `in ${region}`;
      const how = context === undefined ? "" : ` with ${Object.values(context).join(", ")}`;
      it(`${expected}: ${action} on ${resource} ${where}${how}`, async () => {
        const at = region === NOWHERE ? {} : { "aws:RequestedRegion": region };
        const request = { action, resource, context: { ...at, ...context } };
        const rights = { accountId: ACCOUNT, boundary: statements };
        assert.equal(await decide(request, { ...rights, identity: EVERYTHING }), expected);
        // The role's own policy counts as before: a boundary gives nothing.
        assert.notEqual(await decide(request, { ...rights, identity: [] }), YES);
      });
    }
  });
}
