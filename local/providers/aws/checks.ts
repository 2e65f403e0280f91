/** Checks that the provider makes before it calls AWS. Values that are absent or not known yet pass. */
import type { Props } from "../../account/store";
import { UNKNOWN, type CheckFailure } from "../frame";

/** A text that has to have a shape. */
export function shaped(inputs: Props, property: string, pattern: RegExp, shape: string): CheckFailure[] {
  const value = inputs[property];
  return typeof value === "string" && value !== UNKNOWN && !pattern.test(value)
    ? [{ property, reason: `expected ${shape}, got "${value}"` }]
    : [];
}

/** A value, or each item of a list, that has to be one of some. */
export function oneOf(inputs: Props, property: string, allowed: readonly unknown[]): CheckFailure[] {
  return [inputs[property]]
    .flat()
    .filter((value) => value !== undefined && value !== UNKNOWN && !allowed.includes(value))
    .map((value) => ({ property, reason: `expected one of ${allowed.join(", ")}, got ${String(value)}` }));
}

/** A number that has to lie in a range. */
export function inRange(inputs: Props, property: string, least: number, most: number): CheckFailure[] {
  const value = inputs[property];
  return typeof value === "number" && (value < least || value > most)
    ? [{ property, reason: `expected to be in the range (${least} - ${most}), got ${value}` }]
    : [];
}

/** Properties of which one at most may be given. */
export function exclusive(inputs: Props, ...properties: readonly string[]): CheckFailure[] {
  const given = properties.filter((property) => inputs[property] !== undefined);
  return given.length > 1
    ? [{ property: given[0] ?? "", reason: `conflicts with ${given.slice(1).join(", ")}` }]
    : [];
}

/** Problems of a nested map, with its path in front. */
export function under(path: string, problems: readonly CheckFailure[]): CheckFailure[] {
  return problems.map(({ property, reason }) => ({ property: `${path}.${property}`, reason }));
}
