import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import * as path from "node:path";

import type {
  ClusterFacts,
  JobFacts,
  RestoredCluster,
  RestoreJobs,
} from "../../functions/restore-verification/aws";
import { run, type StepResult } from "../../functions/restore-verification/run";
import type { Expectations } from "../../functions/restore-verification/settings";
import { OperatorError } from "../../functions/shared/errors";
import { HOST, PostgresServer } from "./support/postgres-server";

const DATABASE = "streamflix";
const MASTER = "streamflix_master";
const OLD_PASSWORD = "password-at-the-time-of-the-backup";
const ROTATED_PASSWORD = "password-that-rotation-has-set-since";
const PROFILES = 200;

const TABLES = `
  CREATE SCHEMA streamflix;
  CREATE TABLE streamflix.profiles (id uuid PRIMARY KEY, display_name text NOT NULL);
  CREATE TABLE streamflix.playback_positions (
    profile_id uuid NOT NULL REFERENCES streamflix.profiles ON DELETE CASCADE,
    title_id text NOT NULL, recorded_at timestamptz NOT NULL, PRIMARY KEY (profile_id, title_id));
  INSERT INTO streamflix.profiles
    SELECT md5(n::text)::uuid, 'Somebody ' || n FROM generate_series(1, ${PROFILES}) AS n;
  INSERT INTO streamflix.playback_positions
    SELECT md5(n::text)::uuid, 'title-1', now() - n * interval '1 minute' FROM generate_series(1, ${PROFILES}) AS n;
  CHECKPOINT`;

/** The cluster that a restore has made, on a server of this machine: what RDS would do to it, a superuser does. */
class LocalCluster implements RestoredCluster {
  readonly calls: string[] = [];
  readonly passwords: string[] = [];
  instance: ClusterFacts["instance"] = undefined;
  isGone = false;
  readonly #server: PostgresServer;
  /** RDS says yes at once, and takes the password a while later. */
  readonly #passwordAfterMs: number | undefined;

  constructor(server: PostgresServer, passwordAfterMs: number | undefined = 300) {
    this.#server = server;
    this.#passwordAfterMs = passwordAfterMs;
  }

  facts(): Promise<ClusterFacts | undefined> {
    return Promise.resolve(
      this.isGone ? undefined : { status: "available", host: HOST, instance: this.instance },
    );
  }

  addInstance(): Promise<void> {
    this.calls.push("addInstance");
    this.instance = "creating";
    return Promise.resolve();
  }

  setMasterPassword(password: string): Promise<void> {
    this.calls.push("setMasterPassword");
    this.passwords.push(password);
    if (this.#passwordAfterMs !== undefined) {
      setTimeout(() => {
        void (async () => {
          const client = await this.#server.superuser();
          await client.query(`ALTER ROLE ${MASTER} PASSWORD ${client.escapeLiteral(password)}`);
          await client.end();
        })();
      }, this.#passwordAfterMs);
    }
    return Promise.resolve();
  }

  remove(): Promise<void> {
    this.calls.push("remove");
    this.isGone = this.instance === undefined || this.instance === "deleting";
    if (this.instance !== undefined) this.instance = "deleting";
    return Promise.resolve();
  }
}

class LocalJobs implements RestoreJobs {
  readonly reports: string[] = [];
  job: JobFacts = { begunAt: new Date(), backedUpAt: new Date() };

  facts(): Promise<JobFacts> {
    return Promise.resolve(this.job);
  }

