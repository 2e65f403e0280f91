import type { Setting } from "./rule";

/** A setting that is on or off. */
export function flag(description: string, byDefault: boolean): Setting<boolean> {
  return { type: "boolean", description, default: byDefault };
}

/** A setting that counts something; the description names the unit. */
export function count(description: string, byDefault: number, minimum = 0): Setting<number> {
  return { type: "integer", minimum, description, default: byDefault };
}

/** A setting that lists texts. */
export function texts(description: string, byDefault: readonly string[]): Setting<readonly string[]> {
  return { type: "array", items: { type: "string" }, uniqueItems: true, description, default: byDefault };
}
