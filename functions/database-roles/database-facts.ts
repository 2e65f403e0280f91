import { escapeIdentifier as id } from "pg";

import type { Catalog } from "./catalog";
import { PLATFORM_SCHEMA, type RolesSpec } from "./event";
import type { Fact } from "./facts";

/** Facts about the database itself, in an order in which their statements work after those about roles. */
export function databaseFacts(spec: RolesSpec, catalog: Catalog): Fact[] {
  const { ownerRole: owner, readerRole: reader } = spec;
  const database = `DATABASE ${id(spec.cluster.database)}`;
  const grant = granter(catalog);
  return [
    // Granted before it is taken from PUBLIC, so that no moment shuts a user out.
    grant("database", database, owner, ["CONNECT", "TEMPORARY"]),
    grant("database", database, reader, ["CONNECT"]),
    ...grantedUsers(spec).map((user) => grant("database", database, user, ["CONNECT"])),
    withoutPublic(catalog, "database", database, ["CONNECT", "TEMPORARY"]),
    ...publicSchema(catalog, owner, reader),
    ...spec.extensions.map((extension): Fact => ({
      subject: `extension ${extension}`,
      kind: "object",
      holds: catalog.extensions.has(extension),
      as: "master",
      sql: `CREATE EXTENSION ${id(extension)} SCHEMA public`,
    })),
    ...spec.schemas.flatMap((schema) => [
      ...ownSchema(catalog, schema, owner, reader),
      ...grantedUsers(spec).map((user): Fact => ({
        ...grant(schema, `SCHEMA ${id(schema)}`, user, ["USAGE"]),
        as: "owner",
      })),
    ]),
    functionsAreNotPublic(catalog, owner),
    ...catalog.unreadable.map(({ kind, name }): Fact => ({
      subject: `SELECT on ${name} for ${reader}`,
      kind: "change",
      holds: false,
      as: "owner",
      sql: `GRANT SELECT ON ${kind} ${name} TO ${id(reader)}`,
    })),
    ...ledger(catalog, owner, reader),
  ];
}

/** Users who are in neither group: what they may do in the schemas is in the migrations. */
function grantedUsers({ iamUsers }: RolesSpec): string[] {
  return iamUsers.filter(({ access }) => access === "granted").map(({ user }) => user);
}

/** Extensions live in `public`, where from now on only the database's owner can make anything. */
function publicSchema(catalog: Catalog, owner: string, reader: string): Fact[] {
  if (!catalog.schemas.has("public")) return [];
  const grant = granter(catalog);
  return [
    grant("public", "SCHEMA public", owner, ["USAGE"]),
    grant("public", "SCHEMA public", reader, ["USAGE"]),
    withoutPublic(catalog, "public", "SCHEMA public", ["USAGE", "CREATE"]),
  ];
}

function ownSchema(catalog: Catalog, schema: string, owner: string, reader: string): Fact[] {
  const now = catalog.schemas.get(schema);
  const target = `SCHEMA ${id(schema)}`;
  return [
    {
      subject: `schema ${schema}`,
      kind: "object",
      holds: now !== undefined,
      as: "master",
      sql: `CREATE SCHEMA ${id(schema)} AUTHORIZATION ${id(owner)}`,
    },
    {
      subject: `owner of schema ${schema}`,
      kind: "change",
      holds: now === undefined || now === owner,
      as: "master",
      sql: `ALTER SCHEMA ${id(schema)} OWNER TO ${id(owner)}`,
    },
    { ...granter(catalog)(schema, target, reader, ["USAGE"]), as: "owner" },
    { ...withoutPublic(catalog, schema, target, ["USAGE", "CREATE"]), as: "owner" },
    ...(["r", "S"] as const).map((type): Fact => {
      const objects = type === "r" ? "TABLES" : "SEQUENCES";
      return {
        subject: `SELECT on future ${objects.toLowerCase()} of schema ${schema} for ${reader}`,
        kind: "change",
        holds: catalog.defaults.has(`${schema}:${type}:${reader}:SELECT`),
        as: "owner",
        sql: `ALTER DEFAULT PRIVILEGES IN ${target} GRANT SELECT ON ${objects} TO ${id(reader)}`,
      };
    }),
  ];
}

/** PostgreSQL lets everybody run a new function, and takes that back only for all schemas at once. */
function functionsAreNotPublic({ defaults }: Catalog, owner: string): Fact {
  return {
    subject: `future functions of ${owner} not for PUBLIC`,
    kind: "change",
    holds: defaults.has(":f") && !defaults.has(":f:PUBLIC:EXECUTE"),
    as: "owner",
    sql: "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
  };
}

/** The record of migrations is the master's, so that no application can rewrite it. */
function ledger(catalog: Catalog, owner: string, reader: string): Fact[] {
  const table = `${id(PLATFORM_SCHEMA)}.schema_migrations`;
  const grant = granter(catalog);
  const readable = (role: string): Fact => ({
    subject: `SELECT on ${PLATFORM_SCHEMA}.schema_migrations for ${role}`,
    kind: "change",
    holds: catalog.ledgerReaders.has(role),
    as: "master",
    sql: `GRANT SELECT ON ${table} TO ${id(role)}`,
  });
  return [
    {
      subject: `schema ${PLATFORM_SCHEMA}`,
      kind: "object",
      holds: catalog.schemas.has(PLATFORM_SCHEMA),
      as: "master",
      sql: `CREATE SCHEMA ${id(PLATFORM_SCHEMA)}`,
    },
    {
      subject: `table ${PLATFORM_SCHEMA}.schema_migrations`,
      kind: "object",
      holds: catalog.hasLedger,
      as: "master",
      sql: `CREATE TABLE ${table} (
              number integer PRIMARY KEY,
              name text NOT NULL,
              checksum text NOT NULL,
              applied_at timestamptz NOT NULL DEFAULT now())`,
    },
    ...[owner, reader].flatMap((role) => [
      grant(PLATFORM_SCHEMA, `SCHEMA ${id(PLATFORM_SCHEMA)}`, role, ["USAGE"]),
      readable(role),
    ]),
  ];
}

/** @param key the object in {@link Catalog.grants} */
function granter({ grants }: Catalog) {
  return (key: string, target: string, grantee: string, privileges: readonly string[]): Fact => ({
    subject: `${privileges.join(" and ")} on ${key} for ${grantee}`,
    kind: "change",
    holds: privileges.every((privilege) => grants.has(`${key}:${grantee}:${privilege}`)),
    as: "master",
    sql: `GRANT ${privileges.join(", ")} ON ${target} TO ${id(grantee)}`,
  });
}

function withoutPublic(
  { grants }: Catalog,
  key: string,
  target: string,
  privileges: readonly string[],
): Fact {
  return {
    subject: `nothing on ${key} for PUBLIC`,
    kind: "change",
    holds: !privileges.some((privilege) => grants.has(`${key}:PUBLIC:${privilege}`)),
    as: "master",
    sql: `REVOKE ALL ON ${target} FROM PUBLIC`,
  };
}
