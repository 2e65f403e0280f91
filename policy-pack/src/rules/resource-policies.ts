import { resourcePolicyRule } from "../engine/resource-policy";

/** Policies that stand on resources. Which services name no source is AWS's own doing. */
export const resourcePolicies = [
  resourcePolicyRule({
    id: "bucket-policy",
    of: "buckets",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    property: "policy",
    tlsFor: "s3:GetObject",
    refs: {
      checkov: ["CKV_AWS_70", "CKV_AWS_379"],
      securityHub: ["S3.2", "S3.3", "S3.5"],
      cdkNag: ["AwsSolutions-S10"],
      prowler: ["s3_bucket_secure_transport_policy", "s3_bucket_policy_public_write_access"],
    },
    // The path of these logs names the account.
    sourcelessServices: ["logdelivery.elasticloadbalancing.amazonaws.com"],
  }),
  resourcePolicyRule({
    id: "topic-policy",
    of: "topics",
    type: "aws:sns/topicPolicy:TopicPolicy",
    property: "policy",
    tlsFor: "sns:Publish",
    refs: {
      checkov: ["CKV_AWS_169", "CKV_AWS_385"],
      securityHub: ["SNS.4"],
      cdkNag: ["AwsSolutions-SNS3"],
      prowler: ["sns_topics_not_publicly_accessible"],
    },
    // EventBridge sends no source to SNS.
    sourcelessServices: ["events.amazonaws.com"],
  }),
  resourcePolicyRule({
    id: "queue-policy",
    of: "queues",
    type: "aws:sqs/queuePolicy:QueuePolicy",
    property: "policy",
    tlsFor: "sqs:SendMessage",
    refs: {
      checkov: ["CKV_AWS_168", "CKV_AWS_387"],
      securityHub: ["SQS.3"],
      cdkNag: ["AwsSolutions-SQS4"],
      prowler: ["sqs_queues_not_publicly_accessible"],
    },
  }),
  resourcePolicyRule({
    id: "files-policy",
    of: "file systems",
    type: "aws:efs/fileSystemPolicy:FileSystemPolicy",
    property: "policy",
    tlsFor: "elasticfilesystem:ClientMount",
    refs: { prowler: ["efs_not_publicly_accessible"] },
  }),
  resourcePolicyRule({
    id: "secret-policy",
    of: "secrets",
    type: "aws:secretsmanager/secretPolicy:SecretPolicy",
    property: "policy",
    tlsFor: "secretsmanager:GetSecretValue",
    refs: { prowler: ["secretsmanager_not_publicly_accessible"] },
  }),
  resourcePolicyRule({
    id: "vault-policy",
    of: "backup vaults",
    type: "aws:backup/vaultPolicy:VaultPolicy",
    property: "policy",
    refs: { prowler: ["backup_vaults_exist"] },
  }),
  resourcePolicyRule({
    id: "repository-policy",
    of: "image repositories",
    type: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    property: "policy",
    refs: {
      checkov: ["CKV_AWS_32"],
      securityHub: ["ECR.1"],
      prowler: ["ecr_repositories_not_publicly_accessible"],
    },
  }),
  resourcePolicyRule({
    id: "stream-policy",
    of: "streams",
    type: "aws:kinesis/resourcePolicy:ResourcePolicy",
    property: "policy",
    refs: {},
  }),
  resourcePolicyRule({
    id: "log-policy",
    of: "log groups",
    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    property: "policyDocument",
    refs: { prowler: ["cloudwatch_log_group_not_publicly_accessible"] },
  }),
  resourcePolicyRule({
    id: "bus-policy",
    of: "event buses",
    type: "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    property: "policy",
    refs: { securityHub: ["EventBridge.3"], prowler: ["eventbridge_bus_exposed"] },
  }),
  resourcePolicyRule({
    id: "api-policy",
    of: "APIs",
    type: "aws:apigateway/restApi:RestApi",
    property: "policy",
    refs: { securityHub: ["APIGateway.8"], prowler: ["apigateway_restapi_public"] },
    // Tells nothing but that the API answers.
    openResources: ["*/GET/health"],
  }),
  resourcePolicyRule({
    id: "endpoint-policy",
    of: "VPC endpoints",
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    property: "policy",
    refs: { prowler: ["vpc_endpoint_services_allowed_principals_trust_boundaries"] },
    // What AWS itself keeps for everybody: image layers, and programs of the Systems Manager agent.
    openResources: [
      "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",
      "arn:aws:s3:::aws-ssm-eu-central-1/*",
      "arn:aws:s3:::amazon-ssm-eu-central-1/*",
    ],
  }),
];
