import { escapeIdentifier as id, escapeLiteral as literal } from "pg";

import type { Catalog } from "./catalog";
import { databaseFacts } from "./database-facts";
import type { RolesSpec } from "./event";
import type { Fact } from "./facts";
import type { LoginRole } from "./logins";
import { roleFacts } from "./role-facts";

/** Everything that has to be true but the way IAM users sign in, in an order in which the statements work. */
export function desiredFacts(spec: RolesSpec, logins: readonly LoginRole[], catalog: Catalog): Fact[] {
  return [...roleFacts(spec, logins, catalog), ...databaseFacts(spec, catalog)];
}

/** The statements that set passwords of roles that were there before, for those that the event asks for. */
export function passwordResets(spec: RolesSpec, logins: readonly LoginRole[], catalog: Catalog): Fact[] {
  return logins.flatMap(({ name, verifier }): Fact[] => {
    if (!spec.resetPasswords.includes(name) || verifier === undefined || !catalog.roles.has(name)) return [];
    return [
      {
        subject: `password of ${name}`,
        kind: "change",
        holds: false,
        as: "master",
        sql: `ALTER ROLE ${id(name)} PASSWORD ${literal(verifier)}`,
        administers: name,
      },
    ];
  });
}
