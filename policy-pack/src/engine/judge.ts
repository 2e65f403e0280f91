import type { Place } from "./place";
import type { Finding } from "./rule";
import type { Tri } from "./tri";

/** A finding about something known: where and what is wrong, and what is allowed. */
export function fail(
  id: string,
  problem: string,
  allowed: string,
  rest: Pick<Finding, "mend" | "urn"> = {},
): Finding {
  return { id, status: "fail", problem, allowed, ...rest };
}

/** A finding about something that creation or a later run will tell. */
export function notKnownYet(path: string, urn?: string): Finding {
  const problem = `${path} is not known yet`;
  return { id: "unknown", status: "indeterminate", problem, ...(urn === undefined ? {} : { urn }) };
}

/** What a rule demands of a value. */
export interface Demand<T> {
  /** The finding's id when it is not met. */
  readonly id: string;
  readonly isMet: (value: T) => boolean;
  /** What is allowed, in words: completes "Allowed: ". */
  readonly allowed: string;
  /** Whether AWS's own default meets the demand. @default false: what is not set fails */
  readonly absentPasses?: boolean;
}

/** Judges a value that was read at `path`. Numbers and flags are printed, text never is. */
export function judge<T extends string | number | boolean>(
  found: Tri<T>,
  path: string,
  { id, isMet, allowed, absentPasses = false }: Demand<T>,
): readonly Finding[] {
  switch (found.kind) {
    case "unknown":
      return [notKnownYet(path)];
    case "absent":
      return absentPasses ? [] : [fail(id, `${path} is not set`, `Allowed: ${allowed}`)];
    case "known": {
      if (isMet(found.value)) {
        return [];
      }
      const shown = typeof found.value === "string" ? "has another value" : `is ${found.value}`;
      return [fail(id, `${path} ${shown}`, `Allowed: ${allowed}`)];
    }
  }
}

/** Demands a flag. */
export function judgeFlag(
  place: Place,
  id: string,
  wanted: boolean,
  rest: Pick<Demand<boolean>, "absentPasses"> = {},
): readonly Finding[] {
  return judge(place.boolean(), place.path, {
    id,
    isMet: (value) => value === wanted,
    allowed: String(wanted),
    ...rest,
  });
}

/** Demands one of a few words. */
export function judgeWord(
  place: Place,
  id: string,
  words: readonly string[],
  rest: Pick<Demand<string>, "absentPasses"> = {},
): readonly Finding[] {
  return judge(place.string(), place.path, {
    id,
    isMet: (value) => words.includes(value),
    allowed: words.join(", "),
    ...rest,
  });
}

/** Demands a number within bounds, both included. */
export function judgeRange(
  place: Place,
  id: string,
  [min, max]: readonly [number, number],
  rest: Pick<Demand<number>, "absentPasses"> = {},
): readonly Finding[] {
  return judge(place.number(), place.path, {
    id,
    isMet: (value) => value >= min && value <= max,
    allowed: `${min} to ${max}`,
    ...rest,
  });
}

/**
 * Demands a customer-managed key. An unknown reference passes: it is a key that this run makes, never AWS's own; the
 * rule `key-references` follows it through the graph, and the resource is judged again with the value before creation.
 */
export function judgeKey(place: Place, id = "no-key"): readonly Finding[] {
  const key = place.string();
  const isOwn = key.kind === "known" && key.value !== "" && !isAwsManagedKey(key.value);
  return key.kind === "unknown" || isOwn
    ? []
    : [fail(id, `${place.path} does not name a customer-managed key`, "Allowed: a KMS key of this account")];
}

/** Whether a key reference names one of AWS's own keys (`alias/aws/…`), whose policy nobody can tighten. */
export function isAwsManagedKey(reference: string): boolean {
  return /(^|:)alias\/aws\//.test(reference);
}
