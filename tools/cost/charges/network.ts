import { scaled } from "../money";
import { type Charge, HOURS, type Pricing, standing, type Subject, textOf, used } from "./charge";

const NAT = "aws:ec2/natGateway:NatGateway";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

const nat: Pricing = (subject) => {
  const gigabytes = scaled(subject.usage.network.natGb, 1 / subject.stack.ofType(NAT).length);
  return [
    standing(subject, "vpc", "NAT gateway", HOURS),
    used(subject, "vpc", "NAT gateway data processed", gigabytes),
  ];
};

const address: Pricing = (subject) => [standing(subject, "vpc", "Public IPv4 address", HOURS)];

const endpoint: Pricing = (subject) => {
  if (textOf(subject.resource, "vpcEndpointType") !== "Interface") {
    return [standing(subject, "vpc", "S3/DynamoDB gateway endpoint", HOURS)];
  }
  // Unknown in a plan: one in each zone then.
  const subnets = subject.resource.inputs["subnetIds"];
  const zones = Array.isArray(subnets) ? subnets.length : subject.stack.zones;
  return [standing(subject, "vpc", "Interface endpoint", zones * HOURS), endpointData(subject)];
};

function endpointData(subject: Subject): Charge {
  const interfaces = subject.stack
    .ofType(ENDPOINT)
    .filter((it) => textOf(it, "vpcEndpointType") === "Interface");
  const gigabytes = scaled(subject.usage.network.endpointGb, 1 / interfaces.length);
  return used(subject, "vpc", "Interface endpoint data, first 1 PB", gigabytes);
}

/** What crosses zones is charged on both sides. */
const vpc: Pricing = (subject) => [
  used(subject, "data_transfer", "Between AZs, each direction", scaled(subject.usage.network.crossZoneGb, 2)),
];

/** The network. */
export const networkPricing: Readonly<Record<string, Pricing>> = {
  [NAT]: nat,
  "aws:ec2/eip:Eip": address,
  [ENDPOINT]: endpoint,
  "aws:ec2/vpc:Vpc": vpc,
};
