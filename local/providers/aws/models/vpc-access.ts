import { AwsError, type Model } from "../model";
import { ec2Id, hexOf, strings, text, type World } from "../world";
import { ROUTE_TABLE, SUBNET, VPC } from "./ec2";
import { ROLE } from "./iam";
import { LOG_GROUP } from "./logs";
import { requireTrust } from "../policy-documents";
import type { Props } from "../../../account/store";

export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** Default quotas: interface endpoints of a VPC, rules of a security group in one direction. */
const ENDPOINTS_OF_VPC = { code: "L-29B6F2EB", limit: 50 };
const RULES_OF_GROUP = { code: "L-0EA8095F", limit: 60 };

const securityGroup: Model = {
  type: SECURITY_GROUP,
  source: "internal/service/ec2/vpc_security_group.go",
  forceNew: ["description", "name", "namePrefix", "vpcId"],
  seconds: 2,
  taggable: true,
  computed: ["arn", "egress", "ingress", "name", "ownerId"],
  defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
  references: { vpcId: { types: [VPC], by: "id" } },
  keptWhileReferenced: true,
  unique: (inputs) => ({
    claim: `${text(inputs, "vpcId")} ${text(inputs, "name")}`,
    taken: `InvalidGroup.Duplicate: The security group '${text(inputs, "name")}' already exists for VPC '${text(inputs, "vpcId")}'`,
  }),
  make: (_inputs, world) => {
    const id = ec2Id("sg");
    return { id, computed: { arn: world.arn("ec2", `security-group/${id}`), ownerId: world.place.account } };
  },
};

const defaultSecurityGroup: Model = {
  type: DEFAULT_SECURITY_GROUP,
  source: "internal/service/ec2/vpc_default_security_group.go",
  forceNew: ["vpcId"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "description", "name", "ownerId"],
  references: { vpcId: { types: [VPC], by: "id" } },
  // It is adopted, never made: its id is the VPC's, and it stays when the resource is deleted.
  make: (inputs, world) => {
    const id = String(
      world.need({ types: [VPC], by: "id" }, text(inputs, "vpcId")).computed["defaultSecurityGroupId"],
    );
    return {
      id,
      computed: {
        arn: world.arn("ec2", `security-group/${id}`),
        description: "default VPC security group",
        name: "default",
        ownerId: world.place.account,
      },
    };
  },
};

function securityGroupRule(direction: "Ingress" | "Egress"): Model {
  const type = `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`;
  return {
    type,
    source: `internal/service/ec2/vpc_security_group_${direction.toLowerCase()}_rule.go`,
    forceNew: ["securityGroupId"],
    seconds: 1,
    taggable: true,
    computed: ["arn", "securityGroupRuleId"],
    references: {
      securityGroupId: { types: [SECURITY_GROUP, DEFAULT_SECURITY_GROUP], by: "id" },
      referencedSecurityGroupId: { types: [SECURITY_GROUP, DEFAULT_SECURITY_GROUP], by: "id" },
    },
    check: (inputs) => {
      const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
      const given = peers.filter((peer) => inputs[peer] !== undefined);
      return given.length === 1
        ? []
        : [
            {
              property: "cidrIpv4",
              reason: `exactly one of ${peers.join(", ")} must be set, got ${given.length}`,
            },
          ];
    },
    unique: (inputs) => ({
      claim: ruleKey(inputs),
      taken: `InvalidPermission.Duplicate: the specified rule "${ruleKey(inputs)}" already exists`,
    }),
    verify: (inputs, world) => {
      const group = text(inputs, "securityGroupId");
      if (
        world.all(type).filter((rule) => rule.inputs["securityGroupId"] === group).length >=
        world.quota(RULES_OF_GROUP)
      ) {
        throw new AwsError(
          "RulesPerSecurityGroupLimitExceeded",
          `${group} has as many rules as a group may have`,
        );
      }
    },
    make: (_inputs, world) => {
      const id = ec2Id("sgr");
      return {
        id,
        computed: { securityGroupRuleId: id, arn: world.arn("ec2", `security-group-rule/${id}`) },
      };
    },
  };
}

