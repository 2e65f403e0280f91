import { escapeIdentifier as id, escapeLiteral as literal } from "pg";

import { OperatorError } from "../functions/shared/errors";
import type { Session } from "../functions/shared/transaction";

/** What the catalogs say about a role. */
interface RoleFacts {
  readonly name: string;
  readonly canLogin: boolean;
  readonly connectionLimit: number;
  readonly isExpired: boolean;
  readonly validUntil: string | null;
  /** Attributes and memberships that an application's user has no use for. */
  readonly powers: readonly string[];
  readonly memberOf: readonly Membership[];
  readonly settings: readonly Setting[];
}

interface Membership {
  readonly role: string;
  readonly inherit: boolean;
  readonly set: boolean;
}

interface Setting {
  /** Null where it holds in all databases. */
  readonly database: string | null;
  readonly name: string;
  readonly value: string;
}

/**
 * Sees to it, within the caller's transaction, that a role is there that may be given a password: the second user of a
 * pair, equal to the first in all that it may do. A role that is missing is made.
 *
 * @param target whose password will be set
 * @param source the other user, who signs in now
 * @throws OperatorError for a role that belongs to somebody else, or is unfit; nothing is changed then
 */
export async function prepareRole(
  session: Session,
  target: string,
  source: string,
  secretArn: string,
): Promise<void> {
  const sourceFacts = await readRole(session, source);
  if (sourceFacts === undefined) throw conflict(`${source} does not exist.`, "make the role again.");
  const targetFacts = await readRole(session, target);
  if (targetFacts === undefined) {
    refuse(sourceFacts, [...sourceFacts.powers.map((power) => `${source}, its model, has ${power}`)]);
    await makeRole(session, target, sourceFacts, secretArn);
    return;
  }
  refuse(targetFacts, [
    ...targetFacts.powers.map((power) => `it has ${power}`),
    ...(areRelated(sourceFacts, targetFacts)
      ? []
      : [`it has nothing to do with ${source}: neither is a member of the other, nor both of the same role`]),
    ...(targetFacts.canLogin ? [] : ["it may not sign in (NOLOGIN)"]),
    ...(targetFacts.isExpired ? ["its password is no longer valid (VALID UNTIL)"] : []),
    ...(targetFacts.connectionLimit === 0 ? ["it may have no connection (CONNECTION LIMIT 0)"] : []),
  ]);
}

/** Everything needed to judge and to copy a role, in one statement. */
const READ_ROLE = `
  SELECT rolname AS name, rolcanlogin AS "canLogin", rolconnlimit AS "connectionLimit",
         rolvaliduntil::text AS "validUntil", coalesce(rolvaliduntil < now(), false) AS "isExpired",
         array_remove(ARRAY[
           CASE WHEN rolsuper THEN 'SUPERUSER' END,
           CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
           CASE WHEN rolreplication THEN 'REPLICATION' END,
           CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN rolname ~ '^(pg_|rds)' THEN 'a name of the server''s own' END,
           CASE WHEN rolname = session_user THEN 'the task of setting passwords' END,
           CASE WHEN EXISTS (SELECT FROM pg_roles AS admin
                              WHERE admin.rolname = 'rds_superuser' AND pg_has_role(role.oid, admin.oid, 'MEMBER'))
                THEN 'membership in rds_superuser' END
         ], NULL) AS powers,
         coalesce((SELECT jsonb_agg(DISTINCT jsonb_build_object(
                            'role', granted.rolname, 'inherit', inherit_option, 'set', set_option))
                     FROM pg_auth_members JOIN pg_roles AS granted ON granted.oid = roleid
                    WHERE member = role.oid), '[]') AS "memberOf",
         coalesce((SELECT jsonb_agg(jsonb_build_object(
                            'database', (SELECT datname FROM pg_database WHERE oid = setdatabase),
                            'name', split_part(entry, '=', 1), 'value', substr(entry, strpos(entry, '=') + 1)))
                     FROM pg_db_role_setting, unnest(setconfig) AS entry
                    WHERE setrole = role.oid), '[]') AS settings
    FROM pg_roles AS role WHERE rolname = $1`;

async function readRole(session: Session, name: string): Promise<RoleFacts | undefined> {
  const { rows } = await session.query<RoleFacts>(READ_ROLE, [name]);
  return rows[0];
}

/** Setting the password of a stranger's role would lock somebody else out, or hand the role to the secret's readers. */
function areRelated(source: RoleFacts, target: RoleFacts): boolean {
  const groups = (role: RoleFacts) => [role.name, ...role.memberOf.map((membership) => membership.role)];
  const shared = groups(source).filter((group) => groups(target).includes(group));
  return shared.some((group) => !/^(pg_|rds)/.test(group));
}

/** Makes a role that may do what its model may, and acts as the same role, so that both can use what either makes. */
async function makeRole(session: Session, name: string, model: RoleFacts, secretArn: string): Promise<void> {
  const actsAs = model.settings.some((setting) => setting.name === "role");
  // Without a role to act as in common, the new one acts as its model.
  const memberOf = actsAs ? model.memberOf : [{ role: model.name, inherit: true, set: true }];
  const settings = actsAs
    ? model.settings
    : [...model.settings, { database: null, name: "role", value: model.name }];

  const validUntil = model.validUntil === null ? "" : ` VALID UNTIL ${literal(model.validUntil)}`;
  await session.query(`CREATE ROLE ${id(name)} LOGIN CONNECTION LIMIT ${model.connectionLimit}${validUntil}`);
  await session.query(`COMMENT ON ROLE ${id(name)} IS ${literal(`Made by rotation of ${secretArn}`)}`);
  for (const { role, inherit, set } of memberOf) {
    const options = `INHERIT ${String(inherit).toUpperCase()}, SET ${String(set).toUpperCase()}`;
    await session.query(`GRANT ${id(role)} TO ${id(name)} WITH ${options}`);
  }
  for (const { database, name: parameter, value } of settings) {
    const where = database === null ? "" : ` IN DATABASE ${id(database)}`;
    const alter = `ALTER ROLE ${id(name)}${where} SET ${id(parameter)}`;
    if (parameter === "role") {
      await session.query(`${alter} TO ${literal(value)}`);
    } else {
      // Some values are lists, which no one literal can express; the server knows how it wrote them down.
      await session.query("SELECT set_config($1, $2, true)", [parameter, value]);
      await session.query(`${alter} FROM CURRENT`);
    }
  }
}

function refuse({ name }: RoleFacts, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw conflict(
    `Rotation may not set the password of ${name}: ${problems.join("; ")}.`,
    "name the right pair in usernames, or mend the role; nothing was changed.",
  );
}

function conflict(what: string, remedy: string): OperatorError {
  return new OperatorError("RoleConflict", what, remedy);
}
