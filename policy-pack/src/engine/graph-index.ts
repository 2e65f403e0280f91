import { parseArn, resourceId } from "./arn";
import type { EngineResource, Resource } from "./resource";
import { isBag, readAny, readString, type Tri, unwrap } from "./tri";

/** A stack resource as the SDK hands it to stack rules, as far as the graph reads it. */
export interface EngineStackResource extends EngineResource {
  readonly parent?: EngineStackResource;
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** What one property of a resource says about others. */
export interface Use {
  readonly from: Resource;
  /** URNs of the resources and components that the value comes from. */
  readonly dependencies: readonly string[];
  /** What its known texts may stand for: each text, and if it is an ARN, the name and the id in it. */
  readonly ids: readonly string[];
  /** Whether a text is not known yet. */
  readonly isOpen: boolean;
}

/** Uses of one property by one type, by what they name. */
interface Uses {
  readonly byUrn: ReadonlyMap<string, readonly Use[]>;
  readonly byId: ReadonlyMap<string, readonly Use[]>;
  readonly open: readonly Use[];
}

/**
 * Look-ups that joins need, each made once and only when a rule asks: a join by comparing every resource with every
 * other one grows with the square of the stack.
 */
export class GraphIndex {
  readonly #sources: ReadonlyMap<string, EngineStackResource>;
  readonly #byType: ReadonlyMap<string, readonly Resource[]>;
  readonly #byUrn: ReadonlyMap<string, Resource>;
  readonly #uses = new Map<string, Use>();
  readonly #usesOf = new Map<string, Uses>();
  readonly #openFor = new Map<string, readonly Use[]>();
  readonly #ids = new Map<Resource, readonly string[]>();
  readonly #byId = new Map<string, ReadonlyMap<string, readonly Resource[]>>();
  #inside: ReadonlyMap<string, readonly Resource[]> | undefined;

  constructor(sources: readonly EngineStackResource[], resources: readonly Resource[]) {
    this.#sources = new Map(sources.map((source) => [source.urn, source]));
    this.#byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.#byType = grouped(resources, ({ type }) => [type]);
  }

  ofType(type: string): readonly Resource[] {
    return this.#byType.get(type) ?? [];
  }

  typeOf(urn: string): string | undefined {
    return this.#sources.get(urn)?.type;
  }

  /** Resources of a type below a component, at any depth. */
  inside(componentUrn: string, type: string): readonly Resource[] {
    this.#inside ??= grouped([...this.#byUrn.values()], (resource) =>
      this.ancestors(resource).map((urn) => insideKey(urn, resource.type)),
    );
    return this.#inside.get(insideKey(componentUrn, type)) ?? [];
  }

  /** The resource of this type that a value from a resource or component is of, if that tells which one. */
  from(urn: string, type: string): Resource | undefined {
    const resource = this.#byUrn.get(urn);
    if (resource?.type === type) {
      return resource;
    }
    const [only, ...others] = this.inside(urn, type);
    return others.length === 0 ? only : undefined;
  }

  /** Resources of a type with this id, name or ARN. */
  named(type: string, id: string): readonly Resource[] {
    const byId = remembered(this.#byId, type, () =>
      grouped(this.ofType(type), (resource) => this.ids(resource)),
    );
    return byId.get(id) ?? [];
  }

  ancestors(resource: Resource): readonly string[] {
    const urns: string[] = [];
    for (let { parent } = this.#source(resource); parent !== undefined; parent = parent.parent) {
      urns.push(parent.urn);
    }
    return urns;
  }

  /** Ids, names and ARNs that a reference to the resource can hold. */
  ids(resource: Resource): readonly string[] {
    return remembered(this.#ids, resource, () => physicalIds(this.#source(resource).props));
  }

  use(from: Resource, property: string): Use {
    return remembered(this.#uses, `${property} ${from.urn}`, () => {
      const texts = references(from.props.raw(property), property);
      return {
        from,
        dependencies: this.dependencies(from, property),
        ids: texts.flatMap((text) => (text.kind === "known" ? meanings(text.value) : [])),
        isOpen: texts.some(({ kind }) => kind === "unknown"),
      };
    });
  }

  usesOf(type: string, property: string): Uses {
    return remembered(this.#usesOf, `${type} ${property}`, () => {
      const uses = this.ofType(type).map((from) => this.use(from, property));
      return {
        byUrn: grouped(uses, ({ dependencies }) => dependencies),
        byId: grouped(uses, ({ ids }) => ids),
        open: uses.filter(({ isOpen }) => isOpen),
      };
    });
  }

  /** Uses with a text that isn't known yet and no dependency that says it is of another resource of this type. */
  openFor(targetType: string, type: string, property: string): readonly Use[] {
    return remembered(this.#openFor, `${targetType} ${type} ${property}`, () =>
      this.usesOf(type, property).open.filter(
        ({ dependencies }) => !dependencies.some((urn) => this.typeOf(urn) === targetType),
      ),
    );
  }

  dependencies(from: Resource, property: string): readonly string[] {
    return (this.#source(from).propertyDependencies[property] ?? []).map(({ urn }) => urn);
  }

  #source(resource: Resource): EngineStackResource {
    const source = this.#sources.get(resource.urn);
    if (source === undefined) {
      throw new Error("a resource outside this graph");
    }
    return source;
  }
}

/** What a reference may stand for: itself, and if it is an ARN, the name and the id in it. */
export function meanings(reference: string): readonly string[] {
  const arn = parseArn(reference);
  return arn === undefined ? [reference] : [reference, arn.resource, resourceId(arn)];
}

function physicalIds(source: unknown): readonly string[] {
  const props = unwrap(source);
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

function references(value: unknown, path: string): readonly Tri<string>[] {
  const found = readAny(value);
  if (found.kind === "known" && Array.isArray(found.value)) {
    return found.value.map((entry, index) => readString(entry, `${path}[${index}]`));
  }
  return [readString(value, path)];
}

function insideKey(componentUrn: string, type: string): string {
  return `${type} ${componentUrn}`;
}

function grouped<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, [item]);
      } else {
        group.push(item);
      }
    }
  }
  return groups;
}

function remembered<K, V extends object>(memory: Map<K, V>, key: K, make: () => V): V {
  const found = memory.get(key);
  if (found !== undefined) {
    return found;
  }
  const made = make();
  memory.set(key, made);
  return made;
}
