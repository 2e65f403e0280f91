import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import type { Client } from "pg";

import type { DatabaseRolesEvent } from "../../../functions/database-roles/event";
import type { DatabaseRolesReport } from "../../../functions/database-roles/report";
import { type Dependencies, run } from "../../../functions/database-roles/run";
import { OperatorError } from "../../../functions/shared/errors";
import type { SecretSource } from "../../../functions/shared/secrets";
import { HOST, PostgresServer } from "./postgres-server";

const ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:streamflix-";
/** ARNs of the secrets. */
export const MASTER = `${ARN}master-AAAAAA`;
export const APP = `${ARN}app-BBBBBB`;
export const VERIFIER = `${ARN}verifier-CCCCCC`;

export const DATABASE = "streamflix";

/** Passwords with what could break out of a literal or a URI; all are looked for in logs and errors. */
export const PASSWORDS = {
  master: "ma'st\\er \"%pa$$word",
  app: "ap'p\\pa%24ss$$w\"ord",
  verifier: "veri'fi\\er$pa%ss",
} as const;

/** Roles that a test may have made. */
const TEST_ROLES = ["master", "other_admin", "bystander", "rds_superuser", "rds_iam"];

/** One server with a database as a new cluster has it, and secrets for it. */
export class World {
  readonly server: PostgresServer;
  /** Secret texts by ARN. */
  readonly secrets = new Map<string, string>();
  /** Everything that runs wrote to their log. */
  readonly lines: string[] = [];
  readonly migrations = mkdtempSync(path.join(tmpdir(), "streamflix-migrations-"));

  constructor(server: PostgresServer) {
    this.server = server;
  }

  /** Takes away what an earlier test made, and makes database and master anew. */
  async reset(): Promise<void> {
    this.secrets.clear();
    this.setSecret(MASTER, "master", PASSWORDS.master);
    this.setSecret(APP, "streamflix_app", PASSWORDS.app);
    this.setSecret(VERIFIER, "streamflix_verifier", PASSWORDS.verifier);
    await this.asSuperuser("postgres", async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
      const { rows } = await client.query<{ name: string }>(
        `SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^streamflix' OR rolname = ANY($1)`,
        [TEST_ROLES],
      );
      const names = rows.map((row) => row.name).join(", ");
      if (names !== "") await client.query(`DROP ROLE ${names}`);
      // As on Amazon RDS: a master who is no superuser, but administers the role for IAM.
      await client.query("CREATE ROLE rds_superuser; CREATE ROLE rds_iam");
      await client.query(
        `CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD ${client.escapeLiteral(PASSWORDS.master)}`,
      );
      await client.query("GRANT rds_superuser TO master; GRANT rds_iam TO master WITH ADMIN OPTION");
      await client.query(`CREATE DATABASE ${DATABASE} OWNER master`);
    });
  }

  async end(): Promise<void> {
    await this.server.stop();
    rmSync(this.migrations, { recursive: true, force: true });
  }

  setSecret(arn: string, username: string, password: string): void {
    this.secrets.set(arn, JSON.stringify({ engine: "aurora-postgresql", username, password }));
  }

  event(overrides: Partial<DatabaseRolesEvent> = {}): DatabaseRolesEvent {
    return {
      version: "1",
      cluster: { host: HOST, port: this.server.port, database: DATABASE },
      masterSecretArn: MASTER,
      ownerRole: "streamflix_owner",
      readerRole: "streamflix_reader",
      schemas: ["streamflix"],
      applications: [{ users: ["streamflix_app", "streamflix_app_clone"], secretArn: APP }],
      iamUsers: [
        { user: "streamflix_job", access: "owner" },
        { user: "streamflix_analyst", access: "reader" },
      ],
      verifier: { user: "streamflix_verifier", secretArn: VERIFIER },
      extensions: ["pgcrypto", "citext"],
      ...overrides,
    };
  }

  readonly source: SecretSource = {
    current: (arn) => {
      const text = this.secrets.get(arn);
      return text === undefined
        ? Promise.reject(new OperatorError("SecretUnusable", `Secret ${arn} is missing.`, "make it."))
        : Promise.resolve(text);
    },
  };

  run(
    overrides: Partial<DatabaseRolesEvent> = {},
    other: Partial<Dependencies> = {},
  ): Promise<DatabaseRolesReport> {
    return run(this.event(overrides), {
      secrets: this.source,
      ca: this.server.ca,
      migrations: this.migrations,
      log: (text) => this.lines.push(text),
      deadline: Date.now() + 60_000,
      ...other,
      patience: { serverMs: 5_000, pauseMs: 50, ...other.patience },
    });
  }

  /** The failure of a run; it is an error of the test when the run succeeds. */
  async failure(
    overrides: Partial<DatabaseRolesEvent> = {},
    other: Partial<Dependencies> = {},
  ): Promise<OperatorError> {
    try {
      await this.run(overrides, other);
    } catch (error) {
      if (error instanceof OperatorError) return error;
      throw error;
    }
    throw new Error("the run succeeded");
  }

  /** Does something as a user who signs in with a password. */
  async as<Result>(
    user: string,
    password: string,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    return using(await this.server.connect(user, password, DATABASE), work);
  }

  async asMaster<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.as("master", PASSWORDS.master, work);
  }

  async asSuperuser<Result>(database: string, work: (client: Client) => Promise<Result>): Promise<Result> {
    return using(await this.server.superuser(database), work);
  }
}

