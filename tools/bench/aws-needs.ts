/** The list of `aws-edges.ts`: by type, which of its properties name things that must exist first, and why. */
import type { Need } from "./aws-edges";
import { API_NEEDS } from "./aws-needs-api";
import { AUDIT_NEEDS } from "./aws-needs-audit";
import { BACKUP_NEEDS } from "./aws-needs-backup";
import { BOOTSTRAP_NEEDS } from "./aws-needs-bootstrap";
import { DATA_NEEDS } from "./aws-needs-data";
import { GAME_DAY_NEEDS } from "./aws-needs-game-days";
import { MONITORING_NEEDS } from "./aws-needs-monitoring";
import { SERVICE_NEEDS } from "./aws-needs-service";
import { STREAMING_NEEDS } from "./aws-needs-streaming";

const VPC = ["aws:ec2/vpc:Vpc"];
const SUBNET = ["aws:ec2/subnet:Subnet"];
const ROUTE_TABLE = ["aws:ec2/routeTable:RouteTable"];
const INTERNET_GATEWAY = ["aws:ec2/internetGateway:InternetGateway"];
const NAT_GATEWAY = ["aws:ec2/natGateway:NatGateway"];
const EIP = ["aws:ec2/eip:Eip"];
const SECURITY_GROUP = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];
const KEY = ["aws:kms/key:Key"];
const LOG_GROUP = ["aws:cloudwatch/logGroup:LogGroup"];
const ROLE = ["aws:iam/role:Role"];
const TOPIC = ["aws:sns/topic:Topic"];

const ruleNeeds = (call: string): readonly Need[] => [
  { property: "securityGroupId", types: SECURITY_GROUP, reason: `${call} takes GroupId` },
  {
    property: "referencedSecurityGroupId",
    types: SECURITY_GROUP,
    reason: `${call} takes the other group's id in UserIdGroupPairs and refuses one that does not exist`,
  },
  // No edge to a gateway endpoint: the prefix list of a service is AWS's own and exists before any endpoint.
];

/** Types that need nothing stand here with an empty list, so that a forgotten type can be told from a free one. */
export const AWS_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  ...DATA_NEEDS,
  ...BACKUP_NEEDS,
  ...SERVICE_NEEDS,
  ...API_NEEDS,
  ...MONITORING_NEEDS,
  ...GAME_DAY_NEEDS,
  ...STREAMING_NEEDS,
  ...AUDIT_NEEDS,
  ...BOOTSTRAP_NEEDS,

  "aws:ec2/vpc:Vpc": [],
  "aws:ec2/eip:Eip": [],
  "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": [],
  "aws:kms/key:Key": [],
  "aws:iam/role:Role": [],
  "aws:cloudwatch/eventRule:EventRule": [],

  // PutTargets takes functions and queues by their ARNs, and doesn't ask whether they are there.
  "aws:cloudwatch/eventTarget:EventTarget": [
    {
      property: "rule",
      types: ["aws:cloudwatch/eventRule:EventRule"],
      reason: "PutTargets takes Rule; ResourceNotFoundException without it",
    },
    {
      property: "roleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "PutTargets takes RoleArn, which EventBridge has to be able to assume",
    },
  ],

  "aws:ec2/subnet:Subnet": [{ property: "vpcId", types: VPC, reason: "CreateSubnet takes VpcId" }],
  "aws:ec2/internetGateway:InternetGateway": [
    { property: "vpcId", types: VPC, reason: "AttachInternetGateway takes VpcId" },
  ],
  "aws:ec2/routeTable:RouteTable": [
    { property: "vpcId", types: VPC, reason: "CreateRouteTable takes VpcId" },
  ],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": [
    { property: "subnetId", types: SUBNET, reason: "AssociateRouteTable takes SubnetId" },
    { property: "routeTableId", types: ROUTE_TABLE, reason: "AssociateRouteTable takes RouteTableId" },
  ],
  "aws:ec2/route:Route": [
    { property: "routeTableId", types: ROUTE_TABLE, reason: "CreateRoute takes RouteTableId" },
    {
      property: "gatewayId",
      types: INTERNET_GATEWAY,
      reason: "CreateRoute takes GatewayId, of a gateway that is attached to the VPC",
    },
    {
      property: "natGatewayId",
      types: NAT_GATEWAY,
      reason: "CreateRoute takes NatGatewayId, and refuses a gateway that is still pending",
    },
  ],
  "aws:ec2/natGateway:NatGateway": [
    { property: "subnetId", types: SUBNET, reason: "CreateNatGateway takes SubnetId" },
    { property: "allocationId", types: EIP, reason: "CreateNatGateway takes AllocationId" },
    {
      through: { property: "subnetId", types: SUBNET },
      property: "vpcId",
      types: INTERNET_GATEWAY,
      by: "vpcId",
      reason: "a public NAT gateway fails with Gateway.NotAttached in a VPC without internet gateway",
    },
  ],
  "aws:ec2/securityGroup:SecurityGroup": [
    { property: "vpcId", types: VPC, reason: "CreateSecurityGroup takes VpcId" },
  ],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": [
    { property: "vpcId", types: VPC, reason: "the group comes into being with its VPC" },
  ],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ruleNeeds("AuthorizeSecurityGroupIngress"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ruleNeeds("AuthorizeSecurityGroupEgress"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": [
    { property: "vpcId", types: VPC, reason: "CreateVpcEndpoint takes VpcId" },
    {
      property: "subnetIds",
      types: SUBNET,
      reason: "CreateVpcEndpoint takes SubnetIds (interface endpoints)",
    },
    {
      property: "securityGroupIds",
      types: SECURITY_GROUP,
      reason: "CreateVpcEndpoint takes SecurityGroupIds (interface endpoints)",
    },
    {
      property: "routeTableIds",
      types: ROUTE_TABLE,
      reason: "CreateVpcEndpoint takes RouteTableIds (gateway endpoints)",
    },
  ],
  "aws:ec2/flowLog:FlowLog": [
    { property: "vpcId", types: VPC, reason: "CreateFlowLogs takes ResourceIds" },
    {
      property: "iamRoleArn",
      types: ROLE,
      by: "arn",
      reason: "CreateFlowLogs takes DeliverLogsPermissionArn, of a role that its service may assume",
    },
    {
      property: "logDestination",
      types: LOG_GROUP,
      by: "arn",
      reason: "CreateFlowLogs takes LogDestination, the group's ARN",
    },
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    {
      property: "kmsKeyId",
      types: KEY,
      by: "arn",
      reason: "CreateLogGroup takes kmsKeyId and tries the key: its policy has to be in place",
    },
  ],
  "aws:iam/rolePolicy:RolePolicy": [
    { property: "role", types: ROLE, reason: "PutRolePolicy takes RoleName; NoSuchEntity without the role" },
  ],
  "aws:kms/alias:Alias": [
    { property: "targetKeyId", types: KEY, by: "keyId", reason: "CreateAlias takes TargetKeyId" },
  ],
  "aws:sns/topic:Topic": [
    {
      property: "kmsMasterKeyId",
      types: KEY,
      by: "arn",
      reason: "CreateTopic takes KmsMasterKeyId, which has an id that AWS gives the key",
    },
  ],
  "aws:sns/topicPolicy:TopicPolicy": [
    { property: "arn", types: TOPIC, by: "arn", reason: "SetTopicAttributes takes TopicArn" },
  ],
  "aws:sns/topicSubscription:TopicSubscription": [
    { property: "topic", types: TOPIC, by: "arn", reason: "Subscribe takes TopicArn" },
  ],
};
