import { unknownMarkers } from "./sdk";

/** A fault in a rule's own words: its text is safe to print because it never holds a property value. */
export class RuleError extends Error {}

/** What a read of a property can find. `null` counts as absent, as it does for the provider. */
export type Tri<T> =
  { readonly kind: "absent" } | { readonly kind: "unknown" } | { readonly kind: "known"; readonly value: T };

export const absent = { kind: "absent" } as const;
export const unknown = { kind: "unknown" } as const;

/** A JSON-like object whose members are not inspected yet. */
export type Bag = Readonly<Record<string, unknown>>;

/** Wraps a value that is certainly there. */
export function known<T>(value: T): Tri<T> {
  return { kind: "known", value };
}

/** The object behind the SDK's throwing proxies; its unknowns are plain marker strings. */
export function unwrap(value: unknown): unknown {
  let target = value;
  while (isObject(target) && Reflect.get(target, "__isSpecialProxy") === true) {
    target = Reflect.get(target, "__getSpecialProxyTarget");
  }
  return target;
}

/** Whether an unwrapped value is one of the SDK's markers for "not known yet". */
export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknownMarkers.has(value);
}

/** Whether an unwrapped value is, or holds at any depth, something not known yet. */
export function holdsUnknown(value: unknown): boolean {
  return isObject(value) ? Object.values(value).some(holdsUnknown) : isUnknown(value);
}

/** Reads a value of any shape. */
export function readAny(value: unknown): Tri<unknown> {
  const target = unwrap(value);
  if (target === undefined || target === null) {
    return absent;
  }
  return isUnknown(target) ? unknown : known(target);
}

/** Reads a string; any other shape is a {@link RuleError}, so that a rule never passes on a misread value. */
export function readString(value: unknown, path: string): Tri<string> {
  return read(value, path, "a string", (found) => (typeof found === "string" ? found : undefined));
}

/** Reads a number; any other shape is a {@link RuleError}. */
export function readNumber(value: unknown, path: string): Tri<number> {
  return read(value, path, "a number", (found) => (typeof found === "number" ? found : undefined));
}

/** Reads a flag; any other shape is a {@link RuleError}. */
export function readBoolean(value: unknown, path: string): Tri<boolean> {
  return read(value, path, "true or false", (found) => (typeof found === "boolean" ? found : undefined));
}

/** Reads a list without looking at its elements; any other shape is a {@link RuleError}. */
export function readList(value: unknown, path: string): Tri<readonly unknown[]> {
  return read(value, path, "a list", (found) => (Array.isArray(found) ? (found as unknown[]) : undefined));
}

/** Reads an object without looking at its members; any other shape is a {@link RuleError}. */
export function readBag(value: unknown, path: string): Tri<Bag> {
  return read(value, path, "an object", (found) => (isBag(found) ? found : undefined));
}

/** Whether a value is an object that is not a list. */
export function isBag(value: unknown): value is Bag {
  return isObject(value) && !Array.isArray(value);
}

function read<T>(
  value: unknown,
  path: string,
  wanted: string,
  narrow: (found: unknown) => T | undefined,
): Tri<T> {
  const found = readAny(value);
  if (found.kind !== "known") {
    return found;
  }
  const narrowed = narrow(found.value);
  if (narrowed === undefined) {
    throw new RuleError(`${path} should be ${wanted}`);
  }
  return known(narrowed);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