  report(jobId: string, status: string, message: string): Promise<void> {
    this.reports.push(`${jobId} ${status}: ${message}`);
    return Promise.resolve();
  }
}

const of = { jobId: "job-1", clusterId: "awsbackup-restore-test-1" } as const;
const lines: string[] = [];

function dependencies(
  server: PostgresServer,
  cluster: RestoredCluster,
  jobs: RestoreJobs,
  { ms = 20_000, ...changes }: Partial<Expectations> & { readonly ms?: number } = {},
) {
  return {
    cluster: () => cluster,
    jobs,
    ca: server.ca,
    log: (text: string) => lines.push(text),
    deadline: Date.now() + ms,
    patience: { connectMs: 3_000, pauseMs: 100, statementMs: 5_000 },
    expectations: {
      database: DATABASE,
      port: server.port,
      masterUser: MASTER,
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
  };
}

async function verdictOf(
  server: PostgresServer,
  changes: Parameters<typeof dependencies>[3] = {},
  { cluster = new LocalCluster(server), jobs = new LocalJobs() } = {},
) {
  const result = await run({ step: "verify", ...of }, dependencies(server, cluster, jobs, changes));
  assert.equal(result.step, "verify");
  return result as Extract<StepResult, { step: "verify" }>;
}

describe("restore verification: a database restored from a base backup", function () {
  this.timeout(60_000);
  let origin: PostgresServer;
  let backup: string;
  let restored: PostgresServer;

  const asSuperuser = async (server: PostgresServer, sql: string, database = DATABASE) => {
    const client = await server.superuser(database);
    await client.query(sql).finally(() => client.end());
  };

  before(async () => {
    origin = await PostgresServer.start(17);
    await asSuperuser(
      origin,
      // On RDS the master may do this by what it is a member of.
      `CREATE ROLE ${MASTER} LOGIN SUPERUSER PASSWORD '${OLD_PASSWORD}'`,
      "postgres",
    );
    await asSuperuser(origin, `CREATE DATABASE ${DATABASE}`, "postgres");
    await asSuperuser(origin, TABLES);
    backup = await origin.baseBackup();
    // After the backup: what is in it knows nothing of this.
    await asSuperuser(origin, `ALTER ROLE ${MASTER} PASSWORD '${ROTATED_PASSWORD}'`, "postgres");
    restored = await PostgresServer.restored(backup);
  });
  after(async () => {
    await Promise.all([origin.stop(), restored.stop()]);
    rmSync(backup, { recursive: true, force: true });
  });

  it("is good: SUCCESSFUL, with the time that it took, though the password was rotated since", async () => {
    await assert.rejects(restored.connect(MASTER, ROTATED_PASSWORD, DATABASE), { code: "28P01" });
    const { status, reasons, restoreSeconds } = await verdictOf(restored);
    assert.deepEqual([status, reasons], ["SUCCESSFUL", []]);
    assert.ok(restoreSeconds >= 1 && restoreSeconds < 30, String(restoreSeconds));
    assert.ok(lines.includes("not yet: the new password is not in force"), lines.join("\n"));
  });

  it("took longer than its objective: FAILED with both times", async () => {
    const jobs = new LocalJobs();
    jobs.job = { begunAt: new Date(Date.now() - 7_200_000), backedUpAt: new Date() };
    const { status, reasons } = await verdictOf(restored, {}, { jobs });
    assert.equal(status, "FAILED");
    assert.equal(reasons.length, 1);
    assert.match(
      reasons[0] ?? "",
      /^it took 720\d s until somebody could work with it, more than the objective of 3600 s$/,
    );
  });

  it("is too old: FAILED with the table", async () => {
    const jobs = new LocalJobs();
    jobs.job = { begunAt: new Date(), backedUpAt: new Date(Date.now() + 30 * 3_600_000) };
    assert.deepEqual((await verdictOf(restored, {}, { jobs })).reasons, [
      "the newest row of table playback_positions is 30 hours older than the backup, not 24 at most",
    ]);
  });

  it("lacks a table: FAILED with its name", async () => {
    const tables = [{ table: "subject_keys", minimumRows: 0 }];
    const { status, reasons } = await verdictOf(restored, { tables });
    assert.deepEqual([status, reasons], ["FAILED", ["table subject_keys is missing"]]);
  });

  it("lacks rows: FAILED with how many there are", async () => {
    const tables = [{ table: "profiles", minimumRows: PROFILES + 1 }];
    assert.deepEqual((await verdictOf(restored, { tables })).reasons, [
      `table profiles has ${PROFILES} rows, fewer than the ${PROFILES + 1} that it should`,
    ]);
  });

  it("lacks what others refer to: FAILED with the constraint", async () => {
    const partial = await PostgresServer.restored(backup);
    try {
      await asSuperuser(
        partial,
        `SET session_replication_role = replica; DELETE FROM streamflix.profiles WHERE display_name = 'Somebody 7'`,
      );
      const tables = [{ table: "profiles", minimumRows: 1 }];
      assert.deepEqual((await verdictOf(partial, { tables })).reasons, [
        "1 rows refer to nothing (playback_positions_profile_id_fkey)",
      ]);
    } finally {
      await partial.stop();
    }
  });

  it("is damaged on disk: FAILED, with table and index, and without any of the data", async () => {
    // The files of the table, found by the name that the server gives them.
    const client = await restored.superuser(DATABASE);
    const { rows } = await client.query<{ heap: string; index: string }>(
      `SELECT pg_relation_filepath('streamflix.profiles') AS heap, pg_relation_filepath('streamflix.profiles_pkey') AS index`,
    );
    await client.end();
    const [files] = rows;
    assert.ok(files);
    const broken = await PostgresServer.restored(backup, (data) => {
      for (const file of [files.heap, files.index]) overwrite(path.join(data, file));
    });
    try {
      const { status, reasons } = await verdictOf(broken);
      assert.equal(status, "FAILED");
      assert.match(reasons.join("\n"), /^table profiles can't be read \(XX001 invalid page/m);
      assert.match(reasons.join("\n"), /^index profiles_pkey is broken \(XX00/m);
      assert.doesNotMatch(reasons.join(), /Somebody/);
    } finally {
      await broken.stop();
    }
  });

  it("takes no password: FAILED once the time is up, and the password is in no word of it", async () => {
    const cluster = new LocalCluster(restored, Number.POSITIVE_INFINITY);
    cluster.setMasterPassword = (password) => {
      cluster.passwords.push(password);
      return Promise.resolve();
    };
    const { status, reasons } = await verdictOf(restored, { ms: 1_500 }, { cluster });
    assert.equal(status, "FAILED");
    assert.match(reasons[0] ?? "", /^nobody can sign in: .* refused streamflix_master \(28P01/);
    const [password = ""] = cluster.passwords;
    assert.equal(password.length, 48);
    assert.ok(!JSON.stringify([reasons, lines]).includes(password));
  });

  it("is another server than its certificate says: not judged at all", async () => {
    const cluster = new LocalCluster(restored);
    const use = { ...dependencies(restored, cluster, new LocalJobs()), ca: origin.ca };
    await assert.rejects(run({ step: "verify", ...of }, use), { name: "TlsRefused" });
  });

  it("can't be reached: not judged, which says nothing about the backup", async () => {
    const halted = await PostgresServer.restored(backup);
    await halted.halt();
    await assert.rejects(verdictOf(halted, { ms: 800 }), { name: "DatabaseUnavailable" });
    await halted.stop();
  });
});

/** Ruins every page of a file, but not its length. */
function overwrite(file: string): void {
  assert.ok(readdirSync(path.dirname(file)).includes(path.basename(file)), file);
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(statSync(file).size, 0x5a));
  closeSync(handle);
}

describe("restore verification: its steps", () => {
  const cluster = () => {
    const calls: string[] = [];
    const facts: { now: ClusterFacts | undefined } = {
      now: { status: "available", host: HOST, instance: undefined },
    };
    const it: RestoredCluster = {
      facts: () => Promise.resolve(facts.now),
      addInstance: (instanceClass) => {
        calls.push(`addInstance ${instanceClass}`);
        return Promise.resolve();
      },
      setMasterPassword: () => Promise.reject(new Error("not in this step")),
      remove: () => {
        calls.push("remove");
        return Promise.resolve();
      },
    };
    return { it, calls, facts };
  };
  const use = (it: RestoredCluster, jobs: RestoreJobs = new LocalJobs()) => ({
    ...dependencies({ port: 1, ca: "" } as PostgresServer, it, jobs),
  });

  it("make the instance that the restore leaves out", async () => {
    const { it: restored, calls } = cluster();
    assert.deepEqual(await run({ step: "prepare", ...of }, use(restored)), { step: "prepare" });
    assert.deepEqual(calls, ["addInstance db.t4g.medium"]);
  });

  it("wait until cluster and instance are there", async () => {
    const { it: restored, facts } = cluster();
    const states: [ClusterFacts["instance"], boolean][] = [
      [undefined, false],
      ["creating", false],
      ["configuring-enhanced-monitoring", false],
      ["available", true],
    ];
    for (const [instance, isReady] of states) {
      facts.now = { status: "available", host: HOST, instance };
      assert.deepEqual(await run({ step: "look", ...of }, use(restored)), { step: "look", isReady });
    }
    facts.now = { status: "creating", host: HOST, instance: "available" };
    assert.deepEqual(await run({ step: "look", ...of }, use(restored)), { step: "look", isReady: false });
  });

  it("give up on what won't get better", async () => {
    const { it: restored, facts } = cluster();
    for (const now of [
      undefined,
      { status: "inaccessible-encryption-credentials", host: HOST, instance: "available" },
      { status: "available", host: HOST, instance: "incompatible-parameters" },
    ]) {
      facts.now = now;
      await assert.rejects(run({ step: "look", ...of }, use(restored)), { name: "DatabaseUnavailable" });
    }
  });

  it("report a verdict with its reasons", async () => {
    const { it: restored } = cluster();
    const jobs = new LocalJobs();
    await run({ step: "report", ...of, status: "FAILED", reasons: ["one", "two"] }, use(restored, jobs));
    await run({ step: "report", ...of, status: "SUCCESSFUL", reasons: [] }, use(restored, jobs));
    assert.deepEqual(jobs.reports, ["job-1 FAILED: one; two", "job-1 SUCCESSFUL: all checks passed"]);
  });

  it("clean up until nothing is left, however often they are asked", async () => {
    const { it: restored, calls, facts } = cluster();
    assert.deepEqual(await run({ step: "cleanUp", ...of }, use(restored)), {
      step: "cleanUp",
      isGone: false,
    });
    facts.now = undefined;
    assert.deepEqual(await run({ step: "cleanUp", ...of }, use(restored)), { step: "cleanUp", isGone: true });
    assert.deepEqual(calls, ["remove", "remove"]);
  });

  it("fail with what AWS said, at each step", async () => {
    const refuse = () => Promise.reject(new Error("Throttling: slow down"));
    const broken: RestoredCluster = {
      facts: refuse,
      addInstance: refuse,
      setMasterPassword: refuse,
      remove: refuse,
    };
    const jobs: RestoreJobs = { facts: refuse, report: refuse };
    for (const step of ["prepare", "look", "verify", "cleanUp"] as const) {
      await assert.rejects(run({ step, ...of }, use(broken, jobs)), /Throttling/, step);
    }
    await assert.rejects(
      run({ step: "report", ...of, status: "FAILED", reasons: [] }, use(broken, jobs)),
      /Throttling/,
    );
    const halfway: RestoredCluster = { ...cluster().it, setMasterPassword: refuse };
    await assert.rejects(run({ step: "verify", ...of }, use(halfway)), (error) => {
      assert.ok(error instanceof OperatorError);
      return error.name === "Unexpected";
    });
  });
});
