import { OperatorError } from "../functions/shared/errors";
import type { SecretState } from "./versions";

/**
 * Whether a step still has something to do for a version of a secret.
 *
 * @returns false when the version is the current one already: a repeated invocation, all of it is done
 * @throws OperatorError when the secret can't be rotated, or the version is not the one being rotated to
 */
export function hasWork(state: SecretState, versionId: string): boolean {
  const { arn, stages, rotationEnabled, owningService, isDeleted } = state;
  if (isDeleted) throw refused(`Secret ${arn} is marked as deleted.`, "restore it, or stop its rotation.");
  if (owningService !== undefined) {
    throw refused(
      `Secret ${arn} is managed by ${owningService}, which rotates it itself.`,
      "take this function off the secret.",
    );
  }
  if (rotationEnabled === false) {
    throw refused(`Rotation of secret ${arn} is switched off.`, "switch it on, then rotate.");
  }
  const held = stages.get(versionId) ?? [];
  if (held.includes("AWSCURRENT")) return false;
  if (!held.includes("AWSPENDING")) {
    throw new OperatorError(
      "VersionUnfit",
      `Version ${versionId} of secret ${arn} is not the pending one${held.length === 0 ? ", it has no stage" : ""}.`,
      "nothing if a newer rotation has begun; else start one.",
    );
  }
  return true;
}

function refused(what: string, remedy: string): OperatorError {
  return new OperatorError("NotRotatable", what, `${remedy} Nothing was changed.`);
}
