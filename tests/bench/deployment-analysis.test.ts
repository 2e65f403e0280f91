import assert from "node:assert/strict";
import type { StoredObject } from "../../local/account/store";
import type { JournalEntry } from "../../local/providers/run";
import { nodeOf } from "../../tools/bench/aws-edges";
import { analyseDeployment } from "../../tools/bench/deployment-analysis";
import { needsOf, programGraph } from "../../tools/bench/program-graph";
import type { StateResource } from "../../tools/bench/program-graph";
import { object } from "./objects";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const BLOCK = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions";

const SECONDS: Readonly<Record<string, number>> = { [VPC]: 12, [SUBNET]: 11, [GROUP]: 2, [BLOCK]: 30 };

function urn(type: string, name: string): string {
  return `urn:pulumi:test::streamflix-platform::${type}::${name}`;
}

function resource(type: string, name: string, id: string, more: Partial<StateResource> = {}): StateResource {
  return { urn: urn(type, name), type, custom: true, id, ...more };
}

const component: StateResource = { urn: urn("awsx:ec2:Vpc", "net"), type: "awsx:ec2:Vpc", custom: false };
const vpc = resource(VPC, "net", "vpc-1", { parent: component.urn });
const subnet = resource(SUBNET, "net-1", "subnet-1", { parent: vpc.urn, dependencies: [vpc.urn] });
const group = resource(GROUP, "app", "sg-1", { dependencies: [vpc.urn, component.urn] });
const block = resource(BLOCK, "block", "eu-central-1");
const provider = resource("pulumi:providers:aws", "home", "home-id");
const RESOURCES = [component, provider, vpc, subnet, group, block];

const OBJECTS = [
  object(VPC, "vpc-1"),
  object(SUBNET, "subnet-1", { vpcId: "vpc-1" }),
  object(GROUP, "sg-1", { vpcId: "vpc-1" }),
  object(BLOCK, "eu-central-1"),
];

function call(of: StateResource, start: number, end: number): JournalEntry {
  return { call: 1, method: "create", type: of.type, urn: of.urn, start, end, outcome: "done" };
}

describe("bench: the program's own graph", () => {
  const { waits } = programGraph(RESOURCES);
  const node = (type: string, id: string) => nodeOf({ type, id });

  it("has an edge for a dependency, a parent that is a resource, and everything in a component", () => {
    const needs = needsOf(waits);
    assert.deepEqual(needs.get(node(SUBNET, "subnet-1")), [node(VPC, "vpc-1")]);
    assert.deepEqual([...(needs.get(node(GROUP, "sg-1")) ?? [])].sort(), [
      node(SUBNET, "subnet-1"),
      node(VPC, "vpc-1"),
    ]);
    assert.deepEqual(needs.get(node(VPC, "vpc-1")), []);
  });

  it("tells kinds of waits apart", () => {
    const kindOf = (to: string) => waits.get(node(GROUP, "sg-1"))?.get(to)?.kind;
    assert.equal(kindOf(node(VPC, "vpc-1")), "SecurityGroup waits for Vpc");
    assert.equal(kindOf(node(SUBNET, "subnet-1")), "outputs of awsx:ec2:Vpc wait for everything in it");
  });

  it("leaves out providers and components", () => {
    assert.deepEqual([...waits.keys()].sort(), OBJECTS.map(nodeOf).sort());
  });

  it("makes no part of a component wait for the component", () => {
    const inside = resource(SUBNET, "net-2", "subnet-2", { parent: vpc.urn, dependencies: [component.urn] });
    const graph = programGraph([...RESOURCES, inside]);
    assert.deepEqual(needsOf(graph.waits).get(node(SUBNET, "subnet-2")), [node(VPC, "vpc-1")]);
  });
});

describe("bench: analysis of a deployment", () => {
  // A tenth of AWS's time, plus half a second before the first call of the path and before each wait's end.
  const deployment = {
    scale: 0.1,
    journal: [
      call(block, 1000, 4000),
      call(vpc, 1500, 2700),
      call(subnet, 2800, 3900),
      call(group, 4200, 4400),
      { ...call(group, 0, 9000), outcome: "fail" as const },
    ],
    resources: RESOURCES,
    objects: OBJECTS as readonly StoredObject[],
    secondsOf: (type: string) => SECONDS[type] ?? Number.NaN,
  };
  const analysis = analyseDeployment(deployment);

  it("finds the path through time, and what passed besides AWS's time", () => {
    assert.deepEqual(
      analysis.path.map(({ name, seconds, idleSeconds }) => [name, seconds, Number(idleSeconds.toFixed(3))]),
      [
        ["Vpc net", 12, 0.5],
        ["Subnet net-1", 11, 0.1],
        ["SecurityGroup app", 2, 0.3],
      ],
    );
    assert.equal(analysis.makespanSeconds.toFixed(3), "3.400");
    assert.equal(analysis.pathSeconds, 25);
    assert.equal(analysis.overheadSeconds.toFixed(3), "0.900");
    assert.equal(analysis.fullScaleSeconds.toFixed(3), "25.900");
  });

  it("says of each step whether AWS or the program asks for the wait", () => {
    assert.deepEqual(
      analysis.path.map(({ reason }) => reason),
      ["", "AWS: CreateSubnet takes VpcId", "program: outputs of awsx:ec2:Vpc wait for everything in it"],
    );
  });

  it("takes the bound from AWS's requirements alone", () => {
    assert.equal(analysis.boundSeconds, 30);
    assert.deepEqual(analysis.bound, [
      { name: "VpcBlockPublicAccessOptions block", seconds: 30, reason: "" },
    ]);
    assert.deepEqual(analysis.unlistedTypes, []);
  });

  it("names no saving where the program's chain is not what sets the end", () => {
    assert.equal(analysis.programSeconds, 30);
    assert.deepEqual(analysis.savings, []);
  });

  it("names the program's own waits by what they cost", () => {
    const resources = RESOURCES.filter((each) => each !== block);
    const objects = OBJECTS.filter(({ type }) => type !== BLOCK);
    const without = analyseDeployment({ ...deployment, resources, objects });
    assert.equal(without.programSeconds, 25);
    assert.equal(without.boundSeconds, 23);
    assert.deepEqual(without.savings, [
      { kind: "outputs of awsx:ec2:Vpc wait for everything in it", seconds: 2 },
    ]);
  });

  it("refuses a journal without finished creates", () => {
    assert.throws(() => analyseDeployment({ ...deployment, journal: [] }), /no finished creates/);
  });
});
