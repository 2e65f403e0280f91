import assert from "node:assert/strict";

import { network } from "./network-stack";
import { ofType } from "./registrations";

/** Which gateway the private subnets of each zone go through, by the names of resources. */
const WAYS = {
  none: { gateways: [], routes: [] },
  single: {
    gateways: [{ subnet: "public-1", address: "network-nat-1" }],
    routes: [
      { table: "table of private-1", gateway: "NatGateway/network-nat-1#id" },
      { table: "table of private-2", gateway: "NatGateway/network-nat-1#id" },
    ],
  },
  onePerAz: {
    gateways: [
      { subnet: "public-1", address: "network-nat-1" },
      { subnet: "public-2", address: "network-nat-2" },
    ],
    routes: [
      { table: "table of private-1", gateway: "NatGateway/network-nat-1#id" },
      { table: "table of private-2", gateway: "NatGateway/network-nat-2#id" },
    ],
  },
} as const;

describe("Network: NAT gateways", () => {
  for (const [nat, { gateways, routes }] of Object.entries(WAYS)) {
    it(`nat: ${nat} makes ${gateways.length} gateways and sends ${routes.length} private subnets through them`, async () => {
      const registrations = await network({ nat: nat as keyof typeof WAYS });
      assert.deepEqual(
        ofType(registrations, "NatGateway").map(({ inputs }) => [inputs["subnetId"], inputs["allocationId"]]),
        gateways.map(({ subnet, address }) => [subnet, `Eip/${address}#id`]),
      );
      assert.equal(ofType(registrations, "Eip").length, gateways.length);
      assert.deepEqual(
        ofType(registrations, "Route").map(({ inputs }) => inputs),
        routes.map(({ table, gateway }) => ({
          routeTableId: table,
          natGatewayId: gateway,
          destinationCidrBlock: "0.0.0.0/0",
        })),
      );
    });
  }
});
