/**
 * What the account's bootstrap makes before any stack of the platform. An account in which it has not run here counts
 * as prepared, so that a stack can be tried alone; in one where it has, the platform is held to what it really made.
 */
import { GUARDED_PATH } from "../../../config/agreed-names";
import { CACHE_RULE, REPOSITORY } from "./models/ecr";
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
