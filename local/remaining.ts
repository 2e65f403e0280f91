/** What is left in the simulated accounts, shown after a destroy. */
import { openAccounts } from "./account/store";
import type { StoredObject } from "./account/store";
import type { StackPaths } from "./paths";

/** The objects that a stack made and that still exist. Only the simulation knows the maker of an object for certain. */
export function remainingObjects(paths: StackPaths): StoredObject[] {
  return openAccounts(paths.accounts)
    .list()
    .filter((object) => object.createdBy === paths.owner);
}

/** One line an object, those that AWS deletes by itself after those that nobody deletes. */
export function describeRemaining(objects: readonly StoredObject[], stack: string): string {
  if (objects.length === 0) return `Nothing of stack ${stack} is left in the simulated account.`;
  const pending = objects.filter((object) => object.state === "pendingDeletion");
  const standing = objects.filter((object) => object.state !== "pendingDeletion");
  return [
    ...section("Left in the simulated account", standing, (object) => place(object)),
    ...section("Pending deletion (AWS removes them at the date)", pending, (object) => {
      return `${place(object)}  ${object.deletionDate?.slice(0, 10) ?? "date unknown"}`;
    }),
  ].join("\n");
}

function section(
  title: string,
  objects: readonly StoredObject[],
  line: (object: StoredObject) => string,
): string[] {
  return objects.length === 0
    ? []
    : [`${title}: ${objects.length}`, ...objects.map((object) => `  ${line(object)}`)];
}

function place(object: StoredObject): string {
  return `${object.type.replace(/^aws:/, "")}  ${object.id}  ${object.account}/${object.region}`;
}
