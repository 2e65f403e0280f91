import assert from "node:assert/strict";

import { changed } from "../../policy-pack/src/engine/demand";
import {
  hasForm,
  includes,
  isCustomerKey,
  isGiven,
  isLeftOut,
  isOff,
  isTrue,
  isWithin,
  type Must,
  orLeftOut,
  orMade,
} from "../../policy-pack/src/engine/must";
import { placesAt } from "../../policy-pack/src/engine/path";
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
    ["unknown on the way", { a: MARKER }, "top.a.b[].c", ["top.a unknown"]],
    ["an unknown element", [MARKER], "top[].a", ["top[0] unknown"]],
  ];
  for (const [title, value, path, places] of cases) {
    it(`lead to ${title}`, () => {
      assert.deepEqual(paths(value, path), places);
    });
  }

  it("end in a rule's own error where the shape is another", () => {
    assert.throws(() => paths("{", "top{}.a"), new RuleError("top is not JSON"));
    assert.throws(() => paths("text", "top.a"), RuleError);
    assert.throws(() => paths({ a: 1 }, "top[]"), RuleError);
  });
});

describe("conditions of demands", () => {
  const cases: readonly (readonly [title: string, must: Must, answers: string])[] = [
    // Answers for: absent, unknown, then the values true, false, "", "x", [], ["x"], 7.
    ["isTrue", isTrue, "no unknown yes no no no no no no"],
    ["isOff", isOff, "yes unknown no yes no no no no no"],
    ["isGiven", isGiven, "no yes yes yes no yes no yes yes"],
    ["isLeftOut", isLeftOut, "yes unknown no no yes no yes no no"],
    ["isCustomerKey", isCustomerKey, "no yes yes yes no yes no yes yes"],
    ["isWithin", isWithin(1, 7, "days"), "no unknown no no no no no no yes"],
    ["hasForm", hasForm(/^x$/, "x"), "no unknown no no no yes no no no"],
    ["includes", includes("x"), "no unknown no no no no no yes no"],
    ["orLeftOut", orLeftOut(isTrue), "yes unknown yes no no no no no no"],
    ["orMade", orMade(isTrue), "no yes yes no no no no no no"],
  ];
  const values = [true, false, "", "x", [], ["x"], 7];
  for (const [title, must, answers] of cases) {
    it(title, () => {
      const found = [absent, unknown, ...values.map((value) => known(value))].map((value) =>
        must.judge(value),
      );
      assert.equal(found.join(" "), answers);
    });
  }

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
