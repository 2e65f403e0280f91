import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import * as path from "node:path";

import type { ClusterFacts, RestoredCluster, RestoreJobs } from "../../functions/restore-verification/aws";
import type { Outcome, TestJob } from "../../functions/restore-verification/event";
import { PATIENCE_SECONDS, run, type StepResult } from "../../functions/restore-verification/run";
import { OperatorError } from "../../functions/shared/errors";
import { HOST, PostgresServer } from "./support/postgres-server";
import {
  asSuperuser,
  backedUpServer,
  DATABASE,
  dependencies,
  LocalCluster,
  LocalJobs,
  MASTER,
  PROFILES,
  ROTATED_PASSWORD,
} from "./support/restored-cluster";

const HOUR_MS = 3_600_000;

/** A job that began so many hours ago, and went back to a moment so many hours ahead. */
function of(begunHoursAgo = 0, restoredToHours = 0) {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const job: TestJob = {
    isTest: true,
    clusterId: "awsbackup-restore-test-1",
    begunAt: at(-begunHoursAgo),
    restoredTo: at(restoredToHours),
  };
  return { jobId: "job-1", job, startedAt: at(0) };
}

type VerifyResult = Extract<StepResult, { step: "verify" }>;

async function verdictOf(
  server: PostgresServer,
  changes: Parameters<typeof dependencies>[3] = {},
  { cluster = new LocalCluster(server), about = of() } = {},
) {
  const use = dependencies(server, cluster, new LocalJobs(), changes);
  const result = await run({ step: "verify", ...about }, use);
  return { ...(result as VerifyResult), lines: use.lines };
}

