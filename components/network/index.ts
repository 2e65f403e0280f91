import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { Names, NetworkConfig, RetentionConfig } from "../../config";
import type { MetricSource } from "../metrics";
import { Endpoints } from "./endpoints";
import { FlowLogs } from "./flow-logs";
import { NatGateways } from "./nat";
import { TierSecurityGroups } from "./security-groups";

export interface NetworkArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  /** Zones of the subnets; the n-th CIDR block of each tier lies in the n-th zone. */
  readonly availabilityZones: readonly string[];
  readonly network: NetworkConfig;
  /** Encrypts the flow logs. */
  readonly logsKeyArn: pulumi.Input<string>;
  /** Refuses to delete or replace the VPC. */
  readonly protect: boolean;
}

/**
 * The VPC with three tiers of subnets, their ways out and in, and the record of who talks to whom.
 *
 * Public: NAT gateways only. Private: tasks, functions, interface endpoints. Isolated: data, with no route out.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly isolatedSubnetIds: pulumi.Output<string[]>;
  /** Security groups of the private tier (`app`) and the isolated tier (`data`). */
  readonly securityGroupIds: { readonly app: pulumi.Output<string>; readonly data: pulumi.Output<string> };
  /** DNS and route targets through which calls to AWS stay private. */
  readonly endpoints: Endpoints;
  /** Figures of each NAT gateway. */
  readonly natMetrics: readonly MetricSource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:network:Network", name, {}, opts);
    const { network } = args;

    const vpc = new awsx.ec2.Vpc(
      name,
      {
        cidrBlock: network.cidr,
        availabilityZoneNames: [...args.availabilityZones],
        enableDnsSupport: true,
        enableDnsHostnames: true,
        // Made below: this component's outputs would wait for them.
        natGateways: { strategy: "None" },
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Public", cidrBlocks: [...network.subnets.public] },
          { type: "Private", cidrBlocks: [...network.subnets.private] },
          { type: "Isolated", cidrBlocks: [...network.subnets.isolated] },
        ],
        // The endpoints are made below, with policies and a security group of their own.
        vpcEndpointStrategy: "Auto",
        tags: { Name: args.names.fixed("nameTag", "vpc") },
      },
      { parent: this, transforms: [keepSubnetsPrivate, ...(args.protect ? [protectVpc] : [])] },
    );
    this.vpcId = vpc.vpcId;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    this.isolatedSubnetIds = vpc.isolatedSubnetIds;

    this.natMetrics =
      network.nat === "none"
        ? []
        : new NatGateways(
            `${name}-nat`,
            { names: args.names, zoneCount: args.availabilityZones.length, strategy: network.nat, vpc },
            { parent: this },
          ).metrics;
    if (network.blockPublicAccess === "create") {
      // One setting for the whole account and region. Ways in are closed; NAT's way out stays open.
      new aws.ec2.VpcBlockPublicAccessOptions(
        `${name}-block-public-access`,
        { internetGatewayBlockMode: "block-ingress" },
        { parent: this },
      );
    }
    // Taken over to be emptied: nothing may live in a group that nobody chose.
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      {
        vpcId: vpc.vpcId,
        ingress: [],
        egress: [],
        tags: { Name: args.names.fixed("nameTag", "default-unused") },
      },
      { parent: this },
    );
    this.endpoints = new Endpoints(
      `${name}-endpoints`,
      {
        names: args.names,
        accountId: args.accountId,
        region: args.region,
        services: network.endpoints,
        vpcId: vpc.vpcId,
        subnetIds: vpc.privateSubnetIds,
        routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id))),
      },
      { parent: this },
    );
    this.securityGroupIds = new TierSecurityGroups(
      `${name}-tiers`,
      {
        names: args.names,
        vpcId: vpc.vpcId,
        endpointsSecurityGroupId: this.endpoints.securityGroupId,
        s3PrefixListId: this.endpoints.s3PrefixListId,
        hasWayOut: network.nat !== "none",
      },
      { parent: this },
    ).ids;
    if (network.flowLogs) {
      new FlowLogs(
        `${name}-flow-logs`,
        {
          names: args.names,
          accountId: args.accountId,
          region: args.region,
          vpcId: vpc.vpcId,
          retention: args.retention,
          keyArn: args.logsKeyArn,
        },
        { parent: this },
      );
    }
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      isolatedSubnetIds: this.isolatedSubnetIds,
      securityGroupIds: this.securityGroupIds,
      endpoints: this.endpoints,
      natMetrics: this.natMetrics,
    });
  }
}

/** awsx makes public subnets hand out public addresses. Only NAT gateways live there, and they bring their own. */
function keepSubnetsPrivate({ type, props, opts }: pulumi.ResourceTransformArgs) {
  return type === "aws:ec2/subnet:Subnet"
    ? { props: { ...props, mapPublicIpOnLaunch: false }, opts }
    : undefined;
}

/** `protect` on the awsx component would reach all its children, and every change of layout would be refused. */
function protectVpc({ type, props, opts }: pulumi.ResourceTransformArgs) {
  return type === "aws:ec2/vpc:Vpc" ? { props, opts: { ...opts, protect: true } } : undefined;
}
