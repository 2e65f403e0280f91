import type { Client } from "pg";

import { OperatorError, readThrown } from "../shared/errors";
import type { Patience, Retry, Server } from "../shared/postgres";
import { redacted, Redactor } from "../shared/redact";
import type { SecretSource } from "../shared/secrets";
import { applyRoles } from "./apply";
import { parseEvent, type RolesSpec } from "./event";
import { readLogins } from "./logins";
import { type MasterAccess, openMaster, signInMaster } from "./master";
import { readMigrations } from "./migration-files";
import { migrate } from "./migrations";
import type { DatabaseRolesReport } from "./report";
import { iamFacts } from "./role-facts";
import { grantIam, proveSignIns } from "./sign-in";

/** What a run works with. */
export interface Dependencies {
  readonly secrets: SecretSource;
  /** PEM certificates of the authorities to trust for the database. */
  readonly ca: string;
  /** Directory of the migrations. */
  readonly migrations: string;
  /** Told what happens; the texts hold no secret. */
  readonly log: (text: string) => void;
  /** Time in milliseconds since 1970 by which the run has to be over. */
  readonly deadline: number;
  readonly patience?: Partial<RunPatience>;
}

/** How long a run waits for what; milliseconds. */
export interface RunPatience extends Patience {
  /** For a server that is starting or not resolvable yet. */
  readonly serverMs: number;
  /** Between two attempts. */
  readonly pauseMs: number;
  /** For another run of this function. */
  readonly otherRunMs: number;
}

const PATIENCE: RunPatience = {
  connectMs: 20_000,
  statementMs: 60_000,
  lockMs: 10_000,
  serverMs: 180_000,
  pauseMs: 2_000,
  otherRunMs: 120_000,
};

/**
 * Brings the database's roles to what the event asks for, proves that the users can sign in, and applies migrations.
 *
 * @throws OperatorError for every failure
 */
export async function run(event: unknown, dependencies: Dependencies): Promise<DatabaseRolesReport> {
  const redactor = new Redactor();
  try {
    return await runSteps(parseEvent(event), dependencies, redactor);
  } catch (error) {
    throw redacted(error, redactor);
  }
}

async function runSteps(
  spec: RolesSpec,
  dependencies: Dependencies,
  redactor: Redactor,
): Promise<DatabaseRolesReport> {
  const { secrets, ca, deadline } = dependencies;
  const patience = { ...PATIENCE, ...dependencies.patience };
  const log = (text: string) => {
    dependencies.log(redactor.text(text));
  };
  const remember = (secret: string) => {
    redactor.add(secret);
  };
  // Before anything is touched: files that can't be used would stop the run half way.
  const migrations = await readMigrations(dependencies.migrations);
  const server: Server = { ...spec.cluster, ca };
  const retry: Retry = {
    until: Math.min(deadline, Date.now() + patience.serverMs),
    pauseMs: patience.pauseMs,
    onRetry: (reason) => {
      log(`trying again: ${reason}`);
    },
  };
  const master: MasterAccess = { server, arn: spec.masterSecretArn, secrets, remember, patience, retry };

  const { client, version } = await openMaster(master);
  try {
    await waitForOtherRun(client, patience);
    // Read only now: what was current before the wait may have been rotated during it.
    const logins = await readLogins(spec, secrets, remember);
    const { done, unchanged, catalog } = await applyRoles(client, spec, logins.roles);
    log(`roles: ${done.length} statements`);
    const signedIn = await proveSignIns(server, spec, logins, patience, retry);
    log(`signed in: ${signedIn.join(", ")}`);

    const iam = iamFacts(logins.roles, catalog);
    const iamDone = iam.filter((fact) => !fact.holds);
    await grantIam(client, iamDone, spec.ownerRole, async () => {
      await (await signInMaster(master)).end();
    });
    const migrated = await migrate(client, spec, migrations, deadline);
    log(`migrations: ${migrated.applied.length} applied`);

    const subjects = (facts: readonly { subject: string }[]) => facts.map((fact) => fact.subject);
    return {
      version: spec.version,
      serverVersion: version,
      created: subjects(done.filter((fact) => fact.kind === "object")),
      changed: subjects([...done.filter((fact) => fact.kind === "change"), ...iamDone]),
      unchanged: subjects([...unchanged, ...iam.filter((fact) => fact.holds)]),
      signedIn,
      migrations: { applied: migrated.applied, appliedBefore: migrated.appliedBefore },
      warnings: [
        ...iamWarnings(catalog.hasRdsIam, spec),
        ...catalog.foreign.map(
          (table) => `${table} does not belong to ${spec.ownerRole}, so its users may not be able to use it`,
        ),
        ...(await shutOut(client)),
        ...migrated.warnings,
      ],
    };
  } finally {
    // Ending the session also gives up its locks.
    await client.end().catch(() => undefined);
  }
}

/** Two runs at once would get in each other's way; the second one waits, and then finds its work done. */
async function waitForOtherRun(client: Client, { otherRunMs, lockMs }: RunPatience): Promise<void> {
  const setLockTimeout = (ms: number) =>
    client.query("SELECT set_config('lock_timeout', $1, false)", [`${ms}ms`]);
  await setLockTimeout(otherRunMs);
  await client.query("SELECT set_config('statement_timeout', '0', false)");
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended('streamflix:database-roles', 0))");
  } catch (error) {
    if (readThrown(error).code !== "55P03") throw error;
    throw new OperatorError(
      "RunInProgress",
      `Another run held its lock for more than ${otherRunMs / 1000} s.`,
      "wait for it to end and run again; nothing was changed.",
    );
  }
  await setLockTimeout(lockMs);
  await client.query("RESET statement_timeout");
}

function iamWarnings(hasRdsIam: boolean, spec: RolesSpec): string[] {
  const users = spec.iamUsers.map((entry) => entry.user);
  if (spec.verifier.secretArn === undefined) users.push(spec.verifier.user);
  if (hasRdsIam || users.length === 0) return [];
  return [`the server has no role rds_iam, so nobody can sign in as ${users.join(", ")}`];
}

/** Users of other origin who may not connect to the database, now that PUBLIC may not. */
async function shutOut(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles
      WHERE rolcanlogin AND rolname !~ '^(pg_|rds)' AND NOT has_database_privilege(oid, current_database(), 'CONNECT')
      ORDER BY 1`,
  );
  return rows.map(
    ({ name }) => `${name} may not connect to this database, as PUBLIC may not; GRANT CONNECT if it should`,
  );
}
