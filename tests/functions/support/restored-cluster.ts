import type {
  ClusterFacts,
  JobFacts,
  RestoredCluster,
  RestoreJobs,
} from "../../../functions/restore-verification/aws";
import type { Dependencies } from "../../../functions/restore-verification/run";
import type { DatabaseExpectations } from "../../../functions/restore-verification/settings";
import { HOST, PostgresServer } from "./postgres-server";

export const DATABASE = "streamflix";
export const MASTER = "streamflix_master";
export const ROTATED_PASSWORD = "password-that-rotation-has-set-since";
export const PROFILES = 200;
const OLD_PASSWORD = "password-at-the-time-of-the-backup";
const OWNER = "streamflix_owner";

/** Roles as on RDS: the master is no superuser, may be the owner, and may use what RDS lets its masters use. */
const ROLES = `
  CREATE ROLE ${MASTER} LOGIN CREATEROLE CREATEDB PASSWORD '${OLD_PASSWORD}';
  CREATE ROLE ${OWNER};
  GRANT ${OWNER} TO ${MASTER} WITH INHERIT FALSE, SET TRUE`;

const TABLES = `
  CREATE EXTENSION amcheck;
  GRANT EXECUTE ON FUNCTION bt_index_check(regclass, boolean) TO ${MASTER};
  CREATE SCHEMA streamflix AUTHORIZATION ${OWNER};
  SET ROLE ${OWNER};
  CREATE TABLE streamflix.profiles (id uuid PRIMARY KEY, display_name text NOT NULL);
  CREATE TABLE streamflix.playback_positions (
    profile_id uuid NOT NULL REFERENCES streamflix.profiles ON DELETE CASCADE,
    title_id text NOT NULL, recorded_at timestamptz NOT NULL, PRIMARY KEY (profile_id, title_id));
  INSERT INTO streamflix.profiles
    SELECT md5(n::text)::uuid, 'Somebody ' || n FROM generate_series(1, ${PROFILES}) AS n;
  INSERT INTO streamflix.playback_positions
    SELECT md5(n::text)::uuid, 'title-1', now() - n * interval '1 minute' FROM generate_series(1, ${PROFILES}) AS n;
  RESET ROLE;
  CHECKPOINT`;

/** A server with the platform's tables, backed up while it runs, whose master's password was rotated since. */
export async function backedUpServer(): Promise<{ origin: PostgresServer; backup: string }> {
  const origin = await PostgresServer.start(17);
  await asSuperuser(origin, ROLES, "postgres");
  await asSuperuser(origin, `CREATE DATABASE ${DATABASE}`, "postgres");
  await asSuperuser(origin, TABLES);
  const backup = await origin.baseBackup();
  await asSuperuser(origin, `ALTER ROLE ${MASTER} PASSWORD '${ROTATED_PASSWORD}'`, "postgres");
  return { origin, backup };
}

export async function asSuperuser(server: PostgresServer, sql: string, database = DATABASE): Promise<void> {
  const client = await server.superuser(database);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The cluster that a restore has made, on a server of this machine: what RDS would do to it, a superuser does. */
export class LocalCluster implements RestoredCluster {
  readonly calls: string[] = [];
  readonly passwords: string[] = [];
  instance: ClusterFacts["instance"] = undefined;
  isGone = false;
  readonly #server: PostgresServer;
  /** RDS says yes at once, and takes the password a while later. */
  readonly #passwordAfterMs: number;

  constructor(server: PostgresServer, passwordAfterMs = 300) {
    this.#server = server;
    this.#passwordAfterMs = passwordAfterMs;
  }

  facts(): Promise<ClusterFacts | undefined> {
    const facts = { status: "available", host: HOST, instance: this.instance };
    // There by the next look.
    if (this.instance === "creating") this.instance = "available";
    return Promise.resolve(this.isGone ? undefined : facts);
  }

  addInstance(): Promise<void> {
    this.calls.push("addInstance");
    this.instance = "creating";
    return Promise.resolve();
  }

  setMasterPassword(password: string): Promise<void> {
    this.calls.push("setMasterPassword");
    this.passwords.push(password);
    setTimeout(() => {
      void (async () => {
        const client = await this.#server.superuser();
        await client.query(`ALTER ROLE ${MASTER} PASSWORD ${client.escapeLiteral(password)}`);
        await client.end();
      })();
    }, this.#passwordAfterMs);
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.calls.push("remove");
    this.isGone = this.instance === undefined || this.instance === "deleting";
    if (this.instance !== undefined) this.instance = "deleting";
    return Promise.resolve();
  }
}

/** AWS Backup, which knows one job: a test of the nightly backups. */
export class LocalJobs implements RestoreJobs {
  readonly reports: string[] = [];
  job: JobFacts = {
    planArn: "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:nightly_prod-0a1b",
    clusterId: "awsbackup-restore-test-1",
    fileSystemId: undefined,
    backupBytes: undefined,
    begunAt: new Date(),
    backedUpAt: new Date(),
  };

  facts(): Promise<JobFacts> {
    return Promise.resolve(this.job);
  }

  report(jobId: string, status: string, message: string): Promise<void> {
    this.reports.push(`${jobId} ${status}: ${message}`);
    return Promise.resolve();
  }
}

/** What the steps work with on this machine. */
export function dependencies(
  server: Pick<PostgresServer, "port" | "ca">,
  cluster: RestoredCluster,
  jobs: RestoreJobs,
  { ms = 20_000, ...changes }: Partial<DatabaseExpectations> & { readonly ms?: number } = {},
): Dependencies & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (text: string) => {
    lines.push(text);
  };
  return {
    lines,
    cluster: () => cluster,
    fileSystem: () => {
      throw new Error("a database is in no file system");
    },
    mount: "/nowhere",
    jobs,
    ca: server.ca,
    log: keep,
    measure: keep,
    functionName: "restore-verification",
    deadline: Date.now() + ms,
    patience: { connectMs: 3_000, pauseMs: 100, statementMs: 5_000 },
    expectations: {
      plans: [
        { name: "nightly_prod", isContinuous: false },
        { name: "continuous_prod", isContinuous: true },
      ],
      database: {
        database: DATABASE,
        port: server.port,
        masterUser: MASTER,
        ownerRole: OWNER,
        schema: "streamflix",
        tables: [
          { table: "profiles", minimumRows: PROFILES },
          {
            table: "playback_positions",
            minimumRows: 1,
            newest: { timeColumn: "recorded_at", maximumHours: 24 },
          },
        ],
        instanceClass: "db.t4g.medium",
        objectiveSeconds: 3600,
        ...changes,
      },
    },
  };
}
