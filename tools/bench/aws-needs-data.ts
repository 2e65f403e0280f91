/**
 * The data tier's part of the list in `aws-needs.ts`: databases, caches, files, secrets, functions, alarms.
 *
 * Left out, since AWS takes the request without them: the log groups that RDS, ElastiCache and Lambda write to, the
 * topics of an alarm (their ARNs can be told beforehand), and the statements of a role. A queue's redrive policy is
 * left out as it is a text; the bound is then too low, never too high.
 */
import type { Need } from "./aws-edges";

const SUBNET = ["aws:ec2/subnet:Subnet"];
const SECURITY_GROUP = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];
const KEY = ["aws:kms/key:Key"];
const LOG_GROUP = ["aws:cloudwatch/logGroup:LogGroup"];
const ROLE = ["aws:iam/role:Role"];
const TOPIC = "aws:sns/topic:Topic";
const QUEUE = "aws:sqs/queue:Queue";
const FUNCTION = "aws:lambda/function:Function";
const CLUSTER = ["aws:rds/cluster:Cluster"];
const SECRET = ["aws:secretsmanager/secret:Secret"];
const FILE_SYSTEM = ["aws:efs/fileSystem:FileSystem"];

/** A key by its ARN, which has an id that AWS gives the key. */
const keyNeed = (property: string, reason: string): Need => ({ property, types: KEY, by: "arn", reason });

/** A function by its name, or by its ARN. */
const functionNeeds = (property: string, reason: string): readonly Need[] => [
  { property, types: [FUNCTION], reason },
  { property, types: [FUNCTION], by: "arn", reason },
];

const DATABASE_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": [],
  "aws:rds/parameterGroup:ParameterGroup": [],
  "aws:rds/subnetGroup:SubnetGroup": [
    { property: "subnetIds", types: SUBNET, reason: "CreateDBSubnetGroup takes SubnetIds" },
  ],
  "aws:rds/cluster:Cluster": [
    {
      property: "dbSubnetGroupName",
      types: ["aws:rds/subnetGroup:SubnetGroup"],
      reason: "CreateDBCluster takes DBSubnetGroupName; DBSubnetGroupNotFoundFault without the group",
    },
    {
      property: "dbClusterParameterGroupName",
      types: ["aws:rds/clusterParameterGroup:ClusterParameterGroup"],
      reason: "CreateDBCluster takes DBClusterParameterGroupName; DBClusterParameterGroupNotFound without it",
    },
    {
      property: "vpcSecurityGroupIds",
      types: SECURITY_GROUP,
      reason: "CreateDBCluster takes VpcSecurityGroupIds",
    },
    {
      property: "monitoringRoleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateDBCluster takes MonitoringRoleArn, of a role that its service may assume",
    },
    {
      property: "snapshotIdentifier",
      types: ["aws:rds/clusterSnapshot:ClusterSnapshot"],
      reason: "RestoreDBClusterFromSnapshot takes SnapshotIdentifier",
    },
    keyNeed("kmsKeyId", "CreateDBCluster takes KmsKeyId; KMSKeyNotAccessibleFault without the key"),
    keyNeed("performanceInsightsKmsKeyId", "CreateDBCluster takes PerformanceInsightsKMSKeyId"),
    keyNeed("masterUserSecretKmsKeyId", "CreateDBCluster takes MasterUserSecretKmsKeyId"),
  ],
  "aws:rds/globalCluster:GlobalCluster": [
    {
      property: "sourceDbClusterIdentifier",
      types: CLUSTER,
      by: "arn",
      reason:
        "CreateGlobalCluster takes SourceDBClusterIdentifier; DBClusterNotFoundFault without the cluster",
    },
  ],
  "aws:rds/clusterInstance:ClusterInstance": [
    {
      property: "clusterIdentifier",
      types: CLUSTER,
      reason: "CreateDBInstance takes DBClusterIdentifier; DBClusterNotFoundFault without the cluster",
    },
    {
      property: "dbParameterGroupName",
      types: ["aws:rds/parameterGroup:ParameterGroup"],
      reason: "CreateDBInstance takes DBParameterGroupName; DBParameterGroupNotFound without the group",
    },
    {
      property: "dbSubnetGroupName",
      types: ["aws:rds/subnetGroup:SubnetGroup"],
      reason: "CreateDBInstance takes DBSubnetGroupName",
    },
    {
      property: "monitoringRoleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateDBInstance takes MonitoringRoleArn, of a role that its service may assume",
    },
    keyNeed("performanceInsightsKmsKeyId", "CreateDBInstance takes PerformanceInsightsKMSKeyId"),
  ],
  "aws:rds/clusterSnapshot:ClusterSnapshot": [
    {
      property: "dbClusterIdentifier",
      types: CLUSTER,
      reason: "CreateDBClusterSnapshot takes DBClusterIdentifier",
    },
  ],
  "aws:appautoscaling/target:Target": [
    {
      property: "resourceId",
      prefix: "cluster:",
      types: CLUSTER,
      reason:
        "RegisterScalableTarget takes ResourceId, cluster:<name>, and refuses a cluster that is not there",
    },
  ],
  "aws:appautoscaling/policy:Policy": [
    {
      property: "resourceId",
      types: ["aws:appautoscaling/target:Target"],
      reason: "PutScalingPolicy fails with ObjectNotFoundException for a ResourceId without a target",
    },
  ],
};

