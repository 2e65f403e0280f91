import { type EngineStackResource, type GraphIndex, indexOf, meanings, type Use } from "./graph-index";
import { type Resource, toResource, type TypeReads } from "./resource";
import { absent, known, readAny, type Tri, unknown } from "./tri";

/** How sure a join is: `unknown` when the reference can't be followed before the value exists. */
export type Reference = "yes" | "no" | "unknown";

/** Resources that refer to another one. */
export interface Referrers {
  readonly found: readonly Resource[];
  /** Whether a reference can't be followed yet, so that there may be more. */
  readonly isOpen: boolean;
}

/** The resources of a stack as a rule sees them, joined by URN: ids and ARNs are not known in a preview. */
export class Graph {
  readonly #index: GraphIndex;
  readonly #types: TypeReads;
  readonly #seen = new Map<string, Resource>();

  constructor(sources: readonly EngineStackResource[], types: TypeReads) {
    this.#index = indexOf(sources);
    this.#types = types;
  }

  get resources(): readonly Resource[] {
    return this.#index.sources.map(({ urn }) => this.#resource(urn));
  }

  ofTypes(types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#index.ofType(type)).map((urn) => this.#resource(urn));
  }

  /**
   * Whether a property of `from` (a text or a list of texts) refers to `target`: by dependency, by a component that
   * holds only this one resource of its type (all a remote component's output tells), or by the target's id, name or
   * ARN.
   */
  refersTo(from: Resource, property: string, target: Resource): Reference {
    const use = this.#use(from, property);
    const ids = this.#index.ids(target.urn);
    if (
      use.dependencies.some((urn) => this.#index.from(urn, target.type) === target.urn) ||
      use.ids.some((id) => ids.includes(id))
    ) {
      return "yes";
    }
    const leadsElsewhere = use.dependencies.some((urn) => this.#index.typeOf(urn) === target.type);
    return use.isOpen && !leadsElsewhere ? "unknown" : "no";
  }

  /** Resources of these types whose property refers to the target: a bucket's policies, a topic's subscriptions. */
  referrers(types: readonly string[], property: string, target: Resource): Referrers {
    const above = [target.urn, ...this.#index.ancestors(target.urn)];
    const sources = above.filter((urn) => this.#index.from(urn, target.type) === target.urn);
    const uses = types.flatMap((type): readonly Use[] => {
      const { byUrn, byId } = this.#usesOf(type, property);
      return [
        ...sources.flatMap((urn) => byUrn.get(urn) ?? []),
        ...this.#index.ids(target.urn).flatMap((id) => byId.get(id) ?? []),
      ];
    });
    const found = new Set(uses.map(({ from }) => from));
    const isOpen = types.some((type) =>
      this.#index.openFor(target.type, type, property).some(({ from }) => !found.has(from)),
    );
    return { found: [...found].map((urn) => this.#resource(urn)), isOpen };
  }

  /**
   * What a property refers to among the stack's resources of these types. `absent`: the property is not set;
   * `unknown`: it can't be followed yet; an empty list: it names something outside the stack, or of another type.
   */
  targets(from: Resource, property: string, types: readonly string[]): Tri<readonly Resource[]> {
    if (readAny(from.props.raw(property)).kind === "absent") {
      return absent;
    }
    const use = this.#use(from, property);
    const found = this.#found(types, use.dependencies, use.ids);
    return found.length === 0 && use.isOpen && !this.#leadsElsewhere(use, types) ? unknown : known(found);
  }

  /**
   * The same for one text somewhere inside a property, where dependencies are of the property as a whole: a text that
   * is known is followed by id, name and ARN, one that is not by dependency.
   */
  follow(
    from: Resource,
    property: string,
    text: Tri<string>,
    types: readonly string[],
  ): Tri<readonly Resource[]> {
    if (text.kind === "known") {
      return known(this.#found(types, [], meanings(text.value)));
    }
    const found = this.#found(types, this.#index.dependencies(from.urn, property), []);
    return text.kind === "absent" ? absent : found.length === 0 ? unknown : known(found);
  }

  /** Whether all that a property depends on are resources of a provider, not components that may hold anything. */
  comesFromResources(from: Resource, property: string): boolean {
    const dependencies = this.#index.dependencies(from.urn, property);
    return dependencies.length > 0 && dependencies.every((urn) => isOfProvider(this.#index.typeOf(urn)));
  }

  #found(
    types: readonly string[],
    dependencies: readonly string[],
    ids: readonly string[],
  ): readonly Resource[] {
    const found = types.flatMap((type) => [
      ...dependencies.map((urn) => this.#index.from(urn, type)).filter((target) => target !== undefined),
      ...ids.flatMap((id) => this.#index.named(type, id)),
    ]);
    return [...new Set(found)].map((urn) => this.#resource(urn));
  }

  // Reading the property makes sure that the rule declares it: the index knows no rule.
  #use(from: Resource, property: string): Use {
    from.props.raw(property);
    return this.#index.use(from.urn, property);
  }

  #usesOf(type: string, property: string): ReturnType<GraphIndex["usesOf"]> {
    this.ofTypes([type])[0]?.props.raw(property);
    return this.#index.usesOf(type, property);
  }

  #resource(urn: string): Resource {
    const seen = this.#seen.get(urn);
    if (seen !== undefined) {
      return seen;
    }
    const resource = toResource(this.#index.source(urn), this.#types);
    this.#seen.set(urn, resource);
    return resource;
  }

  // An unknown value comes from its dependencies: elsewhere when none holds one of these types.
  #leadsElsewhere({ dependencies }: Use, types: readonly string[]): boolean {
    return (
      dependencies.length > 0 &&
      !dependencies.some((urn) => types.some((type) => this.#index.inside(urn, type).length > 0))
    );
  }
}

function isOfProvider(type = ""): boolean {
  return type.startsWith("aws:") || type.startsWith("random:");
}
