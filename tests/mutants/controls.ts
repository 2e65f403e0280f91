import type { Mutation, PublishedControl } from "./mutation";

// Published controls on the types that the stacks have, and for each the property changes that break it. Checkov ids
// (CKV…) by https://www.checkov.io/5.Policy%20Index/terraform.html, Security Hub ids (Service.n) by
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html, AwsSolutions-… by
// https://github.com/cdklabs/cdk-nag/blob/main/RULES.md, names_in_snake_case by https://hub.prowler.com, CT.… by
// https://docs.aws.amazon.com/controltower/latest/controlreference, kebab-case by AWS Config's managed rules. Nothing here
// is taken from the pack's own rules. A control that the stacks don't meet as they are, such as CKV_AWS_50 and CKV_AWS_173
// (tracing and a key of their own for functions), can't be broken and is left out.

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const KEY = "aws:kms/key:Key";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const CLUSTER = "aws:rds/cluster:Cluster";
const INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const FILES = "aws:efs/fileSystem:FileSystem";
const FILES_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy";
const ACCESS_POINT = "aws:efs/accessPoint:AccessPoint";
const SECRET = "aws:secretsmanager/secret:Secret";
const SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
const SECRET_ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";
const ECS_CLUSTER = "aws:ecs/cluster:Cluster";
const ECS_SERVICE = "aws:ecs/service:Service";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";
const REST_API = "aws:apigateway/restApi:RestApi";
const STAGE = "aws:apigateway/stage:Stage";
const METHOD_SETTINGS = "aws:apigateway/methodSettings:MethodSettings";
const DOMAIN = "aws:apigateway/domainName:DomainName";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const SUBNET = "aws:ec2/subnet:Subnet";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const PROVIDER = "pulumi:providers:aws";

const prod = { stacks: ["prod"] };
const off = (path: string): readonly Mutation[] => [{ set: path, to: false }, { remove: path }];
const noKey = (path: string, service: string): readonly Mutation[] => [
  { remove: path },
  { set: path, to: `alias/aws/${service}` },
];
/** A vault's policy with another statement in the place of the one that keeps backups. */
const endable = (change: object): Mutation => ({
  all: [
    { cut: "policy.Statement", holding: "DeleteRecoveryPoint" },
    {
      append: "policy.Statement",
      value: { Effect: "Deny", Principal: "*", Action: "backup:*", Resource: "*", ...change },
    },
  ],
});
const allow = (path: string, statement: object): Mutation => ({
  append: `${path}.Statement`,
  value: { Effect: "Allow", ...statement },
});
/** The shapes in which a resource policy opens itself to everyone. */
const openTo = (path: string, action: string): readonly Mutation[] =>
  ["*", { AWS: "*" }, { AWS: ["arn:aws:iam::444455556666:root", "*"] }, { AWS: "arn:aws:iam::*:root" }].map(
    (principal) => allow(path, { Principal: principal, Action: action, Resource: "*" }),
  );
const withoutTls = (path: string): Mutation => ({
  cut: `${path}.Statement`,
  holding: "aws:SecureTransport",
});
const grant = (action: string | readonly string[], resource = "*"): Mutation =>
  allow("policy", { Action: action, Resource: resource });
const world = (port: number): Mutation => ({
  all: [
    { remove: "referencedSecurityGroupId" },
    { set: "cidrIpv4", to: "0.0.0.0/0" },
    { set: "fromPort", to: port },
    { set: "toPort", to: port },
  ],
});
const elsewhere = "us-east-1";
const arnElsewhere = (service: string, rest: string) =>
  `arn:aws:${service}:${elsewhere}:444455556666:${rest}`;
const leaves = (types: readonly string[], ...mutations: readonly Mutation[]): PublishedControl => ({
  ids: ["CT.MULTISERVICE.PV.1", "organizations_scp_check_deny_regions"],
  says: "nothing is made in, copied to or read from a region that is not allowed",
  types,
  mutations,
});

