import { regionlessTypes } from "../generated/regionless-types";
import type { Resource } from "./resource";
import { absent, readString, type Tri } from "./tri";

/** Where a resource's region comes from. */
export type RegionSource = "resource" | "provider" | "nowhere";

/** The region a resource is made in, as far as it is known. */
export interface EffectiveRegion {
  readonly region: Tri<string>;
  readonly source: RegionSource;
}

/** Whether an AWS type is created in a region; a type newer than the table counts as regional. */
export function isRegional(type: string): boolean {
  return !regionlessTypes.has(type);
}

/** The region of the resource itself, else of its provider. */
export function effectiveRegion(resource: Resource): EffectiveRegion {
  const own = resource.props.string("region");
  const inherited =
    resource.provider === undefined
      ? absent
      : readString(resource.provider.props["region"], "provider region");
  if (own.kind === "absent") {
    return { region: inherited, source: inherited.kind === "absent" ? "nowhere" : "provider" };
  }
  // The AWS provider copies its own region into every resource: an equal value is the provider's doing.
  const copied = own.kind === "known" && inherited.kind === "known" && own.value === inherited.value;
  return { region: own, source: copied ? "provider" : "resource" };
}

/** Whether text has the form of a region name (`eu-central-1`, `eusc-de-east-1`), so that it is safe to print. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,4}(-[a-z]{2,10}){1,3}-\d{1,2}$/.test(text);
}
