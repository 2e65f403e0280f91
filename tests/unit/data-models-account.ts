import type { Props } from "../../local/account/store";
import { ACCOUNT, document, type Made, REGION, SimulatedAccount } from "./simulated-account";

export { ACCOUNT, document, type Made, NOTHING, REGION, refusal, subjectOf } from "./simulated-account";

/** Type tokens by service and last part. */
export const T = {
  AccessPoint: "aws:efs/accessPoint:AccessPoint",
  Attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  BackupPolicy: "aws:efs/backupPolicy:BackupPolicy",
  CacheParameterGroup: "aws:elasticache/parameterGroup:ParameterGroup",
  CacheSubnetGroup: "aws:elasticache/subnetGroup:SubnetGroup",
  CacheUser: "aws:elasticache/user:User",
  CacheUserGroup: "aws:elasticache/userGroup:UserGroup",
  CapacityProviders: "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
  Cluster: "aws:rds/cluster:Cluster",
  ClusterParameterGroup: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  DbParameterGroup: "aws:rds/parameterGroup:ParameterGroup",
  DbSubnetGroup: "aws:rds/subnetGroup:SubnetGroup",
  Document: "aws:ssm/document:Document",
  EcsCluster: "aws:ecs/cluster:Cluster",
  EcsService: "aws:ecs/service:Service",
  EventInvokeConfig: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  FileSystem: "aws:efs/fileSystem:FileSystem",
  FileSystemPolicy: "aws:efs/fileSystemPolicy:FileSystemPolicy",
  Function: "aws:lambda/function:Function",
  GlobalCluster: "aws:rds/globalCluster:GlobalCluster",
  Instance: "aws:rds/clusterInstance:ClusterInstance",
  Invocation: "aws:lambda/invocation:Invocation",
  Key: "aws:kms/key:Key",
  Listener: "aws:lb/listener:Listener",
  LoadBalancer: "aws:lb/loadBalancer:LoadBalancer",
  LogGroup: "aws:cloudwatch/logGroup:LogGroup",
  MetricAlarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  MetricFilter: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  MountTarget: "aws:efs/mountTarget:MountTarget",
  Parameter: "aws:ssm/parameter:Parameter",
  Permission: "aws:lambda/permission:Permission",
  Queue: "aws:sqs/queue:Queue",
  QueuePolicy: "aws:sqs/queuePolicy:QueuePolicy",
  ReplicationGroup: "aws:elasticache/replicationGroup:ReplicationGroup",
  Role: "aws:iam/role:Role",
  RolePolicy: "aws:iam/rolePolicy:RolePolicy",
  ScalingPolicy: "aws:appautoscaling/policy:Policy",
  ScalingTarget: "aws:appautoscaling/target:Target",
  Schedule: "aws:scheduler/schedule:Schedule",
  ScheduledAction: "aws:appautoscaling/scheduledAction:ScheduledAction",
  Secret: "aws:secretsmanager/secret:Secret",
  SecretPolicy: "aws:secretsmanager/secretPolicy:SecretPolicy",
  SecretRotation: "aws:secretsmanager/secretRotation:SecretRotation",
  SecretVersion: "aws:secretsmanager/secretVersion:SecretVersion",
  SecurityGroup: "aws:ec2/securityGroup:SecurityGroup",
  Snapshot: "aws:rds/clusterSnapshot:ClusterSnapshot",
  Subnet: "aws:ec2/subnet:Subnet",
  TargetGroup: "aws:lb/targetGroup:TargetGroup",
  TaskDefinition: "aws:ecs/taskDefinition:TaskDefinition",
  Topic: "aws:sns/topic:Topic",
  Vpc: "aws:ec2/vpc:Vpc",
} as const;

/** A network with two zones for data, and another VPC. */
export interface Network {
  readonly subnetIds: readonly string[];
  readonly oneZone: readonly string[];
  readonly groupId: string;
  readonly foreignSubnetId: string;
  readonly foreignGroupId: string;
}

/** A simulated account with what a data tier needs in short words. */
export class DataAccount extends SimulatedAccount {
  #network: Promise<Network> | undefined;