const endpoint: Model = {
  type: ENDPOINT,
  source: "internal/service/ec2/vpc_endpoint.go",
  forceNew: [
    "resourceConfigurationArn",
    "serviceName",
    "serviceNetworkArn",
    "serviceRegion",
    "vpcEndpointType",
    "vpcId",
  ],
  seconds: 75,
  taggable: true,
  computed: [
    "arn",
    "cidrBlocks",
    "dnsEntries",
    "networkInterfaceIds",
    "ownerId",
    "prefixListId",
    "requesterManaged",
    "state",
  ],
  defaults: { vpcEndpointType: "Gateway", ipAddressType: "ipv4" },
  references: {
    vpcId: { types: [VPC], by: "id" },
    subnetIds: { types: [SUBNET], by: "id" },
    routeTableIds: { types: [ROUTE_TABLE], by: "id" },
    securityGroupIds: { types: [SECURITY_GROUP], by: "id" },
  },
  documents: [{ property: "policy", kind: "resource" }],
  keptWhileReferenced: true,
  unique: (inputs) => ({
    claim: `${text(inputs, "vpcId")} ${text(inputs, "serviceName")} ${String(inputs["vpcEndpointType"])}`,
    taken: `InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${text(inputs, "serviceName")} in the VPC ${text(inputs, "vpcId")}`,
  }),
  verify: verifyEndpoint,
  make: (inputs, world) => {
    const id = ec2Id("vpce");
    const service = text(inputs, "serviceName");
    const isInterface = inputs["vpcEndpointType"] === "Interface";
    return {
      id,
      computed: {
        arn: world.arn("ec2", `vpc-endpoint/${id}`),
        ownerId: world.place.account,
        requesterManaged: false,
        state: "available",
        ...(isInterface
          ? {
              networkInterfaceIds: strings(inputs["subnetIds"]).map(() => ec2Id("eni")),
              dnsEntries: [
                {
                  dnsName: `${id}.${service.split(".").slice(3).reverse().join(".")}.${world.place.region}.vpce.amazonaws.com`,
                },
              ],
            }
          : { prefixListId: `pl-${hexOf(service, 8)}` }),
      },
    };
  },
};

const flowLog: Model = {
  type: "aws:ec2/flowLog:FlowLog",
  source: "internal/service/ec2/vpc_flow_log.go",
  forceNew: [
    "deliverCrossAccountRole",
    "destinationOptions",
    "eniId",
    "iamRoleArn",
    "logDestination",
    "logDestinationType",
    "logFormat",
    "maxAggregationInterval",
    "subnetId",
    "trafficType",
    "transitGatewayAttachmentId",
    "transitGatewayId",
    "vpcId",
  ],
  seconds: 1,
  taggable: true,
  computed: ["arn", "logFormat"],
  defaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
  references: {
    vpcId: { types: [VPC], by: "id" },
    iamRoleArn: { types: [ROLE], by: "arn" },
    logDestination: { types: [LOG_GROUP], by: "arn" },
  },
  verify: (inputs, world) => {
    requireTrust(world, text(inputs, "iamRoleArn"), "vpc-flow-logs.amazonaws.com");
  },
  make: (_inputs, world) => {
    const id = ec2Id("fl");
    return { id, computed: { arn: world.arn("ec2", `vpc-flow-log/${id}`) } };
  },
};

export const vpcAccessModels: readonly Model[] = [
  securityGroup,
  defaultSecurityGroup,
  securityGroupRule("Ingress"),
  securityGroupRule("Egress"),
  endpoint,
  flowLog,
];

function ruleKey(inputs: Props): string {
  return [
    inputs["securityGroupId"],
    inputs["ipProtocol"],
    inputs["fromPort"],
    inputs["toPort"],
    inputs["cidrIpv4"] ?? inputs["cidrIpv6"] ?? inputs["prefixListId"] ?? inputs["referencedSecurityGroupId"],
  ]
    .map(String)
    .join(" ");
}

function verifyEndpoint(inputs: Props, world: World): void {
  const service = text(inputs, "serviceName");
  if (!service.startsWith(`com.amazonaws.${world.place.region}.`)) {
    throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${service}' does not exist`);
  }
  const owner = world.need({ types: [VPC], by: "id" }, text(inputs, "vpcId"));
  const subnets = strings(inputs["subnetIds"]).map((id) => world.need({ types: [SUBNET], by: "id" }, id));
  const zones = subnets.map((subnet) => subnet.inputs["availabilityZone"]);
  if (new Set(zones).size < zones.length) {
    throw new AwsError(
      "DuplicateSubnetsInSameZone",
      "Found another VPC endpoint subnet in the availability zone",
    );
  }
  if (subnets.some((subnet) => subnet.inputs["vpcId"] !== owner.id)) {
    throw new AwsError("InvalidParameter", `the subnets of ${service} do not all lie in ${owner.id}`);
  }
  if (inputs["privateDnsEnabled"] === true && owner.inputs["enableDnsHostnames"] !== true) {
    throw new AwsError(
      "InvalidParameter",
      "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true",
    );
  }
  if (
    world.all(ENDPOINT).filter((other) => other.inputs["vpcId"] === owner.id).length >=
    world.quota(ENDPOINTS_OF_VPC)
  ) {
    throw new AwsError("VpcEndpointLimitExceeded", `${owner.id} has as many endpoints as a VPC may have`);
  }
}
