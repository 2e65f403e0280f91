import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { Sandbox, subjectOf, T } from "./sandbox";

const RULE = ["region", "securityGroupId"];

/** Every property that can't change on an existing object, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [T.Alias]: ["name", "namePrefix", "region"],
  [T.DefaultSecurityGroup]: ["region", "vpcId"],
  [T.Egress]: RULE,
  [T.Eip]: ["address", "customerOwnedIpv4Pool", "domain", "networkBorderGroup", "publicIpv4Pool", "region"],
  [T.FlowLog]: [
    "deliverCrossAccountRole",
    "destinationOptions",
    "eniId",
    "iamRoleArn",
    "logDestination",
    "logDestinationType",
    "logFormat",
    "maxAggregationInterval",
    "region",
    "subnetId",
    "trafficType",
    "transitGatewayAttachmentId",
    "transitGatewayId",
    "vpcId",
  ],
  [T.Ingress]: RULE,
  [T.InternetGateway]: ["region"],
  [T.Key]: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "region", "xksKeyId"],
  [T.LogGroup]: ["logGroupClass", "name", "namePrefix", "region"],
  [T.NatGateway]: [
    "allocationId",
    "availabilityMode",
    "connectivityType",
    "privateIp",
    "region",
    "subnetId",
    "vpcId",
  ],
  // IAM has no regions.
  [T.Role]: ["name", "namePrefix", "path"],
  [T.RolePolicy]: ["name", "namePrefix", "role"],
  [T.Route]: [
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "region",
    "routeTableId",
  ],
  [T.RouteTable]: ["region", "vpcId"],
  [T.RouteTableAssociation]: ["gatewayId", "region", "subnetId"],
  [T.SecurityGroup]: ["description", "name", "namePrefix", "region", "vpcId"],
  [T.Subnet]: [
    "availabilityZone",
    "availabilityZoneId",
    "cidrBlock",
    "ipv6Native",
    "outpostArn",
    "region",
    "vpcId",
  ],
  [T.Topic]: ["fifoTopic", "name", "namePrefix", "region"],
  [T.TopicPolicy]: ["arn", "region"],
  [T.TopicSubscription]: ["endpoint", "protocol", "region", "topic"],
  [T.Vpc]: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "region"],
  [T.VpcBlockPublicAccessOptions]: ["region"],
  [T.VpcEndpoint]: [
    "region",
    "resourceConfigurationArn",
    "serviceName",
    "serviceNetworkArn",
    "serviceRegion",
    "vpcEndpointType",
    "vpcId",
  ],
};

/** Properties that all kinds of resources have, fixed or not. */
const ANY = [
  ...new Set([...Object.values(FIXED).flat(), "tags", "policy", "description", "kmsKeyId"]),
].sort();

describe("simulation: what a change replaces", () => {
  const { aws } = new Sandbox();

  for (const [type, fixed] of Object.entries(FIXED)) {
    it(type, () => {
      const replaced = ANY.filter((property) => {
        const { changed, replaces } = aws.diff(subjectOf(type), { [property]: "old" }, { [property]: "new" });
        assert.deepEqual(changed, [{ path: property, kind: "update" }]);
        assert.ok(replaces.length === 0 || replaces[0] === property);
        return replaces.length === 1;
      });
      assert.deepEqual(replaced, fixed);
    });
  }

  // All other models have to be in the table of data-models-replacement.test.ts, which checks that none escapes.
  it("every type of the sandbox is in the table, has a model and names its source", () => {
    assert.deepEqual(Object.keys(FIXED).sort(), Object.values(T).sort());
    const sources = Object.values(T).map((type) => models.get(type)?.source ?? type);
    assert.deepEqual(
      sources.filter((it) => !/^internal\/service\/[a-z0-9]+\/[a-z0-9_]+\.go$/.test(it)),
      [],
    );
  });
});

describe("simulation: diff", () => {
  const { aws } = new Sandbox();
  const diff = (olds: object, news: object, type: string = T.Vpc) =>
    aws.diff(subjectOf(type), { ...olds }, { ...news });

  it("of equals is nothing, whatever the order of keys", () => {
    assert.deepEqual(diff({ a: 1, tags: { x: "1", y: "2" } }, { tags: { y: "2", x: "1" }, a: 1 }), {
      changed: [],
      replaces: [],
    });
  });

  it("names what was added, removed and changed", () => {
    assert.deepEqual(diff({ a: 1, b: 1 }, { b: 2, c: 1 }).changed, [
      { path: "a", kind: "delete" },
      { path: "b", kind: "update" },
      { path: "c", kind: "add" },
    ]);
  });

  it("goes into maps, quotes odd keys, and takes lists as a whole", () => {
    const olds = { tags: { owner: "a", "cost-center": "a" }, list: [1, 2] };
    const news = { tags: { owner: "b", "cost-center": "b" }, list: [1, 3] };
    assert.deepEqual(diff(olds, news).changed, [
      { path: "list", kind: "update" },
      { path: 'tags["cost-center"]', kind: "update" },
      { path: "tags.owner", kind: "update" },
    ]);
  });

  it("replaces for a change inside a fixed map", () => {
    const olds = { destinationOptions: { fileFormat: "plain-text" } };
    const news = { destinationOptions: { fileFormat: "parquet" } };
    assert.deepEqual(diff(olds, news, T.FlowLog).replaces, ["destinationOptions.fileFormat"]);
  });

  it("replaces for a fixed property that appears or goes", () => {
    assert.deepEqual(diff({}, { cidrBlock: "10.0.0.0/16" }).replaces, ["cidrBlock"]);
    assert.deepEqual(diff({ cidrBlock: "10.0.0.0/16" }, {}).replaces, ["cidrBlock"]);
  });
});
