import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { InterfaceEndpoint, Names } from "../../config";
import { policyText } from "../policy";

export interface EndpointsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Interface endpoints, by the service part of their name. */
  readonly services: readonly InterfaceEndpoint[];
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone. */
  readonly subnetIds: pulumi.Input<string[]>;
  /** Route tables that get the way to S3: all of them. */
  readonly routeTableIds: pulumi.Input<string[]>;
}

/**
 * Private ways from the VPC to AWS: a gateway endpoint for S3 and the listed interface endpoints, each limited to
 * this account's principals and resources, plus what AWS itself needs to work.
 */
export class Endpoints extends pulumi.ComponentResource {
  /** Group of the interface endpoints; callers need a rule to it. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Stands for S3's addresses in security group rules. */
  readonly s3PrefixListId: pulumi.Output<string>;

  constructor(name: string, args: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:network:Endpoints", name, {}, opts);
    const serviceName = (service: string) => `com.amazonaws.${args.region}.${service}`;
    const nameTag = (service: string) => args.names.fixed("nameTag", service.replaceAll(".", "-"));

    const s3 = new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: args.vpcId,
        serviceName: serviceName("s3"),
        vpcEndpointType: "Gateway",
        routeTableIds: args.routeTableIds,
        policy: policyText([ownPrincipalsOwnResources(args.accountId), awsOwnedBuckets(args.region)]),
        tags: { Name: nameTag("s3") },
      },
      { parent: this },
    );
    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      {
        namePrefix: args.names.prefix("securityGroup", "endpoints"),
        description: "Interface endpoints",
        vpcId: args.vpcId,
        tags: { Name: nameTag("endpoints") },
      },
      { parent: this },
    );
    for (const service of args.services) {
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: args.vpcId,
          serviceName: serviceName(service),
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: args.subnetIds,
          securityGroupIds: [securityGroup.id],
          policy: policyText([
            ownPrincipalsOwnResources(args.accountId),
            ...(EXCEPTIONS[service]?.(args) ?? []),
          ]),
          tags: { Name: nameTag(service) },
        },
        { parent: this },
      );
    }
    this.securityGroupId = securityGroup.id;
    this.s3PrefixListId = s3.prefixListId;
    this.registerOutputs({ securityGroupId: this.securityGroupId, s3PrefixListId: this.s3PrefixListId });
  }
}

/** What goes through an endpoint besides this account's own resources. */
const EXCEPTIONS: Partial<Record<InterfaceEndpoint, (args: EndpointsArgs) => aws.iam.PolicyStatement[]>> = {
  "ecr.api": (args) => [guardDutyImage(args)],
  "ecr.dkr": (args) => [guardDutyImage(args)],
  // The agent reports to GuardDuty's own account.
  "guardduty-data": ({ accountId }) => [
    {
      Sid: "GuardDutyTelemetry",
      Effect: "Allow",
      Principal: "*",
      Action: "guardduty:SendSecurityTelemetry",
      // The call has no resource.
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
    },
  ],
};

function ownPrincipalsOwnResources(accountId: string): aws.iam.PolicyStatement {
  return {
    Sid: "OwnPrincipalsOwnResources",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    // Resource level: the conditions narrow every call to this account on both ends.
    Resource: "*",
    Condition: {
      StringEquals: { "aws:PrincipalAccount": accountId },
      // Calls without a resource (traces, metrics, random passwords) carry no resource account.
      StringEqualsIfExists: { "aws:ResourceAccount": accountId },
    },
  };
}

/** GuardDuty has tasks pull its agent from a registry of AWS, another account in each region. Pulling only. */
function guardDutyImage({ accountId, region }: EndpointsArgs): aws.iam.PolicyStatement {
  return {
    Sid: "GuardDutyAgentImage",
    Effect: "Allow",
    Principal: "*",
    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Resource: `arn:aws:ecr:${region}:*:repository/aws-guardduty-agent-fargate`,
    Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
  };
}

/** Buckets of AWS: image layers of ECR, and what the Systems Manager agent updates itself from. Reading only. */
function awsOwnedBuckets(region: string): aws.iam.PolicyStatement {
  const buckets = [`prod-${region}-starport-layer-bucket`, `aws-ssm-${region}`, `amazon-ssm-${region}`];
  return {
    Sid: "AwsOwnedBuckets",
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: buckets.map((bucket) => `arn:aws:s3:::${bucket}/*`),
  };
}
