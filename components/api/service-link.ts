import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";

/** The internal load balancer before the service. */
export interface LoadBalancer {
  readonly arn: pulumi.Input<string>;
  readonly dnsName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly listenerPort: number;
  /**
   * Name that the listener's certificate is for; API Gateway refuses any other.
   * @default the listener speaks HTTP, in plain inside the VPC
   */
  readonly tlsServerName?: string;
}

export interface ServiceLinkArgs {
  readonly names: Names;
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets, one per zone: API Gateway puts a network interface into each. */
  readonly subnetIds: pulumi.Input<string[]>;
  readonly loadBalancer: LoadBalancer;
}

/**
 * API Gateway's way into the VPC: a VPC link V2, whose interfaces may reach the load balancer's port and nothing else.
 *
 * Subnets and groups of a link can't change. A replacement is made first; the API moves to it before the old one goes.
 * A link without traffic for 60 days goes to sleep, and its first requests then fail for minutes.
 */
export class ServiceLink extends pulumi.ComponentResource {
  /** Id of the link, known once the way is open. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, args: ServiceLinkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:api:ServiceLink", name, {}, opts);
    const { names, loadBalancer } = args;
    const parent = { parent: this };
    const Name = names.fixed("nameTag", "api-link");

    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      {
        namePrefix: names.prefix("securityGroup", "api-link"),
        description: "API Gateway's interfaces in the VPC",
        vpcId: args.vpcId,
        tags: { Name },
      },
      parent,
    );
    const rule = {
      ipProtocol: "tcp",
      fromPort: loadBalancer.listenerPort,
      toPort: loadBalancer.listenerPort,
      description: "API Gateway to the service's load balancer",
    };
    const out = new aws.vpc.SecurityGroupEgressRule(
      name,
      {
        securityGroupId: securityGroup.id,
        referencedSecurityGroupId: loadBalancer.securityGroupId,
        ...rule,
        tags: { Name },
      },
      parent,
    );
    const into = new aws.vpc.SecurityGroupIngressRule(
      name,
      {
        securityGroupId: loadBalancer.securityGroupId,
        referencedSecurityGroupId: securityGroup.id,
        ...rule,
        tags: { Name },
      },
      parent,
    );
    const link = new aws.apigatewayv2.VpcLink(
      name,
      {
        name: names.fixed("vpcLink", "api"),
        subnetIds: args.subnetIds,
        securityGroupIds: [securityGroup.id],
      },
      parent,
    );
    this.id = pulumi.all([link.id, out.id, into.id]).apply(([id]) => id);
    this.registerOutputs({ id: this.id });
  }
}

/** Scheme, host and port with which API Gateway speaks to a load balancer. */
export function originOf({ dnsName, listenerPort, tlsServerName }: LoadBalancer): pulumi.Output<string> {
  return tlsServerName === undefined
    ? pulumi.interpolate`http://${dnsName}:${listenerPort}`
    : pulumi.output(`https://${tlsServerName}:${listenerPort}`);
}
