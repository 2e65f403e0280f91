import assert from "node:assert/strict";

import { catalog } from "../../policy-pack/src/catalog";
import type { Example } from "../../policy-pack/src/engine/example";
import type { Rule } from "../../policy-pack/src/engine/rule";
import { analyzeEach, analyzeStack, type Answer, configured, urnByName } from "./harness";

const KINDS = ["pass", "fail", "unknown", "notApplicable"] as const;

// Words that a marker, a dumped object or a lost value would leave in a message.
const LEAKS = /undefined|\[object|04da6b54/;

function analyze(rule: Rule, example: Example): Promise<Answer> {
  // Suppressions name other rules of the catalogue; only the findings of this one are looked at.
  const rules = example.suppressions === undefined ? [rule] : catalog;
  const policies = configured(rules, example).filter(({ name }) => name === rule.id);
  return (rule.scope === "resource" ? analyzeEach : analyzeStack)(policies, example.resources);
}

// What a rule breaks on is mandatory whatever its own level.
function levelOf({ level = "mandatory" }: Rule, finding: string): string {
  return finding === "rule-error" ? "mandatory" : level;
}

function expected(rule: Rule, example: Example) {
  return (example.findings ?? []).map((entry) => {
    const [finding = "", name] = entry.split("@");
    const urn = urnByName(example, name);
    return {
      policy: rule.id,
      finding,
      urn,
      level: finding.endsWith("unknown") ? "advisory" : levelOf(rule, finding),
    };
  });
}

const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

for (const rule of catalog) {
  describe(`policy ${rule.id}`, () => {
    for (const kind of KINDS) {
      for (const example of rule.examples[kind]) {
        it(`${kind}: ${example.title}`, async () => {
          const { diagnostics, notApplicable } = await analyze(rule, example);
          const found = diagnostics.map(({ policy, finding, urn, level }) => ({
            policy,
            finding,
            urn,
            level,
          }));
          assert.deepEqual(found.sort(byText), expected(rule, example).sort(byText));
          assert.deepEqual(notApplicable, kind === "notApplicable" ? [rule.id] : []);
          for (const { message } of diagnostics) {
            assert.doesNotMatch(message, LEAKS);
          }
        });
      }
    }

    it("shows each kind of result", () => {
      const findings = (kind: "pass" | "fail" | "unknown" | "notApplicable") =>
        rule.examples[kind].map((example) => example.findings ?? []);
      assert.ok(findings("pass").every((list) => list.length === 0));
      assert.ok(findings("notApplicable").every((list) => list.length === 0));
      assert.ok(findings("fail").every((list) => list.some((id) => !id.includes("unknown"))));
      // What this run makes passes without its value: a key, a security group.
      assert.ok(
        findings("unknown").every((list) => list.length === 0 || list.some((id) => id.includes("unknown"))),
      );
      // A rule that reads no property has nothing to wait for.
      const reads = Object.values(rule.types).some((properties) => properties.length > 0);
      assert.equal(rule.examples.unknown.length > 0, reads);
    });
  });
}
