/**
 * The service's part of the list in `aws-needs.ts`: cluster, tasks, load balancer, schedules.
 *
 * Left out, since AWS takes the request without them: log groups and parameters of a task definition, alarms of a
 * service. A service is made when its tasks run, and none starts before its start values are there. That a scalable target needs its service is left out as the target names it by two names in one text; the
 * bound is then too low, never too high.
 */
import type { Need } from "./aws-edges";

const SUBNET = ["aws:ec2/subnet:Subnet"];
const SECURITY_GROUP = ["aws:ec2/securityGroup:SecurityGroup"];
const VPC = ["aws:ec2/vpc:Vpc"];
const ROLE = ["aws:iam/role:Role"];
const CLUSTER = ["aws:ecs/cluster:Cluster"];
const TARGET_GROUP = ["aws:lb/targetGroup:TargetGroup"];

const roleNeed = (property: string, reason: string): Need => ({ property, types: ROLE, by: "arn", reason });

export const SERVICE_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:ecs/cluster:Cluster": [
    {
      property: "configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId",
      types: ["aws:kms/key:Key"],
      by: "arn",
      reason: "CreateCluster takes the key of the tasks' storage, which has an id that AWS gives the key",
    },
  ],
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": [
    {
      property: "clusterName",
      types: CLUSTER,
      by: "name",
      reason: "PutClusterCapacityProviders takes cluster; ClusterNotFoundException without it",
    },
  ],
  "aws:ecs/taskDefinition:TaskDefinition": [
    roleNeed("taskRoleArn", "RegisterTaskDefinition takes taskRoleArn and refuses a role that is not valid"),
    roleNeed("executionRoleArn", "RegisterTaskDefinition takes executionRoleArn"),
    {
      property: "volumes.efsVolumeConfiguration.fileSystemId",
      types: ["aws:efs/fileSystem:FileSystem"],
      reason: "RegisterTaskDefinition takes fileSystemId, which AWS gives the file system",
    },
    {
      property: "volumes.efsVolumeConfiguration.authorizationConfig.accessPointId",
      types: ["aws:efs/accessPoint:AccessPoint"],
      reason: "RegisterTaskDefinition takes accessPointId, which AWS gives the access point",
    },
  ],
  "aws:ecs/service:Service": [
    {
      property: "cluster",
      types: CLUSTER,
      by: "arn",
      reason: "CreateService takes cluster; ClusterNotFoundException without it",
    },
    {
      through: { property: "cluster", types: CLUSTER },
      property: "name",
      types: ["aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"],
      reason: "CreateService refuses a capacity provider that is not associated with the cluster",
    },
    {
      property: "taskDefinition",
      types: ["aws:ecs/taskDefinition:TaskDefinition"],
      by: "arn",
      reason: "CreateService takes taskDefinition and refuses a revision that is not there",
    },
    {
      through: { property: "taskDefinition", types: ["aws:ecs/taskDefinition:TaskDefinition"], by: "arn" },
      property: "containerDefinitions.secrets.valueFrom",
      types: ["aws:ssm/parameter:Parameter"],
      by: "arn",
      reason:
        "ECS starts no task whose secrets name a parameter that is not there (ResourceInitializationError)",
    },
    {
      property: "networkConfiguration.subnets",
      types: SUBNET,
      reason: "CreateService takes the ids of subnets",
    },
    {
      property: "networkConfiguration.securityGroups",
      types: SECURITY_GROUP,
      reason: "CreateService takes the ids of security groups",
    },
    {
      property: "loadBalancers.targetGroupArn",
      types: TARGET_GROUP,
      reason: "CreateService takes targetGroupArn",
    },
    {
      through: { property: "loadBalancers.targetGroupArn", types: TARGET_GROUP },
      property: "arn",
      types: ["aws:lb/listener:Listener"],
      by: "defaultActions.targetGroupArn",
      reason: "CreateService refuses a target group without an associated load balancer",
    },
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    { property: "subnets", types: SUBNET, reason: "CreateLoadBalancer takes Subnets" },
    { property: "securityGroups", types: SECURITY_GROUP, reason: "CreateLoadBalancer takes SecurityGroups" },
  ],
  "aws:lb/targetGroup:TargetGroup": [
    { property: "vpcId", types: VPC, reason: "CreateTargetGroup takes VpcId" },
  ],
  "aws:lb/listener:Listener": [
    {
      property: "loadBalancerArn",
      types: ["aws:lb/loadBalancer:LoadBalancer"],
      reason: "CreateListener takes LoadBalancerArn",
    },
    {
      property: "defaultActions.targetGroupArn",
      types: TARGET_GROUP,
      reason: "CreateListener takes TargetGroupArn in its default action",
    },
  ],
  "aws:appautoscaling/scheduledAction:ScheduledAction": [
    {
      property: "resourceId",
      types: ["aws:appautoscaling/target:Target"],
      reason: "PutScheduledAction fails with ObjectNotFoundException for a ResourceId without a target",
    },
  ],
};