const CACHE_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:elasticache/parameterGroup:ParameterGroup": [],
  "aws:elasticache/user:User": [],
  "aws:elasticache/subnetGroup:SubnetGroup": [
    { property: "subnetIds", types: SUBNET, reason: "CreateCacheSubnetGroup takes SubnetIds" },
  ],
  "aws:elasticache/userGroup:UserGroup": [
    {
      property: "userIds",
      types: ["aws:elasticache/user:User"],
      reason: "CreateUserGroup takes UserIds; UserNotFound without the user",
    },
  ],
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    {
      property: "subnetGroupName",
      types: ["aws:elasticache/subnetGroup:SubnetGroup"],
      reason: "CreateReplicationGroup takes CacheSubnetGroupName",
    },
    {
      property: "parameterGroupName",
      types: ["aws:elasticache/parameterGroup:ParameterGroup"],
      reason: "CreateReplicationGroup takes CacheParameterGroupName",
    },
    {
      property: "userGroupIds",
      types: ["aws:elasticache/userGroup:UserGroup"],
      reason: "CreateReplicationGroup takes UserGroupIds",
    },
    {
      property: "securityGroupIds",
      types: SECURITY_GROUP,
      reason: "CreateReplicationGroup takes SecurityGroupIds",
    },
    keyNeed("kmsKeyId", "CreateReplicationGroup takes KmsKeyId"),
  ],
};

const FILE_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:efs/fileSystem:FileSystem": [keyNeed("kmsKeyId", "CreateFileSystem takes KmsKeyId")],
  "aws:efs/mountTarget:MountTarget": [
    { property: "fileSystemId", types: FILE_SYSTEM, reason: "CreateMountTarget takes FileSystemId" },
    { property: "subnetId", types: SUBNET, reason: "CreateMountTarget takes SubnetId" },
    { property: "securityGroups", types: SECURITY_GROUP, reason: "CreateMountTarget takes SecurityGroups" },
  ],
  "aws:efs/accessPoint:AccessPoint": [
    { property: "fileSystemId", types: FILE_SYSTEM, reason: "CreateAccessPoint takes FileSystemId" },
  ],
  "aws:efs/fileSystemPolicy:FileSystemPolicy": [
    { property: "fileSystemId", types: FILE_SYSTEM, reason: "PutFileSystemPolicy takes FileSystemId" },
  ],
  "aws:efs/backupPolicy:BackupPolicy": [
    { property: "fileSystemId", types: FILE_SYSTEM, reason: "PutBackupPolicy takes FileSystemId" },
  ],
};

