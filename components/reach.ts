import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** One way out of something with a security group: a port of another security group, or of addresses of AWS. */
export type Reach = {
  /** Part of resource names, such as `database`. */
  readonly to: string;
  readonly port: number;
  readonly description: string;
} & (
  | { readonly securityGroupId: pulumi.Input<string> }
  /** Stands for the addresses of a service with a gateway endpoint. */
  | { readonly prefixListId: pulumi.Input<string> }
);

/** Opens both ends of a way, as far as they are ours: standalone rules, since inline ones would undo them. */
export function allow(
  name: string,
  from: pulumi.Input<string>,
  reach: Reach,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const ports = {
    ipProtocol: "tcp",
    fromPort: reach.port,
    toPort: reach.port,
    description: reach.description,
  };
  if ("prefixListId" in reach) {
    const { prefixListId } = reach;
    return [
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${reach.to}`,
        { ...ports, securityGroupId: from, prefixListId },
        opts,
      ),
    ];
  }
  return [
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-${reach.to}`,
      { ...ports, securityGroupId: from, referencedSecurityGroupId: reach.securityGroupId },
      opts,
    ),
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-${reach.to}`,
      { ...ports, securityGroupId: reach.securityGroupId, referencedSecurityGroupId: from },
      opts,
    ),
  ];
}
