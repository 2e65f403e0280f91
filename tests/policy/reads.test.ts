import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import {
  judgeFlag,
  judgeKey,
  judgeRange,
  judgeWord,
  isAwsManagedKey,
  fail,
  notKnownYet,
} from "../../policy-pack/src/engine/judge";
import { Place } from "../../policy-pack/src/engine/place";
import { covers, readPolicyDocument } from "../../policy-pack/src/engine/policy-document";

const place = (value: unknown) => new Place("x", value);
const status = (findings: readonly { readonly id: string; readonly problem: string }[]) =>
  findings.map(({ id, problem }) => `${id}: ${problem}`);

describe("nested reads", () => {
  it("reach to any depth and name the path", () => {
    const found = place({ rules: [{ apply: { key: "k" } }] })
      .at("rules")
      .items()
      .map((item) => item.at("apply.key"));
    assert.deepEqual(
      found.map((item) => [item.path, item.string()]),
      [["x.rules[0].apply.key", { kind: "known", value: "k" }]],
    );
  });

  it("stay absent below what is absent and unknown below what is unknown", () => {
    assert.equal(place(undefined).at("a.b").kind, "absent");
    assert.equal(place({ a: null }).at("a.b.c").kind, "absent");
    assert.equal(place({ a: unknownValue }).at("a.b.c").kind, "unknown");
    assert.deepEqual(place(null).items(), []);
    assert.deepEqual(
      place(unknownValue)
        .items()
        .map((item) => item.at("b").kind),
      ["unknown"],
    );
    assert.deepEqual(
      place(unknownValue)
        .items()
        .map(({ path }) => path),
      ["x[]"],
    );
    assert.equal(place({}).at("a.b").path, "x.a.b");
  });

  it("refuse another shape instead of passing over it", () => {
    assert.throws(() => place({ a: "text" }).at("a.b"), /x\.a should be an object/);
    assert.throws(() => place({ a: "text" }).at("a").items(), /x\.a should be a list/);
  });
});

describe("judgements", () => {
  it("say whether it is certain, what is wrong where, and what is allowed", () => {
    const urn = "urn:pulumi:test::streamflix::x::y";
    assert.deepEqual(fail("a", "b", "c", { urn, mend: null }), {
      id: "a",
      status: "fail",
      problem: "b",
      allowed: "c",
      urn,
      mend: null,
    });
    const later = { id: "unknown", status: "indeterminate", problem: "x is not known yet" };
    assert.deepEqual(notKnownYet("x"), later);
    assert.deepEqual(notKnownYet("x", urn), { ...later, urn });
    for (const [findings, allowed] of [
      [judgeFlag(place(undefined), "id", true), "true"],
      [judgeFlag(place(true), "id", false), "false"],
      [judgeWord(place("c"), "id", ["a", "b"]), "a, b"],
      [judgeRange(place(9), "id", [1, 7]), "1 to 7"],
      [judgeKey(place(undefined)), "a KMS key of this account"],
    ] as const) {
      assert.deepEqual(
        findings.map(({ id, status, allowed: words }) => [id === "no-key" ? "id" : id, status, words]),
        [["id", "fail", `Allowed: ${allowed}`]],
      );
    }
    assert.deepEqual(judgeKey(place(undefined), "other")[0]?.id, "other");
  });

  it("fail on what is absent, wait for what is unknown, and can let AWS's default pass", () => {
    assert.deepEqual(status(judgeFlag(place(undefined), "off", true)), ["off: x is not set"]);
    assert.deepEqual(status(judgeFlag(place(false), "off", true)), ["off: x is false"]);
    assert.deepEqual(status(judgeFlag(place(unknownValue), "off", true)), ["unknown: x is not known yet"]);
    assert.deepEqual(judgeFlag(place(undefined), "off", true, { absentPasses: true }), []);
    assert.deepEqual(judgeFlag(place(true), "off", true), []);
  });

  it("print numbers and never text", () => {
    assert.deepEqual(status(judgeRange(place(0), "days", [1, 7])), ["days: x is 0"]);
    assert.deepEqual(status(judgeRange(place(8), "days", [1, 7])), ["days: x is 8"]);
    assert.deepEqual(
      [1, 7].flatMap((value) => judgeRange(place(value), "days", [1, 7])),
      [],
    );
    assert.deepEqual(status(judgeWord(place("hunter2"), "mode", ["required"])), [
      "mode: x has another value",
    ]);
    assert.deepEqual(judgeWord(place("required"), "mode", ["required"]), []);
  });

  it("take an unknown key for one of ours and AWS's own for none", () => {
    assert.deepEqual(judgeKey(place(unknownValue)), []);
    assert.deepEqual(judgeKey(place("arn:aws:kms:eu-central-1:111122223333:key/1")), []);
    for (const value of [undefined, null, "", "alias/aws/sns"]) {
      assert.deepEqual(status(judgeKey(place(value))), ["no-key: x does not name a customer-managed key"]);
    }
    assert.ok(isAwsManagedKey("arn:aws:kms:eu-central-1:111122223333:alias/aws/sns"));
    assert.ok(!isAwsManagedKey("alias/streamflix/aws/sns"));
  });
});

describe("policy statements", () => {
  const statement = (body: object) => {
    const document = readPolicyDocument(JSON.stringify({ Statement: body }), "policy");
    assert.equal(document.kind, "known");
    const [first] = document.value.statements;
    assert.ok(first);
    return first;
  };

  it("have one shape, whatever shorthand they were written in", () => {
    const found = statement({
      Effect: "Allow",
      Principal: { AWS: ["111122223333", "*"], Service: "sns.amazonaws.com" },
      Action: "sns:Publish",
      Resource: ["a", "b"],
    });
    assert.deepEqual(found.principals, [
      { kind: "AWS", value: "111122223333" },
      { kind: "*", value: "*" },
      { kind: "Service", value: "sns.amazonaws.com" },
    ]);
    assert.deepEqual([found.actions, found.resources], [["sns:Publish"], ["a", "b"]]);
    assert.deepEqual([found.notActions, found.notResources], [[], []]);
    assert.deepEqual(statement({ Effect: "Allow", Action: "*" }).principals, []);
    assert.deepEqual(statement({ Effect: "Allow", NotPrincipal: { AWS: "x" } }).principals, [
      { kind: "*", value: "*" },
    ]);
  });

  it("cover actions by naming them or by not leaving them out", () => {
    assert.ok(covers(statement({ Action: "KMS:*" }), "kms:Decrypt"));
    assert.ok(!covers(statement({ Action: "kms:D*" }), "kms:Encrypt"));
    assert.ok(covers(statement({ NotAction: "iam:*" }), "kms:Decrypt"));
    assert.ok(!covers(statement({ NotAction: ["iam:*", "kms:*"] }), "kms:Decrypt"));
  });
});
