import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** The part of `awsx.ec2.VpcArgs` that this program uses, as the engine passes it on. */
export interface VpcInputs {
  readonly cidrBlock: string;
  readonly availabilityZoneNames: readonly string[];
  readonly natGateways: { readonly strategy: string };
  readonly subnetStrategy: string;
  readonly subnetSpecs: readonly SubnetSpec[];
  readonly tags: Readonly<Record<string, string>>;
  readonly enableDnsHostnames: boolean;
  readonly enableDnsSupport: boolean;
}

interface SubnetSpec {
  readonly type: "Public" | "Private" | "Isolated";
  readonly cidrBlocks: readonly string[];
}

/** Arguments it takes; another one would be ignored silently, so it is an error. */
const KNOWN = [
  "availabilityZoneNames",
  "cidrBlock",
  "enableDnsHostnames",
  "enableDnsSupport",
  "natGateways",
  "subnetSpecs",
  "subnetStrategy",
  "tags",
  "vpcEndpointStrategy",
];

const TYPE_ORDER = ["Public", "Private", "Isolated"] as const;

/**
 * Stand-in for `awsx:ec2:Vpc` 3.9 with explicit CIDR blocks: the same children, names, parents, tags and
 * dependencies as the real component makes from these arguments, and no other feature of it.
 */
export class Vpc extends pulumi.ComponentResource {
  readonly state: Record<string, unknown>;

  constructor(name: string, inputs: VpcInputs, opts: pulumi.ComponentResourceOptions) {
    super("awsx:ec2:Vpc", name, {}, opts);
    const surplus = Object.keys(inputs).filter((key) => !KNOWN.includes(key));
    const layout = inputs.subnetSpecs.every((spec) => spec.cidrBlocks.length > 0);
    if (surplus.length > 0 || !layout || inputs.natGateways.strategy !== "None") {
      throw new Error(
        `the local stand-in for awsx:ec2:Vpc takes ${KNOWN.join(", ")}, with cidrBlocks in every subnet spec and without NAT gateways; got ${surplus.join(", ")} besides`,
      );
    }
    const tags = { Name: name, ...inputs.tags };
    const vpc = new aws.ec2.Vpc(
      name,
      {
        cidrBlock: inputs.cidrBlock,
        enableDnsHostnames: inputs.enableDnsHostnames,
        enableDnsSupport: inputs.enableDnsSupport,
        tags,
      },
      { parent: this },
    );
    const gateway = new aws.ec2.InternetGateway(
      name,
      { vpcId: vpc.id, tags },
      { parent: vpc, dependsOn: [vpc] },
    );
    const made: Made = {
      subnets: { Public: [], Private: [], Isolated: [] },
      routeTables: [],
      routes: [],
      associations: [],
    };
    inputs.availabilityZoneNames.forEach((zone, index) => {
      for (const type of TYPE_ORDER) {
        for (const spec of inputs.subnetSpecs.filter((candidate) => candidate.type === type)) {
          this.subnet(name, { zone, index, spec, tags, vpc, gateway }, made);
        }
      }
    });
    this.state = {
      vpc,
      vpcId: vpc.id,
      internetGateway: gateway,
      subnets: TYPE_ORDER.flatMap((type) => made.subnets[type]),
      publicSubnetIds: made.subnets.Public.map((subnet) => subnet.id),
      privateSubnetIds: made.subnets.Private.map((subnet) => subnet.id),
      isolatedSubnetIds: made.subnets.Isolated.map((subnet) => subnet.id),
      routeTables: made.routeTables,
      routes: made.routes,
      routeTableAssociations: made.associations,
      natGateways: [],
      eips: [],
      vpcEndpoints: [],
    };
    this.registerOutputs(this.state);
  }

  private subnet(name: string, at: Position, made: Made): void {
    const { zone, index, spec, vpc, gateway } = at;
    const number = index + 1;
    const subnetName = `${name}-${spec.type.toLowerCase()}-${number}`;
    const tags = { ...at.tags, Name: subnetName, SubnetType: spec.type };
    const subnet = new aws.ec2.Subnet(
      subnetName,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        mapPublicIpOnLaunch: spec.type === "Public",
        cidrBlock: spec.cidrBlocks[index] ?? "",
        tags,
      },
      { parent: vpc, dependsOn: [vpc] },
    );
    made.subnets[spec.type].push(subnet);
    const table = new aws.ec2.RouteTable(
      subnetName,
      { vpcId: vpc.id, tags },
      { parent: subnet, dependsOn: [subnet] },
    );
    made.routeTables.push(table);
    const inTable = { parent: table, dependsOn: [table] };
    made.associations.push(
      new aws.ec2.RouteTableAssociation(subnetName, { routeTableId: table.id, subnetId: subnet.id }, inTable),
    );
    if (spec.type === "Public") {
      made.routes.push(
        new aws.ec2.Route(
          subnetName,
          { routeTableId: table.id, gatewayId: gateway.id, destinationCidrBlock: "0.0.0.0/0" },
          inTable,
        ),
      );
    }
  }
}

interface Position {
  readonly zone: string;
  readonly index: number;
  readonly spec: SubnetSpec;
  readonly tags: Readonly<Record<string, string>>;
  readonly vpc: aws.ec2.Vpc;
  readonly gateway: aws.ec2.InternetGateway;
}

interface Made {
  readonly subnets: Record<SubnetSpec["type"], aws.ec2.Subnet[]>;
  readonly routeTables: aws.ec2.RouteTable[];
  readonly routes: aws.ec2.Route[];
  readonly associations: aws.ec2.RouteTableAssociation[];
}
