import assert from "node:assert/strict";

import { type Made, refusal, Sandbox, T } from "./sandbox";

/** What is there, what is tried, and what AWS answers, exactly. */
const CASES: readonly (readonly [
  what: string,
  answer: string,
  attempt: (box: Sandbox) => Promise<unknown>,
])[] = [
  [
    "a VPC larger than /16",
    "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
    (box) => box.vpc({ cidrBlock: "10.0.0.0/8" }),
  ],
  [
    "a VPC with host bits",
    "InvalidVpc.Range: The CIDR '10.0.0.1/16' is invalid.",
    (box) => box.vpc({ cidrBlock: "10.0.0.1/16" }),
  ],
  [
    "a subnet in a zone of another region",
    "InvalidParameterValue: Value (eu-west-1a) for parameter availabilityZone is invalid. Subnets can only be created in zones of eu-central-1.",
    async (box) =>
      box.make(T.Subnet, {
        vpcId: (await box.vpc()).id,
        cidrBlock: "10.20.0.0/24",
        availabilityZone: "eu-west-1a",
      }),
  ],
  [
    "a subnet outside its VPC",
    "InvalidSubnet.Range: The CIDR '10.99.0.0/24' is invalid.",
    async (box) => box.subnet(await box.vpc(), "10.99.0.0/24"),
  ],
  [
    "a subnet over another one",
    "InvalidSubnet.Conflict: The CIDR '10.20.0.128/25' conflicts with another subnet (subnet-#)",
    async (box) => {
      const vpc = await box.vpc();
      await box.subnet(vpc, "10.20.0.0/24");
      await box.subnet(vpc, "10.20.0.128/25", "b");
    },
  ],
  [
    "a second internet gateway in a VPC",
    "Resource.AlreadyAssociated: vpc vpc-# already has an internet gateway attached",
    async (box) => {
      const vpcId = (await box.vpc()).id;
      await box.make(T.InternetGateway, { vpcId });
      await box.make(T.InternetGateway, { vpcId });
    },
  ],
  [
    "a NAT gateway without an internet gateway",
    "Gateway.NotAttached: Network vpc-# has no Internet gateway attached",
    async (box) => {
      const subnet = await box.subnet(await box.vpc());
      await box.make(T.NatGateway, { subnetId: subnet.id, allocationId: (await box.make(T.Eip)).id });
    },
  ],
  [
    "a second NAT gateway on an address",
    "Resource.AlreadyAssociated: elastic IP address eipalloc-# is already associated",
    async (box) => {
      const vpc = await box.vpc();
      await box.make(T.InternetGateway, { vpcId: vpc.id });
      const inputs = { subnetId: (await box.subnet(vpc)).id, allocationId: (await box.make(T.Eip)).id };
      await box.make(T.NatGateway, inputs);
      await box.make(T.NatGateway, inputs);
    },
  ],
  [
    "a route to a destination that has one",
    "RouteAlreadyExists: Route in Route Table (rtb-#) with destination (0.0.0.0/0) already exists",
    async (box) => {
      const vpcId = (await box.vpc()).id;
      const gatewayId = (await box.make(T.InternetGateway, { vpcId })).id;
      const routeTableId = (await box.make(T.RouteTable, { vpcId })).id;
      await box.make(T.Route, { routeTableId, gatewayId, destinationCidrBlock: "0.0.0.0/0" });
      await box.make(T.Route, { routeTableId, gatewayId, destinationCidrBlock: "0.0.0.0/0" });
    },
  ],
  [
    "a subnet in two route tables",
    "Resource.AlreadyAssociated: the specified association for subnet subnet-# conflicts with an existing association",
    async (box) => {
      const vpc = await box.vpc();
      const subnetId = (await box.subnet(vpc)).id;
      for (let count = 0; count < 2; count++) {
        const routeTableId = (await box.make(T.RouteTable, { vpcId: vpc.id })).id;
        await box.make(T.RouteTableAssociation, { subnetId, routeTableId });
      }
    },
  ],
  [
    "a security group's name in its VPC twice",
    "InvalidGroup.Duplicate: The security group 'app' already exists for VPC 'vpc-#'",
    async (box) => {
      const vpc = await box.vpc();
      await box.group(vpc);
      await box.group(vpc);
    },
  ],
  [
    "a rule twice",
    'InvalidPermission.Duplicate: the specified rule "sg-# tcp 443 443 0.0.0.0/0" already exists',
    async (box) => {
      const rule = httpsRule(await box.group(await box.vpc()));
      await box.make(T.Egress, rule);
      await box.make(T.Egress, rule);
    },
  ],
  [
    "a rule with two peers",
    "cidrIpv4: exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId must be set, got 2",
    async (box) => {
      const group = await box.group(await box.vpc());
      await box.make(T.Ingress, { ...httpsRule(group), referencedSecurityGroupId: group.id });
    },
  ],
  [
    "an endpoint of another region's service",
    "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-1.kms' does not exist",
    async (box) =>
      box.make(T.VpcEndpoint, endpoint(await box.vpc(), { serviceName: "com.amazonaws.eu-west-1.kms" })),
  ],
  [
    "an endpoint with two subnets in one zone",
    "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone",
    async (box) => {
      const vpc = await box.vpc();
      const subnetIds = [(await box.subnet(vpc)).id, (await box.subnet(vpc, "10.20.1.0/24")).id];
      await box.make(T.VpcEndpoint, endpoint(vpc, { subnetIds }));
    },
  ],
  [
    "an endpoint with another VPC's subnet",
    "InvalidParameter: the subnets of com.amazonaws.eu-central-1.kms do not all lie in vpc-#",
    async (box) => {
      const subnet = await box.subnet(await box.vpc());
      await box.make(T.VpcEndpoint, endpoint(await box.vpc(), { subnetIds: [subnet.id] }));
    },
  ],
  [
    "private DNS in a VPC without host names",
    "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true",
    async (box) => box.make(T.VpcEndpoint, endpoint(await box.vpc(), { privateDnsEnabled: true })),
  ],
  [
    "a second endpoint for a service",
    "InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for com.amazonaws.eu-central-1.kms in the VPC vpc-#",
    async (box) => {
      const vpc = await box.vpc();
      await box.make(T.VpcEndpoint, endpoint(vpc));
      await box.make(T.VpcEndpoint, endpoint(vpc));
    },
  ],
  [
    "a log group's name twice",
    "EntityAlreadyExists: LogGroup logs already exists in account 111122223333, eu-central-1",
    async (box) => {
      await box.make(T.LogGroup, { name: "logs" });
      await box.make(T.LogGroup, { name: "logs" });
    },
  ],
  [
    "a retention that CloudWatch does not have",
    "retentionInDays: expected one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 8",
    (box) => box.make(T.LogGroup, { name: "logs", retentionInDays: 8 }),
  ],
  [
    "a deletion window below 7 days",
    "deletionWindowInDays: expected to be in the range (7 - 30), got 6",
    (box) => box.make(T.Key, { deletionWindowInDays: 6 }),
  ],
  [
    "a deletion window above 30 days",
    "deletionWindowInDays: expected to be in the range (7 - 30), got 31",
    (box) => box.make(T.Key, { deletionWindowInDays: 31 }),
  ],
  [
    "a text message to no number",
    "endpoint: not an address for protocol sms",
    (box) => box.make(T.TopicSubscription, { protocol: "sms", endpoint: "0151" }),
  ],
  [
    "an e-mail to no address",
    "endpoint: not an address for protocol email",
    (box) => box.make(T.TopicSubscription, { protocol: "email", endpoint: "+4915112345678" }),
  ],
  [
    "VPC Block Public Access twice",
    "VPC Block Public Access is one setting of account 111122223333 in eu-central-1, and another stack manages it already. " +
      "AWS would hand it over silently, and the first stack to be destroyed would switch it off for both. " +
      "Set `streamflix:network.blockPublicAccess: adopt` in one of them",
    async (box) => {
      await box.make(T.VpcBlockPublicAccessOptions);
      await box.make(T.VpcBlockPublicAccessOptions);
    },
  ],
];

describe("simulation: what AWS refuses", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new Sandbox())), answer);
    });
  }
});

function httpsRule(group: Made) {
  return { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
}

function endpoint(vpc: Made, inputs: object = {}) {
  return {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.eu-central-1.kms",
    vpcEndpointType: "Interface",
    ...inputs,
  };
}
