import { parseArn, resourceId } from "./arn";
import { type EngineResource, type Resource, toResource, type TypeReads } from "./resource";
import { isBag, readString, unwrap } from "./tri";

/** A stack resource as the SDK hands it to stack rules, as far as the graph reads it. */
export interface EngineStackResource extends EngineResource {
  readonly parent?: EngineStackResource;
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** How sure a join is: `unknown` when the reference can't be followed before the value exists. */
export type Reference = "yes" | "no" | "unknown";

/** The resources of a stack, indexed by type and joined by URN: ids and ARNs are not known in a preview. */
export class Graph {
  readonly resources: readonly Resource[];
  readonly #sources = new Map<string, EngineStackResource>();

  constructor(sources: readonly EngineStackResource[], types: TypeReads) {
    this.resources = sources.map((source) => toResource(source, types));
    for (const source of sources) {
      this.#sources.set(source.urn, source);
    }
  }

  ofTypes(types: readonly string[]): readonly Resource[] {
    return this.resources.filter((resource) => types.includes(resource.type));
  }

  /**
   * Whether a property of `from` refers to `target`: by dependency, by a component that holds only this one
   * resource of its type (all a remote component's output tells), or by the target's physical id.
   */
  refersTo(from: Resource, property: string, target: Resource): Reference {
    const dependencies = this.#source(from).propertyDependencies[property] ?? [];
    if (dependencies.some(({ urn }) => urn === target.urn || this.#isSoleInside(target, urn))) {
      return "yes";
    }
    const value = readString(from.props.raw(property), property);
    if (value.kind === "known") {
      return this.#physicalIds(target).includes(value.value) ? "yes" : "no";
    }
    const leadsElsewhere = dependencies.some(({ urn }) => this.#sources.get(urn)?.type === target.type);
    return value.kind === "unknown" && !leadsElsewhere ? "unknown" : "no";
  }

  #isSoleInside(target: Resource, componentUrn: string): boolean {
    const inside = this.resources.filter(
      (resource) => resource.type === target.type && this.#ancestors(resource).includes(componentUrn),
    );
    return inside.length === 1 && inside[0] === target;
  }

  #ancestors(resource: Resource): readonly string[] {
    const urns: string[] = [];
    for (let parent = this.#source(resource).parent; parent !== undefined; parent = parent.parent) {
      urns.push(parent.urn);
    }
    return urns;
  }

  #physicalIds(resource: Resource): readonly string[] {
    const props = unwrap(this.#source(resource).props);
    if (!isBag(props)) {
      return [];
    }
    const id = readString(props["id"], "id");
    const text = readString(props["arn"], "arn");
    const arn = text.kind === "known" ? parseArn(text.value) : undefined;
    return [...(id.kind === "known" ? [id.value] : []), ...(arn === undefined ? [] : [resourceId(arn)])];
  }

  #source(resource: Resource): EngineStackResource {
    const source = this.#sources.get(resource.urn);
    if (source === undefined) {
      throw new Error("a resource outside this graph");
    }
    return source;
  }
}
