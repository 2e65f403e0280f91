import { checkSuccessor } from "../guards";
import type { Login } from "../login";
import { CURRENT, needLogin, pendingVersion, type Rotation } from "../rotation";
import { setOther } from "../strategies/alternating-users";
import { setOwn } from "../strategies/single-user";

/** Gives the pending version's user its password in the database, unless it has it already. */
export async function setSecret(rotation: Rotation): Promise<void> {
  const { databases, log } = rotation;
  const current = await needLogin(rotation, CURRENT);
  const pending = await needLogin(rotation, pendingVersion(rotation));
  checkSuccessor(current, pending);
  if (await databases.canSignIn(pending, pending)) {
    log(`${pending.username} signs in with the pending password already`);
    return;
  }
  await resolveDoubt(rotation, pending, () =>
    pending.strategy === "single-user"
      ? setOwn(rotation, current, pending)
      : setOther(rotation, current, pending),
  );
  log(`set the password of ${pending.username}`);
}

/** A connection that breaks while it commits leaves open whether it did. Signing in tells. */
async function resolveDoubt(
  { databases, log }: Rotation,
  pending: Login,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(await databases.canSignIn(pending, pending).catch(() => false))) throw error;
    log("failed on the way, but the password is set");
  }
}
