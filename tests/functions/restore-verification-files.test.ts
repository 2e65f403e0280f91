import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";

import { findFileFaults, spread } from "../../functions/restore-verification/file-checks";
import { PATIENCE_SECONDS, run } from "../../functions/restore-verification/run";
import { MAX_ARTWORK_BYTES } from "../../functions/shared/pictures";
import { LocalJobs } from "./support/restored-cluster";
import {
  FILE_SYSTEM,
  filesDependencies,
  FilesInAws,
  MOUNTING,
  PICTURES,
  restoredFolder,
} from "./support/restored-files";
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

const OWNER = process.getuid?.() ?? 0;
const EXPECTED = { minimumFiles: PICTURES, newestMaximumDays: 14, ownerId: OWNER, objectiveSeconds: 3600 };
const NOW = { restoredTo: new Date().toISOString() };

/** Somebody who may not read what is kept from others: the superuser may read everything. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  if (OWNER !== 0) return await work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("restore verification: restored files", () => {
  let folder: ReturnType<typeof restoredFolder>;
  beforeEach(() => {
    folder = restoredFolder();
  });
  afterEach(() => {
    rmSync(folder.root, { recursive: true, force: true });
  });
  const picture = (name: string) => path.join(folder.artwork, name);
  const faults = (
    changes: Partial<typeof EXPECTED> = {},
    job: { backupBytes?: number; restoredTo?: string } = {},
  ) => findFileFaults(folder.root, { ...EXPECTED, ...changes }, { ...NOW, ...job });

  it("are good: nothing is wrong with them, wherever AWS Backup has put them", async () => {
    assert.deepEqual(await faults(), []);
    assert.deepEqual(await findFileFaults(folder.artwork, EXPECTED, NOW), []);
  });

  it("are too few, or none at all", async () => {
    const [there, wanted] = [PICTURES + 1, PICTURES + 2];
    assert.deepEqual(await faults({ minimumFiles: wanted }), [
      `there are ${there} files, fewer than the ${wanted} that there should be`,
    ]);
    for (const name of readdirSync(folder.artwork)) rmSync(picture(name));
    assert.deepEqual(await faults({}, { backupBytes: 1_000_000 }), [
      `there are 0 files, fewer than the ${PICTURES} that there should be`,
      "the files have 0 bytes, less than half of the 1000000 of the backup",
    ]);
  });

  it("lack most of the backup's bytes", async () => {
    // Blocks of 4 KiB: what EFS counts.
    const blocks = readdirSync(folder.artwork).reduce(
      (sum, name) => sum + Math.ceil(statSync(picture(name)).size / 4096) * 4096,
      0,
    );
    assert.deepEqual(await faults({}, { backupBytes: 2 * blocks }), []);
    assert.match(
      (await faults({}, { backupBytes: 2 * blocks + 2 }))[0] ?? "",
      /^the files have \d+ bytes, less/,
    );
  });

  it("are cut off, emptied, or have lost a page", async () => {
    truncateSync(picture("tt-0.jpg"), 1_000);
    truncateSync(picture("tt-1.png"), 4_999);
    truncateSync(picture("tt-2.webp"), 0);
    writeFileSync(picture("tt-3.jpg"), Buffer.alloc(11_000));
    assert.deepEqual(await faults(), ["4 pictures are not whole"]);
  });

  it("can't be read: with the kind of failure, and no name", async () => {
    for (const name of ["tt-0.jpg", "tt-1.png"]) chmodSync(picture(name), 0);
    assert.deepEqual(await asNobody(() => faults()), ["2 files can't be read (EACCES)"]);
    mkdirSync(path.join(folder.root, "closed"), { mode: 0 });
    assert.deepEqual(await asNobody(() => faults()), [
      "1 folders can't be listed (EACCES)",
      "2 files can't be read (EACCES)",
    ]);
  });

  it("are not as long as their folder says", async () => {
    // Files of the kernel: as long as nothing, and with something in them.
    const made = "/proc/sys/kernel/random";
    const [fault] = await findFileFaults(
      made,
      { ...EXPECTED, minimumFiles: 1, ownerId: statSync(`${made}/uuid`).uid },
      NOW,
    );
    assert.match(fault ?? "", /^[1-9]\d* files do not have the length that their folder says$/);
  });

  it("are larger than any that the service takes, which is not read", async () => {
    truncateSync(picture("tt-1.png"), MAX_ARTWORK_BYTES + 1);
    assert.deepEqual(await faults(), ["1 pictures are larger than any that the service takes"]);
  });

  it("belong to somebody else than the service's user", async () => {
    assert.deepEqual(await faults({ ownerId: OWNER + 1 }), [
      `${PICTURES + 1} files belong to somebody else than the service's user`,
    ]);
  });

  it("are too old, where that is asked", async () => {
    const restoredTo = new Date(Date.now() + 15.5 * 86_400_000).toISOString();
    assert.deepEqual(await faults({}, { restoredTo }), [
      "the newest file is 15 days older than what was restored, not 14 at most",
    ]);
    const { minimumFiles, ownerId, objectiveSeconds } = EXPECTED;
    const unaged = { minimumFiles, ownerId, objectiveSeconds };
    assert.deepEqual(await findFileFaults(folder.root, unaged, { restoredTo }), []);
  });

  it("are read through no link, and nothing else than files is waited for", async () => {
    symlinkSync("/dev/zero", picture("link.png"));
    symlinkSync(folder.root, path.join(folder.root, "around"));
    assert.deepEqual(await faults(), []);
  });

  it("are read as a part of them, evenly spread, where they are many", () => {
    const files = Array.from({ length: 1_000 }, (_, index) => ({ index, bytes: 1_000 }));
    assert.equal(spread(files, { bytes: 1_000_000, files: 1_000 }).length, 1_000);
    for (const most of [
      { bytes: 10_000, files: 1_000 },
      { bytes: 1_000_000, files: 10 },
    ]) {
      const some = spread(files, most).map(({ index }) => Math.floor(index / 100));
      assert.deepEqual(some, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    assert.deepEqual(spread([], { bytes: 1, files: 1 }), []);
  });
});

describe("restore verification as a whole, on restored files", () => {
  const PLAN = "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:nightly_prod-0a1b";
  let folder: ReturnType<typeof restoredFolder>;
  before(() => {
    folder = restoredFolder(START);
  });
  after(() => {
    rmSync(folder.root, { recursive: true, force: true });
  });

  function jobs(changes: Partial<LocalJobs["job"]> = {}): LocalJobs {
    const made = new LocalJobs();
    made.job = {
      planArn: PLAN,
      clusterId: undefined,
      fileSystemId: FILE_SYSTEM,
      backupBytes: 1_000_000,
      begunAt: new Date(START - 600_000),
      backedUpAt: new Date(START),
      ...changes,
    };
    return made;
  }

  async function verified({
    aws = new FilesInAws(),
    of = jobs(),
    faults = {},
    expected = {},
  }: {
    aws?: FilesInAws;
    of?: LocalJobs;
    faults?: Readonly<Record<string, Fault>>;
    expected?: Parameters<typeof filesDependencies>[3];
  } = {}) {
    const use = filesDependencies(aws, folder.root, of, expected);
    const execution = await verification(use, faults);
    return { ...execution, aws, reports: of.reports, lines: use.lines };
  }

  it("finds good ones SUCCESSFUL, measures the time, and leaves nothing", async () => {
    const { status, path, seconds, reports, aws, lines } = await verified();
    assert.deepEqual([status, reports], ["SUCCEEDED", ["job-1 SUCCESSFUL: all checks passed"]]);
    assert.deepEqual(
      path,
      [
        ["Identify", "IsTest", "Prepare"],
        // The ways, then the function that is given them, then its new configuration.
        ["Look", "IsReady", "WaitToBeReady", "Look", "IsReady", "WaitToBeReady", "Look", "IsReady"],
        ["WaitToBeReady", "Look", "IsReady", "WhatIsIt", "VerifyFiles", "Report"],
        ...Array<string[]>(3).fill(["CleanUp", "IsGone", "WaitForEnd"]),
        ["CleanUp", "IsGone", "Done"],
      ].flat(),
    );
    assert.deepEqual(aws.calls, [
      "CreateAccessPoint",
      "CreateMountTarget",
      "CreateMountTarget",
      "UpdateFunctionConfiguration",
      "UpdateFunctionConfiguration",
      "DeleteMountTarget",
      "DeleteMountTarget",
      "DeleteAccessPoint",
      "DeleteFileSystem",
    ]);
    assert.ok(aws.isClean);
    const waited = countOf(path, "WaitToBeReady") * 60;
    assert.ok(seconds >= waited + 60);
    // Ten minutes of restore, and the waiting; and no figure of a database.
    assert.match(lines.join("\n"), new RegExp(`"FilesRestoreSeconds":${600 + waited}[,}]`));
    assert.doesNotMatch(lines.join("\n"), /"RestoreSeconds"/);
  });

  it("finds bad ones FAILED with every reason, names none of them, and leaves nothing", async () => {
    const { status, reports, aws, lines } = await verified({
      of: jobs({ backedUpAt: new Date(START + 20 * 86_400_000) }),
      expected: { minimumFiles: 100, objectiveSeconds: 60 },
    });
    assert.equal(status, "SUCCEEDED");
    assert.match(
      reports.join(),
      /^job-1 FAILED: there are 31 files, fewer than the 100 that there should be; the newest file is 20 days older than what was restored, not 14 at most; it took \d+ s until somebody could work with it, more than the objective of 60 s$/,
    );
    assert.match(lines.join("\n"), /"RestoresFailed":1[,}]/);
    assert.doesNotMatch(lines.join("\n"), /tt-|artwork/);
    assert.ok(aws.isClean);
  });

  for (const [step, state, attempts] of [
    ["prepare", "Prepare", 4],
    ["look", "Look", 4],
    ["verify", "VerifyFiles", 3],
  ] as const) {
    for (const [how, fault, reason] of LASTING_FAULTS) {
      it(`cleans up when ${step} ${how}, and says so`, async () => {
        const { status, path, reports, aws } = await verified({ faults: { [step]: fault } });
        assert.equal(status, "SUCCEEDED");
        assert.equal(countOf(path, state), attempts);
        assert.deepEqual(reports, [`job-1 FAILED: it could not be judged: ${reason}`]);
        assert.ok(aws.isClean);
      });
    }
  }

  for (const request of ["CreateAccessPoint", "CreateMountTarget", "UpdateFunctionConfiguration"]) {
    it(`cleans up when AWS refuses ${request}, and says so`, async () => {
      const aws = new FilesInAws();
      aws.refuses.set(request, "AccessDeniedException");
      // What was not given to the function need not be taken from it.
      const { status, reports } = await verified({ aws });
      assert.equal(status, "SUCCEEDED");
      assert.match(reports.join(), /^job-1 FAILED: it could not be judged: AccessDeniedException: /);
      assert.ok(aws.isClean);
    });
  }

  it("cleans up when the function can't mount them, with what Lambda says", async () => {
    const aws = new FilesInAws();
    const { reports } = await verified({
      aws,
      faults: {
        look: () => {
          if (aws.mounted !== undefined) aws.update = "Failed";
        },
        report: () => {
          aws.update = "Successful";
        },
      },
    });
    assert.match(
      reports.join(),
      /^job-1 FAILED: it could not be judged: FilesUnavailable: The restored file system can't be mounted \(/,
    );
    assert.ok(aws.isClean);
  });

  it("cleans up when a way to them fails", async () => {
    const aws = new FilesInAws();
    const { reports } = await verified({
      aws,
      faults: {
        look: () => {
          for (const target of aws.targets) target.state = "error";
        },
      },
    });
    assert.match(reports.join(), /FilesUnavailable: The restored file system has a way to it that failed/);
    assert.ok(aws.isClean);
  });

  it("cleans up when a way to them does not come in two hours", async () => {
    const aws = new FilesInAws();
    const { reports, seconds } = await verified({
      aws,
      faults: {
        look: () => {
          for (const target of aws.targets) target.state = "creating";
        },
      },
    });
    assert.match(reports.join(), /OutOfTime: The restored file system is not there after 7200 s/);
    assert.ok(aws.isClean);
    assert.ok(seconds > PATIENCE_SECONDS.untilReady && seconds < PATIENCE_SECONDS.untilReady + 900);
  });

  it("tells a file system that went meanwhile FAILED, and is done", async () => {
    const aws = new FilesInAws();
    aws.fileSystem = undefined;
    const { status, reports } = await verified({ aws });
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(reports, [
      "job-1 FAILED: it could not be judged: FileSystemNotFound: FileSystemNotFound: as AWS says it",
    ]);
    assert.ok(aws.isClean);
  });

  it("tells one that goes while it is waited for FAILED, and is done", async () => {
    const aws = new FilesInAws();
    const { status, reports } = await verified({
      aws,
      faults: {
        look: () => {
          aws.fileSystem = undefined;
          aws.targets = [];
          aws.points = [];
        },
      },
    });
    assert.equal(status, "SUCCEEDED");
    assert.match(reports.join(), /FilesUnavailable: The restored file system is gone\./);
    assert.ok(aws.isClean);
  });

  for (const [how, fault] of [
    ["does not take the verdict", fails],
    ["does not answer", hangs],
  ] as const) {
    it(`cleans up when AWS Backup ${how}, and ends as a failure`, async () => {
      const { status, error, aws } = await verified({ faults: { report: fault } });
      assert.deepEqual([status, error], ["FAILED", "NotReported"]);
      assert.ok(aws.isClean);
    });
  }

  it("takes the files away though Lambda does not let go of them, and ends as a failure", async () => {
    const aws = new FilesInAws();
    const { status, error, reports } = await verified({
      aws,
      faults: {
        cleanUp: () => {
          aws.refuses.set("UpdateFunctionConfiguration", "ServiceException");
        },
      },
    });
    assert.deepEqual([status, error], ["FAILED", "NotCleanedUp"]);
    assert.deepEqual(reports, ["job-1 SUCCESSFUL: all checks passed"]);
    assert.deepEqual([aws.fileSystem, aws.targets, aws.points], [undefined, [], []]);
  });

  it("ends as a failure when the file system does not go", async () => {
    const aws = new FilesInAws();
    aws.refuses.set("DeleteFileSystem", "FileSystemInUse");
    const { error, seconds } = await verified({ aws });
    assert.equal(error, "NotCleanedUp");
    assert.ok(seconds > PATIENCE_SECONDS.untilGone && seconds < PATIENCE_SECONDS.untilGone + 3600);
  });

  it("tries again what fails once, at any step", async () => {
    const steps = ["identify", "prepare", "look", "verify", "report", "cleanUp"];
    const faults = Object.fromEntries(steps.map((step) => [step, failsOnce]));
    const { status, reports, aws } = await verified({ faults });
    assert.deepEqual([status, reports], ["SUCCEEDED", ["job-1 SUCCESSFUL: all checks passed"]]);
    assert.ok(aws.isClean);
  });

  it("waits while another verification has the function, and takes it from none that is under way", async () => {
    const aws = new FilesInAws();
    const other = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-1";
    aws.mounted = other;
    aws.points.push({ id: "fsap-1", state: "available" });
    const step = (name: "look" | "cleanUp") =>
      run(
        {
          step: name,
          jobId: "job-1",
          startedAt: new Date().toISOString(),
          job: {
            isTest: true,
            fileSystemId: FILE_SYSTEM,
            begunAt: NOW.restoredTo,
            restoredTo: NOW.restoredTo,
          },
        },
        filesDependencies(aws, folder.root, jobs()),
      );
    aws.targets = MOUNTING.subnetIds.map((subnet, index) => ({
      id: `fsmt-${index}`,
      subnet,
      state: "available",
    }));
    aws.points.unshift({ id: "fsap-2", state: "available" });
    assert.deepEqual(await step("look"), { step: "look", isReady: false });
    assert.deepEqual([aws.mounted, aws.calls], [other, []]);
    // One that is gone was left behind.
    aws.points = aws.points.filter(({ id }) => id === "fsap-2");
    await step("look");
    assert.match(aws.mounted, /fsap-2$/);
  });

  it("touches nothing that no test of the stack has restored", async () => {
    for (const changes of [
      { planArn: undefined },
      { planArn: PLAN.replace("nightly_prod", "nightly_test") },
      { fileSystemId: "fs-elsewhere" },
      { fileSystemId: undefined },
    ]) {
      const { status, path, reports, aws } = await verified({ of: jobs(changes) });
      assert.deepEqual(
        [status, path],
        ["SUCCEEDED", ["Identify", "IsTest", "Done"]],
        JSON.stringify(changes),
      );
      assert.deepEqual([reports, aws.calls, aws.fileSystem], [[], [], "available"]);
    }
  });
});
