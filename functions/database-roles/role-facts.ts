import { escapeIdentifier as id, escapeLiteral as literal } from "pg";

import type { Catalog, CatalogRole } from "./catalog";
import type { RolesSpec } from "./event";
import type { Fact } from "./facts";
import type { LoginRole } from "./logins";

/** Says in the catalog who looks after a role. */
export const ROLE_COMMENT = "StreamFlix: made by functions/database-roles";

/** Facts about roles, their memberships and settings, in an order in which their statements work. */
export function roleFacts(spec: RolesSpec, logins: readonly LoginRole[], catalog: Catalog): Fact[] {
  return [
    ...[spec.ownerRole, spec.readerRole].flatMap((role) => [
      object(role, `CREATE ROLE ${id(role)} NOLOGIN`, catalog),
      comment(role, catalog),
    ]),
    mayBecomeOwner(spec.ownerRole, catalog),
    ...logins.flatMap((login) => loginFacts(login, spec, catalog)),
  ];
}

/** A fact that can be taken back. */
export interface Revocable extends Fact {
  readonly undo: string;
}

/** The facts that make users sign in with IAM; apart from the others, since they are tried before they stay. */
export function iamFacts(logins: readonly LoginRole[], catalog: Catalog): Revocable[] {
  if (!catalog.hasRdsIam) return [];
  return logins
    .filter((login) => login.signIn === "iam")
    .map(({ name }) => ({
      subject: `grant of rds_iam to ${name}`,
      kind: "change",
      holds: catalog.memberships.some((entry) => entry.member === name && entry.role === "rds_iam"),
      as: "master",
      sql: `GRANT rds_iam TO ${id(name)}`,
      undo: `REVOKE rds_iam FROM ${id(name)}`,
      administers: "rds_iam",
    }));
}

function object(role: string, sql: string, catalog: Catalog): Fact {
  return { subject: `role ${role}`, kind: "object", holds: catalog.roles.has(role), as: "master", sql };
}

function comment(role: string, catalog: Catalog): Fact {
  return {
    subject: `comment on ${role}`,
    kind: "change",
    holds: catalog.roles.get(role)?.comment === ROLE_COMMENT,
    as: "master",
    sql: `COMMENT ON ROLE ${id(role)} IS ${literal(ROLE_COMMENT)}`,
    administers: role,
  };
}

/**
 * Lets the master act as the owner role, on request only: it inherits nothing. From PostgreSQL 16 on, whoever makes a
 * role administers it but may neither become it nor use its rights before granting that to itself.
 */
function mayBecomeOwner(owner: string, { master, memberships }: Catalog): Fact {
  const granted = memberships.some(
    (entry) => entry.member === master.name && entry.role === owner && entry.set,
  );
  return {
    subject: `grant of ${owner} to the master`,
    kind: "change",
    holds: master.isSuperuser || granted,
    as: "master",
    sql: `GRANT ${id(owner)} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`,
    administers: owner,
  };
}

function loginFacts(login: LoginRole, spec: RolesSpec, catalog: Catalog): Fact[] {
  const { name, access, verifier } = login;
  const role = catalog.roles.get(name);
  const password = verifier === undefined ? "" : ` PASSWORD ${literal(verifier)}`;
  return [
    // One statement, so that no run that broke off leaves a role without its password.
    object(name, `CREATE ROLE ${id(name)} LOGIN${password}`, catalog),
    comment(name, catalog),
    ...groupFacts(login, spec, catalog),
    // What either user of a pair makes belongs to the owner role, else the other one could not use it.
    setting(name, role, "role", access === "owner" ? spec.ownerRole : undefined, literal(spec.ownerRole)),
    setting(name, role, "default_transaction_read_only", access === "reader" ? "on" : undefined),
    setting(name, role, "search_path", catalog.searchPath),
  ];
}

/** Facts about a login's membership in the two groups: in one of them, or in none. */
function groupFacts(
  { name, access }: LoginRole,
  { ownerRole, readerRole }: RolesSpec,
  { memberships }: Catalog,
): Fact[] {
  const groups = { owner: ownerRole, reader: readerRole };
  return (["owner", "reader"] as const)
    .toSorted((kind) => (kind === access ? -1 : 1))
    .map((kind) => {
      const group = groups[kind];
      const held = memberships.find((entry) => entry.member === name && entry.role === group);
      const common = { kind: "change", as: "master", administers: group } as const;
      if (kind !== access) {
        const sql = `REVOKE ${id(group)} FROM ${id(name)}`;
        return { ...common, subject: `no grant of ${group} to ${name}`, holds: held === undefined, sql };
      }
      // A reader may not become the reader role: whoever becomes it leaves the read-only setting of the login behind.
      const set = access === "owner";
      return {
        ...common,
        subject: `grant of ${group} to ${name}`,
        holds: held?.inherit === true && held.set === set,
        sql: `GRANT ${id(group)} TO ${id(name)} WITH INHERIT TRUE, SET ${set ? "TRUE" : "FALSE"}`,
      };
    });
}

/** @param value as the catalog spells it; undefined where the server's default has to hold */
function setting(
  name: string,
  role: CatalogRole | undefined,
  parameter: string,
  value: string | undefined,
  sqlValue = value ?? "",
): Fact {
  const now = role?.settings.find((entry) => entry.startsWith(`${parameter}=`));
  return {
    subject: `${value === undefined ? "no setting" : "setting"} ${parameter} of ${name}`,
    kind: "change",
    holds: now === (value === undefined ? undefined : `${parameter}=${value}`),
    as: "master",
    sql:
      value === undefined
        ? `ALTER ROLE ${id(name)} RESET ${parameter}`
        : `ALTER ROLE ${id(name)} SET ${parameter} = ${sqlValue}`,
    administers: name,
  };
}
