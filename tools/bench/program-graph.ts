/** What the program makes wait for what, read from the deployment that it left. */
import { nodeOf } from "./aws-edges";
import type { Needs } from "./critical-path";

/** A resource in Pulumi's deployment JSON; only what is read here. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

/** Why the program makes a resource wait for another. */
export interface Wait {
  /** In words that are the same for all waits of one kind, such as `Route waits for NatGateway`. */
  readonly kind: string;
}

/** The waits between the resources of a program; nodes as in the graph of AWS's own needs. */
export interface ProgramGraph {
  /** `waits.get(a)?.get(b)`: a waits for b. */
  readonly waits: ReadonlyMap<string, ReadonlyMap<string, Wait>>;
  readonly nodeOfUrn: ReadonlyMap<string, string>;
  /** The program's name of each node. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Reads the waits:
 *
 * - a dependency on a resource,
 * - a dependency on a component: on everything in it. The outputs of a component that lives in a provider (`awsx`)
 *   arrive only when all of it has been made,
 * - a parent that is a resource: its children are registered after it has been made.
 */
export function programGraph(resources: readonly StateResource[]): ProgramGraph {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const real = resources.filter(isReal);
  const members = membersOf(resources, byUrn);
  const waits = new Map(
    real.map((resource) => {
      const found = new Map<string, Wait>();
      const add = (target: StateResource | undefined, kind: string) => {
        if (target !== undefined && isReal(target) && target !== resource) {
          const node = nodeOfResource(target);
          if (!found.has(node)) found.set(node, { kind });
        }
      };
      const short = shortName(resource.type);
      for (const urn of resource.dependencies ?? []) {
        const target = byUrn.get(urn);
        if (target?.custom === true) add(target, `${short} waits for ${shortName(target.type)}`);
      }
      const parent = byUrn.get(resource.parent ?? "");
      add(parent, `${short} waits for its parent ${shortName(parent?.type ?? "")}`);
      for (const urn of resource.dependencies ?? []) {
        const component = byUrn.get(urn);
        if (component === undefined || component.custom === true) continue;
        const inside = members.get(urn) ?? [];
        // A part of it can't wait for all of it.
        for (const member of inside.includes(resource) ? [] : inside) {
          add(member, `outputs of ${component.type} wait for everything in it`);
        }
      }
      return [nodeOfResource(resource), found] as const;
    }),
  );
  return {
    waits,
    nodeOfUrn: new Map(real.map((resource) => [resource.urn, nodeOfResource(resource)])),
    names: new Map(
      real.map((resource) => [
        nodeOfResource(resource),
        `${shortName(resource.type)} ${nameOf(resource.urn)}`,
      ]),
    ),
  };
}

/** Waits as plain needs: all, or those to keep. */
export function needsOf(
  waits: ProgramGraph["waits"],
  keep: (from: string, to: string, wait: Wait) => boolean = () => true,
): Needs {
  return new Map(
    [...waits].map(([from, targets]) => [
      from,
      [...targets].filter(([to, wait]) => keep(from, to, wait)).map(([to]) => to),
    ]),
  );
}

/** Everything below each component, at any depth. */
function membersOf(
  resources: readonly StateResource[],
  byUrn: ReadonlyMap<string, StateResource>,
): Map<string, StateResource[]> {
  const members = new Map<string, StateResource[]>();
  for (const resource of resources) {
    for (let above = byUrn.get(resource.parent ?? ""); above; above = byUrn.get(above.parent ?? "")) {
      members.set(above.urn, [...(members.get(above.urn) ?? []), resource]);
    }
  }
  return members;
}

/** Something that a provider makes, other than a provider itself. */
function isReal({ custom, type }: StateResource): boolean {
  return custom === true && !type.startsWith("pulumi:");
}

function nodeOfResource({ type, id = "" }: StateResource): string {
  return nodeOf({ type, id });
}

function shortName(type: string): string {
  return type.split(":").at(-1) ?? type;
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
