import assert from "node:assert/strict";

import type * as pulumi from "@pulumi/pulumi";

import type { Registration } from "./mocks";
import { network } from "./network-stack";
import { countByType, ofType, only } from "./registrations";

describe("Network", () => {
  it("registers exactly these resources", async () => {
    assert.deepEqual(countByType(await network()), {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
      "aws:ec2/eip:Eip": 1,
      "aws:ec2/flowLog:FlowLog": 1,
      "aws:ec2/natGateway:NatGateway": 1,
      "aws:ec2/route:Route": 2,
      "aws:ec2/securityGroup:SecurityGroup": 3,
      "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": 1,
      "aws:ec2/vpcEndpoint:VpcEndpoint": 3,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 6,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 4,
      "awsx:ec2:Vpc": 1,
      "streamflix:network:Endpoints": 1,
      "streamflix:network:FlowLogs": 1,
      "streamflix:network:NatGateways": 1,
      "streamflix:network:Network": 1,
      "streamflix:network:TierSecurityGroups": 1,
    });
  });

  for (const nat of ["none", "single", "onePerAz"] as const) {
    it(`nat: ${nat} asks awsx for exactly this VPC, without NAT gateways`, async () => {
      assert.deepEqual(only(await network({ nat }), "awsx:ec2:Vpc").inputs, {
        cidrBlock: "10.20.0.0/16",
        availabilityZoneNames: ["eu-central-1a", "eu-central-1b"],
        enableDnsSupport: true,
        enableDnsHostnames: true,
        natGateways: { strategy: "None" },
        subnetStrategy: "Auto",
        subnetSpecs: [
          { type: "Public", cidrBlocks: ["10.20.0.0/24", "10.20.1.0/24"] },
          { type: "Private", cidrBlocks: ["10.20.16.0/20", "10.20.32.0/20"] },
          { type: "Isolated", cidrBlocks: ["10.20.8.0/24", "10.20.9.0/24"] },
        ],
        vpcEndpointStrategy: "Auto",
        tags: { Name: "streamflix-vpc-unit" },
      });
    });
  }

  it("blockPublicAccess: create closes all ways in and leaves NAT's way out", async () => {
    const { name, inputs } = only(await network(), "VpcBlockPublicAccessOptions");
    assert.deepEqual(
      [name, inputs],
      ["network-block-public-access", { internetGatewayBlockMode: "block-ingress" }],
    );
  });

  for (const blockPublicAccess of ["adopt", "off"] as const) {
    it(`blockPublicAccess: ${blockPublicAccess} leaves the setting alone`, async () => {
      assert.deepEqual(ofType(await network({ blockPublicAccess }), "VpcBlockPublicAccessOptions"), []);
    });
  }

  it("empties the default security group", async () => {
    assert.deepEqual(only(await network(), "DefaultSecurityGroup").inputs, {
      vpcId: "vpc",
      ingress: [],
      egress: [],
      tags: { Name: "streamflix-default-unused-unit" },
    });
  });
});

describe("what Network changes in awsx's children", () => {
  it("every stack: subnets hand out no public addresses, and nothing else changes", async () => {
    assert.deepEqual(await changes(await network()), {
      "aws:ec2/subnet:Subnet": { props: { cidrBlock: "x", mapPublicIpOnLaunch: false }, opts: {} },
    });
  });

  it("a protected stack: the VPC is protected too, its other children are not", async () => {
    assert.deepEqual(await changes(await network({}, true)), {
      "aws:ec2/subnet:Subnet": { props: { cidrBlock: "x", mapPublicIpOnLaunch: false }, opts: {} },
      "aws:ec2/vpc:Vpc": { props: { cidrBlock: "x", mapPublicIpOnLaunch: true }, opts: { protect: true } },
    });
  });

  it("the awsx component itself is never protected: every change of layout would be refused", async () => {
    const protectedOnes = (await network({}, true)).filter((it) => it.protect);
    assert.deepEqual(protectedOnes, []);
  });
});

/** What the transforms on the VPC make of one child of each type. */
async function changes(registrations: readonly Registration[]): Promise<Record<string, unknown>> {
  const { transforms } = only(registrations, "awsx:ec2:Vpc");
  const children = ["eip:Eip", "internetGateway:InternetGateway", "natGateway:NatGateway", "route:Route"];
  children.push("routeTable:RouteTable", "subnet:Subnet", "vpc:Vpc");
  const changed: Record<string, unknown> = {};
  for (const type of children.map((child) => `aws:ec2/${child}`)) {
    let args: pulumi.ResourceTransformArgs = {
      custom: true,
      type,
      name: "child",
      props: { cidrBlock: "x", mapPublicIpOnLaunch: true },
      opts: {},
    };
    for (const transform of transforms) {
      const result = await transform(args);
      if (result) {
        args = { ...args, ...result };
        changed[type] = result;
      }
    }
  }
  return changed;
}
