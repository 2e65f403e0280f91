import { escapeIdentifier as id, escapeLiteral as literal } from "pg";

import { OperatorError, readThrown } from "../functions/shared/errors";
import { isLost } from "../functions/shared/postgres";
import { inTransaction, isRace, retryRaces, type Session } from "../functions/shared/transaction";
import type { RotationPatience } from "./databases";

export interface PasswordChange {
  readonly role: string;
  /** What the server stores; the password itself never gets there. */
  readonly verifier: string;
  /** Run in the transaction before the password is set, with the role's lock held. */
  readonly before: () => Promise<void>;
  readonly patience: RotationPatience;
}

/**
 * Sets a role's password, in a transaction that is the only one to do so at the time.
 *
 * @throws OperatorError; nothing is changed, unless the connection was lost at the very end
 */
export async function setPassword(
  session: Session,
  { role, verifier, before, patience }: PasswordChange,
): Promise<void> {
  try {
    await retryRaces(() =>
      inTransaction(session, async () => {
        // The limit on idling frees the lock of a function that was stopped half way.
        await session.query(
          `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
                  set_config('idle_in_transaction_session_timeout', $2, true)`,
          [`${patience.lockMs}ms`, `${patience.statementMs}ms`],
        );
        // A login that acts as another role may change its own password only as itself.
        await session.query("SET LOCAL ROLE NONE");
        await refuseReader(session);
        // The same lock as that of the function that makes the roles.
        await session.query("SELECT pg_advisory_xact_lock(hashtextextended('rotation:' || $1, 0))", [role]);
        await before();
        await session.query(`ALTER ROLE ${id(role)} PASSWORD ${literal(verifier)}`);
      }),
    );
  } catch (error) {
    if (error instanceof OperatorError || isLost(readThrown(error))) throw error;
    throw inWords(error, role);
  }
}

async function refuseReader(session: Session): Promise<void> {
  const { rows } = await session.query<{ isReader: boolean }>(
    `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS "isReader"`,
  );
  if (rows[0]?.isReader !== false) throw reader();
}

function reader(): OperatorError {
  return new OperatorError(
    "ServerUnsuitable",
    "The server takes no changes: it is a reader, or the writer has moved a moment ago.",
    "nothing after a failover: Secrets Manager tries again. Else store the writer's endpoint in the secrets.",
  );
}

function inWords(error: unknown, role: string): OperatorError {
  const { code = "", message, detail = "" } = readThrown(error);
  const said = [code, message, detail].filter((part) => part !== "").join(" ");
  switch (code) {
    case "42501":
      return new OperatorError(
        "MissingPrivilege",
        `The password of ${role} could not be set (${said}).`,
        message.includes("rds_password")
          ? "run as a member of rds_superuser: GRANT rds_password TO <master>."
          : `run as a role that administers the one named above, or as a member of rds_superuser: ` +
              `GRANT ${id(role)} TO <master> WITH ADMIN OPTION (the same for a role it should become a member of). ` +
              "Nothing was changed.",
      );
    case "55P03":
    case "57014":
      return new OperatorError(
        "RunInProgress",
        `The password of ${role} could not be set in time: another session holds a lock (${said}).`,
        "nothing: Secrets Manager tries again. If it happens again, see pg_locks for who holds it. Nothing was changed.",
      );
    case "25006":
      return reader();
    default:
      return new OperatorError(
        "StatementFailed",
        `The password of ${role} could not be set (${said}${isRace(error) ? ", three times" : ""}).`,
        "mend what the server says; Secrets Manager tries again. Nothing was changed.",
      );
  }
}
