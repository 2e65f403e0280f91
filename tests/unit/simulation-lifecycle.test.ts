import assert from "node:assert/strict";

import { ACCOUNT, type Made, refusal, REGION, Sandbox, subjectOf, T } from "./sandbox";

const NOTHING = "nothing was refused";
const DAY_MS = 24 * 3600 * 1000;

/** Something, what hangs on it, and the refusal of its deletion. */
const DEPENDENTS: readonly (readonly [
  what: string,
  answer: string,
  make: (box: Sandbox) => Promise<{ kept: Made; dependent: Made }>,
])[] = [
  [
    "a VPC with a subnet",
    "DependencyViolation: Vpc vpc-# has dependent objects and cannot be deleted: subnet-#",
    async (box) => {
      const kept = await box.vpc();
      return { kept, dependent: await box.subnet(kept) };
    },
  ],
  [
    "a subnet with a NAT gateway",
    "DependencyViolation: Subnet subnet-# has dependent objects and cannot be deleted: nat-#",
    async (box) => {
      const vpc = await box.vpc();
      await box.make(T.InternetGateway, { vpcId: vpc.id });
      const kept = await box.subnet(vpc);
      const allocationId = (await box.make(T.Eip)).id;
      return { kept, dependent: await box.make(T.NatGateway, { subnetId: kept.id, allocationId }) };
    },
  ],
  [
    "a security group in an endpoint",
    "DependencyViolation: SecurityGroup sg-# has dependent objects and cannot be deleted: vpce-#",
    async (box) => {
      const vpc = await box.vpc();
      const kept = await box.group(vpc);
      const inputs = {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${REGION}.kms`,
        securityGroupIds: [kept.id],
      };
      return { kept, dependent: await box.make(T.VpcEndpoint, inputs) };
    },
  ],
  [
    "a security group that another one's rule names",
    "DependencyViolation: SecurityGroup sg-# has dependent objects and cannot be deleted: sgr-#",
    async (box) => {
      const vpc = await box.vpc();
      const [kept, other] = [await box.group(vpc, "kept"), await box.group(vpc, "other")];
      const inputs = { ipProtocol: "tcp", fromPort: 1, toPort: 1, securityGroupId: other.id };
      return {
        kept,
        dependent: await box.make(T.Ingress, { ...inputs, referencedSecurityGroupId: kept.id }),
      };
    },
  ],
  [
    "a role with a policy",
    "DependencyViolation: Role role has dependent objects and cannot be deleted: role:it",
    async (box) => {
      const kept = await box.role();
      const policy = { Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
      return { kept, dependent: await box.make(T.RolePolicy, { role: kept.id, name: "it", policy }) };
    },
  ],
];

describe("simulation: delete", () => {
  for (const [what, answer, make] of DEPENDENTS) {
    it(`refuses ${what}, until that is gone`, async () => {
      const box = new Sandbox();
      const { kept, dependent } = await make(box);
      assert.equal(await refusal(() => box.delete(kept)), answer);
      assert.equal(box.stored(kept)?.state, "available");
      await box.delete(dependent);
      await box.delete(kept);
      assert.equal(box.stored(kept), undefined);
    });
  }

  it("of what is gone already is done", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    await box.delete(vpc);
    assert.equal(await refusal(() => box.delete(vpc)), NOTHING);
  });

  it("frees the name", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    await box.delete(await box.group(vpc));
    assert.equal(await refusal(() => box.group(vpc)), NOTHING);
  });

  it("of a key only marks it, with the day it ends", async () => {
    const box = new Sandbox();
    const key = await box.make(T.Key, { deletionWindowInDays: 9 });
    const before = Date.now();
    await box.delete(key);
    const object = box.stored(key);
    const days = (Date.parse(object?.deletionDate ?? "") - before) / DAY_MS;
    assert.equal(object?.state, "pendingDeletion");
    assert.ok(days >= 9 && days < 9.001, `ends after ${days} days`);
    assert.equal(box.read(key), undefined);
    assert.equal(
      await refusal(() => box.make(T.Alias, { name: "alias/a", targetKeyId: key.id })),
      'Key.NotFound: Key "#" does not exist in account 111122223333, eu-central-1',
    );
  });
});

describe("simulation: update", () => {
  it("changes what is stored and nothing that AWS made", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    const changed = await box.change(vpc, { enableDnsHostnames: true });
    assert.deepEqual(changed.outputs, { ...vpc.outputs, enableDnsHostnames: true });
    assert.deepEqual(box.read(vpc)?.inputs, changed.inputs);
  });

  it("of what is gone is refused", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    await box.delete(vpc);
    assert.equal(
      await refusal(() => box.change(vpc, { tags: {} })),
      'Vpc.NotFound: Vpc "vpc-#" does not exist',
    );
  });

  it("refuses a missing reference", async () => {
    const box = new Sandbox();
    const gateway = await box.make(T.InternetGateway, { vpcId: (await box.vpc()).id });
    assert.equal(
      await refusal(() => box.change(gateway, { vpcId: "vpc-none" })),
      'Vpc.NotFound: Vpc "vpc-none" does not exist in account 111122223333, eu-central-1',
    );
  });

  it("gets along with itself at the quota", async () => {
    const box = new Sandbox();
    box.grant({ "L-F678F1CE": 1 });
    const vpc = await box.vpc();
    const subnet = await box.subnet(vpc);
    assert.equal(await refusal(() => box.change(vpc, { tags: { a: "b" } })), NOTHING);
    assert.equal(await refusal(() => box.change(subnet, { tags: { a: "b" } })), NOTHING);
  });

  it("moves a rule to its new port: the new one is taken, the old one free", async () => {
    const box = new Sandbox();
    const group = await box.group(await box.vpc());
    const rule = (port: number) => ({
      securityGroupId: group.id,
      ipProtocol: "tcp",
      cidrIpv4: "10.0.0.0/8",
      fromPort: port,
      toPort: port,
    });
    const made = await box.make(T.Ingress, rule(443));
    await box.change(made, { fromPort: 444, toPort: 444 });
    const duplicate =
      'InvalidPermission.Duplicate: the specified rule "sg-# tcp 444 444 10.0.0.0/8" already exists';
    assert.equal(await refusal(() => box.make(T.Ingress, rule(444))), duplicate);
    const second = await box.make(T.Ingress, rule(443));
    assert.equal(await refusal(() => box.change(second, { fromPort: 444, toPort: 444 })), duplicate);
  });
});

describe("simulation: read", () => {
  it("shows drift", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    const object = box.stored(vpc);
    assert.ok(object);
    box.accounts.replace({ ...object, inputs: { ...object.inputs, enableDnsSupport: false } });
    const read = box.read(vpc);
    assert.equal(read?.inputs["enableDnsSupport"], false);
    assert.equal(read.outputs["enableDnsSupport"], false);
  });

  it("finds nothing once the object is gone", async () => {
    const box = new Sandbox();
    const vpc = await box.vpc();
    box.accounts.remove({ account: ACCOUNT, region: REGION, type: vpc.type, id: vpc.id });
    assert.equal(box.read(vpc), undefined);
  });

  it("finds a route by the id that an import takes", async () => {
    const box = new Sandbox();
    const vpcId = (await box.vpc()).id;
    const gatewayId = (await box.make(T.InternetGateway, { vpcId })).id;
    const routeTableId = (await box.make(T.RouteTable, { vpcId })).id;
    const route = await box.make(T.Route, { routeTableId, gatewayId, destinationCidrBlock: "0.0.0.0/0" });
    const nothing = { inputs: {}, outputs: {} };
    assert.deepEqual(box.aws.read(subjectOf(T.Route), `${routeTableId}_0.0.0.0/0`, nothing), {
      id: route.id,
      inputs: route.inputs,
      outputs: route.outputs,
    });
  });
});
