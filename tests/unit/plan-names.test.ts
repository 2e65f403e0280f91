import assert from "node:assert/strict";

import { committedPlan, PLANNED_STACKS } from "../../tools/plan/main";

describe("names in a plan", () => {
  for (const stack of PLANNED_STACKS) {
    it(`of ${stack} are the program's: one that the engine makes up is another one in each run`, () => {
      const madeUp = Object.entries(committedPlan(stack)).filter(([urn, { inputs }]) => {
        const name = urn.split("::").at(-1) ?? urn;
        return Object.values(inputs ?? {}).some(
          (value) =>
            typeof value === "string" &&
            value.startsWith(name) &&
            /^-[0-9a-f]{7}$/.test(value.slice(name.length)),
        );
      });
      assert.deepEqual(
        madeUp.map(([urn]) => urn),
        [],
      );
    });
  }
});
