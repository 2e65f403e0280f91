import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { readRecoveryTests } from "../../tools/checklist/recovery-tests";
import { UsageError } from "../../tools/command-line";
import { readCommandLine } from "../../tools/game-days/command";
import { addToRecord } from "../../tools/game-days/record";
import { FakeAws, xml } from "../preflight/fake-aws";
import { RecordedFis, recording } from "./support/recorded-fis";
import { WatchedApi } from "./support/watched-api";

const NAMES = "task-kill, spot-interruption, database-failover, cache-power, zone-network";
const STACK = "--stack <name>: a stack of this program, such as dev or prod";

describe("game days: command line", () => {
  it("takes a stack, and what else is said", () => {
    assert.deepEqual(readCommandLine(["--stack", "dev"]), {
      stack: "dev",
      record: "recovery-tests-dev.json",
      allowProd: false,
    });
    const words = [
      "--stack",
      "prod",
      "--allow-prod",
      "--only",
      "task-kill",
      "--record",
      "r.json",
      "--outputs",
      "o.json",
    ];
    assert.deepEqual(readCommandLine(words), {
      stack: "prod",
      only: ["task-kill"],
      outputs: "o.json",
      record: "r.json",
      allowProd: true,
    });
  });

  for (const [words, ...problems] of [
    ["", STACK],
    ["--stack dev --only reboot", `--only reboot: there are ${NAMES}`],
    ["--stack dev --record", "--record needs a value"],
    ["--stack dev now --fast", "--fast is no option", '"now" is no option'],
  ] as const) {
    it(`refuses: ${words || "nothing"}`, () => {
      assert.throws(() => readCommandLine(words.split(" ").filter(Boolean)), new UsageError(problems));
    });
  }
});

describe("game days: record", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "streamflix-record-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("grows by what was tried, as the checklist reads it", () => {
    const file = path.join(folder, "grows.json");
    addToRecord(file, []);
    assert.deepEqual(readRecoveryTests(file), []);
    const test = {
      on: "2026-11-26",
      what: "task-kill",
      result: "passed",
      evidence: "EXP1: away 3 s",
    } as const;
    addToRecord(file, [test]);
    addToRecord(file, [{ ...test, result: "failed" }]);
    assert.deepEqual(readRecoveryTests(file), [test, { ...test, result: "failed" }]);
  });

  it("leaves a file alone that holds something else", () => {
    const file = path.join(folder, "other.json");
    writeFileSync(file, '{"a": 1}');
    assert.throws(() => {
      addToRecord(file, []);
    }, Problem);
    assert.equal(readFileSync(file, "utf8"), '{"a": 1}');
  });
});

describe("npm run test:dr, as a command", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(path.join(tmpdir(), "streamflix-dr-"));
  let api: WatchedApi;
  let fis: RecordedFis;
  let sts: FakeAws;
  let caller = "111122223333";
  before(async () => {
    [api, fis, sts] = await Promise.all([
      WatchedApi.start(),
      RecordedFis.start(recording("never-over")),
      FakeAws.start(),
    ]);
    sts.account = {
      GetCallerIdentity: () =>
        xml("GetCallerIdentity", `<Account>${caller}</Account><UserId>u</UserId><Arn>a</Arn>`),
    };
    const outputs = { apiUrl: api.url, gameDayTemplateIds: { "task-kill": "EXT1qYzQ0pFh3uJr5L" } };
    writeFileSync(path.join(folder, "outputs.json"), JSON.stringify(outputs));
    writeFileSync(path.join(folder, "bare.json"), JSON.stringify({ apiUrl: api.url }));
  });
  after(async () => {
    await Promise.all([api.stop(), fis.stop(), sts.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** Starts the tool. @returns its process, and how it ends */
  function start(...words: string[]): {
    child: ChildProcess;
    ended: Promise<{ code: number | null; output: string }>;
  } {
    const child = spawn(
      process.execPath,
      ["--require", "./tools/typescript.cjs", "tools/game-days/main.ts", ...words],
      {
        cwd: repositoryRoot,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          INIT_CWD: folder,
          AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
          AWS_SECRET_ACCESS_KEY: "secret-of-the-test",
          AWS_ENDPOINT_URL_STS: sts.url,
          AWS_ENDPOINT_URL_FIS: fis.url,
        },
      },
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
      });
    }
    const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
      child.on("close", (code) => {
        resolve({ code, output });
      });
    });
    return { child, ended };
  }

  for (const [what, words, message] of [
    ["no stack", [], /--stack <name>: a stack of this program/],
    ["a stack that is not there", ["--stack", "nowhere"], /there is no Pulumi\.nowhere\.yaml/],
    [
      "prod without the switch",
      ["--stack", "prod", "--outputs", "outputs.json"],
      /viewers would feel experiments on prod: say --allow-prod if that is meant/,
    ],
    [
      "a stack without experiments",
      ["--stack", "dev", "--outputs", "bare.json"],
      /stack dev has no experiments: write streamflix:gameDays into its file/,
    ],
  ] as const) {
    it(`${what} is one clear error`, async () => {
      const { code, output } = await start(...words).ended;
      assert.equal(code, 2, output);
      assert.match(output, message);
      assert.doesNotMatch(output, /\n\s+at /);
      assert.deepEqual(fis.asked, []);
    });
  }

  it("starts nothing in another account", async () => {
    caller = "999999999999";
    const { code, output } = await start("--stack", "dev", "--outputs", "outputs.json").ended;
    caller = "111122223333";
    assert.equal(code, 3, output);
    assert.match(output, /NOT RUN {2}account .*: the credentials are of another account/);
    assert.deepEqual(fis.asked, []);
  });

  it("stops the experiment at SIGINT, and records nothing of what was not tried", async () => {
    const { child, ended } = start("--stack", "dev", "--outputs", "outputs.json", "--record", "record.json");
    fis.onStart = () => {
      child.kill("SIGINT");
    };
    const { code, output } = await ended;
    assert.equal(code, 3, output);
    assert.match(
      output,
      /stopping EXP2mVnTfGq7sWd8Kc\nNOT RUN {2}task-kill .*: interrupted; the experiment was stopped/,
    );
    assert.match(output, /0 passed, 0 failed, 1 not run/);
    assert.doesNotMatch(output, /secret-of-the-test|arn:/);
    assert.deepEqual(fis.asked, ["GetExperimentTemplate", "StartExperiment", "StopExperiment"]);
    assert.deepEqual(readRecoveryTests(path.join(folder, "record.json")), []);
  });
});