describe("restore verification: a database restored from a base backup", function () {
  this.timeout(60_000);
  let origin: PostgresServer;
  let backup: string;
  let restored: PostgresServer;

  before(async () => {
    ({ origin, backup } = await backedUpServer());
    restored = await PostgresServer.restored(backup);
  });
  after(async () => {
    await Promise.all([origin.stop(), restored.stop()]);
    rmSync(backup, { recursive: true, force: true });
  });

  it("is good: SUCCESSFUL, with the time that it took, though the password was rotated since", async () => {
    await assert.rejects(restored.connect(MASTER, ROTATED_PASSWORD, DATABASE), { code: "28P01" });
    const { status, reasons, restoreSeconds, lines } = await verdictOf(restored);
    assert.deepEqual([status, reasons], ["SUCCESSFUL", []]);
    assert.ok(restoreSeconds >= 1 && restoreSeconds < 30, String(restoreSeconds));
    assert.ok(lines.includes("not yet: the new password is not in force"), lines.join("\n"));
  });

  it("took longer than its objective: FAILED with both times", async () => {
    const { status, reasons } = await verdictOf(restored, {}, { about: of(2) });
    assert.equal(status, "FAILED");
    assert.equal(reasons.length, 1);
    assert.match(
      reasons[0] ?? "",
      /^it took 720\d s until somebody could work with it, more than the objective of 3600 s$/,
    );
  });

  it("is too old: FAILED with the table", async () => {
    assert.deepEqual((await verdictOf(restored, {}, { about: of(0, 30) })).reasons, [
      "the newest row of table playback_positions is 30 hours older than what was restored, not 24 at most",
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
    const cluster = new LocalCluster(restored);
    cluster.setMasterPassword = (password) => {
      cluster.passwords.push(password);
      return Promise.resolve();
    };
    const { status, reasons, lines } = await verdictOf(restored, { ms: 1_500 }, { cluster });
    assert.equal(status, "FAILED");
    assert.match(reasons[0] ?? "", /^nobody can sign in: .* refused streamflix_master \(28P01/);
    const [password = ""] = cluster.passwords;
    assert.equal(password.length, 48);
    assert.ok(!JSON.stringify([reasons, lines]).includes(password));
  });

  it("is another server than its certificate says: not judged at all", async () => {
    const cluster = new LocalCluster(restored);
    const use = { ...dependencies(restored, cluster, new LocalJobs()), ca: origin.ca };
    await assert.rejects(run({ step: "verify", ...of() }, use), { name: "TlsRefused" });
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
    ...dependencies({ port: 1, ca: "" }, it, jobs),
  });

  it("make the instance that the restore leaves out", async () => {
    const { it: restored, calls } = cluster();
    assert.deepEqual(await run({ step: "prepare", ...of() }, use(restored)), { step: "prepare" });
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
      assert.deepEqual(await run({ step: "look", ...of() }, use(restored)), { step: "look", isReady });
    }
    facts.now = { status: "creating", host: HOST, instance: "available" };
    assert.deepEqual(await run({ step: "look", ...of() }, use(restored)), { step: "look", isReady: false });
  });

  it("give up on what won't get better", async () => {
    const { it: restored, facts } = cluster();
    for (const now of [
      undefined,
      { status: "inaccessible-encryption-credentials", host: HOST, instance: "available" },
      { status: "available", host: HOST, instance: "incompatible-parameters" },
    ]) {
      facts.now = now;
      await assert.rejects(run({ step: "look", ...of() }, use(restored)), { name: "DatabaseUnavailable" });
    }
  });

  it("find out what was restored, and to which moment", async () => {
    const jobs = new LocalJobs();
    const { clusterId, begunAt, backedUpAt } = jobs.job;
    const identify = () => run({ step: "identify", jobId: "job-1" }, use(cluster().it, jobs));
    const found = { isTest: true, clusterId, begunAt: begunAt.toISOString() };
    assert.deepEqual(await identify(), { ...found, restoredTo: backedUpAt.toISOString() });
    const planArn = "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:continuous_prod-0a1b";
    jobs.job = { ...jobs.job, planArn, backedUpAt: new Date(0) };
    assert.deepEqual(await identify(), { ...found, restoredTo: begunAt.toISOString() });
  });

  it("leave alone what somebody has restored to work with, and what is another stack's", async () => {
    const jobs = new LocalJobs();
    const { job } = jobs;
    for (const changes of [
      { planArn: undefined },
      { planArn: "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:nightly_prod_2-0a1b" },
      { clusterId: "streamflix-database-prod" },
      { clusterId: undefined },
    ]) {
      jobs.job = { ...job, ...changes };
      const result = await run({ step: "identify", jobId: "job-1" }, use(cluster().it, jobs));
      assert.deepEqual(result, { isTest: false }, JSON.stringify(changes));
    }
  });

  it("report a verdict with its reasons, to AWS Backup and as figures", async () => {
    const jobs = new LocalJobs();
    const worker = use(cluster().it, jobs);
    const report = (outcome: Outcome) => run({ step: "report", ...of(), outcome }, worker);
    const judged = { step: "verify", restoreSeconds: 900 } as const;
    await report({ ...judged, status: "FAILED", reasons: ["one", "two"] });
    await report({ ...judged, status: "SUCCESSFUL", reasons: [] });
    await report({
      Error: "OutOfTime",
      Cause: JSON.stringify({ errorMessage: "It took too long.", trace: [] }),
    });
    await report({ Error: "States.Timeout" });
    assert.deepEqual(jobs.reports, [
      "job-1 FAILED: one; two",
      "job-1 SUCCESSFUL: all checks passed",
      "job-1 FAILED: it could not be judged: OutOfTime: It took too long.",
      "job-1 FAILED: it could not be judged: States.Timeout",
    ]);
    const figures = worker.lines.map((line) => {
      const { RestoresFailed, RestoreSeconds } = JSON.parse(line) as Record<string, number | undefined>;
      return RestoresFailed === undefined ? `${RestoreSeconds} s` : `${RestoresFailed} failed`;
    });
    assert.deepEqual(figures, ["1 failed", "900 s", "0 failed", "900 s", "1 failed", "1 failed"]);
  });

  it("wait for neither for ever", async () => {
    const { it: restored } = cluster();
    const at = (seconds: number) => ({ ...use(restored), now: () => Date.now() + seconds * 1000 });
    for (const [step, seconds] of [
      ["look", PATIENCE_SECONDS.untilReady],
      ["cleanUp", PATIENCE_SECONDS.untilGone],
    ] as const) {
      await run({ step, ...of() }, at(seconds - 60));
      await assert.rejects(run({ step, ...of() }, at(seconds + 60)), { name: "OutOfTime" }, step);
    }
  });

  it("clean up until nothing is left, however often they are asked", async () => {
    const { it: restored, calls, facts } = cluster();
    assert.deepEqual(await run({ step: "cleanUp", ...of() }, use(restored)), {
      step: "cleanUp",
      isGone: false,
    });
    facts.now = undefined;
    assert.deepEqual(await run({ step: "cleanUp", ...of() }, use(restored)), {
      step: "cleanUp",
      isGone: true,
    });
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
    await assert.rejects(run({ step: "identify", jobId: "job-1" }, use(broken, jobs)), /Throttling/);
    for (const step of ["prepare", "look", "verify", "cleanUp"] as const) {
      await assert.rejects(run({ step, ...of() }, use(broken, jobs)), /Throttling/, step);
    }
    await assert.rejects(
      run({ step: "report", ...of(), outcome: { Error: "States.Timeout" } }, use(broken, jobs)),
      /Throttling/,
    );
    const halfway: RestoredCluster = { ...cluster().it, setMasterPassword: refuse };
    await assert.rejects(run({ step: "verify", ...of() }, use(halfway)), (error) => {
      assert.ok(error instanceof OperatorError);
      return error.name === "Unexpected";
    });
  });
});
