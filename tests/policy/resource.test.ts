import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import { Props, readsFor, toResource } from "../../policy-pack/src/engine/resource";
import { unknownCheckingProxy, unknownMarkers, UnknownValueError } from "../../policy-pack/src/engine/sdk";
import {
  holdsUnknown,
  isBag,
  isUnknown,
  readAny,
  readBag,
  readBoolean,
  readList,
  readNumber,
  readString,
  RuleError,
} from "../../policy-pack/src/engine/tri";

// As a marker looks, but none.
const UUID = "11111111-2222-3333-4444-555555555555";

describe("reads of a value", () => {
  it("tell what is unknown by the SDK's markers alone", () => {
    // For a flag, a number, a text, a list, an asset, an archive and an object.
    assert.equal(unknownMarkers.size, 7);
    assert.ok(unknownMarkers.has(unknownValue));
    for (const marker of unknownMarkers) {
      assert.throws(
        () => Reflect.get(unknownCheckingProxy({ marker }), "marker") as unknown,
        UnknownValueError,
      );
      assert.equal(isUnknown(marker), true);
    }
    for (const value of [UUID, `${unknownValue} `, "", 7, null, undefined, {}, [unknownValue]]) {
      assert.equal(isUnknown(value), false);
    }
  });

  it("find what is unknown at any depth", () => {
    for (const value of [unknownValue, [1, [unknownValue]], { a: { b: [{ c: unknownValue }] } }]) {
      assert.equal(holdsUnknown(value), true);
    }
    for (const value of [null, undefined, 7, UUID, [], {}, [{ a: ["x"] }]]) {
      assert.equal(holdsUnknown(value), false);
    }
  });

  it("see through the SDK's proxies", () => {
    const inner = { a: { b: unknownValue } };
    const read = readAny(unknownCheckingProxy(unknownCheckingProxy(inner)));
    assert.deepEqual(read, { kind: "known", value: inner });
  });

  it("take null for absent", () => {
    for (const read of [readString, readNumber, readBoolean, readList, readBag]) {
      assert.deepEqual(
        [undefined, null, unknownValue].map((value) => read(value, "x").kind),
        ["absent", "absent", "unknown"],
      );
    }
  });

  it("refuse another shape, and say which one was wanted", () => {
    const values = ["text", "", 7, 0, true, false, [1], {}];
    const cases = [
      [readString, "a string", ["text", ""]],
      [readNumber, "a number", [7, 0]],
      [readBoolean, "true or false", [true, false]],
      [readList, "a list", [[1]]],
      [readBag, "an object", [{}]],
    ] as const;
    for (const [read, wanted, fitting] of cases) {
      for (const value of values) {
        if ((fitting as readonly unknown[]).some((each) => JSON.stringify(each) === JSON.stringify(value))) {
          assert.deepEqual(read(value, "x"), { kind: "known", value });
        } else {
          assert.throws(() => read(value, "x"), new RuleError(`x should be ${wanted}`));
        }
      }
    }
    assert.deepEqual([{}, [], null, "x"].map(isBag), [true, false, false, false]);
  });
});

describe("properties of a resource", () => {
  const props = new Props(unknownCheckingProxy({ a: { b: { c: 1 } }, n: 1, t: "x", f: false, l: [1] }), [
    "a",
    "n",
    "t",
    "f",
    "l",
    "none",
  ]);

  it("are read by their shape", () => {
    assert.deepEqual(props.number("n"), { kind: "known", value: 1 });
    assert.deepEqual(props.string("t"), { kind: "known", value: "x" });
    assert.deepEqual(props.boolean("f"), { kind: "known", value: false });
    assert.deepEqual(props.list("l"), { kind: "known", value: [1] });
    assert.equal(props.bag("a").kind, "known");
    assert.equal(props.raw("none"), undefined);
    assert.throws(() => props.string("n"), new RuleError("n should be a string"));
  });

  it("are read at a path", () => {
    assert.deepEqual(
      ["a", "a.b", "a.b.c", "a.x.c"].map((path) => [props.at(path).path, props.at(path).kind]),
      [
        ["a", "known"],
        ["a.b", "known"],
        ["a.b.c", "known"],
        ["a.x.c", "absent"],
      ],
    );
    assert.deepEqual(props.at("a.b.c").number(), { kind: "known", value: 1 });
  });

  it("are those that the rule declared", () => {
    assert.deepEqual([props.declares("a"), props.declares("b")], [true, false]);
    assert.throws(() => props.raw("b"), new RuleError("the rule reads b without declaring it in its types"));
    assert.throws(
      () => props.all(),
      new RuleError("the rule reads all properties without declaring * in its types"),
    );
    const everything = new Props({ a: 1, b: 2 }, ["*"]);
    assert.deepEqual(everything.all(), { a: 1, b: 2 });
    assert.equal(everything.raw("b"), 2);
  });

  it("are none of what is no object", () => {
    for (const source of [undefined, null, "x", [1]]) {
      assert.deepEqual(new Props(source, ["*"]).all(), {});
    }
  });
});

describe("a rule's declaration", () => {
  it("covers a type by its token, or by the beginning of it", () => {
    const types = {
      "aws:sns/topic:Topic": ["own"],
      "aws:s3/*": ["family"],
      "aws:*": ["all"],
      "aws:x": ["x"],
    };
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(readsFor(types, "aws:sns/topic:Topic"), ["own"]);
      assert.deepEqual(readsFor(types, "aws:s3/bucket:Bucket"), ["family"]);
      assert.deepEqual(readsFor(types, "aws:sqs/queue:Queue"), ["all"]);
      assert.equal(readsFor(types, "random:index/randomPassword:RandomPassword"), undefined);
    }
    assert.equal(readsFor({ "aws:x": [] }, "aws:xy"), undefined);
    assert.equal(readsFor({ "*": ["any"] }, "anything")?.[0], "any");
    assert.equal(readsFor({}, "constructor"), undefined);
  });
});

describe("a resource", () => {
  const source = {
    type: "t",
    name: "n",
    urn: "u",
    props: { a: 1 },
    opts: { protect: true, ignoreChanges: ["x"] },
  };

  it("has what the SDK says of it, and no property that the rule does not know the type of", () => {
    const { type, name, urn, isProtected, ignoreChanges, provider, props } = toResource(source, {});
    assert.deepEqual(
      [type, name, urn, isProtected, ignoreChanges, provider],
      ["t", "n", "u", true, ["x"], undefined],
    );
    assert.throws(() => props.raw("a"), RuleError);
    assert.equal(toResource(source, { t: ["a"] }).props.raw("a"), 1);
  });

  it("has its provider's inputs", () => {
    const provider = (props: unknown) =>
      toResource({ ...source, provider: { name: "main", props } }, {}).provider;
    assert.deepEqual(provider(unknownCheckingProxy({ region: "x" })), {
      name: "main",
      props: { region: "x" },
    });
    assert.deepEqual(provider(undefined), { name: "main", props: {} });
  });
});
