import assert from "node:assert/strict";

import type { StoredObject } from "../../local/account/store";
import {
  readDeployment,
  readPlannedCreates,
  withoutPendingOperations,
  type Resource,
} from "../../local/recovery/deployment";
import { importFile } from "../../local/recovery/import-file";
import { agrees, hiddenSecret, matchOrphans, unknownValue } from "../../local/recovery/matching";
import { findOrphans } from "../../local/recovery/orphans";

const URN = "urn:pulumi:dev::streamflix-platform::";
const TAGS = { project: "streamflix", environment: "dev", "managed-by": "pulumi" };
const PROVIDER = `${URN}pulumi:providers:aws::home`;

function resource(change: Partial<Resource> & Pick<Resource, "urn" | "type">): Resource {
  return {
    custom: true,
    remote: false,
    id: undefined,
    inputs: {},
    outputs: {},
    parent: undefined,
    provider: PROVIDER,
    ...change,
  };
}

function stored(change: Partial<StoredObject> & Pick<StoredObject, "type" | "id">): StoredObject {
  return {
    account: "111122223333",
    region: "eu-central-1",
    importId: change.id,
    inputs: {},
    computed: {},
    createdBy: "nobody: recovery must not look here",
    state: "available",
    ...change,
  };
}

const home = resource({
  urn: PROVIDER,
  type: "pulumi:providers:aws",
  provider: undefined,
  inputs: {
    allowedAccountIds: '["111122223333"]',
    defaultTags: JSON.stringify({ tags: { ...TAGS, owner: "platform" } }),
  },
});
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";

function plannedTable(name: string, inputs: Record<string, unknown> = {}): Resource {
  return resource({ urn: `${URN}${TABLE}::${name}`, type: TABLE, inputs });
}

describe("recovery: orphans", () => {
  const table = stored({ type: TABLE, id: "rtb-1", inputs: { tags: { ...TAGS, Name: "x" } } });

  it("are objects with our tags that the state lacks", () => {
    const inState = plannedTable("a");
    assert.deepEqual(findOrphans([table], [home], []), [table]);
    assert.deepEqual(findOrphans([table], [home, { ...inState, id: "rtb-1" }], []), []);
  });

  it("are not objects of another environment, of another account or of another stack with the same tags", () => {
    const other = stored({ type: TABLE, id: "rtb-2", inputs: { tags: { ...TAGS, environment: "prod" } } });
    const elsewhere = { ...table, account: "444455556666" };
    assert.deepEqual(findOrphans([other, elsewhere], [home], []), []);
    assert.deepEqual(findOrphans([table], [home], [{ ...plannedTable("theirs"), id: "rtb-1" }]), []);
  });

  it("are not objects that AWS will delete by itself", () => {
    assert.deepEqual(findOrphans([{ ...table, state: "pendingDeletion" }], [home], []), []);
  });

  it("are objects without tags that refer to one of ours", () => {
    const ours = stored({ type: ROUTE, id: "r-1", inputs: { routeTableId: "rtb-1" } });
    const theirs = stored({ type: ROUTE, id: "r-2", inputs: { routeTableId: "rtb-9" } });
    assert.deepEqual(findOrphans([table, ours, theirs], [home], []), [table, ours]);
  });
});

