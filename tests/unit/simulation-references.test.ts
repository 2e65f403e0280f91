import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { refusal, REGION, Sandbox, subjectOf, T } from "./sandbox";

/** What each property has to name, as the refusal words it. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [T.Alias]: { targetKeyId: "Key" },
  [T.DefaultSecurityGroup]: { vpcId: "Vpc" },
  [T.Egress]: {
    securityGroupId: "SecurityGroup or DefaultSecurityGroup",
    referencedSecurityGroupId: "SecurityGroup or DefaultSecurityGroup",
  },
  [T.FlowLog]: { vpcId: "Vpc", iamRoleArn: "Role", logDestination: "LogGroup" },
  [T.Ingress]: {
    securityGroupId: "SecurityGroup or DefaultSecurityGroup",
    referencedSecurityGroupId: "SecurityGroup or DefaultSecurityGroup",
  },
  [T.InternetGateway]: { vpcId: "Vpc" },
  [T.NatGateway]: { subnetId: "Subnet", allocationId: "Eip" },
  [T.RolePolicy]: { role: "Role" },
  [T.Route]: { routeTableId: "RouteTable", gatewayId: "InternetGateway", natGatewayId: "NatGateway" },
  [T.RouteTable]: { vpcId: "Vpc" },
  [T.RouteTableAssociation]: { subnetId: "Subnet", routeTableId: "RouteTable" },
  [T.SecurityGroup]: { vpcId: "Vpc" },
  [T.Subnet]: { vpcId: "Vpc" },
  [T.Topic]: { kmsMasterKeyId: "Key" },
  [T.TopicPolicy]: { arn: "Topic" },
  [T.TopicSubscription]: { topic: "Topic" },
  [T.VpcEndpoint]: {
    vpcId: "Vpc",
    subnetIds: "Subnet",
    routeTableIds: "RouteTable",
    securityGroupIds: "SecurityGroup",
  },
};

describe("simulation: references", () => {
  const box = new Sandbox();

  for (const [type, properties] of Object.entries(REFERENCES)) {
    for (const [property, kinds] of Object.entries(properties)) {
      it(`${type}: ${property} has to exist`, async () => {
        const value = property.endsWith("Ids") ? ["missing"] : "missing";
        const place = type === T.RolePolicy ? "global" : REGION;
        const text = await refusal(() => box.aws.create(subjectOf(type), { name: "it", [property]: value }));
        assert.equal(
          text,
          `${kinds}.NotFound: ${kinds} "missing" does not exist in account 111122223333, ${place}`,
        );
      });
    }
  }

  it("no model of this table has a reference that it lacks", () => {
    // The data tier's models are not in T: their tests name what they refuse.
    const found = Object.values(T).map((type) => [type, Object.keys(models.get(type)?.references ?? {})]);
    const wanted = Object.values(T).map((type) => [type, Object.keys(REFERENCES[type] ?? {})]);
    assert.deepEqual(found, wanted);
  });

  it("another region's object does not count", async () => {
    const vpc = await box.vpc();
    const subnet = {
      region: "eu-west-1",
      vpcId: vpc.id,
      cidrBlock: "10.20.0.0/24",
      availabilityZone: "eu-west-1a",
    };
    assert.equal(
      await refusal(() => box.make(T.Subnet, subnet)),
      'Vpc.NotFound: Vpc "vpc-#" does not exist in account 111122223333, eu-west-1',
    );
  });
});

describe("simulation: types without a model", () => {
  const message =
    "aws:dynamodb/table:Table has no model in the local simulation. Add one under local/providers/aws/models before using it";
  const box = new Sandbox();
  const table = subjectOf("aws:dynamodb/table:Table");

  for (const [call, attempt] of Object.entries({
    check: () => box.aws.check(table, {}, {}),
    diff: () => box.aws.diff(table, {}, {}),
    create: () => box.aws.create(table, {}),
    read: () => box.aws.read(table, "id", { inputs: {}, outputs: {} }),
  })) {
    it(`${call} names the type`, async () => {
      assert.equal(await refusal(attempt), message);
    });
  }
});
