import { strict as assert } from "node:assert";
import { comparePlans } from "../../tools/plan/plan";

const KEY = "streamflix:x:X$aws:sns/topic:Topic::alerts";

describe("differences of plans", () => {
  for (const [what, old, now, lines] of [
    ["a value", { inputs: { a: 1 } }, { inputs: { a: 2 } }, ["inputs.a: 1 → 2"]],
    [
      "what came and went in a list",
      { after: ["a", "b", "c"] },
      { after: ["a", "c", "d"] },
      ["after: −b, +d"],
    ],
    ["the order of a list", { after: ["a", "b"] }, { after: ["b", "a"] }, ['after: ["a","b"] → ["b","a"]']],
    ["a list of objects", { inputs: { l: [{ a: 1 }] } }, { inputs: { l: [] } }, ['inputs.l: [{"a":1}] → []']],
    ["nothing", { inputs: { a: 1 } }, { inputs: { a: 1 } }, []],
  ] as const) {
    it(what, () => {
      assert.deepEqual(
        comparePlans({ [KEY]: old }, { [KEY]: now }),
        lines.map((line) => `~ aws:sns/topic:Topic alerts  ${line}`),
      );
    });
  }

  it("new and removed resources by type and name", () => {
    assert.deepEqual(comparePlans({ [KEY]: {} }, {}), ["- aws:sns/topic:Topic alerts"]);
    assert.deepEqual(comparePlans({}, { [KEY]: {} }), ["+ aws:sns/topic:Topic alerts"]);
  });
});
