import assert from "node:assert/strict";

import { changed } from "../../policy-pack/src/engine/demand";
import {
  hasForm,
  includes,
  isCustomerKey,
  isFalse,
  isGiven,
  isLeftOut,
  isNoneOf,
  isNotOff,
  isOff,
  isOneOf,
  isTrue,
  isWithin,
  type Must,
  orLeftOut,
  orMade,
} from "../../policy-pack/src/engine/must";
import { placesAt, topOf } from "../../policy-pack/src/engine/path";
import { Props } from "../../policy-pack/src/engine/resource";
import { isNoSecretName } from "../../policy-pack/src/engine/secret-name";
import { absent, known, RuleError, unknown } from "../../policy-pack/src/engine/tri";

const MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function paths(value: unknown, path: string): readonly string[] {
  return placesAt(new Props({ top: value }, ["top"]), path).map((place) => `${place.path} ${place.kind}`);
}

describe("paths of demands", () => {
  const cases: readonly (readonly [
    title: string,
    value: unknown,
    path: string,
    places: readonly string[],
  ])[] = [
    ["a member", { a: 1 }, "top.a", ["top.a known"]],
    ["below what is left out", undefined, "top.a.b", ["top.a.b absent"]],
    ["nowhere below what may be left out", { x: 1 }, "top.a?.b", []],
    ["into what may be left out and is there", { a: { b: 1 } }, "top.a?.b", ["top.a.b known"]],
    ["every element", [{ a: 1 }, {}], "top[].a", ["top[0].a known", "top[1].a absent"]],
    ["no element of what is left out", null, "top[].a", []],
    ["JSON text", '[{"a":1}]', "top{}[].a", ["top[0].a known"]],
    ["what is parsed already", [{ a: 1 }], "top{}[].a", ["top[0].a known"]],
    ["names of members", { x: 1, y: 2 }, "top#", ["top known", "top known"]],
    ["no names of what is left out", undefined, "top#", []],
    ["unknown on the way", { a: MARKER }, "top.a.b[].c", ["top.a unknown"]],
    ["an unknown element", [MARKER], "top[].a", ["top[0] unknown"]],
    ["one element of an unknown list", { a: MARKER }, "top.a[]", ["top.a unknown"]],
  ];
  for (const [title, value, path, places] of cases) {
    it(`lead to ${title}`, () => {
      assert.deepEqual(paths(value, path), places);
    });
  }

  it("start at a property", () => {
    assert.deepEqual(["top", "top.a", "top[].a", "top{}", "top#", "top?.a", "?x"].map(topOf), [
      ...Array<string>(6).fill("top"),
      "?x",
    ]);
    const named = placesAt(new Props({ top: { x: 1, y: 2 } }, ["top"]), "top#").map(({ raw }) => raw);
    assert.deepEqual(named, ["x", "y"]);
  });

  it("end in a rule's own error where the shape is another", () => {
    assert.throws(() => paths("{", "top{}.a"), new RuleError("top is not JSON"));
    assert.throws(() => paths("text", "top.a"), RuleError);
    assert.throws(() => paths({ a: 1 }, "top[]"), RuleError);
  });
});