async function using<Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> {
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What the catalogs of server and database hold, a line each; passwords apart, as their salts differ. */
export async function snapshot(
  world: World,
): Promise<{ readonly catalog: string[]; readonly passwords: string[] }> {
  return world.asSuperuser(DATABASE, async (client) => {
    const lines = async (sql: string) =>
      (
        await client.query<{ line: string }>(`SELECT line::text FROM (${sql}) AS l (line) ORDER BY 1`)
      ).rows.map((row) => row.line);
    const acl = (column: string) =>
      `(SELECT string_agg(a::text, ' ' ORDER BY a::text COLLATE "C") FROM unnest(${column}) a)`;
    // In order of their names: a setting that was reset and set again comes last.
    const settings = `(SELECT string_agg(c, ' ' ORDER BY c) FROM unnest(setconfig) c)`;
    const queries = [
      `SELECT concat_ws(' ', 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
              rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig, rolpassword IS NULL,
              shobj_description(oid, 'pg_authid')) FROM pg_authid LEFT JOIN LATERAL
              (SELECT ${settings} AS rolconfig FROM pg_db_role_setting WHERE setrole = oid AND setdatabase = 0) s ON true
        WHERE rolname !~ '^pg_'`,
      `SELECT concat_ws(' ', 'setting', setdatabase::regclass, setrole::regrole, ${settings}) FROM pg_db_role_setting`,
      `SELECT concat_ws(' ', 'member', roleid::regrole, member::regrole, grantor::regrole, admin_option,
              inherit_option, set_option) FROM pg_auth_members`,
      `SELECT concat_ws(' ', 'database', datname, datdba::regrole, ${acl("datacl")}) FROM pg_database`,
      `SELECT concat_ws(' ', 'schema', nspname, nspowner::regrole, ${acl("nspacl")}) FROM pg_namespace`,
      `SELECT concat_ws(' ', 'default', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype,
              ${acl("defaclacl")}) FROM pg_default_acl`,
      `SELECT concat_ws(' ', 'class', oid::regclass, relkind, relowner::regrole, ${acl("relacl")}) FROM pg_class
        WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)`,
      `SELECT concat_ws(' ', 'extension', extname, extversion, extnamespace::regnamespace, extowner::regrole)
         FROM pg_extension`,
    ];
    const catalog: string[] = [];
    for (const query of queries) catalog.push(...(await lines(query)));
    const passwords = await lines(
      `SELECT concat_ws(' ', rolname, rolpassword) FROM pg_authid WHERE rolname !~ '^pg_'`,
    );
    return { catalog, passwords };
  });
}
