import assert from "node:assert/strict";

import { Keys } from "../../components/keys";
import { KEYS, policyOf } from "./keys-expected";
import { made, record, type Registration } from "./mocks";
import { countByType, listOf, ofType, only, PLACE, statementsOf } from "./registrations";

describe("Keys", () => {
  let registrations: readonly Registration[];
  let result: unknown;
  before(async () => {
    ({ registrations, result } = await record(
      () => new Keys("keys", { ...PLACE, deletionWindowDays: 9, protect: false }).arns,
    ));
  });

  it("makes a key and an alias per data class, and nothing else", () => {
    assert.deepEqual(countByType(registrations), {
      "aws:kms/alias:Alias": 6,
      "aws:kms/key:Key": 6,
      "streamflix:keys:Keys": 1,
    });
    assert.deepEqual(
      ofType(registrations, "Key").map((it) => it.name),
      Object.keys(KEYS)
        .map((it) => `keys-${it}`)
        .sort(),
    );
    assert.deepEqual(
      result,
      Object.fromEntries(
        Object.keys(KEYS).map((it) => [
          it === "viewer-data" ? "viewerData" : it,
          made("Key", `keys-${it}`, "arn"),
        ]),
      ),
    );
  });

  for (const [what, expected] of Object.entries(KEYS)) {
    it(`${what}: exact key, policy and alias`, () => {
      const { policy, ...inputs } = only(registrations, "Key", `keys-${what}`).inputs;
      assert.deepEqual(inputs, {
        description: expected.description,
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: 9,
        tags: { Name: `streamflix-${what}-unit`, "data-classification": expected.classification },
      });
      assert.deepEqual(JSON.parse(String(policy)), policyOf(expected));
      assert.deepEqual(only(registrations, "Alias", `keys-${what}`).inputs, {
        name: `alias/streamflix-${what}-unit`,
        targetKeyId: made("Key", `keys-${what}`, "keyId"),
      });
    });
  }

  const everyStatement = () =>
    ofType(registrations, "Key").flatMap((key) =>
      statementsOf(key.inputs["policy"]).map((statement) => ({ key: key.name, statement })),
    );

  it("lets in this account and AWS services only", () => {
    const principals = everyStatement().map(({ statement }) => JSON.stringify(statement.Principal));
    assert.equal(principals.length, 6 * 3 + 14);
    const allowed =
      /^\{"AWS":"arn:aws:iam::111122223333:root"\}$|^\{"Service":"[a-z0-9.-]+\.amazonaws\.com"\}$/;
    assert.deepEqual(
      principals.filter((it) => !allowed.test(it)),
      [],
    );
  });

  it("never allows all of KMS", () => {
    const all = everyStatement().filter(({ statement }) =>
      listOf(statement.Action).some((action) => action === "*" || action === "kms:*"),
    );
    assert.deepEqual(all, []);
  });

  it("lets principals of the account touch data through services only", () => {
    // Any pattern that covers one of these, such as kms:De* or kms:GenerateDataKey*.
    const data = [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:CreateGrant",
    ];
    const free = everyStatement().filter(
      ({ statement }) =>
        "AWS" in (statement.Principal as object) &&
        listOf(statement.Action).some((pattern) => data.some((action) => covers(pattern, action))) &&
        statement.Condition?.["StringEquals"]?.["kms:ViaService"] === undefined,
    );
    assert.deepEqual(free, []);
  });
});

describe("Keys of a protected stack", () => {
  it("are all protected, their aliases are not", async () => {
    const { registrations } = await record(() => {
      new Keys("keys", { ...PLACE, deletionWindowDays: 30, protect: true });
    });
    const protectedTypes = registrations.filter((it) => it.protect).map((it) => it.type);
    assert.deepEqual(protectedTypes, Array<string>(6).fill("aws:kms/key:Key"));
  });
});

function covers(pattern: string, action: string): boolean {
  return pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
}
