import * as aws from "@pulumi/aws";
import type * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import type { MetricSource } from "../metrics";

export interface NatGatewaysArgs {
  readonly names: Names;
  /** Number of zones; each has one public and one private subnet. */
  readonly zoneCount: number;
  /** One gateway for all zones, which fails with the first zone, or one per zone. */
  readonly strategy: "single" | "onePerAz";
  readonly vpc: awsx.ec2.Vpc;
}

/**
 * The way out of the private subnets.
 *
 * Apart from the awsx component, although that could make them: its outputs wait for all its children, and a NAT
 * gateway takes a minute and a half, in which the endpoints can be made as well (decision record 0008).
 */
export class NatGateways extends pulumi.ComponentResource {
  /** Figures of each gateway. */
  readonly metrics: readonly MetricSource[];

  constructor(name: string, args: NatGatewaysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:network:NatGateways", name, {}, opts);
    const { vpc, zoneCount } = args;
    const numbers = Array.from({ length: zoneCount }, (_, index) => index + 1);

    const gateways = numbers.slice(0, args.strategy === "single" ? 1 : zoneCount).map((number) => {
      const tags = { Name: args.names.fixed("nameTag", `nat-${number}`) };
      const address = new aws.ec2.Eip(`${name}-${number}`, { tags }, { parent: this });
      return new aws.ec2.NatGateway(
        `${name}-${number}`,
        {
          subnetId: vpc.publicSubnetIds.apply((ids) => nth(ids, number)),
          allocationId: address.id,
          tags,
        },
        // AWS attaches no address without an internet gateway, and detaches none that addresses still need.
        { parent: this, dependsOn: vpc.internetGateway },
      );
    });
    for (const number of numbers) {
      new aws.ec2.Route(
        `${name}-${number}`,
        {
          routeTableId: routeTableOf(vpc, number),
          natGatewayId: (gateways.length === 1 ? nth(gateways, 1) : nth(gateways, number)).id,
          destinationCidrBlock: "0.0.0.0/0",
        },
        { parent: this },
      );
    }
    this.metrics = gateways.map(({ id }) => ({
      namespace: "AWS/NATGateway",
      dimensions: { NatGatewayId: id },
    }));
    this.registerOutputs({ metrics: this.metrics });
  }
}

/** Route table of the private subnet in the n-th zone. */
function routeTableOf(vpc: awsx.ec2.Vpc, number: number): pulumi.Output<string> {
  const associations = vpc.routeTableAssociations.apply((all) =>
    pulumi.all(all.map(({ subnetId, routeTableId }) => pulumi.all([subnetId, routeTableId]))),
  );
  return pulumi.all([associations, vpc.privateSubnetIds]).apply(([pairs, subnetIds]) => {
    const found = pairs.find(([subnetId]) => subnetId === nth(subnetIds, number));
    if (found?.[1] === undefined) {
      throw new Error(`private subnet ${number} has no route table of its own`);
    }
    return found[1];
  });
}

/** The n-th of a list, counted from 1. */
function nth<Item>(items: readonly Item[], number: number): Item {
  const item = items[number - 1];
  if (item === undefined) {
    throw new Error(`there is no number ${number} among ${items.length}`);
  }
  return item;
}
