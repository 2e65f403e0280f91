import { OperatorError } from "../functions/shared/errors";
import type { Login } from "./login";
import { successorOf } from "./successor";

/** Whether two names are of the same host: case and a final dot make no difference in DNS. */
export function sameHost(one: string, other: string): boolean {
  const normal = (host: string) => host.toLowerCase().replace(/\.$/, "");
  return normal(one) === normal(other);
}

/**
 * Checks that a version can follow the current one. Otherwise whoever may write the secret could make this function set
 * the password of another user, or send one to another server.
 *
 * @throws OperatorError that lists every difference, without the passwords
 */
export function checkSuccessor(current: Login, pending: Login): void {
  const { username } = successorOf(current);
  const problems = [
    ...(pending.username === username ? [] : [`username is ${pending.username} instead of ${username}`]),
    ...placeDifferences(current, pending),
    ...(pending.masterarn === current.masterarn ? [] : ["masterarn differs"]),
    ...(pending.strategy === current.strategy ? [] : ["strategy differs"]),
  ];
  if (problems.length === 0) return;
  throw new OperatorError(
    "PendingUnfit",
    `The pending version can't follow the current one: ${problems.join("; ")}.`,
    "take AWSPENDING away from that version, then rotate again; host and users are changed in the current version.",
  );
}

/** How an older version's place differs, so that its password would go to another server or database. */
export function placeDifferences(current: Login, other: Login): string[] {
  return [
    ...(sameHost(other.host, current.host) ? [] : [`host is ${other.host} instead of ${current.host}`]),
    ...(["port", "dbname", "engine"] as const)
      .filter((key) => other[key] !== current[key])
      .map((key) => `${key} is ${other[key]} instead of ${current[key]}`),
  ];
}
