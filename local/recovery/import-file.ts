/** Writes the file from which `pulumi import --file` takes objects into the state under the program's own names. */
import { Problem } from "../problem";
import { nameOf } from "./deployment";
import type { Resource } from "./deployment";
import type { Match } from "./matching";

interface ImportedResource {
  readonly type: string;
  /** Unique in the file; other entries refer to it by this. */
  readonly name: string;
  /** The name in the program. */
  readonly logicalName: string;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly component?: true;
  readonly remote?: true;
}

/** Content of an import file. */
export interface ImportFile {
  /** URNs of what is in the state already, by the names that the entries use for them. */
  readonly nameTable: Readonly<Record<string, string>>;
  readonly resources: readonly ImportedResource[];
}

/**
 * @param planned all planned creations: a component that is not in the state yet comes along with its children
 * @param known resources in the state
 */
export function importFile(
  matches: readonly Match[],
  planned: readonly Resource[],
  known: readonly Resource[],
): ImportFile {
  const inState = new Set(known.map(({ urn }) => urn));
  const plannedByUrn = new Map(planned.map((resource) => [resource.urn, resource]));
  const nameTable: Record<string, string> = {};
  const entries = new Map<string, ImportedResource>();

  const reference = (urn: string | undefined): string | undefined => {
    // The stack is everything's parent without being said.
    if (urn === undefined || urn.includes("::pulumi:pulumi:Stack::")) return undefined;
    if (inState.has(urn)) nameTable[keyOf(urn)] = urn;
    else addComponent(urn);
    return keyOf(urn);
  };
  const addComponent = (urn: string): void => {
    const component = plannedByUrn.get(urn);
    if (component?.custom !== false) {
      throw new Problem(
        `${urn} must exist before its children can be imported: run up for it first (--target).`,
      );
    }
    if (entries.has(urn)) return;
    const parent = reference(component.parent);
    entries.set(urn, {
      type: component.type,
      name: keyOf(urn),
      logicalName: nameOf(urn),
      component: true,
      ...(component.remote ? { remote: true } : {}),
      ...(parent === undefined ? {} : { parent }),
    });
  };
  for (const { planned: resource, orphan } of matches) {
    const parent = reference(resource.parent);
    const provider = reference(resource.provider);
    entries.set(resource.urn, {
      type: resource.type,
      name: keyOf(resource.urn),
      logicalName: nameOf(resource.urn),
      id: orphan.importId,
      ...(parent === undefined ? {} : { parent }),
      ...(provider === undefined ? {} : { provider }),
    });
  }
  return { nameTable, resources: [...entries.values()] };
}

/** A URN's type chain and name, which is unique in a stack, in the characters that the CLI accepts as a name. */
function keyOf(urn: string): string {
  return urn
    .split("::")
    .slice(2)
    .join("-")
    .replace(/[^A-Za-z0-9]+/g, "_");
}
