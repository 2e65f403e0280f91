import { AwsError, type Model } from "../model";
import { ec2Id, hexOf, strings, text, type World } from "../world";
import { contains, overlap, readCidr, toCidr } from "../../../../config/cidr";

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const EIP = "aws:ec2/eip:Eip";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";

/** Default quotas of a region: Service Quotas code and limit. */
const VPCS = { code: "L-F678F1CE", limit: 5 };
const EIPS = { code: "L-0263D0A3", limit: 5 };

const vpc: Model = {
  type: VPC,
  source: "internal/service/ec2/vpc_.go",
  forceNew: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  // The provider waits for DNS attributes to settle.
  seconds: 12,
  taggable: true,
  computed: [
    "arn",
    "defaultNetworkAclId",
    "defaultRouteTableId",
    "defaultSecurityGroupId",
    "dhcpOptionsId",
    "mainRouteTableId",
    "ownerId",
  ],
  defaults: { enableDnsSupport: true, enableDnsHostnames: false, instanceTenancy: "default" },
  keptWhileReferenced: true,
  verify: (inputs, world) => {
    const block = readCidr(text(inputs, "cidrBlock"));
    if (typeof block === "string" || block.prefixLength < 16 || block.prefixLength > 28) {
      throw new AwsError("InvalidVpc.Range", `The CIDR '${text(inputs, "cidrBlock")}' is invalid.`);
    }
    if (world.all(VPC).length >= world.quota(VPCS)) {
      throw new AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
    }
  },
  make: (_inputs, world) => {
    const id = ec2Id("vpc");
    const routeTable = ec2Id("rtb");
    return {
      id,
      computed: {
        arn: world.arn("ec2", `vpc/${id}`),
        defaultNetworkAclId: ec2Id("acl"),
        defaultRouteTableId: routeTable,
        defaultSecurityGroupId: ec2Id("sg"),
        dhcpOptionsId: `dopt-0${hexOf(world.place.account + world.place.region, 16)}`,
        mainRouteTableId: routeTable,
        ownerId: world.place.account,
      },
    };
  },
};

