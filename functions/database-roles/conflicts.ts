import type { Catalog } from "./catalog";
import type { RolesSpec } from "./event";
import type { LoginRole } from "./logins";

/**
 * What stands in the way and is not this function's to change: somebody may have meant it. Each with its remedy.
 */
export function conflictsOf(spec: RolesSpec, logins: readonly LoginRole[], catalog: Catalog): string[] {
  const found: string[] = [];
  const loginNames = new Set(logins.map((login) => login.name));
  for (const name of [spec.ownerRole, spec.readerRole, ...loginNames]) {
    const role = catalog.roles.get(name);
    if (role === undefined) continue;
    if (name === catalog.master.name) {
      found.push(`${name} is the master user; name another role`);
      continue;
    }
    if (role.powers.length > 0) {
      found.push(`${name} has ${role.powers.join(", ")}; take that away or name another role`);
    }
    if (role.canLogin && !loginNames.has(name)) {
      found.push(
        `${name} may sign in, but is to be a group; ALTER ROLE ${name} NOLOGIN, or name another role`,
      );
    }
    if (!role.canLogin && loginNames.has(name)) {
      found.push(`${name} may not sign in; unless that was done on purpose: ALTER ROLE ${name} LOGIN`);
    }
    const isIam = logins.some((login) => login.name === name && login.signIn === "iam");
    for (const { member, role: group } of catalog.memberships) {
      if (member !== name || !/^(pg_|rds)/.test(group) || (isIam && group === "rds_iam")) continue;
      const why = group === "rds_iam" ? ", so it can't sign in with its password" : "";
      found.push(`${name} is a member of ${group}${why}; REVOKE ${group} FROM ${name}, or name another role`);
    }
  }
  for (const extension of spec.extensions) {
    if (catalog.availableExtensions.has(extension)) continue;
    found.push(`extension ${extension} is not on this server; leave it out`);
  }
  return found;
}
