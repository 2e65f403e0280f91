import { OperatorError } from "../../functions/shared/errors";
import { scramVerifier } from "../../functions/shared/scram";
import type { Session } from "../../functions/shared/transaction";
import { placeDifferences } from "../guards";
import type { Login } from "../login";
import { openMaster } from "../master";
import { CURRENT, pendingVersion, readLogin, type Rotation } from "../rotation";
import { setPassword } from "../set-password";
import { refuseStale } from "../stale";
import type { Version } from "../versions";

/**
 * Lets a user set its own password. From then until the version becomes current, a moment later, new logins with the
 * current version are refused: see `rotation/client`.
 *
 * @throws OperatorError, when no known password works too
 */
export async function setOwn(rotation: Rotation, current: Login, pending: Login): Promise<void> {
  const session = await openSession(rotation, current, pending);
  // Meanwhile set by another invocation.
  if (session === "already set") return;
  try {
    await setPassword(session, {
      role: pending.username,
      verifier: scramVerifier(pending.password),
      before: () => refuseStale(rotation),
      patience: rotation.databases.patience,
    });
  } finally {
    await session.end().catch(() => undefined);
  }
}

/**
 * Signs in with the newest password that works. After a rotation that broke off and was given up, that may be one of a
 * version without any stage.
 */
async function openSession(
  rotation: Rotation,
  current: Login,
  pending: Login,
): Promise<Session | "already set"> {
  const { secretArn, versions, databases, log } = rotation;
  const attempt = async (version: Version, login: Login | undefined) => {
    if (login?.username !== current.username || placeDifferences(current, login).length > 0) return undefined;
    const session = await databases.signIn(current, login);
    if (session !== undefined) log(`signed in with version ${version.stage ?? version.id ?? ""}`);
    return session;
  };

  const first = await attempt(CURRENT, current);
  if (first !== undefined) return first;
  const previous: Version = { stage: "AWSPREVIOUS" };
  const second = await attempt(previous, await readLogin(rotation, previous));
  if (second !== undefined) return second;
  if (await databases.canSignIn(pending, pending)) return "already set";
  for (const id of await versions.list(secretArn)) {
    if (id === pendingVersion(rotation).id) continue;
    // Versions that were never rotated to may hold anything.
    const login = await readLogin(rotation, { id }).catch(() => undefined);
    const session = await attempt({ id }, login);
    if (session !== undefined) return session;
  }
  if (current.masterarn !== undefined) return await openMaster(rotation, current);
  throw new OperatorError(
    "NoValidCredential",
    `${current.host} refuses ${current.username} with every password that ${secretArn} has a version of.`,
    "give the role the password of the secret's current version, as its administrator, then rotate again. With the secret " +
      "of a master in masterarn, rotation can do that itself.",
  );
}
