import { checkSuccessor } from "../guards";
import { successorText } from "../login";
import { drawPassword } from "../passwords";
import { CURRENT, needLogin, pendingVersion, readLogin, type Rotation } from "../rotation";
import { successorOf } from "../successor";

/** Stores the pending version: the next user with a new password. One that is there already stays as it is. */
export async function createSecret(rotation: Rotation): Promise<void> {
  const { secretArn, versionId, rotationToken, versions, passwords, remember, log } = rotation;
  const current = await needLogin(rotation, CURRENT);
  const before = await readLogin(rotation, pendingVersion(rotation));
  if (before !== undefined) {
    checkSuccessor(current, before);
    log(`the pending version for ${before.username} is there already`);
    return;
  }
  const { username, changes } = successorOf(current);
  const password = drawPassword(passwords);
  remember(password);
  // One text for one version id: the client may send it more than once, but it is never another one.
  const text = successorText(current, { ...changes, password });
  if (await versions.put(secretArn, versionId, text, rotationToken)) {
    log(`stored a pending version for ${username}`);
    return;
  }
  checkSuccessor(current, await needLogin(rotation, pendingVersion(rotation)));
  log("another invocation stored the pending version first");
}
