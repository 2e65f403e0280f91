import assert from "node:assert/strict";

import { type Suppression, Suppressions } from "../../policy-pack/src/engine/suppression";
import { kmsRotation } from "../../policy-pack/src/rules/kms-rotation";
import { logGroupProtected } from "../../policy-pack/src/rules/logs";
import { allowedRegion } from "../../policy-pack/src/rules/region";

const RULES = [kmsRotation, logGroupProtected, allowedRegion];
const URN = "urn:pulumi:test::streamflix::aws:cloudwatch/logGroup:LogGroup::kept";
const TODAY = Date.parse("2026-11-26T12:00:00Z");
const ENTRY: Suppression = {
  rule: "log-group-protected",
  finding: "retention",
  urn: URN,
  reason: "kept until the case ends",
  owner: "platform-team",
  ticket: "PLAT-123",
  expires: "2026-12-31",
};

const retention = { id: "retention", status: "fail", problem: "x" } as const;
const problems = (change: Partial<Suppression>, urns: readonly string[] = []) =>
  new Suppressions([{ ...ENTRY, ...change }], RULES, TODAY)
    .faults(new Set(urns))
    .map(({ problem }) => problem);

describe("an entry of the suppressions", () => {
  const cases: readonly (readonly [problem: string, changes: readonly Partial<Suppression>[]])[] = [
    ["names no rule of the catalogue", [{ rule: "log-groups" }]],
    ["names a rule that nobody may suppress", [{ rule: "allowed-region" }]],
    [
      "names no finding",
      ["", "*", "Retention", "a--b", "a-", "-a", "a.b", "a b"].map((finding) => ({ finding })),
    ],
    [
      "has no whole URN",
      [
        "",
        "urn:pulumi:test::x::y",
        `x${URN}`,
        `${URN}*`,
        URN.replace("kept", "k?pt"),
        "urn:pulumi:::::::",
      ].map((urn) => ({ urn })),
    ],
    [
      "has a reason of fewer than 20 characters",
      [{ reason: "x".repeat(19) }, { reason: `x${" ".repeat(30)}` }],
    ],
    ["has no owner", [{ owner: "" }, { owner: "  " }]],
    [
      "has no ticket such as PLAT-123",
      ["", "PLAT", "PLAT-", "plat-1", "PLAT-1x", "xPLAT-1", "1P-1"].map((ticket) => ({ ticket })),
    ],
    [
      "has no last day such as 2026-12-31",
      ["", "soon", "2026-13-01", "2026-12-31x", "x2026-12-31", "20261231"].map((expires) => ({ expires })),
    ],
    ["has expired", [{ expires: "2026-11-25" }]],
    ["ends more than 180 days from now", [{ expires: "2027-05-27" }, { expires: "2030-01-01" }]],
  ];
  for (const [problem, changes] of cases) {
    for (const change of changes) {
      it(`${problem}: ${JSON.stringify(change)}`, () => {
        assert.deepEqual(problems(change), [problem]);
        const list = new Suppressions([{ ...ENTRY, ...change }], RULES, TODAY);
        assert.equal(list.hides(logGroupProtected, retention, change.urn ?? URN), false);
      });
    }
  }

  it("is in order within its bounds", () => {
    for (const change of [
      {},
      { finding: "no-key2-x" },
      { reason: "x".repeat(20) },
      { ticket: "A1B-1" },
      { expires: "2026-11-26" },
      { expires: "2027-05-25" },
    ]) {
      assert.deepEqual(problems(change), [], JSON.stringify(change));
    }
  });

  it("holds to the last second of its last day, and begins 180 days before the end of it", () => {
    const at = (time: string) =>
      new Suppressions([ENTRY], RULES, Date.parse(time)).faults(new Set()).map(({ problem }) => problem);
    assert.deepEqual(at("2026-12-31T23:59:59Z"), []);
    assert.deepEqual(at("2027-01-01T00:00:00Z"), ["has expired"]);
    assert.deepEqual(at("2026-07-03T23:59:59Z"), []);
    assert.deepEqual(at("2026-07-03T23:59:58Z"), ["ends more than 180 days from now"]);
  });

  it("hides the failure that it names, of the resource that it names", () => {
    const list = new Suppressions([ENTRY], RULES, TODAY);
    assert.equal(list.hides(kmsRotation, retention, URN), false);
    assert.equal(list.hides(logGroupProtected, { ...retention, id: "no-key" }, URN), false);
    assert.equal(list.hides(logGroupProtected, { ...retention, status: "indeterminate" }, URN), false);
    assert.equal(list.hides(logGroupProtected, retention, `${URN}-2`), false);
    assert.deepEqual(list.faults(new Set([URN])), [{ entry: ENTRY, problem: "hides nothing" }]);
    assert.equal(list.hides(logGroupProtected, retention, URN), true);
    assert.deepEqual(list.faults(new Set([URN])), []);
  });

  it("is not called unused by another stack or program", () => {
    assert.deepEqual(problems({}, [URN.replace("kept", "other")]), ["hides nothing"]);
    assert.deepEqual(problems({}, [URN.replace(":test::", ":prod::")]), []);
    assert.deepEqual(problems({}, [URN.replace("::streamflix::", "::bootstrap::")]), []);
  });
});
