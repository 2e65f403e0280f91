/**
 * Finds orphans: objects in the account that a stack made and that its state doesn't know. On a real account the
 * candidates come from the Resource Groups Tagging API; here they come from the simulated account. Nothing is used that
 * AWS wouldn't tell.
 */
import { outputsOf } from "../account/store";
import type { StoredObject } from "../account/store";
import { properties } from "./deployment";
import type { Properties, Resource } from "./deployment";

/** Tags that say together which stack made an object. */
const identifyingTags = ["project", "environment", "managed-by"];

/** Where a stack works and how it marks what it makes, by one of its `aws.Provider`s. */
export interface Ownership {
  readonly accounts: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Reads the owner's marks from the provider resources in a stack's state. Providers without default tags mark nothing. */
export function ownershipsIn(resources: readonly Resource[]): readonly Ownership[] {
  return resources
    .filter(({ type }) => type === "pulumi:providers:aws")
    .flatMap(({ inputs }) => {
      const tags = properties(properties(decoded(inputs.defaultTags)).tags);
      const accounts = decoded(inputs.allowedAccountIds);
      const marks = identifyingTags.flatMap((key) => {
        const value = tags[key];
        return typeof value === "string" ? [[key, value] as const] : [];
      });
      if (marks.length < identifyingTags.length) return [];
      return [
        { accounts: Array.isArray(accounts) ? accounts.map(String) : [], tags: Object.fromEntries(marks) },
      ];
    });
}

/**
 * @param known resources of this stack's state
 * @param foreign resources of other stacks' states, which may carry the same tags
 */
export function findOrphans(
  objects: readonly StoredObject[],
  known: readonly Resource[],
  foreign: readonly Resource[],
): readonly StoredObject[] {
  const owners = ownershipsIn(known);
  const inState = new Set(
    [...known, ...foreign].flatMap(({ type, id }) => (id === undefined ? [] : [`${type} ${id}`])),
  );
  const isKnown = (object: StoredObject): boolean => inState.has(`${object.type} ${object.id}`);
  const candidates = objects.filter(
    (object) =>
      object.state === "available" && owners.some(({ accounts }) => accounts.includes(object.account)),
  );
  const tagged = candidates.filter((object) => owners.some((owner) => carriesTags(object, owner)));
  // What can't carry tags belongs to us when it refers to something of ours, such as a route to its route table.
  const ours = new Set([...tagged, ...candidates.filter(isKnownHere(known))].flatMap(referenceNames));
  const untagged = candidates.filter(
    (object) => tagsOf(object) === undefined && texts(object.inputs).some((text) => ours.has(text)),
  );
  return [...tagged, ...untagged].filter((object) => !isKnown(object));
}

/** Names by which other objects refer to this one. */
export function referenceNames(object: StoredObject): string[] {
  const { arn } = outputsOf(object);
  return typeof arn === "string" ? [object.id, arn] : [object.id];
}

/** Every text inside a value. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(texts);
}

function isKnownHere(known: readonly Resource[]): (object: StoredObject) => boolean {
  const ids = new Set(known.map(({ type, id }) => `${type} ${id ?? ""}`));
  return (object) => ids.has(`${object.type} ${object.id}`);
}

function carriesTags(object: StoredObject, owner: Ownership): boolean {
  const tags = tagsOf(object);
  return (
    tags !== undefined &&
    owner.accounts.includes(object.account) &&
    Object.entries(owner.tags).every(([key, value]) => tags[key] === value)
  );
}

function tagsOf(object: StoredObject): Properties | undefined {
  const { tagsAll, tags } = outputsOf(object);
  const found = properties(tagsAll ?? tags);
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Provider inputs that are no texts are kept as JSON text. */
function decoded(value: unknown): unknown {
  return typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}
