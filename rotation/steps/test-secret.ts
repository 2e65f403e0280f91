import { OperatorError } from "../../functions/shared/errors";
import type { User } from "../databases";
import type { Login } from "../login";
import { CURRENT, needLogin, pendingVersion, type Rotation } from "../rotation";

/**
 * Signs in with the pending version, as a service would. Works alone too: that is how Secrets Manager tries a function
 * out when rotation is switched on without rotating at once, with the current values as the pending version.
 *
 * @throws OperatorError when the server refuses it
 */
export async function testSecret(rotation: Rotation): Promise<void> {
  const { secretArn, log } = rotation;
  const pending = await needLogin(rotation, pendingVersion(rotation));
  const acting = await actingAs(rotation, pending, pending);
  if (acting === undefined) {
    throw new OperatorError(
      "SignInRefused",
      `${pending.host} refuses ${pending.username} with the pending password of ${secretArn}.`,
      "nothing at first: Secrets Manager starts over. If it happens again, see whether the role may sign in " +
        "(VALID UNTIL, CONNECT on the database), and whether the host is a reader that lags behind.",
    );
  }
  log(`${pending.username} signs in`);
  if (pending.strategy === "alternating-users") await warnOfDrift(rotation, acting);
}

/** Two users who act as different roles make things that the other one can't use. */
async function warnOfDrift(rotation: Rotation, acting: string): Promise<void> {
  const current = await needLogin(rotation, CURRENT);
  const now = await actingAs(rotation, current, current);
  if (now === undefined || now === acting) return;
  rotation.log(
    `warning: the pending user acts as ${acting}, the current one as ${now}; what one makes the other can't change. ` +
      "Let both act as one role: ALTER ROLE … SET role",
  );
}

async function actingAs({ databases }: Rotation, place: Login, user: User): Promise<string | undefined> {
  const session = await databases.signIn(place, user);
  if (session === undefined) return undefined;
  try {
    const { rows } = await session.query<{ acting: string }>("SELECT current_user AS acting");
    return rows[0]?.acting;
  } finally {
    await session.end().catch(() => undefined);
  }
}
