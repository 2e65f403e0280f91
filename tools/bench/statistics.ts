/** The few statistics the bench needs. */

/** Several measurements of one thing. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError without values */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError("nothing was measured");
  const half = sorted.length / 2;
  const middle = Number.isInteger(half)
    ? sorted.slice(half - 1, half + 1)
    : [sorted[Math.floor(half)] ?? min];
  return {
    count: sorted.length,
    min,
    median: middle.reduce((sum, value) => sum + value, 0) / middle.length,
    max,
  };
}

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The straight line with the least squares: `y = intercept + slope · x`. @throws RangeError below two different x */
export function fitLine(points: readonly Point[]): { readonly intercept: number; readonly slope: number } {
  if (new Set(points.map(({ x }) => x)).size < 2) throw new RangeError("a line needs two different points");
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - middleX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - middleX) * (y - middleY), 0) / spread;
  return { intercept: middleY - slope * middleX, slope };
}

/**
 * The exponent `e` of `y ~ xᵉ`, from a straight line through the logarithms: 1 is linear, 2 quadratic. Undefined when a
 * value is not positive, which noise can do to a small difference.
 */
export function growthExponent(points: readonly Point[]): number | undefined {
  if (points.some(({ x, y }) => x <= 0 || y <= 0)) return undefined;
  return fitLine(points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }))).slope;
}
