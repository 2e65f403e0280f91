import { strict as assert } from "node:assert";
import { renderComment, type StackReview } from "../../tools/pull-request/comment";
import { policyWords } from "../../tools/pull-request/main";

const QUIET: StackReview = {
  stack: "dev",
  planChanges: [],
  policy: { passed: true, words: "" },
  costChanges: [],
  monthlyUsd: 367.65,
  planIsCurrent: true,
};

describe("the comment on a pull request", () => {
  it("of a change that changes nothing is a line per stack", () => {
    const text = renderComment([QUIET, { ...QUIET, stack: "prod" }]);
    assert.match(text, /### dev\n[^#]*\| passed \| no change \| 367\.65 USD \(\+0\.00\) \|/);
    assert.match(text, /### prod/);
    assert.doesNotMatch(text, /<details/);
  });

  it("counts resources, not lines, and sums the cost", () => {
    const text = renderComment([
      {
        ...QUIET,
        planChanges: [
          "+ aws:ec2/eip:Eip b",
          "~ aws:sns/topic:Topic a  inputs.x: 1 → 2",
          "~ aws:sns/topic:Topic a  inputs.y: 1 → 2",
        ],
        costChanges: [
          { component: "network", type: "aws:ec2/eip:Eip", name: "b", before: 0, after: 3.65 },
          { component: "cache", type: "aws:elasticache/x:X", name: "c", before: 10, after: 4 },
        ],
      },
    ]);
    assert.match(text, /1 new, 1 changed, 0 removed \| 367\.65 USD \(−2\.35\)/);
    assert.match(text, /network: Eip b 0\.00 → 3\.65 \(\+3\.65\)/);
  });

  it("shows a violation, and that the committed plan is out of date", () => {
    const text = renderComment([
      {
        ...QUIET,
        policy: { passed: false, words: "[allowed-region/region] ```boo```" },
        planIsCurrent: false,
      },
    ]);
    assert.match(text, /\*\*violated\*\*/);
    assert.match(
      text,
      /<details open><summary>Policy findings<\/summary>\n\n````\n\[allowed-region\/region\] ```boo```\n````/,
    );
    assert.match(text, /npm run plan -- --write/);
  });

  it("stays within what a comment may have", () => {
    const planChanges = Array.from({ length: 5000 }, (_, n) => `+ aws:ec2/eip:Eip address-${n}`);
    const text = renderComment([
      { ...QUIET, planChanges },
      { ...QUIET, stack: "prod", planChanges },
    ]);
    assert.ok(text.length < 65_536, `${text.length} characters`);
    assert.match(text, /… cut/);
  });

  it("takes the policies' part of what the CLI prints", () => {
    const output =
      "Previewing\nPolicies:\n    ❌ pack@v1\n        - [mandatory] x\n\nResources:\n    + 5 to create\n";
    assert.equal(policyWords(output), "Policies:\n    ❌ pack@v1\n        - [mandatory] x");
    assert.equal(policyWords("error: no such stack\n"), "error: no such stack");
  });
});
