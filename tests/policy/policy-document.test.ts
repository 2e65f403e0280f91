import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import {
  covers,
  isAnyone,
  isHeldToAccounts,
  matchesPattern,
  readPolicyDocument,
  type Statement,
} from "../../policy-pack/src/engine/policy-document";

const ACCOUNT = "111122223333";

function document(statement: unknown) {
  const found = readPolicyDocument({ Statement: statement }, "policy");
  assert.equal(found.kind, "known");
  return found.value;
}

function read(statement: object): Statement {
  const [first] = document(statement).statements;
  assert.ok(first);
  return first;
}

describe("policy documents", () => {
  it("are text or an object, with a statement or a list of them", () => {
    for (const value of [
      '{"Statement":{"Effect":"Deny"}}',
      '{"Statement":[{"Effect":"Deny"}]}',
      { Statement: { Effect: "Deny" } },
    ]) {
      const found = readPolicyDocument(value, "policy");
      assert.equal(found.kind, "known");
      assert.deepEqual(found.value, {
        statements: [
          {
            path: "policy.Statement[0]",
            allows: false,
            principals: [],
            actions: [],
            notActions: [],
            resources: [],
            notResources: [],
            conditions: [],
          },
        ],
        unknownPaths: [],
      });
    }
  });

  it("may be absent, unknown or none", () => {
    const kinds = [
      undefined,
      null,
      unknownValue,
      { Statement: unknownValue },
      "",
      "{",
      "[]",
      "7",
      {},
      { Statement: null },
      { Statement: "text" },
      { Statement: [{}, 7] },
    ].map((value) => readPolicyDocument(value, "policy").kind);
    assert.deepEqual(kinds.slice(0, 4), ["absent", "absent", "unknown", "unknown"]);
    assert.deepEqual(new Set(kinds.slice(4)), new Set(["malformed"]));
  });

  it("say which statements hold something unknown, and read the others", () => {
    const { statements, unknownPaths } = document([
      { Sid: "a", Action: "a:A" },
      { Action: ["b:B", unknownValue] },
      { Action: "c:C" },
    ]);
    assert.deepEqual(unknownPaths, ["policy.Statement[1]"]);
    assert.deepEqual(
      statements.map(({ path, actions }) => [path, ...actions]),
      [
        ["policy.Statement[0]", "a:A"],
        ["policy.Statement[2]", "c:C"],
      ],
    );
  });

  it("take every effect but a plain refusal for a grant", () => {
    assert.deepEqual(
      ["Allow", "Deny", "deny", "Dney", undefined].map((Effect) => read({ Effect }).allows),
      [true, false, true, true, true],
    );
  });

  it("have principals of every kind, and everyone in each spelling", () => {
    const everyone = [{ kind: "*", value: "*" }];
    assert.deepEqual(read({ Principal: "*" }).principals, everyone);
    assert.deepEqual(read({ Principal: { AWS: "*" } }).principals, everyone);
    assert.deepEqual(read({ Principal: ["*"] }).principals, everyone);
    assert.deepEqual(read({ NotPrincipal: { AWS: ACCOUNT } }).principals, everyone);
    assert.deepEqual(read({ Principal: ACCOUNT }).principals, [{ kind: "AWS", value: ACCOUNT }]);
    assert.deepEqual(read({ Principal: { Federated: ["x", null], CanonicalUser: "y" } }).principals, [
      { kind: "Federated", value: "x" },
      { kind: "CanonicalUser", value: "y" },
    ]);
    assert.deepEqual(read({}).principals, []);
  });

  it("have conditions in lower case, one line for each key", () => {
    assert.deepEqual(
      read({
        Condition: {
          StringEquals: { "aws:SourceAccount": ACCOUNT, "kms:ViaService": ["a", "b"] },
          Bool: { "aws:SecureTransport": false },
          Null: "no block",
        },
      }).conditions,
      [
        { operator: "stringequals", key: "aws:sourceaccount", values: [ACCOUNT] },
        { operator: "stringequals", key: "kms:viaservice", values: ["a", "b"] },
        { operator: "bool", key: "aws:securetransport", values: ["false"] },
      ],
    );
    assert.deepEqual(read({ Condition: "none" }).conditions, []);
  });

  it("name what a statement leaves out", () => {
    const { actions, notActions, resources, notResources } = read({ NotAction: "iam:*", NotResource: ["a"] });
    assert.deepEqual([actions, notActions, resources, notResources], [[], ["iam:*"], [], ["a"]]);
  });
});