  network(): Promise<Network> {
    this.#network ??= this.#makeNetwork();
    return this.#network;
  }

  async key(statements?: readonly Props[]): Promise<string> {
    const inputs = statements === undefined ? {} : { policy: document(...statements) };
    return String((await this.make(T.Key, inputs)).outputs["arn"]);
  }

  async role(service: string, name = service.split(".")[0] ?? service): Promise<string> {
    const assumeRolePolicy = document({ Principal: { Service: service }, Action: "sts:AssumeRole" });
    return String((await this.make(T.Role, { name, assumeRolePolicy })).outputs["arn"]);
  }

  async cluster(changes: Props = {}): Promise<Made> {
    const { subnetIds, groupId } = await this.network();
    const group =
      this.accounts.find(ACCOUNT, REGION, T.DbSubnetGroup, "data") ??
      (await this.make(T.DbSubnetGroup, { name: "data", subnetIds }));
    return this.make(T.Cluster, {
      clusterIdentifier: "main",
      engine: "aurora-postgresql",
      engineVersion: "17.7",
      masterUsername: "owner",
      masterPassword: "long-enough",
      dbSubnetGroupName: group.id,
      vpcSecurityGroupIds: [groupId],
      skipFinalSnapshot: true,
      ...changes,
    });
  }

  instance(cluster: Made, changes: Props = {}): Promise<Made> {
    return this.make(T.Instance, {
      clusterIdentifier: cluster.id,
      identifier: "main-1",
      engine: "aurora-postgresql",
      instanceClass: "db.r8g.large",
      ...changes,
    });
  }

  async cache(changes: Props = {}): Promise<Made> {
    const { subnetIds, groupId } = await this.network();
    const group =
      this.accounts.find(ACCOUNT, REGION, T.CacheSubnetGroup, "cache") ??
      (await this.make(T.CacheSubnetGroup, { name: "cache", subnetIds }));
    return this.make(T.ReplicationGroup, {
      replicationGroupId: "cache",
      description: "cache",
      engine: "valkey",
      engineVersion: "8.0",
      nodeType: "cache.t4g.small",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      subnetGroupName: group.id,
      securityGroupIds: [groupId],
      ...changes,
    });
  }

  async function(changes: Props = {}): Promise<Made> {
    const role = this.accounts.find(ACCOUNT, "global", T.Role, "lambda")?.computed["arn"];
    return this.make(T.Function, {
      name: "worker",
      role: role ?? (await this.role("lambda.amazonaws.com")),
      runtime: "nodejs22.x",
      handler: "index.handler",
      code: archive("a".repeat(64)),
      ...changes,
    });
  }

  async #makeNetwork(): Promise<Network> {
    const vpc = async (cidrBlock: string) => (await this.make(T.Vpc, { cidrBlock })).id;
    const subnet = async (vpcId: string, cidrBlock: string, zone: string) =>
      (await this.make(T.Subnet, { vpcId, cidrBlock, availabilityZone: `${REGION}${zone}` })).id;
    const group = async (vpcId: string) => (await this.make(T.SecurityGroup, { vpcId, name: "data" })).id;
    const [home, foreign] = [await vpc("10.20.0.0/16"), await vpc("10.30.0.0/16")];
    const [a, again, b] = [
      await subnet(home, "10.20.0.0/24", "a"),
      await subnet(home, "10.20.1.0/24", "a"),
      await subnet(home, "10.20.2.0/24", "b"),
    ];
    return {
      subnetIds: [a, b],
      oneZone: [a, again],
      groupId: await group(home),
      foreignSubnetId: await subnet(foreign, "10.30.0.0/24", "b"),
      foreignGroupId: await group(foreign),
    };
  }
}

/** An archive as the engine sends it: contents and hash. */
export function archive(hash: string): Props {
  const signature = "4dabf18193072939515e22adb298388d";
  const assets = {
    "index.js": { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "exports.handler", hash },
  };
  return { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", assets, hash };
}

/** What is tried, and what the answer is, exactly. */
export type Case = readonly [
  what: string,
  answer: string,
  attempt: (account: DataAccount) => Promise<unknown>,
];
