import { parseArn, resourceId } from "./arn";
import { type EngineResource, type Resource, toResource, type TypeReads } from "./resource";
import { isBag, readAny, readString, type Tri, absent, known, unknown, unwrap } from "./tri";

/** A stack resource as the SDK hands it to stack rules, as far as the graph reads it. */
export interface EngineStackResource extends EngineResource {
  readonly parent?: EngineStackResource;
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** How sure a join is: `unknown` when the reference can't be followed before the value exists. */
export type Reference = "yes" | "no" | "unknown";

/** Resources that refer to another one. */
export interface Referrers {
  readonly found: readonly Resource[];
  /** Whether a reference can't be followed yet, so that there may be more. */
  readonly isOpen: boolean;
}

/** The resources of a stack, indexed by type and joined by URN: ids and ARNs are not known in a preview. */
export class Graph {
  readonly resources: readonly Resource[];
  readonly #sources = new Map<string, EngineStackResource>();
  readonly #byType = new Map<string, Resource[]>();

  constructor(sources: readonly EngineStackResource[], types: TypeReads) {
    this.resources = sources.map((source) => toResource(source, types));
    for (const source of sources) {
      this.#sources.set(source.urn, source);
    }
    for (const resource of this.resources) {
      const others = this.#byType.get(resource.type);
      if (others === undefined) {
        this.#byType.set(resource.type, [resource]);
      } else {
        others.push(resource);
      }
    }
  }

  ofTypes(types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /**
   * Whether a property of `from` (a text or a list of texts) refers to `target`: by dependency, by a component that
   * holds only this one resource of its type (all a remote component's output tells), or by the target's id, name or
   * ARN.
   */
  refersTo(from: Resource, property: string, target: Resource): Reference {
    const dependencies = this.#dependencies(from, property);
    if (dependencies.some(({ urn }) => urn === target.urn || this.#isSoleInside(target, urn))) {
      return "yes";
    }
    const values = references(from.props.raw(property), property);
    const ids = this.#physicalIds(target);
    if (values.some((value) => value.kind === "known" && isOneOf(value.value, ids))) {
      return "yes";
    }
    const leadsElsewhere = dependencies.some(({ urn }) => this.#sources.get(urn)?.type === target.type);
    return values.some(({ kind }) => kind === "unknown") && !leadsElsewhere ? "unknown" : "no";
  }

  /** Resources of these types whose property refers to the target: a bucket's policies, a topic's subscriptions. */
  referrers(types: readonly string[], property: string, target: Resource): Referrers {
    const answers = this.ofTypes(types).map((resource) => ({
      resource,
      answer: this.refersTo(resource, property, target),
    }));
    return {
      found: answers.filter(({ answer }) => answer === "yes").map(({ resource }) => resource),
      isOpen: answers.some(({ answer }) => answer === "unknown"),
    };
  }

  /**
   * What a property refers to among the stack's resources of these types. `absent`: the property is not set;
   * `unknown`: it can't be followed yet; an empty list: it names something outside the stack, or of another type.
   */
  targets(from: Resource, property: string, types: readonly string[]): Tri<readonly Resource[]> {
    if (readAny(from.props.raw(property)).kind === "absent") {
      return absent;
    }
    const found = this.ofTypes(types).filter((target) => this.refersTo(from, property, target) === "yes");
    const isOpen = references(from.props.raw(property), property).some(({ kind }) => kind === "unknown");
    return found.length === 0 && isOpen && !this.#leadsElsewhere(from, property, types)
      ? unknown
      : known(found);
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
    const targets = this.ofTypes(types);
    if (text.kind === "known") {
      return known(targets.filter((target) => isOneOf(text.value, this.#physicalIds(target))));
    }
    const dependencies = this.#dependencies(from, property);
    const found = targets.filter((target) =>
      dependencies.some(({ urn }) => urn === target.urn || this.#isSoleInside(target, urn)),
    );
    return text.kind === "absent" ? absent : found.length === 0 ? unknown : known(found);
  }

  /** Whether all that a property depends on are resources of a provider, not components that may hold anything. */
  comesFromResources(from: Resource, property: string): boolean {
    const dependencies = this.#dependencies(from, property);
    return (
      dependencies.length > 0 && dependencies.every(({ urn }) => isOfProvider(this.#sources.get(urn)?.type))
    );
  }

  // An unknown value comes from its dependencies: elsewhere when none is of these types or holds one of them.
  #leadsElsewhere(from: Resource, property: string, types: readonly string[]): boolean {
    const dependencies = this.#dependencies(from, property);
    const inside = this.ofTypes(types).flatMap((resource) => [resource.urn, ...this.#ancestors(resource)]);
    return dependencies.length > 0 && !dependencies.some(({ urn }) => inside.includes(urn));
  }

  #dependencies(from: Resource, property: string): readonly { readonly urn: string }[] {
    return this.#source(from).propertyDependencies[property] ?? [];
  }

  #isSoleInside(target: Resource, componentUrn: string): boolean {
    const inside = this.ofTypes([target.type]).filter((resource) =>
      this.#ancestors(resource).includes(componentUrn),
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
    const texts = ["id", "arn", "name", "bucket", "keyId"].flatMap((property) => {
      const text = readAny(props[property]);
      return text.kind === "known" && typeof text.value === "string" && text.value !== "" ? [text.value] : [];
    });
    const arn = texts.map(parseArn).find((found) => found !== undefined);
    return arn === undefined ? texts : [...texts, resourceId(arn)];
  }

  #source(resource: Resource): EngineStackResource {
    const source = this.#sources.get(resource.urn);
    if (source === undefined) {
      throw new Error("a resource outside this graph");
    }
    return source;
  }
}

function isOfProvider(type = ""): boolean {
  return type.startsWith("aws:") || type.startsWith("random:");
}

function references(value: unknown, path: string): readonly Tri<string>[] {
  const found = readAny(value);
  if (found.kind === "known" && Array.isArray(found.value)) {
    return found.value.map((entry, index) => readString(entry, `${path}[${index}]`));
  }
  return [readString(value, path)];
}

// A reference may be the id or name itself, or an ARN that ends in it.
function isOneOf(reference: string, ids: readonly string[]): boolean {
  const arn = parseArn(reference);
  return (
    ids.includes(reference) ||
    (arn !== undefined && (ids.includes(arn.resource) || ids.includes(resourceId(arn))))
  );
}
