import {
  type Bag,
  isBag,
  readAny,
  readBag,
  readBoolean,
  readList,
  readNumber,
  readString,
  type Tri,
  unwrap,
} from "./tri";

/**
 * A place among a resource's properties: its path for messages, and what stands there. Reads below an absent place are
 * absent and below an unknown one unknown, so that a rule reads to any depth without looking at each step.
 */
export class Place {
  readonly path: string;
  /** The unwrapped value, for readers that accept more than one shape. */
  readonly raw: unknown;

  constructor(path: string, value: unknown) {
    this.path = path;
    this.raw = unwrap(value);
  }

  /** A member, or with dots a member of a member: `at("options.awslogs-region")`. */
  at(path: string): Place {
    return path.split(".").reduce<Place>((place, name) => place.#member(name), this);
  }

  /** The elements of a list: none of an absent one, and of an unknown one a single unknown element. */
  items(): readonly Place[] {
    const list = readList(this.raw, this.path);
    if (list.kind === "known") {
      return list.value.map((value, index) => new Place(`${this.path}[${index}]`, value));
    }
    return list.kind === "unknown" ? [new Place(`${this.path}[]`, this.raw)] : [];
  }

  string(): Tri<string> {
    return readString(this.raw, this.path);
  }

  number(): Tri<number> {
    return readNumber(this.raw, this.path);
  }

  boolean(): Tri<boolean> {
    return readBoolean(this.raw, this.path);
  }

  bag(): Tri<Bag> {
    return readBag(this.raw, this.path);
  }

  get kind(): Tri<unknown>["kind"] {
    return readAny(this.raw).kind;
  }

  #member(name: string): Place {
    const path = `${this.path}.${name}`;
    if (isBag(this.raw)) {
      return new Place(path, this.raw[name]);
    }
    const bag = readBag(this.raw, this.path);
    return new Place(path, bag.kind === "unknown" ? this.raw : undefined);
  }
}
