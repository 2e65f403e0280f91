import { parseArn, resourceId } from "./arn";
import type { EngineResource } from "./resource";
import { isBag, readAny, readString, type Tri, unwrap } from "./tri";

/** A stack resource as the SDK hands it to stack rules, as far as the graph reads it. */
export interface EngineStackResource extends EngineResource {
  readonly parent?: EngineStackResource;
  readonly propertyDependencies: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** What one property of a resource says about others. */
export interface Use {
  /** URN of the resource. */
  readonly from: string;
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
 * other one grows with the square of the stack. It speaks of resources by URN and knows no rule, so that all rules of an
 * analysis share it.
 */
export class GraphIndex {
  readonly sources: readonly EngineStackResource[];
  readonly #byUrn: ReadonlyMap<string, EngineStackResource>;
  readonly #byType: ReadonlyMap<string, readonly string[]>;
  readonly #uses = new Map<string, Use>();
  readonly #usesOf = new Map<string, Uses>();
  readonly #openFor = new Map<string, readonly Use[]>();
  readonly #ids = new Map<string, readonly string[]>();
  readonly #byId = new Map<string, ReadonlyMap<string, readonly string[]>>();
  #inside: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(sources: readonly EngineStackResource[]) {
    this.sources = sources;
    this.#byUrn = new Map(sources.map((source) => [source.urn, source]));
    this.#byType = groupedUrns(sources, ({ type }) => [type]);
  }

  ofType(type: string): readonly string[] {
    return this.#byType.get(type) ?? [];
  }

  typeOf(urn: string): string | undefined {
    return this.#byUrn.get(urn)?.type;
  }

  source(urn: string): EngineStackResource {
    const source = this.#byUrn.get(urn);
    if (source === undefined) {
      throw new Error("a resource outside this graph");
    }
    return source;
  }

  /** Resources of a type below a component, at any depth. */
  inside(componentUrn: string, type: string): readonly string[] {
    this.#inside ??= groupedUrns(this.sources, (source) =>
      this.ancestors(source.urn).map((urn) => insideKey(urn, source.type)),
    );
    return this.#inside.get(insideKey(componentUrn, type)) ?? [];
  }

  /** The resource of this type that a value from a resource or component is of, if that tells which one. */
  from(urn: string, type: string): string | undefined {
    if (this.typeOf(urn) === type) {
      return urn;
    }
    const [only, ...others] = this.inside(urn, type);
    return others.length === 0 ? only : undefined;
  }

  /** Resources of a type with this id, name or ARN. */
  named(type: string, id: string): readonly string[] {
    const byId = remembered(this.#byId, type, () =>
      grouped(this.ofType(type), (urn) => [urn, this.ids(urn)]),
    );
    return byId.get(id) ?? [];
  }

  ancestors(urn: string): readonly string[] {
    const urns: string[] = [];
    for (let { parent } = this.source(urn); parent !== undefined; parent = parent.parent) {
      urns.push(parent.urn);
    }
    return urns;
  }

  /** Ids, names and ARNs that a reference to the resource can hold. */
  ids(urn: string): readonly string[] {
    return remembered(this.#ids, urn, () => physicalIds(this.source(urn).props));
  }

  use(urn: string, property: string): Use {
    return remembered(this.#uses, `${property} ${urn}`, () => {
      const props = unwrap(this.source(urn).props);
      const texts = references(isBag(props) ? props[property] : undefined, property);
      return {
        from: urn,
        dependencies: this.dependencies(urn, property),
        ids: texts.flatMap((text) => (text.kind === "known" ? meanings(text.value) : [])),
        isOpen: texts.some(({ kind }) => kind === "unknown"),
      };
    });
  }

  usesOf(type: string, property: string): Uses {
    return remembered(this.#usesOf, `${type} ${property}`, () => {
      const uses = this.ofType(type).map((urn) => this.use(urn, property));
      return {
        byUrn: grouped(uses, (use) => [use, use.dependencies]),
        byId: grouped(uses, (use) => [use, use.ids]),
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

  dependencies(urn: string, property: string): readonly string[] {
    return (this.source(urn).propertyDependencies[property] ?? []).map((dependency) => dependency.urn);
  }
}

const indexes = new WeakMap<readonly EngineStackResource[], GraphIndex>();

/** The index of an analysis, whose rules share their list of resources. */
export function indexOf(sources: readonly EngineStackResource[]): GraphIndex {
  const index = indexes.get(sources) ?? new GraphIndex(sources);
  indexes.set(sources, index);
  return index;
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

function groupedUrns(
  sources: readonly EngineStackResource[],
  keysOf: (source: EngineStackResource) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return grouped(sources, (source) => [source.urn, keysOf(source)]);
}

function grouped<T, V>(
  items: readonly T[],
  entryOf: (item: T) => readonly [value: V, keys: readonly string[]],
): ReadonlyMap<string, readonly V[]> {
  const groups = new Map<string, V[]>();
  for (const item of items) {
    const [value, keys] = entryOf(item);
    for (const key of new Set(keys)) {
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, [value]);
      } else {
        group.push(value);
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