/** Every control with the mutations that break it. */
export const controls: readonly PublishedControl[] = [
  // Residency.
  leaves(["regional"], { set: "region", to: elsewhere }, { set: "region", to: "eu-west-2" }),
  leaves([PROVIDER], { set: "region", to: elsewhere }, { remove: "region" }),
  leaves([SECRET], { set: "replicas", to: [{ region: elsewhere }] }),
  leaves(
    [CLUSTER],
    { set: "sourceRegion", to: elsewhere },
    { set: "replicationSourceIdentifier", to: arnElsewhere("rds", "cluster:x") },
  ),
  leaves([CACHE], { set: "globalReplicationGroupId", to: "ldgnf-streamflix" }),
  leaves([FLOW_LOG], { set: "logDestination", to: arnElsewhere("logs", "log-group:x") }),
  leaves([ALARM], { set: "alarmActions", to: [arnElsewhere("sns", "alerts")] }),
  leaves(
    [FUNCTION],
    { set: "environment.variables.AWS_REGION", to: elsewhere },
    { set: "layers", to: [arnElsewhere("lambda", "layer:x:1")] },
    { set: "deadLetterConfig.targetArn", to: arnElsewhere("sqs", "x") },
  ),
  leaves(
    [TASK],
    {
      set: "containerDefinitions[*].image",
      to: `444455556666.dkr.ecr.${elsewhere}.amazonaws.com/streamflix/service@sha256:00`,
    },
    { set: "containerDefinitions[*].logConfiguration.options.awslogs-region", to: elsewhere },
    {
      append: "containerDefinitions[*].environment",
      value: { name: "AWS_DEFAULT_REGION", value: elsewhere },
    },
    {
      append: "containerDefinitions[*].secrets",
      value: { name: "X", valueFrom: arnElsewhere("ssm", "parameter/x") },
    },
  ),
  leaves(
    [ENDPOINT],
    { set: "serviceName", to: `com.amazonaws.${elsewhere}.s3` },
    { set: "serviceRegion", to: elsewhere },
  ),
  leaves(["aws:route53/healthCheck:HealthCheck"], { set: "cloudwatchAlarmRegion", to: elsewhere }),
  leaves([ROLE_POLICY], grant("sqs:SendMessage", arnElsewhere("sqs", "x"))),
  leaves(
    [TOPIC_POLICY, QUEUE_POLICY, KEY],
    allow("policy", {
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arnElsewhere("sns", "x"),
      Condition: { StringEquals: { "aws:SourceAccount": "444455556666" } },
    }),
  ),
  {
    ids: ["kms_cmk_not_multi_region"],
    says: "keys live in one region",
    types: [KEY],
    mutations: [{ set: "multiRegion", to: true }],
  },
  {
    ids: ["api-gw-endpoint-type-check"],
    says: "APIs are regional",
    types: [REST_API, DOMAIN],
    mutations: [{ set: "endpointConfiguration.types", to: "EDGE" }, { remove: "endpointConfiguration" }],
  },
  {
    ids: ["sns_subscription_not_using_http_endpoints"],
    says: "no notification leaves over plain HTTP",
    types: ["aws:sns/topicSubscription:TopicSubscription"],
    mutations: [
      {
        all: [
          { set: "protocol", to: "http" },
          { set: "endpoint", to: "http://collector.example.com/x" },
        ],
      },
    ],
  },
  {
    ids: ["identity_perimeter_rcp"],
    says: "only principals of the own accounts",
    types: [TOPIC_POLICY, QUEUE_POLICY, KEY, SECRET_POLICY, FILES_POLICY],
    mutations: [
      allow("policy", { Principal: { AWS: "arn:aws:iam::999988887777:root" }, Action: "*", Resource: "*" }),
    ],
  },
  {
    ids: ["identity_perimeter_rcp"],
    says: "only the own accounts assume roles",
    types: [ROLE],
    mutations: [
      allow("assumeRolePolicy", {
        Principal: { AWS: "arn:aws:iam::999988887777:root" },
        Action: "sts:AssumeRole",
      }),
    ],
  },

  // Tags.
  {
    ids: ["required-tags"],
    says: "resources carry the agreed tags",
    types: ["taggable"],
    mutations: [{ set: "tags.data-classification", to: "whatever" }],
  },

  // Keys.
  { ids: ["CKV_AWS_7", "KMS.4"], says: "keys rotate", types: [KEY], mutations: off("enableKeyRotation") },
  {
    ids: ["CKV_AWS_227"],
    says: "keys are enabled",
    types: [KEY],
    mutations: [{ set: "isEnabled", to: false }],
  },
  {
    ids: ["CKV_AWS_33", "KMS.5"],
    says: "keys are not open to everyone",
    types: [KEY],
    mutations: openTo("policy", "kms:*"),
  },
  { ids: ["CKV2_AWS_64"], says: "keys have a policy", types: [KEY], mutations: [{ remove: "policy" }] },
  {
    ids: ["KMS.3"],
    says: "keys are not deleted by mistake",
    types: [KEY],
    mutations: [{ set: "deletionWindowInDays", to: 7 }],
    ...prod,
  },

  // Logs and alarms.
  {
    ids: ["cloudwatch_log_metric_filter_authentication_failures"],
    says: "failed sign-ins that are counted raise an alarm",
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    where: '"metricName":"streamflix-failed-sign-ins',
    mutations: [{ drop: true }, { set: "metricName", to: "another" }, { set: "namespace", to: "Another" }],
  },
  {
    ids: ["CKV_AWS_158"],
    says: "log groups use a customer key",
    types: [LOG_GROUP],
    mutations: noKey("kmsKeyId", "logs"),
  },
  {
    ids: ["CKV_AWS_66"],
    says: "log groups have a retention",
    types: [LOG_GROUP],
    mutations: [{ remove: "retentionInDays" }, { set: "retentionInDays", to: 0 }],
  },
  {
    ids: ["CKV_AWS_319"],
    says: "alarms act",
    types: [ALARM],
    mutations: [{ set: "actionsEnabled", to: false }],
  },
  {
    ids: ["CloudWatch.15"],
    says: "alarms have an action that works: the topic's key and policy let CloudWatch in",
    types: [KEY],
    where: "cloudwatch.amazonaws.com",
    mutations: [{ cut: "policy.Statement", holding: "cloudwatch.amazonaws.com" }],
  },
  {
    ids: ["CloudWatch.15"],
    says: "alarms have an action that works: the topic's policy lets CloudWatch publish",
    types: [TOPIC_POLICY],
    where: "cloudwatch.amazonaws.com",
    mutations: [{ cut: "policy.Statement", holding: "cloudwatch.amazonaws.com" }],
  },

  // The network's ways to AWS's services.
  ...[
    { id: "EC2.55", service: "ecr.api", stacks: ["dev", "prod"] },
    { id: "EC2.56", service: "ecr.dkr", stacks: ["dev", "prod"] },
    { id: "EC2.57", service: "ssm", stacks: ["prod"] },
  ].map(({ id, service, stacks }): PublishedControl => ({
    ids: [id],
    says: `the network has an endpoint of ${service}`,
    types: [ENDPOINT],
    where: `.${service}"`,
    stacks,
    mutations: [{ drop: true }],
  })),

  // Topics and queues.
  {
    ids: ["CKV_AWS_26", "SNS.1"],
    says: "topics use a customer key",
    types: [TOPIC],
    mutations: noKey("kmsMasterKeyId", "sns"),
  },
  {
    ids: ["CKV_AWS_169", "SNS.4"],
    says: "topics are not public",
    types: [TOPIC_POLICY],
    mutations: openTo("policy", "sns:Publish"),
  },
  {
    ids: ["AwsSolutions-SNS3"],
    says: "topics take TLS only",
    types: [TOPIC_POLICY],
    mutations: [withoutTls("policy"), { drop: true }],
  },
  {
    ids: ["CKV_AWS_27", "SQS.1"],
    says: "queues use a customer key",
    types: [QUEUE],
    mutations: noKey("kmsMasterKeyId", "sqs"),
  },
  {
    ids: ["CKV_AWS_168", "SQS.3"],
    says: "queues are not public",
    types: [QUEUE_POLICY],
    mutations: openTo("policy", "sqs:SendMessage"),
  },
  {
    ids: ["AwsSolutions-SQS4"],
    says: "queues take TLS only",
    types: [QUEUE_POLICY],
    mutations: [withoutTls("policy"), { drop: true }],
  },

  // Database.
  {
    ids: ["CKV_AWS_96", "RDS.27"],
    says: "clusters are encrypted",
    types: [CLUSTER],
    mutations: off("storageEncrypted"),
  },
  {
    ids: ["CKV_AWS_327"],
    says: "clusters use a customer key",
    types: [CLUSTER],
    mutations: noKey("kmsKeyId", "rds"),
  },
  {
    ids: ["CKV_AWS_162", "RDS.12"],
    says: "clusters take IAM sign-in",
    types: [CLUSTER],
    mutations: off("iamDatabaseAuthenticationEnabled"),
  },
  {
    ids: ["CKV_AWS_139", "RDS.7"],
    says: "clusters are protected from deletion",
    types: [CLUSTER],
    mutations: off("deletionProtection"),
    ...prod,
  },
  {
    ids: ["CKV_AWS_143", "S3.15"],
    says: "evidence is locked",
    types: ["aws:s3/bucket:Bucket"],
    ...prod,
    where: '"objectLockEnabled":true',
    mutations: off("objectLockEnabled"),
  },
  {
    ids: ["CKV_AWS_143", "S3.15"],
    says: "the trail's bucket has a lock",
    types: ["aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"],
    ...prod,
    where: "streamflix-trail-",
    mutations: [{ drop: true }],
  },
  {
    ids: ["backup-recovery-point-manual-deletion-disabled"],
    says: "nobody ends a backup by hand",
    types: ["aws:backup/vaultPolicy:VaultPolicy"],
    ...prod,
    mutations: [
      { remove: "policy" },
      { drop: true },
      { cut: "policy.Statement", holding: "DeleteRecoveryPoint" },
      endable({ Effect: "Allow" }),
      endable({ Principal: { AWS: "444455556666" } }),
      endable({ Action: "backup:DeleteBackupVault" }),
      endable({ Action: ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint"] }),
      endable({ Resource: "arn:aws:backup:eu-central-1:444455556666:recovery-point:other" }),
      endable({ Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }),
    ],
  },
  {
    ids: ["CKV_AWS_133"],
    says: "clusters keep backups",
    types: [CLUSTER],
    mutations: [
      { set: "backupRetentionPeriod", to: 0 },
      { set: "backupRetentionPeriod", to: 1 },
      { remove: "backupRetentionPeriod" },
    ],
    ...prod,
  },
  {
    ids: ["CKV_AWS_324", "RDS.37"],
    says: "clusters export logs",
    types: [CLUSTER],
    mutations: [{ remove: "enabledCloudwatchLogsExports" }, { set: "enabledCloudwatchLogsExports", to: [] }],
  },
  {
    ids: ["CKV_AWS_313", "RDS.16"],
    says: "snapshots keep tags",
    types: [CLUSTER],
    mutations: off("copyTagsToSnapshot"),
  },
  {
    ids: ["RDS.24"],
    says: "clusters have a master name of their own",
    types: [CLUSTER],
    mutations: [
      { set: "masterUsername", to: "postgres" },
      { set: "masterUsername", to: "admin" },
    ],
  },
  {
    ids: ["CKV_AWS_17", "RDS.2"],
    says: "instances are not public",
    types: [INSTANCE],
    mutations: [{ set: "publiclyAccessible", to: true }],
  },
  {
    ids: ["CKV_AWS_118", "RDS.6"],
    says: "instances have enhanced monitoring",
    types: [INSTANCE],
    mutations: [{ set: "monitoringInterval", to: 0 }, { remove: "monitoringInterval" }],
  },
  {
    ids: ["CKV_AWS_354"],
    says: "database insights use a customer key",
    types: [INSTANCE],
    mutations: [{ remove: "performanceInsightsKmsKeyId" }],
  },
  {
    ids: ["CKV2_AWS_69", "RDS.38"],
    says: "the database takes TLS only",
    types: [CLUSTER_PARAMETERS],
    mutations: [
      { set: "parameters[name=rds.force_ssl].value", to: "0" },
      { cut: "parameters", holding: "rds.force_ssl" },
    ],
  },

  // Cache.
  {
    ids: ["CKV_AWS_29", "ElastiCache.4"],
    says: "caches are encrypted",
    types: [CACHE],
    mutations: off("atRestEncryptionEnabled"),
  },
  {
    ids: ["CKV_AWS_30", "ElastiCache.5"],
    says: "caches take TLS only",
    types: [CACHE],
    mutations: [...off("transitEncryptionEnabled"), { set: "transitEncryptionMode", to: "preferred" }],
  },
  {
    ids: ["CKV_AWS_191"],
    says: "caches use a customer key",
    types: [CACHE],
    mutations: noKey("kmsKeyId", "elasticache"),
  },
  {
    ids: ["CKV_AWS_31", "ElastiCache.6"],
    says: "caches ask who is there",
    types: [CACHE],
    mutations: [{ remove: "userGroupIds" }, { set: "userGroupIds", to: [] }],
  },
  {
    ids: ["CKV2_AWS_50", "ElastiCache.3"],
    says: "caches fail over",
    types: [CACHE],
    mutations: [...off("automaticFailoverEnabled"), ...off("multiAzEnabled")],
    ...prod,
  },
  {
    ids: ["CKV_AWS_134", "ElastiCache.1"],
    says: "caches keep snapshots",
    types: [CACHE],
    mutations: [{ set: "snapshotRetentionLimit", to: 0 }, { remove: "snapshotRetentionLimit" }],
    ...prod,
  },
  {
    ids: ["CKV_AWS_323", "ElastiCache.7"],
    says: "caches are not in the default subnets",
    types: [CACHE],
    mutations: [{ remove: "subnetGroupName" }, { set: "subnetGroupName", to: "default" }],
  },

  // Files.
  {
    ids: ["CKV_AWS_42", "EFS.1"],
    says: "file systems are encrypted",
    types: [FILES],
    mutations: off("encrypted"),
  },
  {
    ids: ["CKV_AWS_184", "EFS.8"],
    says: "file systems use a customer key",
    types: [FILES],
    mutations: noKey("kmsKeyId", "elasticfilesystem"),
  },
  {
    ids: ["efs_not_publicly_accessible"],
    says: "file systems are not open to everyone and take TLS only",
    types: [FILES_POLICY],
    mutations: [...openTo("policy", "elasticfilesystem:ClientMount"), withoutTls("policy"), { drop: true }],
  },
  {
    ids: ["CKV_AWS_329", "EFS.3"],
    says: "access points have a root directory",
    types: [ACCESS_POINT],
    mutations: [{ set: "rootDirectory.path", to: "/" }, { remove: "rootDirectory" }],
  },
  {
    ids: ["CKV_AWS_330", "EFS.4"],
    says: "access points have a user",
    types: [ACCESS_POINT],
    mutations: [{ remove: "posixUser" }],
  },

  // Secrets.
  {
    ids: ["CKV_AWS_149"],
    says: "secrets use a customer key",
    types: [SECRET],
    mutations: noKey("kmsKeyId", "secretsmanager"),
  },
  {
    ids: ["CKV2_AWS_57", "SecretsManager.1"],
    says: "secrets rotate",
    types: [SECRET_ROTATION],
    mutations: [{ drop: true }],
  },
  {
    ids: ["CKV_AWS_304", "SecretsManager.4"],
    says: "secrets rotate within 90 days",
    types: [SECRET_ROTATION],
    mutations: [
      { set: "rotationRules.automaticallyAfterDays", to: 91 },
      { set: "rotationRules.automaticallyAfterDays", to: 365 },
      { remove: "rotationRules" },
    ],
  },
  {
    ids: ["secretsmanager_not_publicly_accessible"],
    says: "secrets are not public",
    types: [SECRET_POLICY],
    mutations: [...off("blockPublicPolicy"), ...openTo("policy", "secretsmanager:GetSecretValue")],
  },

  // Service.
  {
    ids: ["CKV_AWS_333", "ECS.2"],
    says: "tasks have no public address",
    types: [ECS_SERVICE],
    mutations: [{ set: "networkConfiguration.assignPublicIp", to: true }],
  },
  {
    ids: ["CKV_AWS_332", "ECS.10"],
    says: "services run on the latest platform",
    types: [ECS_SERVICE],
    mutations: [{ set: "platformVersion", to: "1.3.0" }],
  },
  {
    ids: ["CKV_AWS_336", "ECS.5"],
    says: "containers can't write their root",
    types: [TASK],
    mutations: off("containerDefinitions[*].readonlyRootFilesystem"),
  },
  {
    ids: ["CKV_AWS_334", "ECS.4"],
    says: "containers are not privileged",
    types: [TASK],
    mutations: [{ set: "containerDefinitions[*].privileged", to: true }],
  },
  {
    ids: ["ECS.1", "ECS.20"],
    says: "containers don't run as root",
    types: [TASK],
    mutations: [
      { set: "containerDefinitions[*].user", to: "root" },
      { set: "containerDefinitions[*].user", to: "0" },
      { remove: "containerDefinitions[*].user" },
    ],
  },
  {
    ids: ["ECS.8"],
    says: "no secret in the environment",
    types: [TASK],
    mutations: ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "DATABASE_PASSWORD"].map((name) => ({
      append: "containerDefinitions[*].environment",
      value: { name, value: "AKIAIOSFODNN7EXAMPLE" },
    })),
  },
  {
    ids: ["ECS.9"],
    says: "containers log",
    types: [TASK],
    mutations: [{ remove: "containerDefinitions[*].logConfiguration" }],
  },
  {
    ids: ["CKV_AWS_335", "ECS.3"],
    says: "tasks don't share the host's processes",
    types: [TASK],
    mutations: [{ set: "pidMode", to: "host" }],
  },
  {
    ids: ["CKV_AWS_97"],
    says: "files travel over TLS",
    types: [TASK],
    mutations: [{ set: "volumes[*].efsVolumeConfiguration.transitEncryption", to: "DISABLED" }],
    where: "efsVolumeConfiguration",
  },
  {
    ids: ["CKV_AWS_249"],
    says: "the task's role is not the execution role",
    types: [TASK],
    mutations: [
      {
        all: ["executionRoleArn", "taskRoleArn"].map((set) => ({
          set,
          to: "arn:aws:iam::444455556666:role/one",
        })),
      },
    ],
  },
  {
    ids: ["CKV_AWS_224"],
    says: "sessions into containers are logged encrypted",
    types: [ECS_CLUSTER],
    mutations: [
      {
        set: "configuration.executeCommandConfiguration.logConfiguration.cloudWatchEncryptionEnabled",
        to: false,
      },
    ],
  },
  {
    ids: ["CKV_AWS_223"],
    says: "sessions into containers are logged",
    types: [ECS_CLUSTER],
    mutations: [{ set: "configuration.executeCommandConfiguration.logging", to: "NONE" }],
  },
  {
    ids: ["CKV_AWS_65", "ECS.12"],
    says: "clusters have container insights",
    types: [ECS_CLUSTER],
    mutations: [{ set: "settings[name=containerInsights].value", to: "disabled" }, { remove: "settings" }],
  },

  // Functions.
  {
    ids: ["CKV_AWS_117", "Lambda.3"],
    says: "functions are in the network",
    types: [FUNCTION],
    mutations: [{ remove: "vpcConfig" }],
  },
  {
    ids: ["CKV_AWS_363", "Lambda.2"],
    says: "functions run on supported runtimes",
    types: [FUNCTION],
    mutations: [
      { set: "runtime", to: "nodejs16.x" },
      { set: "runtime", to: "python3.7" },
    ],
  },
  {
    ids: ["CKV_AWS_45"],
    says: "no secret in a function's environment",
    types: [FUNCTION],
    mutations: [
      { set: "environment.variables.AWS_SECRET_ACCESS_KEY", to: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
      { set: "environment.variables.DATABASE_PASSWORD", to: "x" },
    ],
  },
  {
    ids: ["CKV_AWS_364", "Lambda.1"],
    says: "a service's permission names the source",
    types: [PERMISSION],
    mutations: [{ all: [{ remove: "sourceArn" }, { remove: "sourceAccount" }] }],
  },
  {
    ids: ["CKV_AWS_301", "Lambda.1"],
    says: "functions are not public",
    types: [PERMISSION],
    mutations: [
      { all: [{ set: "principal", to: "*" }, { remove: "sourceArn" }, { remove: "sourceAccount" }] },
    ],
  },

  // API and firewall.
  {
    ids: ["CKV_AWS_76", "APIGateway.1"],
    says: "stages log access",
    types: [STAGE],
    mutations: [{ remove: "accessLogSettings" }],
  },
  {
    ids: ["CKV_AWS_73", "APIGateway.3"],
    says: "stages are traced",
    types: [STAGE],
    mutations: off("xrayTracingEnabled"),
  },
  {
    ids: ["CKV_AWS_276"],
    says: "requests are not written to the log",
    types: [METHOD_SETTINGS],
    mutations: [{ set: "settings.dataTraceEnabled", to: true }],
  },
  {
    ids: ["CKV2_AWS_4"],
    says: "methods log errors",
    types: [METHOD_SETTINGS],
    mutations: [{ set: "settings.loggingLevel", to: "OFF" }, { remove: "settings.loggingLevel" }],
  },
  {
    ids: ["CKV_AWS_308", "APIGateway.5"],
    says: "caches of responses are encrypted",
    types: [METHOD_SETTINGS],
    mutations: [
      {
        all: [
          { set: "settings.cachingEnabled", to: true },
          { set: "settings.cacheDataEncrypted", to: false },
        ],
      },
    ],
  },
  {
    ids: ["CKV_AWS_206"],
    says: "domains take TLS 1.2",
    types: [DOMAIN],
    mutations: [{ set: "securityPolicy", to: "TLS_1_0" }],
  },
  {
    ids: ["CKV2_AWS_29", "APIGateway.4"],
    says: "stages have a firewall",
    types: ["aws:wafv2/webAclAssociation:WebAclAssociation"],
    mutations: [{ drop: true }],
  },
  {
    ids: ["CKV_AWS_175", "WAF.10"],
    says: "firewalls have rules",
    types: [WEB_ACL],
    mutations: [{ remove: "rules" }, { set: "rules", to: [] }],
  },
  {
    ids: ["CKV_AWS_192"],
    says: "firewalls block known bad inputs",
    types: [WEB_ACL],
    mutations: [{ cut: "rules", holding: "KnownBadInputs" }],
  },
  {
    ids: ["CKV2_AWS_31", "WAF.11"],
    says: "firewalls log",
    types: ["aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"],
    mutations: [{ drop: true }],
  },
  {
    ids: ["WAF.12"],
    says: "firewall rules have metrics",
    types: [WEB_ACL],
    mutations: [
      { set: "rules[*].visibilityConfig.cloudwatchMetricsEnabled", to: false },
      { set: "visibilityConfig.cloudwatchMetricsEnabled", to: false },
    ],
  },

  // Load balancer.
  {
    ids: ["CKV_AWS_2", "ELB.18"],
    says: "listeners take HTTPS",
    types: [LISTENER],
    mutations: [
      { all: [{ set: "protocol", to: "HTTP" }, { remove: "certificateArn" }, { remove: "sslPolicy" }] },
    ],
    ...prod,
  },
  {
    ids: ["CKV_AWS_103", "ELB.17"],
    says: "listeners take TLS 1.2",
    types: [LISTENER],
    mutations: [{ set: "sslPolicy", to: "ELBSecurityPolicy-2016-08" }, { remove: "sslPolicy" }],
    ...prod,
  },
  {
    ids: ["CKV_AWS_131", "ELB.4"],
    says: "bad headers are dropped",
    types: [BALANCER],
    mutations: off("dropInvalidHeaderFields"),
  },
  {
    ids: ["CKV_AWS_145", "S3.17"],
    says: "buckets are encrypted under KMS",
    types: ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"],
    where: "aws:kms",
    mutations: [
      { remove: "rules" },
      { set: "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm", to: "AES256" },
      ...noKey("rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId", "s3"),
    ],
  },
  {
    ids: ["CKV_AWS_93"],
    says: "a bucket's policy locks nobody out of the bucket",
    types: ["aws:s3/bucketPolicy:BucketPolicy"],
    mutations: ["s3:*", "*", "s3:PutBucketPolicy"].map((action) =>
      allow("policy", { Effect: "Deny", Principal: "*", Action: action, Resource: "*" }),
    ),
  },
  {
    ids: ["CKV_AWS_186"],
    says: "objects are encrypted under a customer key",
    types: ["aws:s3/bucketObjectv2:BucketObjectv2"],
    mutations: [
      { set: "kmsKeyId", to: "alias/aws/s3" },
      { all: [{ remove: "kmsKeyId" }, { set: "serverSideEncryption", to: "AES256" }] },
    ],
  },
  {
    ids: ["CKV_AWS_91", "ELB.5"],
    says: "load balancers log requests",
    types: [BALANCER],
    mutations: [...off("accessLogs.enabled"), { remove: "accessLogs" }],
  },
  {
    ids: ["CKV_AWS_150", "ELB.6"],
    says: "load balancers are protected from deletion",
    types: [BALANCER],
    mutations: off("enableDeletionProtection"),
    ...prod,
  },
  {
    ids: ["CKV_AWS_328", "ELB.12"],
    says: "ambiguous requests are refused",
    types: [BALANCER],
    mutations: [{ set: "desyncMitigationMode", to: "monitor" }],
  },

  // Network.
  {
    ids: ["CKV2_AWS_11", "EC2.6"],
    says: "networks have flow logs",
    types: [FLOW_LOG],
    mutations: [{ drop: true }, { set: "trafficType", to: "REJECT" }],
  },
  {
    ids: ["CKV2_AWS_12", "EC2.2"],
    says: "default groups are empty",
    types: [DEFAULT_GROUP],
    mutations: [
      { set: "ingress", to: [{ protocol: "-1", self: true, fromPort: 0, toPort: 0 }] },
      { set: "egress", to: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"], fromPort: 0, toPort: 0 }] },
      { drop: true },
    ],
  },
  {
    ids: ["CKV_AWS_130", "EC2.15"],
    says: "subnets give no public address",
    types: [SUBNET],
    mutations: [{ set: "mapPublicIpOnLaunch", to: true }],
  },
  {
    ids: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277", "EC2.18", "EC2.19"],
    says: "nothing lets the world in",
    types: [INGRESS],
    mutations: [
      world(22),
      world(80),
      world(3389),
      { all: [{ remove: "referencedSecurityGroupId" }, { set: "cidrIpv6", to: "::/0" }] },
    ],
  },
  {
    ids: ["CKV_AWS_382"],
    says: "nothing goes out to everywhere",
    types: [EGRESS],
    mutations: [
      {
        all: [
          { remove: "referencedSecurityGroupId" },
          { remove: "fromPort" },
          { remove: "toPort" },
          { set: "cidrIpv4", to: "0.0.0.0/0" },
          { set: "ipProtocol", to: "-1" },
        ],
      },
    ],
  },
  {
    ids: ["CKV_AWS_23"],
    says: "rules and groups say what they are for",
    types: [INGRESS, EGRESS, "aws:ec2/securityGroup:SecurityGroup"],
    mutations: [{ remove: "description" }],
  },
  {
    ids: ["EC2.172"],
    says: "networks block public access",
    types: ["aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"],
    mutations: [{ set: "internetGatewayBlockMode", to: "off" }],
  },

  // Identities.
  {
    ids: ["CKV_AWS_62", "CKV_AWS_63", "IAM.1"],
    says: "no policy allows everything",
    types: [ROLE_POLICY],
    mutations: [grant("*")],
  },
  {
    ids: ["CKV_AWS_355", "IAM.21"],
    says: "no policy allows a service on everything",
    types: [ROLE_POLICY],
    mutations: [grant("s3:*"), grant(["secretsmanager:*"])],
  },
  {
    ids: ["CKV_AWS_286"],
    says: "no policy lets its holder become more",
    types: [ROLE_POLICY],
    mutations: [
      grant("iam:CreatePolicyVersion"),
      grant(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]),
    ],
  },
  {
    ids: ["CKV_AWS_289"],
    says: "no unconstrained rights over rights",
    types: [ROLE_POLICY],
    mutations: [grant("iam:AttachRolePolicy")],
  },
  {
    ids: ["CKV_AWS_290"],
    says: "no unconstrained writes",
    types: [ROLE_POLICY],
    mutations: [grant("dynamodb:DeleteTable")],
  },
  {
    ids: ["CKV_AWS_287"],
    says: "no policy hands out credentials",
    types: [ROLE_POLICY],
    mutations: [grant("iam:CreateAccessKey")],
  },
  {
    ids: ["CKV_AWS_288"],
    says: "no policy reads all data",
    types: [ROLE_POLICY],
    mutations: [grant("s3:GetObject"), grant("secretsmanager:GetSecretValue")],
  },
  {
    ids: ["KMS.1", "KMS.2"],
    says: "no policy decrypts everything",
    types: [ROLE_POLICY],
    mutations: [grant("kms:Decrypt"), grant(["kms:ReEncryptFrom"])],
  },
  {
    ids: ["CKV_AWS_60", "CKV_AWS_61"],
    says: "roles trust named principals",
    types: [ROLE],
    mutations: [
      allow("assumeRolePolicy", { Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
      allow("assumeRolePolicy", { Principal: "*", Action: "sts:AssumeRole" }),
    ],
  },
  {
    ids: ["CKV_AWS_274", "CKV2_AWS_56", "AwsSolutions-IAM4"],
    says: "no administrators",
    types: [ATTACHMENT],
    mutations: [{ set: "policyArn", to: "arn:aws:iam::aws:policy/AdministratorAccess" }],
  },
];
