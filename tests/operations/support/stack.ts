type Fields = Readonly<Record<string, unknown>>;

/** A resource of an export, as a test writes it. */
export interface Made {
  readonly type: string;
  readonly name: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const TAGS = {
  project: "streamflix",
  environment: "prod",
  owner: "platform-team",
  "cost-center": "platform-prod",
};
const BUCKET = "s3/bucket:Bucket";

/** A resource with its tags; what AWS adds is given as outputs. */
export function made(type: string, name: string, inputs: Fields = {}, outputs: Fields = {}): Made {
  return {
    type: type.startsWith("pulumi:") ? type : `aws:${type}`,
    name,
    inputs: { ...inputs },
    outputs: { tagsAll: { ...TAGS }, ...outputs },
  };
}

/** Resources of a small stack with which every point of the checklist is content; each time a fresh copy. */
export function soundStack(): Made[] {
  const bucket = (name: string, retentionClass: string) => [
    made(
      BUCKET,
      name,
      { bucket: name },
      { bucket: name, tagsAll: { ...TAGS, "retention-class": retentionClass } },
    ),
    made("s3/bucketVersioning:BucketVersioning", name, {
      bucket: name,
      versioningConfiguration: { status: "Enabled" },
    }),
  ];
  const topic = "arn:aws:sns:eu-central-1:444455556666:streamflix-alerts-prod";
  return [
    made("iam/role:Role", "task", { permissionsBoundary: "arn:aws:iam::444455556666:policy/workload" }),
    made("iam/rolePolicy:RolePolicy", "task", {
      policy: JSON.stringify({
        Statement: [
          { Effect: "Allow", Action: "ssm:GetParameter", Resource: "arn:aws:ssm:*:*:parameter/x" },
          { Effect: "Allow", Action: ["xray:PutTraceSegments"], Resource: "*" },
          { Effect: "Deny", Action: "*", Resource: "*" },
        ],
      }),
    }),
    ...bucket("archive", "viewer-events"),
    ...bucket("evidence", "audit"),
    ...bucket("configuration", "audit"),
    ...bucket("access-logs", "access-log"),
    made("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "evidence", {
      bucket: "evidence",
    }),
    ...["archive", "evidence", "configuration"].map((name) =>
      made("s3/bucketLogging:BucketLogging", name, { bucket: name, targetBucket: "access-logs" }),
    ),
    made("sns/topic:Topic", "alerts", {}, { arn: topic }),
    made(
      "sns/topicSubscription:TopicSubscription",
      "on-call",
      { topic, protocol: "email", endpoint: "person@example.org" },
      { pendingConfirmation: false },
    ),
    made("cloudwatch/dashboard:Dashboard", "operations", {
      dashboardBody: '["AWS/RDS","AWS/ElastiCache","AWS/ECS"]',
    }),
    made("cfg/recorder:Recorder", "recorder"),
    made(
      "cfg/deliveryChannel:DeliveryChannel",
      "recorder",
      { s3BucketName: "configuration" },
      { s3BucketName: "configuration" },
    ),
    made("cfg/recorderStatus:RecorderStatus", "recorder", { isEnabled: true }, { isEnabled: true }),
    made("cfg/rule:Rule", "encrypted-volumes"),
    made("guardduty/detector:Detector", "detector", { enable: true }),
    made("guardduty/detectorFeature:DetectorFeature", "s3", { name: "S3_DATA_EVENTS", status: "ENABLED" }),
    made("cloudtrail/trail:Trail", "trail", {
      s3BucketName: "evidence",
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
      kmsKeyId: "key",
      advancedEventSelectors: [{}],
    }),
    made("cloudwatch/metricAlarm:MetricAlarm", "cpu", {
      name: "streamflix-database-cpu-prod",
      alarmDescription: "The writer is busy. Runbook: docs/runbooks/database.md#cpu",
      alarmActions: [topic],
    }),
    made("rds/cluster:Cluster", "database", {
      backupRetentionPeriod: 7,
      enabledCloudwatchLogsExports: ["postgresql"],
    }),
    made("elasticache/replicationGroup:ReplicationGroup", "cache", {
      snapshotRetentionLimit: 7,
      logDeliveryConfigurations: [{ logType: "slow-log" }],
    }),
    made("efs/fileSystem:FileSystem", "files"),
    made("backup/plan:Plan", "daily", {
      rules: [{ ruleName: "DailyBackups", lifecycle: { deleteAfter: 30 } }],
    }),
    made("backup/restoreTestingPlan:RestoreTestingPlan", "weekly"),
    made("ecs/service:Service", "service"),
    made("kms/key:Key", "viewer-data", { enableKeyRotation: true }),
    made("budgets/budget:Budget", "month", {
      budgetType: "COST",
      limitAmount: "6000",
      limitUnit: "USD",
      notifications: [{ threshold: 80, notificationType: "ACTUAL", subscriberSnsTopicArns: [topic] }],
    }),
    made("lb/loadBalancer:LoadBalancer", "service", { accessLogs: { enabled: true, bucket: "access-logs" } }),
    made("apigateway/stage:Stage", "api", { accessLogSettings: { destinationArn: "arn:aws:logs:x" } }),
    made(
      "wafv2/webAcl:WebAcl",
      "api",
      {},
      { arn: "arn:aws:wafv2:eu-central-1:444455556666:regional/webacl/api" },
    ),
    made("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "api", {
      resourceArn: "arn:aws:wafv2:eu-central-1:444455556666:regional/webacl/api",
      logDestinationConfigs: ["arn:aws:logs:waf"],
    }),
    made("ec2/vpc:Vpc", "network", {}, { arn: "arn:aws:ec2:eu-central-1:444455556666:vpc/vpc-1" }),
    made("ec2/flowLog:FlowLog", "network", {
      vpcId: "vpc-1",
      trafficType: "ALL",
      logDestination: "arn:aws:logs:flow",
    }),
    made("ec2/securityGroup:SecurityGroup", "app"),
    made("ec2/defaultSecurityGroup:DefaultSecurityGroup", "network", { ingress: [], egress: [] }),
    made("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "app", {
      referencedSecurityGroupId: "sg-1",
      fromPort: 443,
      toPort: 443,
      description: "Endpoints",
    }),
    made("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "app", {
      cidrIpv4: "0.0.0.0/0",
      fromPort: 443,
      toPort: 443,
    }),
  ];
}

/** The resources as `pulumi stack export` prints them; the component is the first word of a name. */
export function exportText(resources: readonly Made[]): string {
  const urn = ({ type, name }: Made) =>
    `urn:pulumi:prod::streamflix-platform::streamflix:${name.split("-", 1).join("")}:Part$${type}::${name}`;
  return JSON.stringify({
    version: 3,
    deployment: {
      resources: resources.map((it) => ({
        urn: urn(it),
        type: it.type,
        custom: true,
        id: it.name,
        inputs: it.inputs,
        // An output that is an input is both.
        outputs: { ...it.inputs, ...it.outputs },
      })),
    },
  });
}
