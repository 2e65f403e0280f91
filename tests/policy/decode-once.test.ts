import assert from "node:assert/strict";
import { mock } from "node:test";

import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { EngineResource } from "../../policy-pack/src/engine/resource";
import { decodeOnce, sharedResources } from "../../policy-pack/src/engine/decode-once";
import {
  analyzeRequest,
  analyzeStackRequest,
  runAnalyze,
  runAnalyzeStack,
} from "../../tools/policy/analyzer";
import type { StackResource } from "../../tools/policy/stack-resources";

const NAMES = ["one", "two", "three"];

const resource = (): StackResource => ({
  urn: "urn:pulumi:test::streamflix::aws:sns/topic:Topic::example",
  type: "aws:sns/topic:Topic",
  name: "example",
  inputs: { name: "x" },
  outputs: { name: "x" },
  protect: false,
  ignoreChanges: [],
  parent: undefined,
  dependencies: [],
  propertyDependencies: {},
  provider: undefined,
});

/** How often the SDK's decoder reads a message while `work` runs. */
async function reads(work: () => Promise<unknown>): Promise<number> {
  const spy = mock.method(Struct.prototype, "toJavaScript");
  try {
    await work();
    return spy.mock.callCount();
  } finally {
    spy.mock.restore();
  }
}

describe("the SDK's decoding", () => {
  const seen: unknown[] = [];
  const note = ({ props }: Pick<EngineResource, "props">) => {
    seen.push((props as { readonly name: string }).name);
  };
  before(() => {
    decodeOnce();
    decodeOnce();
  });
  beforeEach(() => {
    seen.length = 0;
  });

  it("happens once for all policies on one resource, and again for the next request", async () => {
    const policies = NAMES.map((name) => ({ name, description: name, validateResource: note }));
    const request = () => runAnalyze(policies, analyzeRequest(resource()));
    assert.equal(await reads(request), 1);
    assert.equal(await reads(request), 1);
    assert.deepEqual(seen, ["x", "x", "x", "x", "x", "x"]);
  });

  it("happens once for each resource of all stack policies", async () => {
    const policies = NAMES.map((name) => ({
      name,
      description: name,
      validateStack: ({ resources }: { readonly resources: readonly EngineResource[] }) => {
        sharedResources(resources).forEach(note);
      },
    }));
    const request = analyzeStackRequest([resource(), resource()]);
    assert.equal(await reads(() => runAnalyzeStack(policies, request)), 2);
    assert.equal(seen.length, 6);
  });
});

describe("the resources of a stack", () => {
  const given: number[] = [];
  const shared: (readonly EngineResource[])[] = [];
  const stackPolicy = (name: string) => ({
    name,
    description: name,
    validateStack: ({ resources }: { readonly resources: readonly EngineResource[] }) => {
      given.push(resources.length);
      shared.push(sharedResources(resources));
    },
  });
  const typed = (type: string) => {
    const policy = stackPolicy(type);
    return { ...policy, validateStack: Object.assign(policy.validateStack, { __pulumiType: type }) };
  };
  beforeEach(() => {
    given.length = 0;
    shared.length = 0;
  });

  it("are made for the first policy that runs, and the others get the same", async () => {
    const disabled = { ...stackPolicy("off"), enforcementLevel: "disabled" as const };
    const policies = [
      disabled,
      typed("aws:sqs/queue:Queue"),
      typed(resource().type),
      ...NAMES.map(stackPolicy),
    ];
    await runAnalyzeStack(policies, analyzeStackRequest([resource(), resource()]));
    assert.deepEqual(given, [2, 0, 0, 0]);
    assert.equal(new Set(shared).size, 1);
    assert.equal(shared[0]?.length, 2);
  });

  it("are those of the request: not one of an earlier request is left", async () => {
    const policies = NAMES.map(stackPolicy);
    await runAnalyzeStack(policies, analyzeStackRequest([resource(), resource()]));
    const request = analyzeStackRequest([resource()]);
    await runAnalyzeStack(policies, request);
    await runAnalyzeStack(policies, request);
    await runAnalyzeStack(policies, analyzeStackRequest([]));
    assert.deepEqual(given, [2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    assert.deepEqual(
      shared.map(({ length }) => length),
      [2, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0],
    );
  });
});
