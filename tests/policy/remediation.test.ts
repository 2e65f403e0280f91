import assert from "node:assert/strict";

import { makeRemediateRpcFun } from "@pulumi/policy/server";
import type { RemediateResponse } from "@pulumi/pulumi/proto/analyzer_pb";
import { unknownValue } from "@pulumi/pulumi/runtime";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";

import { catalog } from "../../policy-pack/src/catalog";
import { analyze, analyzeRequest, configured } from "../../tools/policy/analyzer";
import type { StackResource } from "../../tools/policy/stack-resources";

const RULE = "load-balancer-hardened";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const SOUND = {
  internal: true,
  securityGroups: ["sg-0a1b"],
  enableDeletionProtection: true,
  accessLogs: { bucket: "logs", enabled: true },
  name: unknownValue,
  tags: { note: { [specialSigKey]: specialSecretSig, value: "hidden" } },
};

const balancer = (inputs: Readonly<Record<string, unknown>>, type = BALANCER): StackResource => ({
  urn: `urn:pulumi:test::streamflix::${type}::example`,
  type,
  name: "example",
  inputs,
  outputs: inputs,
  protect: false,
  ignoreChanges: [],
  parent: undefined,
  dependencies: [],
  propertyDependencies: {},
  provider: undefined,
});
const atLevel = (enforcementLevel: string) => configured(catalog, { [RULE]: { enforcementLevel } });

/** What the engine would go on with, for each policy that changed something. */
async function remediated(level: string, resource: StackResource): Promise<readonly unknown[]> {
  const response = await new Promise<RemediateResponse>((resolve, reject) => {
    makeRemediateRpcFun(
      "streamflix-policy-pack",
      "0.0.0",
      "advisory",
      atLevel(level),
    )({ request: analyzeRequest(resource) }, (error, answer) => {
      if (answer === undefined) {
        reject(error ?? new Error("neither an answer nor an error"));
      } else {
        resolve(answer);
      }
    });
  });
  return response
    .getRemediationsList()
    .map((entry) => [entry.getPolicyname(), entry.getProperties()?.toJavaScript(), entry.getDiagnostic()]);
}

describe("remediation", () => {
  it("happens only where a stack's file says so", async () => {
    const faulty = balancer({ ...SOUND, dropInvalidHeaderFields: false });
    assert.deepEqual(await remediated("mandatory", faulty), []);
    assert.deepEqual(await remediated("advisory", faulty), []);
    assert.equal((await remediated("remediate", faulty)).length, 1);
  });

  it("changes the one property, and keeps what is secret or not known yet as it is", async () => {
    for (const wrong of [{}, { dropInvalidHeaderFields: null }, { dropInvalidHeaderFields: false }]) {
      assert.deepEqual(await remediated("remediate", balancer({ ...SOUND, ...wrong })), [
        [RULE, { ...SOUND, dropInvalidHeaderFields: true }, ""],
      ]);
    }
  });

  it("leaves alone what is right, not known yet, or of another type", async () => {
    for (const resource of [
      balancer({ ...SOUND, dropInvalidHeaderFields: true }),
      balancer({ ...SOUND, dropInvalidHeaderFields: unknownValue }),
      balancer({ dropInvalidHeaderFields: false }, "aws:lb/targetGroup:TargetGroup"),
    ]) {
      assert.deepEqual(await remediated("remediate", resource), []);
    }
  });

  it("leaves the rule's other findings mandatory", async () => {
    const { diagnostics } = await analyze(
      atLevel("remediate"),
      balancer({ ...SOUND, internal: false, dropInvalidHeaderFields: true }),
    );
    assert.deepEqual(
      diagnostics.filter(({ policy }) => policy === RULE).map(({ finding, level }) => `${finding} ${level}`),
      ["public mandatory"],
    );
  });

  it("is the business of these rules alone", () => {
    assert.deepEqual(
      catalog.filter(({ remediate }) => remediate !== undefined).map(({ id }) => id),
      [RULE],
    );
  });
});