describe("conditions of demands", () => {
  const cases: readonly (readonly [
    title: string,
    must: Must,
    answers: string,
    wrong: string,
    allowed: string,
  ])[] = [
    // Answers for: absent, unknown, then the values true, false, "", "x", [], ["x"], 7, {}, { x: 1 }.
    ["isTrue", isTrue, "no unknown yes no no no no no no no no", "is not true", "true"],
    ["isFalse", isFalse, "no unknown no yes no no no no no no no", "is not false", "false"],
    ["isOff", isOff, "yes unknown no yes no no no no no no no", "is switched on", "false, or nothing"],
    ["isNotOff", isNotOff, "yes unknown yes no no no no no no no no", "is switched off", "true, or nothing"],
    ["isGiven", isGiven, "no yes yes yes no yes no yes yes no yes", "is not set", "a value"],
    ["isLeftOut", isLeftOut, "yes unknown no no yes no yes no no yes no", "is set", "nothing"],
    [
      "isCustomerKey",
      isCustomerKey,
      "no yes yes yes no yes no yes yes no yes",
      "does not name a customer-managed key",
      "the ARN of a key of this account",
    ],
    [
      "isOneOf",
      isOneOf(["x", 7]),
      "no unknown no no no yes no no yes no no",
      "is none of the allowed values",
      "x, 7",
    ],
    [
      "isNoneOf",
      isNoneOf(["x", "true"]),
      "no unknown no yes yes no yes no yes yes yes",
      "has a value that is not allowed",
      "anything but x, true",
    ],
    [
      "isWithin",
      isWithin(7, 9, "days"),
      "no unknown no no no no no no yes no no",
      "is not within bounds",
      "7 to 9 days",
    ],
    ["hasForm", hasForm(/^x$/, "an x"), "no unknown no no no yes no no no no no", "has another form", "an x"],
    [
      "includes",
      includes("x"),
      "no unknown no no no no no yes no no no",
      "lacks an element",
      "a list with x",
    ],
    [
      "orLeftOut",
      orLeftOut(isTrue),
      "yes unknown yes no no no no no no no no",
      "is not true",
      "true, or nothing",
    ],
    ["orMade", orMade(isTrue), "no yes yes no no no no no no no no", "is not true", "true"],
  ];
  const values = [true, false, "", "x", [], ["x"], 7, {}, { x: 1 }];
  for (const [title, must, answers, wrong, allowed] of cases) {
    it(title, () => {
      const found = [absent, unknown, ...values.map((value) => known(value))].map((value) =>
        must.judge(value),
      );
      assert.equal(found.join(" "), answers);
      assert.deepEqual([must.wrong, must.allowed], [wrong, allowed]);
    });
  }

  it("have bounds that belong to them", () => {
    const answers = [6, 7, 8, 9, 10, Number.NaN, "8"].map((value) =>
      isWithin(7, 9, "days").judge(known(value)),
    );
    assert.deepEqual(answers, ["no", "yes", "yes", "yes", "no", "no", "no"]);
  });

  it("ask for each of several elements, and for none of several words in any case", () => {
    const both = includes("x", "y");
    assert.deepEqual(
      [["x"], ["y", "x"], ["x", MARKER]].map((value) => both.judge(known(value))),
      ["no", "yes", "unknown"],
    );
    assert.equal(both.allowed, "a list with x, y");
    assert.equal(isNoneOf(["root"]).judge(known("ROOT")), "no");
  });

  it("leave a list with an unknown element undecided, unless all is there", () => {
    assert.equal(includes("x").judge(known([MARKER])), "unknown");
    assert.equal(includes("x").judge(known([MARKER, "x"])), "yes");
  });

  it("know AWS's own keys in every form", () => {
    for (const key of ["alias/aws/s3", "arn:aws:kms:eu-central-1:111122223333:alias/aws/s3"]) {
      assert.equal(isCustomerKey.judge(known(key)), "no", key);
    }
    assert.equal(isCustomerKey.judge(known("alias/streamflix-aws")), "yes");
  });

  it("tell names of secrets from names of where they are", () => {
    const answers = [
      "DB_PASSWORD",
      "api_token",
      "AWS_ACCESS_KEY_ID",
      "DB_SECRET_ARN",
      "tokenName",
      "PORT",
    ].map((name) => isNoSecretName.judge(known(name)));
    assert.deepEqual(answers, ["no", "no", "no", "yes", "yes", "yes"]);
  });
});

describe("changes of examples", () => {
  it("go to any depth and leave the original alone", () => {
    const original = { a: { b: [{ c: 1 }, { c: 2 }] } };
    assert.deepEqual(changed(original, { "a.b[1].c": 3, "d.e": true }), {
      a: { b: [{ c: 1 }, { c: 3 }] },
      d: { e: true },
    });
    assert.deepEqual(original, { a: { b: [{ c: 1 }, { c: 2 }] } });
  });
});
