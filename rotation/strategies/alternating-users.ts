import { OperatorError } from "../../functions/shared/errors";
import { scramVerifier } from "../../functions/shared/scram";
import type { Login } from "../login";
import { openMaster } from "../master";
import { prepareRole } from "../roles";
import type { Rotation } from "../rotation";
import { setPassword } from "../set-password";
import { refuseStale } from "../stale";

/**
 * Sets the password of the user who does not sign in now, as the master. Sessions and logins of the other one go on.
 *
 * @throws OperatorError
 */
export async function setOther(rotation: Rotation, current: Login, pending: Login): Promise<void> {
  const { secretArn, databases } = rotation;
  // Proof that whoever wrote the secret holds the credential: otherwise the master would work for a stranger.
  if (!(await databases.canSignIn(current, current))) {
    throw new OperatorError(
      "NoValidCredential",
      `${current.host} refuses ${current.username} with the current password of ${secretArn}, so the other user is left alone.`,
      "set the database's password to that of the secret's current version, or store a version that works; see rotation/README.md.",
    );
  }
  const master = await openMaster(rotation, current);
  try {
    await setPassword(master, {
      role: pending.username,
      verifier: scramVerifier(pending.password),
      before: async () => {
        await refuseStale(rotation);
        await prepareRole(master, pending.username, current.username, secretArn);
      },
      patience: databases.patience,
    });
  } finally {
    await master.end().catch(() => undefined);
  }
}