describe("recovery: matching", () => {
  const a = stored({ type: TABLE, id: "rtb-a", inputs: { vpcId: "vpc-1", tags: { Name: "a" } } });
  const b = stored({ type: TABLE, id: "rtb-b", inputs: { vpcId: "vpc-1", tags: { Name: "b" } } });
  const planA = plannedTable("a", { vpcId: "vpc-1", tags: { Name: "a" } });
  const planB = plannedTable("b", { vpcId: unknownValue, tags: { Name: "b" } });

  it("pairs by type and properties, with unknown values fitting any", () => {
    const { matches, useless, ambiguous } = matchOrphans([planA, planB], [a, b], [a, b]);
    assert.deepEqual(matches, [
      { planned: planA, orphan: a },
      { planned: planB, orphan: b },
    ]);
    assert.deepEqual([useless, ambiguous], [[], []]);
  });

  it("calls what nothing fits useless", () => {
    assert.deepEqual(matchOrphans([planB], [a], [a]).useless, [a]);
  });

  it("takes the copy that is in use", () => {
    const copy = { ...a, id: "rtb-0" };
    const route = stored({ type: ROUTE, id: "r", inputs: { routeTableId: "rtb-a" } });
    const { matches, useless } = matchOrphans([planA], [copy, a], [copy, a, route]);
    assert.deepEqual(matches, [{ planned: planA, orphan: a }]);
    assert.deepEqual(useless, [copy]);
  });

  it("decides nothing where one orphan fits two resources", () => {
    const either = (name: string) => plannedTable(name, { vpcId: unknownValue, tags: { Name: "a" } });
    const twin = plannedTable("twin", planA.inputs);
    for (const planned of [
      [either("one"), either("other")],
      [planA, twin],
      [planA, twin, either("other")],
    ]) {
      const { matches, useless, ambiguous } = matchOrphans(planned, [a], [a]);
      assert.deepEqual([matches, useless, ambiguous], [[], [], [a]]);
    }
  });

  it("takes a resource of which all is known before one that would fit anything", () => {
    const anything = plannedTable("anything", { vpcId: unknownValue, tags: unknownValue });
    for (const planned of [
      [planA, anything],
      [anything, planA],
    ]) {
      const { matches, useless, ambiguous } = matchOrphans(planned, [a, b], [a, b]);
      assert.deepEqual(
        new Set(matches),
        new Set([
          { planned: planA, orphan: a },
          { planned: anything, orphan: b },
        ]),
      );
      assert.deepEqual([useless, ambiguous], [[], []]);
    }
  });

  it("lets a secret that the plan does not show be any", () => {
    const USER = "aws:elasticache/user:User";
    const user = (passwords: unknown) => ({ userId: "default", authenticationMode: { passwords } });
    const orphan = stored({ type: USER, id: "default", inputs: user(["a-password"]) });
    const planned = resource({ urn: `${URN}${USER}::cache-default`, type: USER, inputs: user(hiddenSecret) });
    assert.deepEqual(matchOrphans([planned], [orphan], [orphan]).matches, [{ planned, orphan }]);
    const without = stored({ type: USER, id: "default", inputs: user(undefined) });
    assert.deepEqual(matchOrphans([planned], [without], [without]).useless, [without]);
  });

  it("reads documents, secrets and automatic names as what they mean", () => {
    const planned = plannedTable("flow", {
      name: "flow-0a1b2c3",
      policy: { Version: "2012-10-17" },
      endpoint: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        plaintext: '"x@y"',
      },
      __defaults: [],
    });
    const inputs = { name: "flow-9f8e7d6", policy: '{"Version":"2012-10-17"}', endpoint: "x@y" };
    assert.equal(agrees(planned, stored({ type: TABLE, id: "1", inputs })), true);
    for (const change of [{ name: "flow-other" }, { policy: '{"Version":"1"}' }, { endpoint: "z@y" }]) {
      assert.equal(
        agrees(planned, stored({ type: TABLE, id: "1", inputs: { ...inputs, ...change } })),
        false,
      );
    }
  });
});

describe("recovery: import file", () => {
  const network = resource({
    urn: `${URN}streamflix:network:Network::network`,
    type: "streamflix:network:Network",
    custom: false,
    provider: undefined,
    parent: `${URN}pulumi:pulumi:Stack::streamflix-platform-dev`,
  });
  const planned = { ...plannedTable("a"), parent: network.urn };
  const match = { planned, orphan: stored({ type: TABLE, id: "rtb-a", importId: "import-a" }) };
  const table = {
    type: TABLE,
    name: "aws_ec2_routeTable_RouteTable_a",
    logicalName: "a",
    id: "import-a",
    parent: "streamflix_network_Network_network",
    provider: "pulumi_providers_aws_home",
  };

  it("refers to parents and providers that the state has", () => {
    assert.deepEqual(importFile([match], [planned], [home, network]), {
      nameTable: { streamflix_network_Network_network: network.urn, pulumi_providers_aws_home: PROVIDER },
      resources: [table],
    });
  });

  it("brings a component along that the state lacks", () => {
    const { nameTable, resources } = importFile([match], [planned, network], [home]);
    assert.deepEqual(Object.keys(nameTable), ["pulumi_providers_aws_home"]);
    assert.deepEqual(resources, [
      {
        type: network.type,
        name: "streamflix_network_Network_network",
        logicalName: "network",
        component: true,
      },
      table,
    ]);
  });

  it("says what must exist first", () => {
    assert.throws(
      () => importFile([match], [planned, network], []),
      /pulumi:providers:aws::home must exist before/,
    );
  });
});

describe("recovery: the CLI's documents", () => {
  const exported = JSON.stringify({
    version: 3,
    deployment: {
      resources: [{ urn: PROVIDER, type: "pulumi:providers:aws", custom: true, id: "1" }],
      pending_operations: [{ type: "creating", resource: { urn: `${URN}a::b`, type: "a" } }],
    },
  });

  it("gives and removes pending operations", () => {
    assert.deepEqual(readDeployment(exported).pendingOperations, [{ urn: `${URN}a::b`, type: "creating" }]);
    const cleaned = withoutPendingOperations(exported);
    assert.deepEqual(readDeployment(cleaned).pendingOperations, []);
    assert.deepEqual(readDeployment(cleaned).resources, readDeployment(exported).resources);
  });

  it("gives planned creates, with the provider's URN", () => {
    const step = {
      op: "create",
      newState: { urn: `${URN}a::b`, type: "a", custom: true, provider: `${PROVIDER}::4711` },
    };
    const text = `${JSON.stringify({ steps: [step, { op: "same", newState: {} }] }, undefined, 2)}\nwarning: later\n`;
    assert.deepEqual(
      readPlannedCreates(text).map(({ provider }) => provider),
      [PROVIDER],
    );
    assert.throws(() => readPlannedCreates("error: no"), /The preview gave no plan:\nerror: no/);
  });
});
