import assert from "node:assert/strict";

import { type Made, refusal, REGION, Sandbox, T } from "./sandbox";

const NOTHING = "nothing was refused";

/** A quota's code, its default, the refusal above it, and the n-th thing that counts. */
const QUOTAS: readonly (readonly [
  code: string,
  limit: number,
  answer: string,
  make: (box: Sandbox, vpc: Made, group: Made, count: number) => Promise<unknown>,
])[] = [
  [
    "L-0263D0A3",
    5,
    "AddressLimitExceeded: The maximum number of addresses has been reached.",
    (box) => box.make(T.Eip),
  ],
  [
    "L-0EA8095F",
    60,
    "RulesPerSecurityGroupLimitExceeded: sg-# has as many rules as a group may have",
    (box, _vpc, group, count) =>
      box.make(T.Egress, {
        securityGroupId: group.id,
        ipProtocol: "tcp",
        fromPort: count,
        toPort: count,
        cidrIpv4: "10.0.0.0/8",
      }),
  ],
  [
    "L-29B6F2EB",
    50,
    "VpcEndpointLimitExceeded: vpc-# has as many endpoints as a VPC may have",
    (box, vpc, _group, count) =>
      box.make(T.VpcEndpoint, { vpcId: vpc.id, serviceName: `com.amazonaws.${REGION}.s${count}` }),
  ],
];

async function answers(box: Sandbox, make: (typeof QUOTAS)[number][3], attempts: number): Promise<string[]> {
  const vpc = await box.vpc();
  const group = await box.group(vpc);
  const texts: string[] = [];
  for (let count = 1; count <= attempts; count++) {
    texts.push(await refusal(() => make(box, vpc, group, count)));
  }
  return texts;
}

describe("simulation: quotas", () => {
  for (const [code, limit, answer, make] of QUOTAS) {
    it(`${code}: ${limit} by default`, async () => {
      const texts = await answers(new Sandbox(), make, limit + 1);
      assert.deepEqual(texts, [...Array.from({ length: limit }, () => NOTHING), answer]);
    });

    it(`${code}: what was granted`, async () => {
      const box = new Sandbox();
      box.grant({ [code]: 2 });
      assert.deepEqual(await answers(box, make, 3), [NOTHING, NOTHING, answer]);
    });
  }

  const vpcAnswer = "VpcLimitExceeded: The maximum number of VPCs has been reached.";

  for (const [granted, possible] of [
    [undefined, 5],
    [7, 7],
  ] as const) {
    it(`VPCs: ${possible} when ${granted ?? "none"} were granted, and one for one that goes`, async () => {
      const box = new Sandbox();
      if (granted !== undefined) box.grant({ "L-F678F1CE": granted });
      const vpcs: Made[] = [];
      while (vpcs.length < possible) vpcs.push(await box.vpc());
      assert.equal(await refusal(() => box.vpc()), vpcAnswer);
      for (const vpc of vpcs.slice(0, 1)) await box.delete(vpc);
      assert.equal(await refusal(() => box.vpc()), NOTHING);
    });
  }

  it("count each region on its own", async () => {
    const box = new Sandbox();
    box.grant({ "L-F678F1CE": 1 });
    await box.vpc();
    assert.equal(await refusal(() => box.vpc({ region: "eu-west-1" })), NOTHING);
    assert.equal(await refusal(() => box.vpc({ region: "eu-west-1" })), vpcAnswer);
  });
});
