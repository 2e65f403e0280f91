import assert from "node:assert/strict";
import { mock } from "node:test";

import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { EngineResource } from "../../policy-pack/src/engine/resource";
import { decodeOnce } from "../../policy-pack/src/engine/decode-once";
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
        resources.forEach(note);
      },
    }));
    const request = analyzeStackRequest([resource(), resource()]);
    assert.equal(await reads(() => runAnalyzeStack(policies, request)), 2);
    assert.equal(seen.length, 6);
  });
});
