import { isDeepStrictEqual } from "node:util";

/** What one stack file has beyond another, or otherwise. */
export interface Change {
  /** Such as `streamflix:network.endpoints`. */
  readonly path: string;
  readonly what: "new" | "changed" | "gone";
}

type Fields = Readonly<Record<string, unknown>>;

/** Differences between the configurations of two stack files, as far up as they go: a new section is one change. */
export function changesBetween(before: Fields, after: Fields, at = ""): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key): readonly Change[] => {
    const [old, now] = [before[key], after[key]];
    const path = at === "" ? key : `${at}.${key}`;
    if (isDeepStrictEqual(old, now)) return [];
    if (old === undefined) return [{ path, what: "new" }];
    if (now === undefined) return [{ path, what: "gone" }];
    return isFields(old) && isFields(now) ? changesBetween(old, now, path) : [{ path, what: "changed" }];
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
