import { OperatorError } from "../../functions/shared/errors";
import { hasWork } from "../admission";
import { needLogin, pendingVersion, type Rotation } from "../rotation";
import type { SecretState } from "../versions";

/**
 * Makes the pending version the current one, after a last look at whether it signs in. Its stage AWSPENDING stays: Secrets
 * Manager takes that away itself.
 *
 * @throws OperatorError when another version became current in the meantime; that one is left alone
 */
export async function finishSecret(rotation: Rotation, state: SecretState): Promise<void> {
  const { secretArn, versionId, versions, databases, log } = rotation;
  const pending = await needLogin(rotation, pendingVersion(rotation));
  if (!(await databases.canSignIn(pending, pending))) {
    throw new OperatorError(
      "SignInRefused",
      `The pending password of ${secretArn} does not work, so it does not become the current one.`,
      "nothing: Secrets Manager starts over with createSecret.",
    );
  }
  const [current] = [...state.stages].find(([, stages]) => stages.includes("AWSCURRENT")) ?? [];
  if (await versions.promote(secretArn, versionId, current)) {
    log(`made version ${versionId} the current one`);
    return;
  }
  // Either a twin of this invocation was first, or somebody put another version in its place.
  if (hasWork(await versions.describe(secretArn), versionId)) {
    throw new OperatorError(
      "PromotedElsewhere",
      `Another version of ${secretArn} became the current one while ${versionId} was being tested.`,
      "see who stored it; then rotate again. Nothing was changed.",
    );
  }
  log("another invocation made the version the current one first");
}
