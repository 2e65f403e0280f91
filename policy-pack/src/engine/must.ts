import { isAwsManagedKey } from "./judge";
import { holdsUnknown, isBag, type Tri } from "./tri";

/** What a demand says about a value: `unknown` when it can't be told before the value exists. */
export type Verdict = "yes" | "no" | "unknown";

/** A condition on one value, with the words for a finding. Words never hold the value. */
export interface Must {
  readonly judge: (value: Tri<unknown>) => Verdict;
  /** Completes "<path> …". */
  readonly wrong: string;
  /** Completes "Allowed: …". */
  readonly allowed: string;
}

/** True, and said so: what is left out falls back to a default that may change. */
export const isTrue: Must = {
  judge: decide((value) => value === true),
  wrong: "is not true",
  allowed: "true",
};

/** False, and said so. */
export const isFalse: Must = {
  judge: decide((value) => value === false),
  wrong: "is not false",
  allowed: "false",
};

/** Not switched on: false or left out. */
export const isOff: Must = { ...orLeftOut(isFalse), wrong: "is switched on" };

/** Not switched off: true or left out. */
export const isNotOff: Must = { ...orLeftOut(isTrue), wrong: "is switched off" };

/** There and not empty. A value that this run makes is there. */
export const isGiven: Must = {
  judge: (value) => (isEmpty(value) ? "no" : "yes"),
  wrong: "is not set",
  allowed: "a value",
};

/** Left out or empty. */
export const isLeftOut: Must = {
  judge: (value) => (value.kind === "unknown" ? "unknown" : isEmpty(value) ? "yes" : "no"),
  wrong: "is set",
  allowed: "nothing",
};

/** A key of ours. One that this run makes is there, and never AWS's own; `key-references` follows it. */
export const isCustomerKey: Must = {
  judge: (value) => {
    const isAwsOwn = value.kind === "known" && isAwsManagedKey(String(value.value));
    return isEmpty(value) || isAwsOwn ? "no" : "yes";
  },
  wrong: "does not name a customer-managed key",
  allowed: "the ARN of a key of this account",
};

/** One of a few values. */
export function isOneOf(values: readonly (string | number)[]): Must {
  return {
    judge: decide((value) => values.some((entry) => entry === value)),
    wrong: "is none of the allowed values",
    allowed: values.join(", "),
  };
}

/** None of a few values, whatever their case. */
export function isNoneOf(values: readonly string[]): Must {
  return {
    judge: decide((value) => !values.includes(String(value).toLowerCase())),
    wrong: "has a value that is not allowed",
    allowed: `anything but ${values.join(", ")}`,
  };
}

/** A number within bounds; both belong to them. */
export function isWithin(least: number, most: number, unit: string): Must {
  return {
    judge: decide((value) => typeof value === "number" && value >= least && value <= most),
    wrong: "is not within bounds",
    allowed: `${least} to ${most} ${unit}`,
  };
}

/** Text of a form; `words` describe it. */
export function hasForm(form: RegExp, words: string): Must {
  return {
    judge: decide((value) => typeof value === "string" && form.test(value)),
    wrong: "has another form",
    allowed: words,
  };
}

/** A list with at least these elements. */
export function includes(...values: readonly string[]): Must {
  return {
    judge: (value) => {
      if (value.kind !== "known") {
        return value.kind === "absent" ? "no" : "unknown";
      }
      const found: readonly unknown[] = Array.isArray(value.value) ? value.value : [];
      const hasAll = values.every((entry) => found.includes(entry));
      return hasAll ? "yes" : holdsUnknown(found) ? "unknown" : "no";
    },
    wrong: "lacks an element",
    allowed: `a list with ${values.join(", ")}`,
  };
}

/** The same, but a value that this run makes passes: a resource of this program can't be anything else. */
export function orMade(must: Must): Must {
  return { ...must, judge: (value) => (value.kind === "unknown" ? "yes" : must.judge(value)) };
}

/** The same, but what is left out passes: AWS's own default meets the demand. */
export function orLeftOut(must: Must): Must {
  return {
    ...must,
    judge: (value) => (value.kind === "absent" ? "yes" : must.judge(value)),
    allowed: `${must.allowed}, or nothing`,
  };
}

/** The answer for a known value; what is left out is refused. */
export function decide(accepts: (value: unknown) => boolean) {
  return (value: Tri<unknown>): Verdict => {
    switch (value.kind) {
      case "unknown":
        return "unknown";
      case "absent":
        return "no";
      case "known":
        return accepts(value.value) ? "yes" : "no";
    }
  };
}

function isEmpty(value: Tri<unknown>): boolean {
  if (value.kind !== "known") {
    return value.kind === "absent";
  }
  const content = isBag(value.value) ? Object.keys(value.value) : value.value;
  return (typeof content === "string" || Array.isArray(content)) && content.length === 0;
}
