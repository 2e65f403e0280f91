import { ACCOUNT_POINTS } from "./points-account";
import { type Context, judge, type Point, type Verdict } from "./point";
import { OPERATION_POINTS } from "./points-operation";
import { PROTECTION_POINTS } from "./points-protection";

/** The sixteen points of the deployment checklist, in its order. */
export const POINTS: readonly Point[] = [...ACCOUNT_POINTS, ...OPERATION_POINTS, ...PROTECTION_POINTS].sort(
  (a, b) => a.number - b.number,
);

/** What every point says of a stack. */
export function checklist(context: Context): readonly Verdict[] {
  return POINTS.map((point) => judge(point, context));
}
