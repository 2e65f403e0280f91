import type { Client } from "pg";

import { PLATFORM_SCHEMA, type RolesSpec } from "./event";
import { type LoginRole } from "./logins";

/** A role as the server has it. */
export interface CatalogRole {
  readonly canLogin: boolean;
  /** Attributes beyond signing in, such as `SUPERUSER`. */
  readonly powers: readonly string[];
  /** Settings as the catalog spells them, such as `role=streamflix_owner`. */
  readonly settings: readonly string[];
  readonly comment: string | null;
}

/** One role's membership in another; true options count over all grants of it. */
export interface Membership {
  readonly member: string;
  readonly role: string;
  readonly inherit: boolean;
  readonly set: boolean;
}

/** What a server and its database hold of what this function looks after. */
export interface Catalog {
  readonly master: { readonly name: string; readonly isSuperuser: boolean };
  readonly roles: ReadonlyMap<string, CatalogRole>;
  readonly memberships: readonly Membership[];
  readonly hasRdsIam: boolean;
  /** Owner by schema. */
  readonly schemas: ReadonlyMap<string, string>;
  readonly extensions: ReadonlySet<string>;
  readonly availableExtensions: ReadonlySet<string>;
  /** Grants as `object:grantee:PRIVILEGE`, the object being `database` or a schema's name, the grantee maybe `PUBLIC`. */
  readonly grants: ReadonlySet<string>;
  /** The owner role's default privileges as `schema:type:grantee:PRIVILEGE`, and `schema:type` for each that is set. */
  readonly defaults: ReadonlySet<string>;
  readonly hasLedger: boolean;
  /** Whether owner and reader may read the table of migrations. */
  readonly ledgerReaders: ReadonlySet<string>;
  /** The owner role's tables, views and sequences that the reader role may not read, quoted. */
  readonly unreadable: readonly { readonly kind: "TABLE" | "SEQUENCE"; readonly name: string }[];
  /** Tables in the schemas that belong to another role. */
  readonly foreign: readonly string[];
  /** The schemas and `public`, quoted where needed, as the catalog spells a search path. */
  readonly searchPath: string;
}

/** Reads what the facts are judged by, within the transaction of the caller. */
export async function readCatalog(
  client: Client,
  spec: RolesSpec,
  logins: readonly LoginRole[],
): Promise<Catalog> {
  const names = [spec.ownerRole, spec.readerRole, ...logins.map((login) => login.name)];
  const schemas = [...spec.schemas, PLATFORM_SCHEMA, "public"];
  const rows = async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows as Row[];

  const [master = { name: "", isSuperuser: false }] = await rows<Catalog["master"]>(
    `SELECT rolname AS name, rolsuper AS "isSuperuser" FROM pg_roles WHERE rolname = current_user`,
  );
  const roles = await rows<CatalogRole & { name: string }>(ROLES, [names]);
  const memberships = await rows<Membership>(MEMBERSHIPS, [[...names, master.name]]);
  const schemaRows = await rows<{ name: string; owner: string }>(
    `SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ANY($1)`,
    [schemas],
  );
  const installed = await rows<{ name: string }>(`SELECT extname AS name FROM pg_extension`);
  const available = await rows<{ name: string }>(`SELECT name FROM pg_available_extensions`);
  const grants = await rows<{ entry: string }>(GRANTS, [schemas]);
  const defaults = await rows<{ entry: string }>(DEFAULTS, [spec.ownerRole]);
  const unreadable = await rows<{ kind: "TABLE" | "SEQUENCE"; name: string }>(UNREADABLE, [
    spec.schemas,
    spec.ownerRole,
    spec.readerRole,
  ]);
  const foreign = await rows<{ name: string }>(FOREIGN, [spec.schemas, spec.ownerRole]);
  const ledgerReaders = await rows<{ name: string | null }>(LEDGER, [
    PLATFORM_SCHEMA,
    [spec.ownerRole, spec.readerRole],
  ]);
  const [more = { searchPath: "", hasRdsIam: false }] = await rows<{
    searchPath: string;
    hasRdsIam: boolean;
  }>(
    `SELECT string_agg(quote_ident(s), ', ' ORDER BY n) AS "searchPath",
            EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') AS "hasRdsIam"
       FROM unnest($1::text[]) WITH ORDINALITY AS listed (s, n)`,
    [[...spec.schemas, "public"]],
  );
  return {
    master,
    roles: new Map(roles.map((role) => [role.name, role])),
    memberships,
    schemas: new Map(schemaRows.map((row) => [row.name, row.owner])),
    extensions: new Set(installed.map((row) => row.name)),
    availableExtensions: new Set(available.map((row) => row.name)),
    grants: new Set(grants.map((row) => row.entry)),
    defaults: new Set(defaults.map((row) => row.entry)),
    hasLedger: ledgerReaders.length > 0,
    ledgerReaders: new Set(ledgerReaders.flatMap((row) => row.name ?? [])),
    unreadable,
    foreign: foreign.map((row) => row.name),
    ...more,
  };
}

const ROLES = `
  SELECT rolname AS name, rolcanlogin AS "canLogin", coalesce(rolconfig, '{}') AS settings,
         shobj_description(oid, 'pg_authid') AS comment,
         array_remove(ARRAY[
           CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
           CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
           CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS powers
    FROM pg_roles WHERE rolname = ANY($1)`;

const MEMBERSHIPS = `
  SELECT pg_get_userbyid(member) AS member, pg_get_userbyid(roleid) AS role,
         bool_or(inherit_option) AS inherit, bool_or(set_option) AS set
    FROM pg_auth_members
   WHERE pg_get_userbyid(member) = ANY($1)
   GROUP BY member, roleid ORDER BY 1, 2`;

const GRANTEE = `CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END`;

const GRANTS = `
  SELECT format('database:%s:%s', ${GRANTEE}, a.privilege_type) AS entry
    FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
   WHERE d.datname = current_database()
  UNION ALL
  SELECT format('%s:%s:%s', n.nspname, ${GRANTEE}, a.privilege_type)
    FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
   WHERE n.nspname = ANY($1)`;

const DEFAULTS = `
  SELECT format('%s:%s', n.nspname, d.defaclobjtype) AS entry
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
   WHERE pg_get_userbyid(d.defaclrole) = $1
  UNION ALL
  SELECT format('%s:%s:%s:%s', n.nspname, d.defaclobjtype, ${GRANTEE}, a.privilege_type)
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
   WHERE pg_get_userbyid(d.defaclrole) = $1`;

/** The join on the reader role keeps the privilege function from being asked about a role that does not exist yet. */
const UNREADABLE = `
  SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = $3
   WHERE n.nspname = ANY($1) AND pg_get_userbyid(c.relowner) = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND NOT has_table_privilege(r.oid, c.oid, 'SELECT')
   ORDER BY 2`;

const FOREIGN = `
  SELECT format('%s (of %s)', c.oid::regclass, pg_get_userbyid(c.relowner)) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_get_userbyid(c.relowner) <> $2
   ORDER BY 1`;

const LEDGER = `
  SELECT r.rolname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_roles r ON r.rolname = ANY($2) AND has_table_privilege(r.oid, c.oid, 'SELECT')
   WHERE n.nspname = $1 AND c.relname = 'schema_migrations'`;
