import assert from "node:assert/strict";

import { made, type Registration } from "./mocks";
import { network } from "./network-stack";
import { ofType } from "./registrations";

const GROUPS = {
  app: made("SecurityGroup", "network-tiers-app", "id"),
  data: made("SecurityGroup", "network-tiers-data", "id"),
  endpoints: made("SecurityGroup", "network-endpoints", "id"),
} as const;

const S3 = made("VpcEndpoint", "network-endpoints-s3", "prefixListId");

const INSIDE = [
  "app → data tcp 2049 egress: NFS from app to data",
  "app → data tcp 2049 ingress: NFS from app to data",
  "app → data tcp 5432 egress: PostgreSQL from app to data",
  "app → data tcp 5432 ingress: PostgreSQL from app to data",
  "app → data tcp 6379 egress: Valkey from app to data",
  "app → data tcp 6379 ingress: Valkey from app to data",
  "app → endpoints tcp 443 egress: AWS services through interface endpoints",
  "app → endpoints tcp 443 ingress: AWS services through interface endpoints",
  "app → s3 tcp 443 egress: S3 through its gateway endpoint",
];

describe("security groups", () => {
  it("are exactly three, without inline rules", async () => {
    const groups = ofType(await network(), "SecurityGroup").map(({ name, inputs }) => [name, inputs]);
    assert.deepEqual(Object.fromEntries(groups), {
      "network-endpoints": {
        namePrefix: "streamflix-endpoints-unit-",
        description: "Interface endpoints",
        vpcId: "vpc",
        tags: { Name: "streamflix-endpoints-unit" },
      },
      "network-tiers-app": {
        namePrefix: "streamflix-app-unit-",
        description: "Private tier: tasks and functions",
        vpcId: "vpc",
        tags: { Name: "streamflix-app-unit" },
      },
      "network-tiers-data": {
        namePrefix: "streamflix-data-unit-",
        description: "Isolated tier: database, cache and files",
        vpcId: "vpc",
        tags: { Name: "streamflix-data-unit" },
      },
    });
  });

  for (const nat of ["single", "onePerAz"] as const) {
    it(`nat: ${nat} has exactly these rules`, async () => {
      assert.deepEqual(table(await network({ nat })), [
        "app → 0.0.0.0/0 tcp 443 egress: HTTPS to the internet through NAT",
        ...INSIDE,
      ]);
    });
  }

  it("nat: none has no rule to the internet", async () => {
    assert.deepEqual(table(await network({ nat: "none" })), INSIDE);
  });
});

/** Every rule as one line, which shows all its inputs. */
function table(registrations: readonly Registration[]): string[] {
  const line = ({ inputs }: Registration, direction: "egress" | "ingress") => {
    const { securityGroupId, referencedSecurityGroupId, prefixListId, cidrIpv4, ...rest } = inputs;
    const { ipProtocol, fromPort, toPort, description, ...surplus } = rest;
    const peers = [referencedSecurityGroupId, prefixListId, cidrIpv4].filter((it) => it !== undefined);
    assert.equal(peers.length, 1);
    assert.equal(fromPort, toPort);
    assert.deepEqual(surplus, {});
    const ends = [nameOf(securityGroupId), nameOf(peers[0])];
    const [from, to] = direction === "egress" ? ends : ends.reverse();
    return `${from ?? ""} → ${to ?? ""} ${String(ipProtocol)} ${String(fromPort)} ${direction}: ${String(description)}`;
  };
  return [
    ...ofType(registrations, "SecurityGroupEgressRule").map((it) => line(it, "egress")),
    ...ofType(registrations, "SecurityGroupIngressRule").map((it) => line(it, "ingress")),
  ].sort();
}

function nameOf(value: unknown): string {
  const named = { ...GROUPS, s3: S3 };
  return Object.entries(named).find(([, id]) => id === value)?.[0] ?? String(value);
}
