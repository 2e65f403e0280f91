import type { Client } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import { inTransaction, isRace, retryRaces } from "../shared/transaction";
import { type Catalog, readCatalog } from "./catalog";
import { conflictsOf } from "./conflicts";
import type { RolesSpec } from "./event";
import type { Fact } from "./facts";
import type { LoginRole } from "./logins";
import { desiredFacts, passwordResets } from "./plan";

/** What a transaction found and did, as facts. */
export interface Applied {
  readonly done: readonly Fact[];
  readonly unchanged: readonly Fact[];
  /** As it is afterwards. */
  readonly catalog: Catalog;
}

/** Makes one fact true, within the transaction of the caller. */
export async function runFact(client: Client, fact: Fact, ownerRole: string): Promise<void> {
  try {
    if (fact.as === "owner") await client.query(`SET LOCAL ROLE ${client.escapeIdentifier(ownerRole)}`);
    await client.query(fact.sql);
    if (fact.as === "owner") await client.query("SET LOCAL ROLE NONE");
  } catch (error) {
    if (isRace(error)) throw error;
    throw statementError(fact, error);
  }
}

/**
 * Makes every fact of the specification true, all in one transaction that ends only when they are.
 *
 * @throws OperatorError for roles that stand in the way, missing rights and failed statements; nothing is changed then
 */
export async function applyRoles(
  client: Client,
  spec: RolesSpec,
  logins: readonly LoginRole[],
): Promise<Applied> {
  try {
    return await retryRaces(() => inTransaction(client, () => applyOnce(client, spec, logins)));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { code, message } = readThrown(error);
    throw new OperatorError(
      "StatementFailed",
      `The roles could not be set up: ${code ?? ""} ${message}.`,
      "run again: nothing was changed, or, if the connection was lost at the very end, everything was.",
    );
  }
}

async function applyOnce(client: Client, spec: RolesSpec, logins: readonly LoginRole[]): Promise<Applied> {
  await client.query("SET LOCAL ROLE NONE");
  await lockPasswords(client, logins);
  const before = await readCatalog(client, spec, logins);
  const conflicts = conflictsOf(spec, logins, before);
  if (conflicts.length > 0) {
    throw new OperatorError(
      "RoleConflict",
      `The server has what does not fit the specification: ${conflicts.join("; ")}.`,
      "decide on each of them, then run again; nothing was changed.",
    );
  }
  const facts = desiredFacts(spec, logins, before);
  const done = [...facts.filter((fact) => !fact.holds), ...passwordResets(spec, logins, before)];
  for (const fact of done) await runFact(client, fact, spec.ownerRole);

  const catalog = await readCatalog(client, spec, logins);
  const missing = desiredFacts(spec, logins, catalog).filter((fact) => !fact.holds);
  if (missing.length > 0) {
    throw new OperatorError(
      "StatementFailed",
      `The server took every statement, but these still don't hold: ${missing.map((fact) => fact.subject).join("; ")}.`,
      "look for a grant of the same by another role, and revoke it as that role; nothing was changed.",
    );
  }
  return { done, unchanged: facts.filter((fact) => fact.holds), catalog };
}

/** Keeps the rotation function, which takes the same locks, from altering these roles at the same time. */
async function lockPasswords(client: Client, logins: readonly LoginRole[]): Promise<void> {
  const names = logins.filter((login) => login.signIn === "password").map((login) => login.name);
  // In the same order everywhere, so that two sessions can't wait for each other.
  for (const name of names.sort()) {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('rotation:' || $1, 0))", [name]);
  }
}

function statementError(fact: Fact, error: unknown): OperatorError {
  const { code, message, detail } = readThrown(error);
  const said = [code, message, detail].filter((part) => part !== undefined).join(" ");
  const what = `This could not be brought about: ${fact.subject} (${said}).`;
  if (code === "42501" && fact.administers !== undefined) {
    return new OperatorError(
      "MissingPrivilege",
      what,
      `as a role that administers ${fact.administers} (the one that made it, or a member of rds_superuser) run ` +
        `GRANT ${fact.administers} TO <master> WITH ADMIN OPTION, then run again; nothing was changed.`,
    );
  }
  if (code === "42501") {
    return new OperatorError(
      "MissingPrivilege",
      what,
      "make the master user the owner of the database and of what is named above; nothing was changed.",
    );
  }
  return new OperatorError(
    "StatementFailed",
    what,
    "mend what the server says and run again; nothing was changed.",
  );
}
