import { OperatorError } from "../shared/errors";
import { scramVerifier } from "../shared/scram";
import { type Login, parseLogin, type SecretSource } from "../shared/secrets";
import type { RolesSpec } from "./event";

/** A role that somebody signs in as. */
export interface LoginRole {
  readonly name: string;
  /**
   * Whether it acts as the owner role, only reads as a member of the reader role, or may do what migrations grant it by
   * name and nothing else.
   */
  readonly access: "owner" | "reader" | "granted";
  readonly signIn: "password" | "iam";
  /**
   * SCRAM verifier of the password that its secret holds now. Absent for IAM, and for the user of a pair that the
   * secret does not name: nobody knows a password for it before rotation gives it one, so it gets none.
   */
  readonly verifier?: string;
}

/** The logins of a specification and what signs them in. */
export interface Logins {
  readonly roles: readonly LoginRole[];
  /** What the secrets hold now, each with the secret's ARN. */
  readonly current: readonly (Login & { readonly arn: string })[];
}

/**
 * Reads the users' secrets and makes verifiers of their passwords.
 *
 * @param remember told every password before anything else is done with it
 */
export async function readLogins(
  spec: RolesSpec,
  source: SecretSource,
  remember: (secret: string) => void,
): Promise<Logins> {
  const roles: LoginRole[] = [];
  const current: Logins["current"][number][] = [];

  const read = async (arn: string, users: readonly string[], access: LoginRole["access"]) => {
    const login = parseLogin(arn, await source.current(arn));
    remember(login.password);
    if (!users.includes(login.username)) {
      throw new OperatorError(
        "SecretUnusable",
        `Secret ${arn} is for a user other than ${users.join(" and ")}.`,
        "make the secret's username and the specification agree.",
      );
    }
    const verifier = verifierOf(arn, login.password);
    current.push({ ...login, arn });
    for (const name of users) {
      roles.push({ name, access, signIn: "password", ...(name === login.username ? { verifier } : {}) });
    }
  };

  for (const { users, secretArn } of spec.applications) await read(secretArn, users, "owner");
  for (const { user, access } of spec.iamUsers) roles.push({ name: user, access, signIn: "iam" });
  const { user, secretArn } = spec.verifier;
  if (secretArn === undefined) roles.push({ name: user, access: "reader", signIn: "iam" });
  else await read(secretArn, [user], "reader");
  return { roles, current };
}

function verifierOf(arn: string, password: string): string {
  try {
    return scramVerifier(password);
  } catch {
    throw new OperatorError(
      "SecretUnusable",
      `Secret ${arn} can't be used: its password has characters other than printable ASCII.`,
      "store a password of letters, digits and ASCII punctuation: others are normalised differently by client and server.",
    );
  }
}
