import { Place } from "./place";
import {
  type Bag,
  isBag,
  readBag,
  readBoolean,
  readList,
  readNumber,
  readString,
  RuleError,
  type Tri,
  unwrap,
} from "./tri";

/** The properties a rule may read, per type token; a token may end in `*`, and `*` as a property stands for all. */
export type TypeReads = Readonly<Record<string, readonly string[]>>;

/** The declaration that covers a type: exact token first, then a token ending in `*`. */
export function readsFor(types: TypeReads, type: string): readonly string[] | undefined {
  if (Object.hasOwn(types, type)) {
    return types[type];
  }
  let patterns = patternsOf.get(types);
  if (patterns === undefined) {
    patterns = Object.entries(types).filter(([token]) => token.endsWith("*"));
    patternsOf.set(types, patterns);
  }
  return patterns.find(([token]) => type.startsWith(token.slice(0, -1)))?.[1];
}

// Asked for every resource by every rule, and some rules name hundreds of types.
const patternsOf = new WeakMap<TypeReads, readonly (readonly [string, readonly string[]])[]>();

/** Top-level properties of one resource. Reads outside the rule's declaration throw, so the declaration is true. */
export class Props {
  readonly #source: Bag;
  readonly #declared: readonly string[];

  constructor(source: unknown, declared: readonly string[]) {
    const target = unwrap(source);
    this.#source = isBag(target) ? target : {};
    this.#declared = declared;
  }

  string(name: string): Tri<string> {
    return readString(this.raw(name), name);
  }

  number(name: string): Tri<number> {
    return readNumber(this.raw(name), name);
  }

  boolean(name: string): Tri<boolean> {
    return readBoolean(this.raw(name), name);
  }

  list(name: string): Tri<readonly unknown[]> {
    return readList(this.raw(name), name);
  }

  bag(name: string): Tri<Bag> {
    return readBag(this.raw(name), name);
  }

  /** The place of a property, or with dots one below it: `at("loggingConfig.logFormat")`. */
  at(path: string): Place {
    const [name = "", ...rest] = path.split(".");
    const place = new Place(name, this.raw(name));
    return rest.length === 0 ? place : place.at(rest.join("."));
  }

  /** Whether the rule reads this property of this type: one check over several types asks. */
  declares(name: string): boolean {
    return this.#declared.includes(name);
  }

  /** All properties, for rules that look for something wherever it stands; they declare `*`. */
  all(): Bag {
    if (!this.#declared.includes("*")) {
      throw new RuleError("the rule reads all properties without declaring * in its types");
    }
    return this.#source;
  }

  /** The unwrapped value, for readers that accept more than one shape. */
  raw(name: string): unknown {
    if (!this.#declared.includes(name) && !this.#declared.includes("*")) {
      throw new RuleError(`the rule reads ${name} without declaring it in its types`);
    }
    return this.#source[name];
  }
}

/** The provider instance a resource uses, as its inputs: non-string arguments arrive as JSON strings. */
export interface Provider {
  readonly name: string;
  readonly props: Bag;
}

/** A resource as rules see it. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Props;
  /** Pulumi's `protect` option. */
  readonly isProtected: boolean;
  /** Paths whose changes Pulumi is told to overlook. */
  readonly ignoreChanges: readonly string[];
  readonly provider: Provider | undefined;
}

/** The part of the SDK's resource and stack arguments that {@link toResource} reads. */
export interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: unknown;
  readonly opts: { readonly protect: boolean; readonly ignoreChanges: readonly string[] };
  readonly provider?: { readonly name: string; readonly props: unknown };
}

/** Turns the SDK's view into the one that rules read. */
export function toResource(source: EngineResource, types: TypeReads): Resource {
  const { type, name, urn, opts } = source;
  const providerProps = unwrap(source.provider?.props);
  return {
    type,
    name,
    urn,
    props: new Props(source.props, readsFor(types, type) ?? []),
    isProtected: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    provider:
      source.provider === undefined
        ? undefined
        : { name: source.provider.name, props: isBag(providerProps) ? providerProps : {} },
  };
}