describe("actions of a statement", () => {
  it("are covered when one of several patterns takes them in", () => {
    assert.ok(covers(read({ Action: ["s3:GetObject", "KMS:Decrypt"] }), "kms:Decrypt"));
    assert.ok(!covers(read({ Action: ["s3:GetObject", "kms:Encrypt"] }), "kms:Decrypt"));
    assert.ok(!covers(read({}), "kms:Decrypt"));
    assert.ok(!covers(read({ NotAction: ["iam:*", "kms:*"] }), "kms:Decrypt"));
    assert.ok(covers(read({ NotAction: ["iam:*", "s3:*"] }), "kms:Decrypt"));
  });
});

describe("patterns", () => {
  it("end where the text ends", () => {
    for (const [pattern, text, expected] of [
      ["a", "ab", false],
      ["a?", "a", false],
      ["a*?", "a", false],
      ["a**", "a", true],
      ["", "", true],
      ["", "a", false],
      ["*", "", true],
      ["a*b*c", "aXbXbYc", true],
      ["a*b*c", "aXbXbYd", false],
      ["*ab", "aab", true],
      ["?", "*", true],
    ] as const) {
      assert.equal(matchesPattern(pattern, text), expected, `${pattern} ${text}`);
    }
  });

  it("of a principal are open when the account is", () => {
    for (const [value, expected] of [
      ["*", true],
      ["1111222233?3", true],
      [`arn:aws:iam::${ACCOUNT}:role/*`, false],
      ["arn:aws:iam::*:root", true],
      [ACCOUNT, false],
    ] as const) {
      assert.equal(isAnyone({ kind: "AWS", value }), expected, value);
    }
  });
});

describe("conditions that hold a statement to accounts", () => {
  const held = (operator: string, key: string, values: unknown) =>
    isHeldToAccounts(read({ Principal: "*", Condition: { [operator]: { [key]: values } } }));

  it("name accounts, or one organization, by an operator that needs the key", () => {
    for (const operator of ["StringEquals", "StringEqualsIgnoreCase", "StringLike"]) {
      assert.ok(held(operator, "aws:PrincipalAccount", ACCOUNT), operator);
    }
    for (const key of ["kms:CallerAccount", "aws:SourceAccount"]) {
      assert.ok(held("StringEquals", key, [ACCOUNT, "444455556666"]), key);
    }
    for (const id of ["o-a1b2c3d4e5", `o-${"a1".repeat(16)}`]) {
      assert.ok(held("StringEquals", "aws:PrincipalOrgID", id), id);
    }
  });

  it("hold to nobody when they are negated, optional, open or of another key", () => {
    for (const operator of [
      "StringNotEquals",
      "StringEqualsIfExists",
      "ForAnyValue:StringEquals",
      "ArnLike",
    ]) {
      assert.ok(!held(operator, "aws:PrincipalAccount", ACCOUNT), operator);
    }
    for (const values of [[], "*", `${ACCOUNT}4`, `x${ACCOUNT}`, [ACCOUNT, "*"], "o-a1b2c3d4e5"]) {
      assert.ok(!held("StringEquals", "aws:PrincipalAccount", values), JSON.stringify(values));
    }
    for (const id of ["o-*", "o-short", `o-${"a1".repeat(17)}`, "xo-a1b2c3d4e5", "o-a1b2c3d4e5*", ACCOUNT]) {
      assert.ok(!held("StringEquals", "aws:PrincipalOrgID", id), id);
    }
    for (const value of [ACCOUNT, "o-a1b2c3d4e5"]) {
      assert.ok(!held("StringEquals", "aws:ResourceAccount", value), value);
    }
    assert.ok(!isHeldToAccounts(read({ Principal: "*" })));
  });

  it("hold when one of several does", () => {
    const Condition = { Bool: { "aws:x": "true" }, StringEquals: { "aws:SourceAccount": ACCOUNT } };
    assert.ok(isHeldToAccounts(read({ Principal: "*", Condition })));
  });
});