/** What others are told in parameters, and AWS makes up with the thing itself. */
const MADE_BY_AWS: readonly Omit<Need, "property">[] = [
  ...(["endpoint", "readerEndpoint"] as const).map((by) => ({
    types: CLUSTER,
    by,
    reason: "PutParameter takes Value, a host name that RDS makes up",
  })),
  ...(["primaryEndpointAddress", "readerEndpointAddress"] as const).map((by) => ({
    types: ["aws:elasticache/replicationGroup:ReplicationGroup"],
    by,
    reason: "PutParameter takes Value, a host name that ElastiCache makes up",
  })),
  { types: SECRET, reason: "PutParameter takes Value, an ARN that Secrets Manager makes up" },
];

const SECRET_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:secretsmanager/secret:Secret": [keyNeed("kmsKeyId", "CreateSecret takes KmsKeyId")],
  "aws:secretsmanager/secretVersion:SecretVersion": [
    { property: "secretId", types: SECRET, reason: "PutSecretValue takes SecretId" },
  ],
  "aws:secretsmanager/secretPolicy:SecretPolicy": [
    { property: "secretArn", types: SECRET, by: "arn", reason: "PutResourcePolicy takes SecretId" },
  ],
  "aws:secretsmanager/secretRotation:SecretRotation": [
    { property: "secretId", types: SECRET, reason: "RotateSecret takes SecretId" },
    ...functionNeeds("rotationLambdaArn", "RotateSecret takes RotationLambdaARN and invokes the function"),
  ],
  "aws:ssm/parameter:Parameter": [
    keyNeed("keyId", "PutParameter takes KeyId (SecureString)"),
    ...["insecureValue", "value"].flatMap((property) => MADE_BY_AWS.map((made) => ({ property, ...made }))),
  ],
  "aws:ssm/document:Document": [],
};

const FUNCTION_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  [FUNCTION]: [
    {
      property: "role",
      types: ROLE,
      by: "arn",
      reason: "CreateFunction takes Role, of a role that its service may assume",
    },
    { property: "vpcConfig.subnetIds", types: SUBNET, reason: "CreateFunction takes SubnetIds" },
    {
      property: "vpcConfig.securityGroupIds",
      types: SECURITY_GROUP,
      reason: "CreateFunction takes SecurityGroupIds",
    },
    keyNeed("kmsKeyArn", "CreateFunction takes KMSKeyArn"),
  ],
  "aws:lambda/permission:Permission": functionNeeds("function", "AddPermission takes FunctionName"),
  "aws:lambda/invocation:Invocation": functionNeeds("functionName", "Invoke takes FunctionName"),
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": [
    ...functionNeeds("functionName", "PutFunctionEventInvokeConfig takes FunctionName"),
    ...["onFailure", "onSuccess"].map((event): Need => ({
      property: `destinationConfig.${event}.destination`,
      types: [QUEUE, TOPIC, FUNCTION],
      by: "arn",
      reason: "PutFunctionEventInvokeConfig refuses a Destination that is not there",
    })),
  ],
  "aws:scheduler/schedule:Schedule": [
    {
      property: "target.arn",
      types: [FUNCTION],
      by: "arn",
      reason: "CreateSchedule refuses a Target.Arn that is not there",
    },
    {
      property: "target.roleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateSchedule takes Target.RoleArn, of a role that its service may assume",
    },
  ],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
    {
      property: "role",
      types: ROLE,
      reason: "AttachRolePolicy takes RoleName; NoSuchEntity without the role",
    },
  ],
  [QUEUE]: [keyNeed("kmsMasterKeyId", "CreateQueue takes KmsMasterKeyId, which has an id that AWS gives")],
  "aws:sqs/queuePolicy:QueuePolicy": [
    { property: "queueUrl", types: [QUEUE], reason: "SetQueueAttributes takes QueueUrl" },
  ],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": [
    {
      property: "logGroupName",
      types: LOG_GROUP,
      reason: "PutMetricFilter takes logGroupName; ResourceNotFoundException without the group",
    },
  ],
};

export const DATA_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  ...DATABASE_NEEDS,
  ...CACHE_NEEDS,
  ...FILE_NEEDS,
  ...SECRET_NEEDS,
  ...FUNCTION_NEEDS,
};
