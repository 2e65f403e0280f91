/**
 * What is made before a stack of the platform: by the account's bootstrap, and for a stack that copies to another region
 * by the stack there. Where none has run here all of that counts as made, so that a stack can be tried alone; where one
 * has, the platform is held to what it really made.
 */
import { GUARDED_PATH } from "../../../config/agreed-names";
import { STANDBY_REGION_NAMES } from "../../../config/facts";
import { CACHE_RULE, REPOSITORY } from "./models/ecr";
import { VPC } from "./models/ec2";
import { POLICY } from "./models/iam-account";
import type { World } from "./world";

/** Whether the account's bootstrap has run here. */
export function isPrepared({ accounts, place }: World): boolean {
  return accounts
    .listType(place.account, "global", POLICY)
    .some(({ inputs, state }) => state === "available" && inputs["path"] === GUARDED_PATH);
}

/** Whether a repository is there, or comes to be with the first pull of a public image. */
export function holdsImages(arn: string, world: World): boolean {
  if (!isPrepared(world)) return true;
  const [, , , region = "", account = "", resource = ""] = arn.split(":");
  const objects = (type: string) =>
    world.accounts.listType(account, region, type).filter(({ state }) => state === "available");
  const name = resource.replace(/^repository\//, "");
  return (
    objects(REPOSITORY).some(({ id }) => id === name) ||
    objects(CACHE_RULE).some(({ id }) => name.startsWith(`${id}/`))
  );
}

/** Whether a region stands by and no stack was deployed in it here: each has a network. */
export function isUntried(region: string, world: World): boolean {
  return STANDBY_REGION_NAMES.some((it) => it === region) && world.in(region).all(VPC).length === 0;
}