const subnet: Model = {
  type: SUBNET,
  source: "internal/service/ec2/vpc_subnet.go",
  forceNew: ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6Native", "outpostArn", "vpcId"],
  seconds: 11,
  taggable: true,
  computed: ["arn", "availabilityZoneId", "ipv6CidrBlockAssociationId", "ownerId"],
  defaults: { assignIpv6AddressOnCreation: false, mapPublicIpOnLaunch: false, enableDns64: false },
  references: { vpcId: { types: [VPC], by: "id" } },
  keptWhileReferenced: true,
  verify: (inputs, world) => {
    const block = text(inputs, "cidrBlock");
    const owner = world.need({ types: [VPC], by: "id" }, text(inputs, "vpcId"));
    if (!contains(toCidr(text(owner.inputs, "cidrBlock")), toCidr(block))) {
      throw new AwsError("InvalidSubnet.Range", `The CIDR '${block}' is invalid.`);
    }
    if (!text(inputs, "availabilityZone").startsWith(world.place.region)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${text(inputs, "availabilityZone")}) for parameter availabilityZone is invalid. Subnets can only be created in zones of ${world.place.region}.`,
      );
    }
    const rival = world
      .all(SUBNET)
      .find(
        (other) =>
          other.inputs["vpcId"] === owner.id &&
          overlap(toCidr(text(other.inputs, "cidrBlock")), toCidr(block)),
      );
    if (rival) {
      throw new AwsError(
        "InvalidSubnet.Conflict",
        `The CIDR '${block}' conflicts with another subnet (${rival.id})`,
      );
    }
  },
  make: (inputs, world) => {
    const id = ec2Id("subnet");
    const zone = text(inputs, "availabilityZone");
    return {
      id,
      computed: {
        arn: world.arn("ec2", `subnet/${id}`),
        // Zone ids name the same building in every account: `euc1-az2`.
        availabilityZoneId: `${zoneIdPrefix(world.place.region)}-az${String(zone.charCodeAt(zone.length - 1) - 96)}`,
        ownerId: world.place.account,
      },
    };
  },
};

const internetGateway: Model = {
  type: INTERNET_GATEWAY,
  source: "internal/service/ec2/vpc_internet_gateway.go",
  forceNew: [],
  seconds: 1,
  taggable: true,
  computed: ["arn", "ownerId"],
  references: { vpcId: { types: [VPC], by: "id" } },
  keptWhileReferenced: true,
  // A gateway can't be detached while public addresses of its VPC are in use.
  heldBy: (object, world) =>
    world
      .all(NAT_GATEWAY)
      .filter(({ inputs }) => vpcOf(world, text(inputs, "subnetId")) === object.inputs["vpcId"])
      .map(({ id }) => id),
  unique: (inputs) => ({
    claim: text(inputs, "vpcId"),
    taken: `Resource.AlreadyAssociated: vpc ${text(inputs, "vpcId")} already has an internet gateway attached`,
  }),
  make: (_inputs, world) => {
    const id = ec2Id("igw");
    return {
      id,
      computed: { arn: world.arn("ec2", `internet-gateway/${id}`), ownerId: world.place.account },
    };
  },
};

const routeTable: Model = {
  type: ROUTE_TABLE,
  source: "internal/service/ec2/vpc_route_table.go",
  forceNew: ["vpcId"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "ownerId", "routes", "propagatingVgws"],
  references: { vpcId: { types: [VPC], by: "id" } },
  keptWhileReferenced: true,
  make: (_inputs, world) => {
    const id = ec2Id("rtb");
    return { id, computed: { arn: world.arn("ec2", `route-table/${id}`), ownerId: world.place.account } };
  },
};

const routeTableAssociation: Model = {
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  source: "internal/service/ec2/vpc_route_table_association.go",
  forceNew: ["gatewayId", "subnetId"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: {
    subnetId: { types: [SUBNET], by: "id" },
    routeTableId: { types: [ROUTE_TABLE], by: "id" },
  },
  unique: (inputs) => ({
    claim: text(inputs, "subnetId"),
    taken: `Resource.AlreadyAssociated: the specified association for subnet ${text(inputs, "subnetId")} conflicts with an existing association`,
  }),
  importId: (inputs) => `${text(inputs, "subnetId")}/${text(inputs, "routeTableId")}`,
  make: () => ({ id: ec2Id("rtbassoc"), computed: {} }),
};

const route: Model = {
  type: "aws:ec2/route:Route",
  source: "internal/service/ec2/vpc_route.go",
  forceNew: ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"],
  seconds: 1,
  taggable: false,
  computed: ["origin", "state", "instanceId", "instanceOwnerId", "networkInterfaceId"],
  references: {
    routeTableId: { types: [ROUTE_TABLE], by: "id" },
    gatewayId: { types: [INTERNET_GATEWAY], by: "id" },
    natGatewayId: { types: [NAT_GATEWAY], by: "id" },
  },
  unique: (inputs) => {
    const destination = text(inputs, "destinationCidrBlock");
    return {
      claim: `${text(inputs, "routeTableId")}_${destination}`,
      taken: `RouteAlreadyExists: Route in Route Table (${text(inputs, "routeTableId")}) with destination (${destination}) already exists`,
    };
  },
  importId: (inputs) => `${text(inputs, "routeTableId")}_${text(inputs, "destinationCidrBlock")}`,
  make: (inputs) => {
    const [table, destination] = [text(inputs, "routeTableId"), text(inputs, "destinationCidrBlock")];
    return {
      id: `r-${table}${hexOf(destination, 10)}`,
      computed: { origin: "CreateRoute", state: "active" },
    };
  },
};

const eip: Model = {
  type: EIP,
  source: "internal/service/ec2/ec2_eip.go",
  forceNew: ["address", "customerOwnedIpv4Pool", "domain", "networkBorderGroup", "publicIpv4Pool"],
  seconds: 1,
  taggable: true,
  computed: ["allocationId", "arn", "associationId", "publicDns", "publicIp", "ptrRecord"],
  keptWhileReferenced: true,
  verify: (_inputs, world) => {
    if (world.all(EIP).length >= world.quota(EIPS)) {
      throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    }
  },
  make: (_inputs, world) => {
    const id = ec2Id("eipalloc");
    // 203.0.113.0/24 is reserved for documentation.
    const publicIp = `203.0.113.${String(1 + (Number.parseInt(hexOf(id, 6), 16) % 254))}`;
    return {
      id,
      computed: { allocationId: id, arn: world.arn("ec2", `elastic-ip/${id}`), publicIp },
    };
  },
};

const natGateway: Model = {
  type: NAT_GATEWAY,
  source: "internal/service/ec2/vpc_nat_gateway.go",
  forceNew: ["allocationId", "connectivityType", "privateIp", "subnetId", "vpcId", "availabilityMode"],
  seconds: 95,
  taggable: true,
  computed: ["associationId", "networkInterfaceId", "privateIp", "publicIp"],
  defaults: { connectivityType: "public" },
  references: { subnetId: { types: [SUBNET], by: "id" }, allocationId: { types: [EIP], by: "id" } },
  keptWhileReferenced: true,
  unique: (inputs) => ({
    claim: text(inputs, "allocationId"),
    taken: `Resource.AlreadyAssociated: elastic IP address ${text(inputs, "allocationId")} is already associated`,
  }),
  verify: (inputs, world) => {
    requireInternetGateway(world, text(inputs, "subnetId"));
  },
  make: (inputs, world) => {
    const address = world.need({ types: [EIP], by: "id" }, text(inputs, "allocationId"));
    return {
      id: ec2Id("nat"),
      computed: {
        associationId: ec2Id("eipassoc"),
        networkInterfaceId: ec2Id("eni"),
        publicIp: address.computed["publicIp"],
      },
    };
  },
};

const blockPublicAccess: Model = {
  type: "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
  source: "internal/service/ec2/vpc_block_public_access_options.go",
  forceNew: [],
  seconds: 30,
  taggable: false,
  computed: ["awsAccountId", "awsRegion"],
  unique: (_inputs, place) => ({
    claim: "options",
    taken:
      `VPC Block Public Access is one setting of account ${place.account} in ${place.region}, and another stack manages it already. ` +
      "AWS would hand it over silently, and the first stack to be destroyed would switch it off for both. " +
      "Set `streamflix:network.blockPublicAccess: adopt` in one of them",
  }),
  make: (_inputs, world) => ({
    id: world.place.region,
    computed: { awsAccountId: world.place.account, awsRegion: world.place.region },
  }),
};

export const ec2Models: readonly Model[] = [
  vpc,
  subnet,
  internetGateway,
  routeTable,
  routeTableAssociation,
  route,
  eip,
  natGateway,
  blockPublicAccess,
];

function requireInternetGateway(world: World, subnetId: string): void {
  const owner = vpcOf(world, subnetId);
  if (
    !world.all(INTERNET_GATEWAY).some((gateway) => strings(gateway.inputs["vpcId"]).includes(String(owner)))
  ) {
    throw new AwsError("Gateway.NotAttached", `Network ${String(owner)} has no Internet gateway attached`);
  }
}

function vpcOf(world: World, subnetId: string): unknown {
  return world.need({ types: [SUBNET], by: "id" }, subnetId).inputs["vpcId"];
}

/** `eu-central-1` → `euc1`. */
function zoneIdPrefix(region: string): string {
  const [area = "", direction = "", number = ""] = region.split("-");
  return `${area}${direction.charAt(0)}${number}`;
}
