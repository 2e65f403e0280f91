import { AwsError } from "./model";
import { text, type World } from "./world";

const SUBNET = { types: ["aws:ec2/subnet:Subnet"], by: "id" } as const;
const SECURITY_GROUP = { types: ["aws:ec2/securityGroup:SecurityGroup"], by: "id" } as const;

/** Availability zones of subnets, each once, sorted. */
export function zonesOf(world: World, subnetIds: readonly string[]): string[] {
  const zones = subnetIds.map((id) => text(world.need(SUBNET, id).inputs, "availabilityZone"));
  return [...new Set(zones)].sort();
}

/** The one VPC that subnets lie in; refuses when there are several. */
export function vpcOf(world: World, subnetIds: readonly string[]): string {
  const [vpc, ...others] = new Set(subnetIds.map((id) => text(world.need(SUBNET, id).inputs, "vpcId")));
  if (vpc === undefined || others.length > 0) {
    throw new AwsError("InvalidSubnet", "The subnets of a group have to lie in one VPC.");
  }
  return vpc;
}

/** Refuses security groups of another VPC. */
export function requireGroupsIn(world: World, vpcId: string, groupIds: readonly string[]): void {
  const foreign = groupIds.find((id) => world.need(SECURITY_GROUP, id).inputs["vpcId"] !== vpcId);
  if (foreign !== undefined) {
    throw new AwsError("InvalidVPCNetworkStateFault", `Security group ${foreign} is not in ${vpcId}.`);
  }
}
