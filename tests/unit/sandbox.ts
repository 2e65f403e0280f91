import type { Props } from "../../local/account/store";
import { ACCOUNT, document, type Made, REGION, SimulatedAccount } from "./simulated-account";

export { ACCOUNT, document as policy, type Made, REGION, refusal, subjectOf } from "./simulated-account";

/** Type tokens by their last part. */
export const T = {
  Alias: "aws:kms/alias:Alias",
  DefaultSecurityGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  Egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  Eip: "aws:ec2/eip:Eip",
  FlowLog: "aws:ec2/flowLog:FlowLog",
  Ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  InternetGateway: "aws:ec2/internetGateway:InternetGateway",
  Key: "aws:kms/key:Key",
  LogGroup: "aws:cloudwatch/logGroup:LogGroup",
  NatGateway: "aws:ec2/natGateway:NatGateway",
  Role: "aws:iam/role:Role",
  RolePolicy: "aws:iam/rolePolicy:RolePolicy",
  Route: "aws:ec2/route:Route",
  RouteTable: "aws:ec2/routeTable:RouteTable",
  RouteTableAssociation: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  SecurityGroup: "aws:ec2/securityGroup:SecurityGroup",
  Subnet: "aws:ec2/subnet:Subnet",
  Topic: "aws:sns/topic:Topic",
  TopicPolicy: "aws:sns/topicPolicy:TopicPolicy",
  TopicSubscription: "aws:sns/topicSubscription:TopicSubscription",
  Vpc: "aws:ec2/vpc:Vpc",
  VpcBlockPublicAccessOptions: "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
  VpcEndpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
} as const;

/** A simulated account with what a network needs in short words. */
export class Sandbox extends SimulatedAccount {
  vpc(inputs: Props = {}): Promise<Made> {
    return this.make(T.Vpc, { cidrBlock: "10.20.0.0/16", ...inputs });
  }

  subnet(vpc: Made, cidrBlock = "10.20.0.0/24", zone = "a"): Promise<Made> {
    return this.make(T.Subnet, { vpcId: vpc.id, cidrBlock, availabilityZone: `${REGION}${zone}` });
  }

  group(vpc: Made, name = "app"): Promise<Made> {
    return this.make(T.SecurityGroup, { vpcId: vpc.id, name });
  }

  role(service = "vpc-flow-logs.amazonaws.com"): Promise<Made> {
    const assumeRolePolicy = document({ Principal: { Service: service }, Action: "sts:AssumeRole" });
    return this.make(T.Role, { name: "role", assumeRolePolicy });
  }

  /** A key for CloudWatch Logs, with the grant that its log groups need. */
  logsKey(pattern = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`): Promise<Made> {
    return this.make(T.Key, {
      policy: document({
        Principal: { Service: `logs.${REGION}.amazonaws.com` },
        Action: ["kms:Decrypt*", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": pattern } },
      }),
    });
  }
}
