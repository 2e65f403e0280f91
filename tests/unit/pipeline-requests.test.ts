import assert from "node:assert/strict";

import { deployStatements, driftStatements } from "../../bootstrap/pipeline/deploy-rights";
import { imageStatements, integrationStatements } from "../../bootstrap/pipeline/other-rights";
import { serviceDocuments } from "../../bootstrap/pipeline/service-statements";
import { readStateStatements, writeStateStatements } from "../../bootstrap/pipeline/state-rights";
import { type Decision, decide, type IamRequest, type Statements } from "./iam-requests";
import { ACCOUNT, BUCKET, HOME, KEY_ALIAS, OPERATOR, PROD, STANDBY } from "./pipeline-place";

const VIRGINIA = "us-east-1";

const arn = (service: string, resource: string, region = HOME) =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
const state = (path: string) => `arn:aws:s3:::${BUCKET}/.pulumi/${path}`;
const bucket = (what: string, region = HOME) => `arn:aws:s3:::streamflix-${what}-prod-${ACCOUNT}-${region}`;

type Row = readonly [
  Decision,
  action: string,
  resource: string,
  context?: IamRequest["context"],
  region?: string,
];
const [YES, NO, NEVER] = ["Allowed", "ImplicitlyDenied", "ExplicitlyDenied"] as const;

const KEY = arn("kms", "key/1");
const ALIAS = { "kms:ResourceAliases": [KEY_ALIAS] };
const SECRETS = { ...ALIAS, "kms:EncryptionContext:stack": "prod" };
const THROUGH_S3 = { ...ALIAS, "kms:ViaService": `s3.${HOME}.amazonaws.com` };

/** What every role that knows the stack's state may do with it, and what nobody may. */
const READ_STATE: readonly Row[] = [
  [YES, "s3:ListBucket", `arn:aws:s3:::${BUCKET}`],
  [YES, "s3:GetObject", state("meta.yaml")],
  [YES, "s3:GetObject", state("stacks/streamflix-platform/prod.json")],
  [YES, "s3:GetObject", state("stacks/streamflix-platform/prod.pulumi-tags")],
  [YES, "s3:GetObject", state("locks/organization/streamflix-platform/prod/1.json")],
  [YES, "kms:Decrypt", KEY, SECRETS],
  [YES, "kms:Decrypt", KEY, THROUGH_S3],
  // Another stack's, the bootstrap's own, and what lies about.
  [NO, "s3:GetObject", state("stacks/streamflix-platform/prod-dr.json")],
  [NO, "s3:GetObject", state("stacks/streamflix-bootstrap/prod.json")],
  [NO, "s3:GetObject", `${bucket("archive")}/x`],
  [NO, "kms:Decrypt", KEY, ALIAS],
  [NO, "kms:Decrypt", KEY, { ...ALIAS, "kms:EncryptionContext:stack": "bootstrap" }],
  [NO, "kms:Decrypt", KEY, { "kms:ResourceAliases": ["alias/streamflix-viewer-data-prod"] }],
  [NEVER, "s3:DeleteObjectVersion", state("stacks/streamflix-platform/prod.json")],
  [NEVER, "s3:PutBucketVersioning", `arn:aws:s3:::${BUCKET}`],
];

