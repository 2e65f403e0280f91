import { OperatorError } from "../functions/shared/errors";
import { type Login, NAME_BYTES } from "./login";

/** What AWS's own rotation function appends for the second user. */
const CLONE = "_clone";

/** Who signs in after a rotation, and what the secret says about it besides the password. */
export interface Successor {
  readonly username: string;
  /** Keys of the secret that change, `username` among them. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/**
 * The user who follows the current one: the same, or the other of the two.
 *
 * A secret without `usernames` gets them at its first rotation, with a second user named like AWS's rotation does. From
 * then on the pair is written down, so that nothing has to be guessed from the end of a name.
 *
 * @throws OperatorError when the second user's name can't be told
 */
export function successorOf(login: Login): Successor {
  const { strategy, username, usernames } = login;
  if (strategy === "single-user") return { username, changes: { username } };
  if (usernames !== undefined) {
    const [first, second] = usernames;
    const other = username === first ? second : first;
    return { username: other, changes: { username: other } };
  }
  if (username.endsWith(CLONE)) {
    throw unclear(
      `The secret has no usernames, and ${username} may be the second user of a pair or a user of that name.`,
    );
  }
  const clone = `${username}${CLONE}`;
  if (Buffer.byteLength(clone) > NAME_BYTES) {
    throw unclear(`${clone} would be longer than the ${NAME_BYTES} bytes that PostgreSQL keeps of a name.`);
  }
  return { username: clone, changes: { username: clone, usernames: [username, clone] } };
}

function unclear(what: string): OperatorError {
  return new OperatorError("NotRotatable", what, "add usernames, the names of the two users, to the secret.");
}
