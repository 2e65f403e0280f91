import { createHash, randomBytes } from "node:crypto";
import { outputsOf, type Accounts, type Props, type StoredObject } from "../../account/store";
import { AwsError, type Reference } from "./model";

/** Where a call lands. */
export interface Place {
  readonly account: string;
  /** Region name, or `global`. */
  readonly region: string;
}

/** The account and region a call sees, with the questions models ask of them. */
export class World {
  readonly accounts: Accounts;
  readonly place: Place;
  readonly #hidden: StoredObject | undefined;

  constructor(accounts: Accounts, place: Place, hidden?: StoredObject) {
    this.accounts = accounts;
    this.place = place;
    this.#hidden = hidden;
  }

  /** The same place with one object left out of `all`: what a change of that object has to get along with. */
  without(object: StoredObject): World {
    return new World(this.accounts, this.place, object);
  }

  /** Another region of the same account. */
  in(region: string): World {
    return new World(this.accounts, { ...this.place, region });
  }

  /** The live object that a value names, or undefined. */
  resolve(reference: Pick<Reference, "types" | "by">, value: string): StoredObject | undefined {
    for (const type of reference.types) {
      const region = /^aws:(iam|route53)\//.test(type) ? "global" : this.place.region;
      const found =
        reference.by === "id"
          ? this.accounts.find(this.place.account, region, type, value)
          : this.accounts
              .listType(this.place.account, region, type)
              .find((object) => outputsOf(object)[reference.by] === value);
      if (found?.state === "available") {
        return found;
      }
    }
    return undefined;
  }

  /** Like resolve, but refuses as AWS does when nothing is there. */
  need(reference: Pick<Reference, "types" | "by">, value: string): StoredObject {
    const found = this.resolve(reference, value);
    if (!found) {
      const kinds = reference.types.map(shortType).join(" or ");
      throw new AwsError(
        `${kinds}.NotFound`,
        `${kinds} "${value}" does not exist in account ${this.place.account}, ${this.place.region}`,
      );
    }
    return found;
  }

  /** All live objects of a type here. */
  all(type: string): StoredObject[] {
    return this.accounts
      .listType(this.place.account, this.place.region, type)
      .filter((object) => object.state === "available")
      .filter(({ id }) => type !== this.#hidden?.type || id !== this.#hidden.id);
  }

  /** Objects of a type here whose deletion has not taken place yet. */
  buried(type: string): StoredObject[] {
    return this.accounts
      .listType(this.place.account, this.place.region, type)
      .filter((object) => object.state === "pendingDeletion")
      .filter(({ deletionDate }) => deletionDate === undefined || Date.parse(deletionDate) > Date.now());
  }

  /** How many there may be in this account: the default limit, or a granted rise. */
  quota({ code, limit }: { readonly code: string; readonly limit: number }): number {
    return this.accounts.quota(this.place.account, code, limit);
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.place.region}:${this.place.account}:${resource}`;
  }
}

/** A new random id in EC2's shape, such as `vpc-0f3a…` (17 hex digits). */
export function ec2Id(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString("hex")}`;
}

/** A stable number of hex digits for a text. */
export function hexOf(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/** `aws:ec2/subnet:Subnet` → `Subnet`. */
export function shortType(type: string): string {
  return type.split(":").at(-1) ?? type;
}

/** The string values of a property that holds one or a list of them. */
export function strings(value: unknown): string[] {
  if (typeof value === "string") {
    return [value];
  }
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** All string values at a property path; a list on the way stands for each of its items. */
export function stringsAt(inputs: unknown, path: string): string[] {
  const [head = "", ...tail] = path.split(".");
  return [inputs].flat().flatMap((item) => {
    const value = mapOf(item)[head];
    return tail.length > 0 ? stringsAt(value, tail.join(".")) : strings(value);
  });
}

/** A value as a map of properties; anything else as an empty one. */
export function mapOf(value: unknown): Props {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Props) : {};
}

/** The items of a list of maps. */
export function mapsOf(value: unknown): Props[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}

/** A property's text; a fallback where it has none. */
export function textOr(inputs: Props, property: string, fallback: string): string {
  const value = inputs[property];
  return typeof value === "string" ? value : fallback;
}

/** A property that must be a string by the time AWS is called. */
export function text(inputs: Props, property: string): string {
  const value = inputs[property];
  if (typeof value !== "string") {
    throw new AwsError("MissingParameter", `${property} is required`);
  }
  return value;
}
