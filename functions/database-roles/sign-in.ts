import type { Client } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import { connect, type Patience, type Retry, type Server } from "../shared/postgres";
import { inTransaction } from "../shared/transaction";
import { runFact } from "./apply";
import type { RolesSpec } from "./event";
import type { Logins } from "./logins";
import { APPLICATION_NAME } from "./master";
import type { Revocable } from "./role-facts";

/**
 * Signs in as every user that a secret is for, the way a service would, and checks as whom it then acts.
 *
 * @throws OperatorError for the first user who can't; passwords of existing users are never set to mend that
 */
export async function proveSignIns(
  server: Server,
  spec: RolesSpec,
  { roles, current }: Logins,
  patience: Patience,
  retry: Retry,
): Promise<string[]> {
  for (const { username, password, arn } of current) {
    const client = await connect(
      server,
      { user: username, password, applicationName: APPLICATION_NAME },
      patience,
      retry,
    ).catch((error: unknown) => {
      throw explained(error, username, arn);
    });
    try {
      const { rows } = await client.query<{ acting: string }>("SELECT current_user AS acting");
      const isOwner = roles.some((role) => role.name === username && role.access === "owner");
      const expected = isOwner ? spec.ownerRole : username;
      if (rows[0]?.acting !== expected) {
        throw new OperatorError(
          "RoleConflict",
          `${username} signs in, but does not act as ${expected}.`,
          `look for a setting of the role in this database: ALTER ROLE ${username} IN DATABASE ${server.database} RESET ALL.`,
        );
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return current.map((login) => login.username);
}

function explained(error: unknown, username: string, arn: string): unknown {
  if (!(error instanceof OperatorError) || error.name !== "SignInRefused") return error;
  return new OperatorError(
    "SignInRefused",
    `${error.what} The role was there before this run, so its password is rotation's and was left alone.`,
    `see whether a rotation of ${arn} is stuck and finish it. If the database was restored from before a rotation, ` +
      `run once with resetPasswords: ["${username}"], which gives the role the password of the secret's current version.`,
  );
}

/**
 * Lets users sign in with IAM, and takes that back where it would keep the master out.
 *
 * Whoever is a member of `rds_iam`, however indirectly, can't sign in with a password any more. From PostgreSQL 16 on
 * the master is a member of every role it makes, so a server that counts such memberships would lock the master out.
 *
 * @param proveMaster opens and closes a new session of the master
 */
export async function grantIam(
  client: Client,
  facts: readonly Revocable[],
  ownerRole: string,
  proveMaster: () => Promise<void>,
): Promise<void> {
  if (facts.length === 0) return;
  await inTransaction(client, async () => {
    for (const fact of facts) await runFact(client, fact, ownerRole);
  });
  try {
    await proveMaster();
  } catch (error) {
    await inTransaction(client, async () => {
      for (const { undo } of facts) await client.query(undo);
    });
    throw new OperatorError(
      "RoleConflict",
      `With IAM users in place the master could not sign in any more, so rds_iam was revoked from them again (${readThrown(error).message})`,
      "make the IAM users as another role than the master, or let the master sign in with IAM.",
    );
  }
}
