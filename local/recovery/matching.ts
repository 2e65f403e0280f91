/** Decides which orphan is which resource of the program. Only what is certain is matched. */
import { isDeepStrictEqual } from "node:util";
import type { StoredObject } from "../account/store";
import { nameOf, properties } from "./deployment";
import type { Properties, Resource } from "./deployment";
import { referenceNames, texts } from "./orphans";

/** What a plan shows for a value that is known only after another resource is created. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What a plan shows for a secret, whatever flags say. */
export const hiddenSecret = "[secret]";

/** Marks a secret in the CLI's JSON; the value stands beside it as JSON text. */
const secretMark = "4dabf18193072939515e22adb298388d";

export interface Match {
  readonly planned: Resource;
  readonly orphan: StoredObject;
}

export interface Matching {
  readonly matches: readonly Match[];
  /** Orphans that the program has no use for: second copies, or leavings of something it no longer has. */
  readonly useless: readonly StoredObject[];
  /** Orphans that fit several planned resources equally well. */
  readonly ambiguous: readonly StoredObject[];
}

/**
 * Pairs planned creations with orphans of the same type whose properties agree. A creation of which all is known goes
 * before those of which some is not: what is unknown fits everything, and if it came out the same, so would the two. When
 * several orphans fit one creation only, the one that other objects refer to is taken, else the first by id; the others
 * are useless.
 *
 * @param objects all objects of the accounts, to see which orphan is referred to
 */
export function matchOrphans(
  planned: readonly Resource[],
  orphans: readonly StoredObject[],
  objects: readonly StoredObject[],
): Matching {
  const fits = new Map(
    orphans.map((orphan) => {
      const fitting = planned.filter((resource) => agrees(resource, orphan));
      const certain = fitting.filter(isKnown);
      return [orphan, certain.length > 0 ? certain : fitting] as const;
    }),
  );
  const matches: Match[] = [];
  const useless = orphans.filter((orphan) => fits.get(orphan)?.length === 0);
  const ambiguous = orphans.filter((orphan) => (fits.get(orphan)?.length ?? 0) > 1);
  for (const resource of planned) {
    const candidates = orphans.filter((orphan) => fits.get(orphan)?.includes(resource));
    // One that would also fit elsewhere makes the choice uncertain.
    if (candidates.some((orphan) => ambiguous.includes(orphan))) {
      ambiguous.push(...candidates.filter((orphan) => !ambiguous.includes(orphan)));
      continue;
    }
    const [chosen, ...copies] = inOrderOfUse(candidates, objects);
    if (chosen) matches.push({ planned: resource, orphan: chosen });
    useless.push(...copies);
  }
  return { matches, useless, ambiguous };
}

/** Whether the plan shows all that the resource will be created with; a secret's JSON text can hold the unknown, too. */
function isKnown({ inputs }: Resource): boolean {
  return !texts(inputs).some((text) => text.includes(unknownValue) || text === hiddenSecret);
}

function inOrderOfUse(candidates: readonly StoredObject[], objects: readonly StoredObject[]): StoredObject[] {
  const uses = (orphan: StoredObject): number => {
    const names = referenceNames(orphan);
    return objects.filter(
      (object) => object !== orphan && texts(object.inputs).some((text) => names.includes(text)),
    ).length;
  };
  return candidates
    .map((orphan) => ({ orphan, uses: candidates.length > 1 ? uses(orphan) : 0 }))
    .sort((a, b) => b.uses - a.uses || a.orphan.id.localeCompare(b.orphan.id))
    .map(({ orphan }) => orphan);
}

/** Whether an existing object has every property that the program would create it with. */
export function agrees(planned: Resource, orphan: StoredObject): boolean {
  if (planned.type !== orphan.type) return false;
  return Object.entries(planned.inputs).every(
    ([key, value]) => key === "__defaults" || sameValue(value, orphan.inputs[key], planned, key),
  );
}

function sameValue(wanted: unknown, found: unknown, planned: Resource, key: string): boolean {
  if (wanted === unknownValue || wanted === hiddenSecret) return found !== undefined;
  if (wanted === null || wanted === undefined) return found === undefined || found === null;
  if (isSecret(wanted)) return sameValue(JSON.parse(String(wanted.plaintext)), found, planned, key);
  if (key === "name" && isAutomaticName(wanted, planned) && isAutomaticName(found, planned)) return true;
  // The CLI shows a JSON document as an object, while the property is its text.
  const actual = typeof wanted === "object" ? documentIn(found) : found;
  if (typeof wanted !== "object" || typeof actual !== "object" || actual === null) {
    return isDeepStrictEqual(wanted, actual);
  }
  if (Array.isArray(wanted) !== Array.isArray(actual)) return false;
  const keys = new Set([...Object.keys(wanted), ...Object.keys(actual)]);
  return [...keys].every(
    (inner) =>
      inner === "__defaults" ||
      sameValue((wanted as Properties)[inner], (actual as Properties)[inner], planned, ""),
  );
}

/** A name that the provider made up from the resource's own name: its tail differs from run to run. */
function isAutomaticName(value: unknown, planned: Resource): boolean {
  const name = nameOf(planned.urn);
  return (
    typeof value === "string" &&
    value.startsWith(`${name}-`) &&
    /^[0-9a-f]{7}$/.test(value.slice(name.length + 1))
  );
}

function isSecret(value: unknown): value is Properties {
  return secretMark in properties(value) && typeof properties(value).plaintext === "string";
}

function documentIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
