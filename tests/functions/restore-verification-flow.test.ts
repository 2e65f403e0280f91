import assert from "node:assert/strict";
import { rmSync } from "node:fs";

import type { ClusterFacts, RestoredCluster } from "../../functions/restore-verification/aws";
import { PATIENCE_SECONDS } from "../../functions/restore-verification/run";
import { HOST, PostgresServer } from "./support/postgres-server";
import { backedUpServer, dependencies, LocalCluster, LocalJobs, PROFILES } from "./support/restored-cluster";
import {
  countOf,
  fails,
  failsOnce,
  type Fault,
  hangs,
  LASTING_FAULTS,
  START,
  verification,
} from "./support/verification";

function jobsAt(now: number): LocalJobs {
  const jobs = new LocalJobs();
  jobs.job = { ...jobs.job, begunAt: new Date(now) };
  return jobs;
}

const GOOD = [
  ["Identify", "IsTest", "Prepare"],
  ["Look", "IsReady", "WaitToBeReady", "Look", "IsReady"],
  ["WhatIsIt", "Verify", "Report"],
  ["CleanUp", "IsGone", "WaitForEnd", "CleanUp", "IsGone", "Done"],
].flat();

describe("restore verification as a whole, on a database restored from a base backup", function () {
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

  it("finds a good one SUCCESSFUL, measures the time, and leaves nothing", async () => {
    const [cluster, jobs] = [new LocalCluster(restored), jobsAt(START - 600_000)];
    const use = dependencies(restored, cluster, jobs);
    const { status, path, seconds } = await verification(use);
    assert.deepEqual([status, path, seconds], ["SUCCEEDED", GOOD, 120]);
    assert.deepEqual(jobs.reports, ["job-1 SUCCESSFUL: all checks passed"]);
    assert.deepEqual(cluster.calls, ["addInstance", "setMasterPassword", "remove", "remove"]);
    assert.equal(cluster.isGone, true);
    // Ten minutes of restore, one of waiting for the instance.
    assert.match(use.lines.join("\n"), /"RestoreSeconds":660[,}]/);
  });

  it("finds one incomplete FAILED with the reason, and leaves nothing", async () => {
    const [cluster, jobs] = [new LocalCluster(restored), jobsAt(START)];
    const tables = [{ table: "profiles", minimumRows: PROFILES + 1 }];
    const { status, path } = await verification(dependencies(restored, cluster, jobs, { tables }));
    assert.deepEqual([status, path], ["SUCCEEDED", GOOD]);
    assert.deepEqual(jobs.reports, [
      `job-1 FAILED: table profiles has ${PROFILES} rows, fewer than the ${PROFILES + 1} that it should`,
    ]);
    assert.equal(cluster.isGone, true);
  });

  it("tells what it could not judge FAILED, and why, and leaves nothing", async () => {
    const [cluster, jobs] = [new LocalCluster(restored), jobsAt(START)];
    // The server of another authority: nobody may sign in to it.
    const use = { ...dependencies(restored, cluster, jobs), ca: origin.ca };
    const { status, path } = await verification(use);
    assert.equal(status, "SUCCEEDED");
    assert.equal(path.filter((state) => state === "Verify").length, 2);
    assert.match(jobs.reports.join(), /^job-1 FAILED: it could not be judged: TlsRefused: /);
    assert.equal(cluster.isGone, true);
  });
});