/** No door to data or secrets of the account, for roles that only look. */
const NO_DATA: readonly Row[] = [
  [NO, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:streamflix/prod/database/master-x")],
  [NO, "kinesis:GetRecords", arn("kinesis", "stream/streamflix-events-prod")],
  [NO, "rds-db:connect", arn("rds-db", "dbuser:cluster-A/app_rw")],
  [NO, "s3:GetObject", `${bucket("archive")}/x`],
  [NO, "s3:PutObject", state("stacks/streamflix-platform/prod.json")],
  [NO, "sqs:ReceiveMessage", arn("sqs", "streamflix-failures-prod")],
  [NO, "ecs:ExecuteCommand", arn("ecs", "task/streamflix-prod/1")],
  [NO, "ssm:StartSession", arn("ssm", "document/streamflix-break-glass-prod")],
];

const PREVIEW: readonly Row[] = [
  ...READ_STATE,
  ...NO_DATA,
  [NO, "ec2:DescribeVpcs", "*"],
  [NO, "ssm:GetParameter", arn("ssm", "parameter/streamflix/prod/x")],
  [NO, "kms:Encrypt", KEY, SECRETS],
];

const DRIFT: readonly Row[] = [
  ...READ_STATE,
  ...NO_DATA,
  [NO, "logs:GetLogEvents", arn("logs", "log-group:/streamflix/prod/service:log-stream:x")],
  [YES, "ec2:DescribeVpcs", "*"],
  [YES, "rds:DescribeDBClusters", arn("rds", "cluster:streamflix-prod")],
  [YES, "secretsmanager:DescribeSecret", arn("secretsmanager", "secret:streamflix/prod/x-1")],
  [YES, "iam:GetRolePolicy", iam("role/streamflix-task-prod-1")],
  [YES, "s3:GetBucketPolicy", bucket("archive")],
  [YES, "s3:GetObject", `${bucket("canary")}/code/1.zip`],
  [YES, "route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", undefined, VIRGINIA],
  [YES, "kms:Decrypt", KEY, { "kms:ViaService": `lambda.${HOME}.amazonaws.com` }],
  [NO, "kms:Decrypt", KEY, { "kms:ViaService": `secretsmanager.${HOME}.amazonaws.com` }],
  [NO, "ec2:DescribeVpcs", "*", undefined, STANDBY],
  [NO, "ec2:CreateVpc", arn("ec2", "vpc/x")],
  [NO, "iam:DeleteRole", iam("role/streamflix-task-prod-1")],
];

const BOUNDED = {
  "iam:PermissionsBoundary": iam(`policy/streamflix-account/streamflix-workload-${HOME}`),
};
const TO = (service: string) => ({ "iam:PassedToService": service });

const DEPLOY: readonly Row[] = [
  ...READ_STATE,
  // The state, and nothing of it away but locks.
  [YES, "s3:PutObject", state("stacks/streamflix-platform/prod.json.bak")],
  [YES, "s3:PutObject", state("history/streamflix-platform/prod/prod-1.history.json")],
  [YES, "s3:DeleteObject", state("locks/organization/streamflix-platform/prod/1.json")],
  [YES, "kms:GenerateDataKey", KEY, THROUGH_S3],
  [NO, "s3:DeleteObject", state("stacks/streamflix-platform/prod.json")],
  [NO, "s3:PutObject", state("stacks/streamflix-bootstrap/prod.json")],
  [NO, "s3:PutObject", state("meta.yaml")],
  // Resources in the stack's region, and not in another one, the standby's included.
  [YES, "ec2:CreateVpc", arn("ec2", "vpc/*")],
  [YES, "ec2:ModifyVpcBlockPublicAccessOptions", "*"],
  [YES, "rds:CreateDBCluster", arn("rds", "cluster:streamflix-prod")],
  [YES, "rds:CreateGlobalCluster", `arn:aws:rds::${ACCOUNT}:global-cluster:streamflix`],
  [YES, "elasticache:CreateReplicationGroup", arn("elasticache", "replicationgroup:streamflix-cache-prod")],
  [YES, "apigateway:POST", `arn:aws:apigateway:${HOME}::/restapis`],
  [YES, "wafv2:CreateWebACL", arn("wafv2", "regional/webacl/streamflix-api-prod/1")],
  [YES, "wafv2:CreateWebACL", `arn:aws:wafv2:${HOME}:aws:regional/managedruleset/x/1`],
  [YES, "kms:CreateKey", "*"],
  [YES, "kms:PutKeyPolicy", KEY, { "kms:ResourceAliases": ["alias/streamflix-logs-prod"] }],
  [YES, "s3:CreateBucket", bucket("archive")],
  [YES, "s3:PutBucketPolicy", bucket("archive")],
  [YES, "lambda:CreateFunction", arn("lambda", "function:streamflix-rotation-prod")],
  [YES, "lambda:InvokeFunction", arn("lambda", "function:streamflix-database-roles-prod")],
  [YES, "ecs:RegisterTaskDefinition", arn("ecs", "task-definition/streamflix-service-prod:*")],
  [YES, "fis:CreateExperimentTemplate", arn("fis", "experiment-template/*")],
  [YES, "ssm:PutParameter", arn("ssm", "parameter/streamflix/prod/x")],
  [NO, "ec2:CreateVpc", arn("ec2", "vpc/*", STANDBY), undefined, STANDBY],
  [NO, "rds:CreateDBCluster", arn("rds", "cluster:streamflix-prod-dr", STANDBY), undefined, STANDBY],
  [NO, "s3:CreateBucket", bucket("archive", STANDBY), undefined, STANDBY],
  [NO, "ec2:ModifyVpcBlockPublicAccessOptions", "*", undefined, STANDBY],
  [NO, "rds:CreateDBCluster", arn("rds", "cluster:x", VIRGINIA), undefined, VIRGINIA],
  [NO, "ssm:PutParameter", arn("ssm", "parameter/other/x")],
  [NO, "ec2:RunInstances", arn("ec2", "instance/*")],
  [NO, "lambda:InvokeFunction", arn("lambda", "function:streamflix-rotation-prod")],
  // What has no region.
  [YES, "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", undefined, VIRGINIA],
  [YES, "budgets:ModifyBudget", `arn:aws:budgets::${ACCOUNT}:budget/streamflix-prod`, undefined, VIRGINIA],
  [YES, "ce:CreateAnomalySubscription", "*", undefined, VIRGINIA],
  [NO, "route53:CreateHostedZone", "*", undefined, VIRGINIA],
  [NO, "cloudfront:CreateDistribution", "*", undefined, VIRGINIA],
  // Roles of its names, under a boundary of workloads, for services of the platform.
  [YES, "iam:CreateRole", iam("role/streamflix-task-prod-1"), BOUNDED, VIRGINIA],
  [YES, "iam:PutRolePolicy", iam("role/streamflix-task-prod-1"), BOUNDED, VIRGINIA],
  [YES, "iam:DeleteRole", iam("role/streamflix-task-prod-1"), undefined, VIRGINIA],
  [YES, "iam:PassRole", iam("role/streamflix-task-prod-1"), TO("ecs-tasks.amazonaws.com"), VIRGINIA],
  [NEVER, "iam:CreateRole", iam("role/streamflix-task-prod-1"), undefined, VIRGINIA],
  [
    NO,
    "iam:CreateRole",
    iam("role/streamflix-task-prod-1"),
    { "iam:PermissionsBoundary": iam("policy/streamflix-account/streamflix-operator") },
    VIRGINIA,
  ],
  [NO, "iam:CreateRole", iam("role/administrator"), BOUNDED, VIRGINIA],
  [NO, "iam:PassRole", iam("role/streamflix-task-prod-1"), TO("ec2.amazonaws.com"), VIRGINIA],
  [NO, "iam:UpdateAssumeRolePolicy", iam("role/streamflix-task-prod-1"), undefined, VIRGINIA],
  [NEVER, "iam:PutRolePolicy", iam("role/streamflix-account/streamflix-deploy-prod"), BOUNDED, VIRGINIA],
  [NEVER, "iam:CreateUser", iam("user/streamflix"), undefined, VIRGINIA],
  // First values of secrets, and no other data.
  [YES, "secretsmanager:PutSecretValue", arn("secretsmanager", "secret:streamflix/prod/database/master-x")],
  [NO, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:somebody-elses")],
  [NO, "kinesis:GetRecords", arn("kinesis", "stream/streamflix-events-prod")],
  [NO, "rds-db:connect", arn("rds-db", "dbuser:cluster-A/app_rw")],
  [NO, "s3:GetObject", `${bucket("archive")}/x`],
  [NO, "s3:DeleteObject", `${bucket("archive")}/x`],
  [NO, "logs:GetLogEvents", arn("logs", "log-group:/streamflix/prod/service:log-stream:x")],
  // Audit, keys and backups outlast it.
  [NEVER, "cloudtrail:StopLogging", arn("cloudtrail", "trail/streamflix-prod")],
  [NEVER, "kms:ScheduleKeyDeletion", KEY],
  [NEVER, "backup:DeleteBackupVault", arn("backup", "backup-vault:streamflix-prod")],
];

const INTEGRATION: readonly Row[] = [
  ...READ_STATE,
  [YES, "ecs:DescribeServices", arn("ecs", "service/streamflix-prod/streamflix-service-prod")],
  [YES, "ecs:RunTask", arn("ecs", "task-definition/streamflix-service-prod:7")],
  [YES, "ecs:DescribeTasks", arn("ecs", "task/streamflix-prod/1")],
  [YES, "ecs:DescribeTaskDefinition", "*"],
  [YES, "iam:PassRole", iam("role/streamflix-task-prod-1"), TO("ecs-tasks.amazonaws.com"), VIRGINIA],
  [YES, "logs:GetLogEvents", arn("logs", "log-group:/streamflix/prod/service:log-stream:x")],
  [YES, "execute-api:Invoke", arn("execute-api", "abc/v1/POST/v1/events")],
  [YES, "kinesis:GetRecords", arn("kinesis", "stream/streamflix-events-prod")],
  [YES, "kms:Decrypt", KEY, { "kms:ViaService": `kinesis.${HOME}.amazonaws.com` }],
  [YES, "secretsmanager:RotateSecret", arn("secretsmanager", "secret:streamflix/prod/database/service-x")],
  [YES, "backup:ListRestoreJobs", "*"],
  [NO, "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:streamflix/prod/database/service-x")],
  [NO, "rds:DeleteDBCluster", arn("rds", "cluster:streamflix-prod")],
  [NO, "iam:PassRole", iam("role/streamflix-task-prod-1"), TO("lambda.amazonaws.com"), VIRGINIA],
  [NO, "logs:GetLogEvents", arn("logs", "log-group:other:log-stream:x")],
];

const IMAGE: readonly Row[] = [
  [YES, "ecr:GetAuthorizationToken", "*"],
  [YES, "ecr:PutImage", arn("ecr", "repository/streamflix/service")],
  [YES, "ecr:DescribeImageScanFindings", arn("ecr", "repository/streamflix/service")],
  [NO, "ecr:PutImage", arn("ecr", "repository/ecr-public/x")],
  [NO, "ecr:BatchDeleteImage", arn("ecr", "repository/streamflix/service")],
  [NO, "ecr:PutImage", arn("ecr", "repository/streamflix/service", STANDBY), undefined, STANDBY],
  [NO, "s3:GetObject", state("stacks/streamflix-platform/prod.json")],
];

/** An account without protection: buckets are emptied, and the states in them stay. */
const TAKE_DOWN: readonly Row[] = [
  [YES, "s3:DeleteObjectVersion", `${bucket("archive")}/x`],
  [YES, "s3:DeleteObject", state("locks/organization/streamflix-platform/prod/1.json")],
  [NEVER, "s3:DeleteObject", state("stacks/streamflix-platform/prod.json")],
  [NEVER, "s3:DeleteObjectVersion", state("stacks/streamflix-platform/prod.json")],
];

const services = (use: "read" | "write") => serviceDocuments(use, PROD).flat();
const TABLES: Readonly<Record<string, { readonly rows: readonly Row[]; readonly identity: Statements }>> = {
  preview: { rows: PREVIEW, identity: readStateStatements(PROD) },
  drift: {
    rows: DRIFT,
    identity: [...readStateStatements(PROD), ...driftStatements(PROD), ...services("read")],
  },
  deploy: {
    rows: DEPLOY,
    identity: [
      ...writeStateStatements(PROD),
      ...deployStatements(PROD),
      ...services("read"),
      ...services("write"),
    ],
  },
  integration: {
    rows: INTEGRATION,
    identity: [...readStateStatements(PROD), ...integrationStatements(PROD)],
  },
  image: { rows: IMAGE, identity: imageStatements(PROD) },
  "deploy without protection": {
    rows: TAKE_DOWN,
    identity: [
      ...writeStateStatements(PROD),
      ...deployStatements({ ...PROD, mayBeTakenDown: true }),
      ...services("write"),
    ],
  },
};

for (const [name, { rows, identity }] of Object.entries(TABLES)) {
  describe(`the pipeline's role: ${name}`, function () {
    this.timeout(10_000);
    for (const [expected, action, resource, context = {}, region = HOME] of rows) {
      const how = Object.values(context).flat().join(", ");
      it(`${expected}: ${action} on ${resource} in ${region}${how && ` with ${how}`}`, async () => {
        const request = { action, resource, context: { "aws:RequestedRegion": region, ...context } };
        const rights = { accountId: ACCOUNT, identity: withoutSids(identity), boundary: OPERATOR };
        assert.equal(await decide(request, rights), expected);
      });
    }
  });
}

/** Statements of several policies in one: their ids may be the same. */
function withoutSids(statements: Statements): object[] {
  return statements.map((statement) => ({ ...statement, Sid: undefined }));
}
