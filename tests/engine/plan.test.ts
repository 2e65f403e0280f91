import { strict as assert } from "node:assert";
import { comparePlans, planOf, type PreviewJson } from "../../tools/plan/plan";
import { committedPlan, currentPlan, PLANNED_STACKS } from "../../tools/plan/main";
import { plannedJson } from "../mutants/specimens";
import { stackFile } from "./support/engine";

describe("the committed plan", function () {
  this.timeout(600_000);

  for (const stack of PLANNED_STACKS) {
    it(`of ${stack} is what the program plans (write it with: npm run plan -- --write)`, async () => {
      const committed = committedPlan(stack);
      assert.ok(Object.keys(committed).length > 0, "there is no committed plan");
      const planned = planOf(JSON.parse(await plannedJson(stack)) as PreviewJson);
      assert.deepEqual(comparePlans(committed, planned), []);
    });
  }

  it("shows a changed tag as one readable line per resource", () => {
    const retagged = stackFile("dev", "dev", ["owner: platform-team", "owner: video-team"]);
    const lines = comparePlans(committedPlan("dev"), currentPlan("dev", "--stack-file", retagged));
    const provider = "~ pulumi:providers:aws home  inputs.defaultTags.tags.owner";
    const others = lines.filter((line) => !line.startsWith(provider));
    assert.equal(others.length, lines.length - 1);
    assert.ok(others.length > 40, `only ${others.length} resources have the tag`);
    for (const line of others) {
      assert.match(line, /^~ aws:\S+ \S+ {2}inputs\.tags\.owner: "platform-team" → "video-team"$/);
    }
  });

  it("holds no secret, no path of a machine and no time", () => {
    for (const stack of PLANNED_STACKS) {
      const text = JSON.stringify(committedPlan(stack));
      assert.doesNotMatch(text, /example\.com|\+49|sourcePosition|stackTrace|file:\/\/|\d{4}-\d{2}-\d{2}T/);
    }
  });
});
