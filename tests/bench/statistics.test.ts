import assert from "node:assert/strict";
import { fitLine, growthExponent, summarize } from "../../tools/bench/statistics";

describe("bench: statistics", () => {
  it("summarizes an odd and an even number of values, in any order", () => {
    assert.deepEqual(summarize([9, 1, 4]), { count: 3, min: 1, median: 4, max: 9 });
    assert.deepEqual(summarize([10, 9, 1, 4]), { count: 4, min: 1, median: 6.5, max: 10 });
    assert.deepEqual(summarize([7]), { count: 1, min: 7, median: 7, max: 7 });
  });

  it("refuses to summarize nothing", () => {
    assert.throws(() => summarize([]), /nothing was measured/);
  });

  it("fits a line", () => {
    const { intercept, slope } = fitLine([0, 50, 300].map((x) => ({ x, y: 2 + 0.01 * x })));
    assert.ok(Math.abs(intercept - 2) < 1e-9 && Math.abs(slope - 0.01) < 1e-9);
  });

  it("refuses a line through one place", () => {
    const same = [
      { x: 1, y: 1 },
      { x: 1, y: 2 },
    ];
    assert.throws(() => fitLine(same), /two different points/);
  });

  it("finds exponents: constant, linear, quadratic", () => {
    for (const wanted of [0, 1, 2]) {
      const exponent = growthExponent([1, 4, 16].map((x) => ({ x, y: 3 * x ** wanted })));
      assert.ok(exponent !== undefined && Math.abs(exponent - wanted) < 1e-9, String(wanted));
    }
  });

  it("has no exponent for a difference that noise made negative", () => {
    const points = [
      { x: 1, y: -0.1 },
      { x: 4, y: 3 },
    ];
    assert.equal(growthExponent(points), undefined);
  });
});
