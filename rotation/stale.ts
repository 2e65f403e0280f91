import { hasWork } from "./admission";
import { OperatorError } from "../functions/shared/errors";
import type { Rotation } from "./rotation";

/**
 * Asks once more whether this rotation is still on. A function that was held up for long could otherwise set a password
 * that a newer rotation has replaced.
 *
 * @throws OperatorError when it is not
 */
export async function refuseStale({ secretArn, versionId, versions }: Rotation): Promise<void> {
  if (hasWork(await versions.describe(secretArn), versionId)) return;
  throw new OperatorError(
    "VersionUnfit",
    `Version ${versionId} of ${secretArn} became the current one in the meantime.`,
    "nothing: another invocation has done the work.",
  );
}