describe("restore verification as a whole, step by step", () => {
  /** A cluster that gets an instance and goes at the second request, unless it is changed. */
  function fake(changes: Partial<RestoredCluster> = {}) {
    const removals: number[] = [];
    const cluster: RestoredCluster = {
      facts: () =>
        Promise.resolve<ClusterFacts | undefined>(
          removals.length < 2 ? { status: "available", host: HOST, instance: "available" } : undefined,
        ),
      addInstance: () => Promise.resolve(),
      // No database is there: what fails before is not judged.
      setMasterPassword: () => Promise.reject(new Error("ModifyDBCluster: AccessDenied")),
      remove: () => {
        removals.push(1);
        return Promise.resolve();
      },
      ...changes,
    };
    return { cluster, removals };
  }

  async function verified(
    { cluster, removals }: ReturnType<typeof fake>,
    faults: Readonly<Record<string, Fault>> = {},
    jobs = jobsAt(START),
  ) {
    const execution = await verification(dependencies({ port: 1, ca: "" }, cluster, jobs), faults);
    return { ...execution, reports: jobs.reports, removals: removals.length };
  }

  for (const [step, state, attempts] of [
    ["prepare", "Prepare", 4],
    ["look", "Look", 4],
    ["verify", "Verify", 2],
  ] as const) {
    for (const [how, fault, reason] of LASTING_FAULTS) {
      it(`cleans up when ${step} ${how}, and says so`, async () => {
        const { status, path, reports, removals } = await verified(fake(), { [step]: fault });
        assert.equal(status, "SUCCEEDED");
        assert.equal(countOf(path, state), attempts);
        assert.deepEqual(reports, [`job-1 FAILED: it could not be judged: ${reason}`]);
        assert.equal(removals, 2);
      });
    }
  }

  it("tries again what fails once, at any step", async () => {
    const faults = Object.fromEntries(
      ["identify", "prepare", "look", "report", "cleanUp"].map((step) => [step, failsOnce]),
    );
    const { status, path, reports, removals } = await verified(fake(), faults);
    assert.equal(status, "SUCCEEDED");
    for (const state of ["Identify", "Prepare", "Look", "Report"])
      assert.equal(countOf(path, state), 2, state);
    assert.equal(reports.length, 1);
    assert.equal(removals, 2);
  });

  it("cleans up when the instance does not come in two hours", async () => {
    const never = fake({
      facts: () =>
        Promise.resolve(
          never.removals.length < 2 ? { status: "available", host: HOST, instance: "creating" } : undefined,
        ),
    });
    const { status, reports, removals, seconds } = await verified(never);
    assert.equal(status, "SUCCEEDED");
    assert.match(reports.join(), /OutOfTime: The restored cluster is not there after 7200 s/);
    assert.equal(removals, 2);
    assert.ok(seconds > PATIENCE_SECONDS.untilReady && seconds < PATIENCE_SECONDS.untilReady + 600);
  });

  for (const [how, fault] of [
    ["does not take the verdict", fails],
    ["does not answer", hangs],
  ] as const) {
    it(`cleans up when AWS Backup ${how}, and ends as a failure`, async () => {
      const { status, error, path, removals } = await verified(fake(), { report: fault });
      assert.deepEqual([status, error], ["FAILED", "NotReported"]);
      assert.equal(countOf(path, "Report"), 4);
      assert.equal(removals, 2);
    });
  }

  for (const [how, fault] of [
    ["fails", fails],
    ["outlasts its time", hangs],
  ] as const) {
    it(`ends as a failure when the clean-up ${how} eleven times`, async () => {
      const { status, error, path, reports } = await verified(fake(), { cleanUp: fault });
      assert.deepEqual([status, error], ["FAILED", "NotCleanedUp"]);
      assert.equal(countOf(path, "CleanUp"), 11);
      assert.equal(reports.length, 1);
    });
  }

  it("ends as a failure when the cluster does not go", async () => {
    const stays = fake({
      facts: () => Promise.resolve({ status: "deleting", host: HOST, instance: "available" }),
    });
    const { error, seconds } = await verified(stays, { look: fails });
    assert.equal(error, "NotCleanedUp");
    assert.ok(seconds > PATIENCE_SECONDS.untilGone && seconds < PATIENCE_SECONDS.untilGone + 3600);
  });

  it("touches nothing that no test of the stack has restored", async () => {
    const jobs = jobsAt(START);
    jobs.job = { ...jobs.job, planArn: undefined };
    const { status, path, reports, removals } = await verified(fake(), {}, jobs);
    assert.deepEqual([status, path], ["SUCCEEDED", ["Identify", "IsTest", "Done"]]);
    assert.deepEqual([reports, removals], [[], 0]);
  });

  it("ends as a failure when nobody can tell what was restored", async () => {
    const { status, error, path, removals } = await verified(fake(), { identify: fails });
    assert.deepEqual([status, error], ["FAILED", "Unexpected"]);
    assert.equal(countOf(path, "Identify"), 6);
    assert.equal(removals, 0);
  });
});
