import type { Inventory } from "./inventory";
import type { RecoveryTest } from "./recovery-tests";

/** What a point may look at. */
export interface Context {
  readonly stack: Inventory;
  /** What of the account's singletons the stack's file leaves to another stack or the organization. */
  readonly adopted: ReadonlySet<string>;
  /** What was recorded of tests of recovery. @default nobody gave a record */
  readonly recoveryTests: readonly RecoveryTest[] | undefined;
  readonly today: Date;
}

/** What a point found. */
export interface Found {
  /** What there is, a line each; it holds no personal data. */
  readonly evidence: readonly string[];
  /** What is wrong or missing, a line each. */
  readonly faults: readonly string[];
  /** What a person still has to look at, since no export tells. @default nothing */
  readonly byHand?: string;
}

/** One of the sixteen points. */
export interface Point {
  readonly number: number;
  readonly title: string;
  /** What is true when it passes. */
  readonly holds: string;
  readonly look: (context: Context) => Found;
}

export type State = "pass" | "fail" | "manual";

/** A point with its verdict. */
export interface Verdict extends Pick<Point, "number" | "title"> {
  readonly state: State;
  readonly reason: string;
  readonly evidence: readonly string[];
}

/** A fault outweighs what is left to a person. */
export function judge(point: Point, context: Context): Verdict {
  const { evidence, faults, byHand } = point.look(context);
  const { number, title } = point;
  if (faults.length > 0) return { number, title, state: "fail", reason: faults.join("; "), evidence };
  return byHand === undefined
    ? { number, title, state: "pass", reason: point.holds, evidence }
    : { number, title, state: "manual", reason: byHand, evidence };
}

/** A thing that an account has once: the stack's own, somebody else's, or missing. */
export function singleton(
  { adopted }: Context,
  what: "trail" | "detector" | "recorder",
  own: Found | undefined,
): Found {
  if (own !== undefined) return own;
  if (adopted.has(what)) {
    return {
      evidence: [],
      faults: [],
      byHand: `the stack's file leaves the ${what} to the account's owner (adopt): look at theirs`,
    };
  }
  return { evidence: [], faults: [`there is no ${what}, and the stack's file adopts none`] };
}
