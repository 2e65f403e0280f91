import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { repositoryRoot } from "../../local/paths";
import { type Check, type Result, runCheck } from "../../tools/integration/check";
import { apiCheck } from "../../tools/integration/checks/api";
import { databaseCheck } from "../../tools/integration/checks/database";
import { ingestionCheck } from "../../tools/integration/checks/ingestion";
import { restoreCheck } from "../../tools/integration/checks/restore";
import { rotationCheck } from "../../tools/integration/checks/rotation";
import { serviceCheck } from "../../tools/integration/checks/service";
import type { Target } from "../../tools/integration/target";
import { DeployedStack, type Faults, KEYS, restored, STEADY } from "./account";

const PAUSE_MS = 50;
/** What comes is waited for this long, on a machine that does much else, and what never comes. */
const LONG_SECONDS = 60;
const SHORT_SECONDS = 3;

const CHECKS = {
  service: serviceCheck,
  api: apiCheck,
  ingestion: ingestionCheck,
  rotation: (target: Target) => rotationCheck(target, PAUSE_MS),
  database: (target: Target) => databaseCheck(target, PAUSE_MS),
  restore: restoreCheck,
} satisfies Record<string, (target: Target) => Check>;
type Name = keyof typeof CHECKS;

describe("integration: checks", function () {
  // The first start of moto makes its environment.
  this.timeout(600_000);
  let stack: DeployedStack;
  const before_ = { ...process.env };
  const said: string[] = [];
  before(async () => {
    stack = await DeployedStack.start();
    Object.assign(process.env, stack.environment);
  });
  after(async () => {
    for (const name of Object.keys(stack.environment)) {
      if (before_[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before_[name];
    }
    // Neither passwords nor keys get out, whatever is broken; the world looks through its own logs when it ends.
    const all = [...said, stack.taskOutput].join("\n");
    for (const secret of [...stack.world.passwords(), KEYS.secretAccessKey, KEYS.sessionToken])
      assert.ok(!all.includes(secret));
    await stack.end();
  });
  beforeEach(() => {
    stack.mend();
  });

  async function run(name: Name, changes: Partial<Target> = {}, seconds = LONG_SECONDS): Promise<Result> {
    const target: Target = { region: "eu-central-1", caller: "iam", outputs: stack.outputs, ...changes };
    const result = await runCheck({ ...CHECKS[name](target), seconds });
    said.push(result.evidence);
    assert.ok(!result.evidence.includes("\n"));
    return result;
  }

  const healthy: Readonly<Record<Name, RegExp>> = {
    service: /^2 of 2 tasks run revision 7$/,
    api: /^health 200, profile without credentials 403, profile that nobody has 404, events without credentials 403, batch of no events 400$/,
    ingestion: /^in shardId-\d{12} after \d\.\d s$/,
    rotation: /^new passwords: master in \d s, service in \d s$/,
    database:
      /^writer \(a writer\) TLSv1\.3, refuses without; reader \(a writer\) TLSv1\.3, refuses without$/,
    restore: /^Aurora COMPLETED, SUCCESSFUL, \d{4}-\d\d-\d\d$/,
  };
  for (const [name, evidence] of Object.entries(healthy) as [Name, RegExp][]) {
    it(`${name}: passes on a healthy stack`, async () => {
      const result = await run(name);
      assert.equal(result.verdict, "passed", result.evidence);
      assert.match(result.evidence, evidence);
    });
  }

  it("rotation: really replaces both passwords, and the new ones sign in", async () => {
    const arns = Object.values(stack.outputs.databaseSecretArns);
    const former = arns.map((arn) => stack.world.stored(arn, "AWSCURRENT")?.password);
    assert.equal((await run("rotation")).verdict, "passed");
    for (const [index, arn] of arns.entries()) {
      assert.notEqual(stack.world.stored(arn, "AWSCURRENT")?.password, former[index]);
      assert.equal(await stack.world.signsIn(arn, "AWSCURRENT"), true);
    }
    assert.equal((await run("database")).verdict, "passed");
  });

  const service = (changes: object): Partial<Faults> => ({ service: { ...STEADY, ...changes } });
  const broken: readonly (readonly [Name, string, Partial<Faults>, string])[] = [
    [
      "service",
      "taken back",
      service({ deployments: [{ status: "PRIMARY", rolloutState: "FAILED" }] }),
      "deployments: PRIMARY FAILED",
    ],
    [
      "service",
      "under way",
      service({
        deployments: [
          { status: "PRIMARY", rolloutState: "IN_PROGRESS" },
          { status: "ACTIVE", rolloutState: "COMPLETED" },
        ],
      }),
      "deployments: PRIMARY IN_PROGRESS, ACTIVE COMPLETED",
    ],
    ["service", "short of tasks", service({ runningCount: 1 }), "1 of 2 tasks run"],
    ["service", "asleep", service({ runningCount: 0, desiredCount: 0 }), "no task is wanted"],
    ["service", "deleted", service({ status: "INACTIVE" }), "ECS has no active service of this name"],
    ["ingestion", "forgotten", { streams: false }, `no answer within ${SHORT_SECONDS} s`],
    ["rotation", "never ended", { rotates: false }, `no answer within ${SHORT_SECONDS} s`],
    [
      "database",
      "without room for a task",
      { runTask: { tasks: [], failures: [{ reason: "RESOURCE:CPU" }] } },
      "no task started: RESOURCE:CPU",
    ],
    ["restore", "never tried", { restoreJobs: [] }, "nothing was restored in the last 8 days"],
  ];
  for (const [name, what, faults, evidence] of broken) {
    it(`${name}: fails when it is ${what}`, async () => {
      stack.break(faults);
      const result = await run(name, {}, evidence.startsWith("no answer") ? SHORT_SECONDS : LONG_SECONDS);
      assert.deepEqual([result.verdict, result.evidence], ["FAILED", evidence]);
      if (name !== "rotation") return;
      // What was begun is in the way of the next one, until somebody looks into it.
      stack.mend();
      const next = await run("rotation");
      assert.equal(next.evidence, "a rotation of the master's secret has not come to its end");
      stack.world.secrets.clearPending(stack.outputs.databaseSecretArns.master);
    });
  }

  it("restore: the latest of each kind counts", async () => {
    const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
    stack.break({
      restoreJobs: [restored(2), restored(5, { Status: "FAILED" }), restored(3, { ResourceType: "EFS" })],
    });
    const passed = await run("restore");
    assert.deepEqual(
      [passed.verdict, passed.evidence],
      ["passed", `Aurora COMPLETED, SUCCESSFUL, ${day(2)}; EFS COMPLETED, SUCCESSFUL, ${day(3)}`],
    );
    for (const [changes, evidence] of [
      [{ Status: "FAILED", ValidationStatus: undefined }, `Aurora FAILED, not validated, ${day(1)}`],
      [{ ValidationStatus: "FAILED" }, `Aurora COMPLETED, FAILED, ${day(1)}`],
      [{ Status: "RUNNING", ValidationStatus: undefined }, `Aurora RUNNING, not validated, ${day(1)}`],
    ] as const) {
      stack.break({ restoreJobs: [restored(2), restored(1, changes), restored(3, { ResourceType: "EFS" })] });
      const failed = await run("restore");
      assert.deepEqual([failed.verdict, failed.evidence], ["FAILED", evidence]);
    }
  });

  it("api: fails when a guarded route is open, or answers nobody, or is ill", async () => {
    const failure = async (how: () => void) => {
      stack.mend();
      how();
      const { verdict, evidence } = await run("api");
      assert.equal(verdict, "FAILED");
      return evidence;
    };
    const { api } = stack;
    assert.equal(await failure(() => (api.health = 503)), "health: status 503 instead of 200");
    assert.equal(
      await failure(() => (api.admitted = { ...KEYS, secretAccessKey: "another" })),
      "profile that nobody has: status 403 instead of 404",
    );
    assert.equal(
      await failure(() => (api.admitted = "everybody")),
      "profile without credentials: status 404 instead of 401 or 403",
    );
    assert.equal(
      await failure(() => (api.answer = () => Promise.resolve(502))),
      "profile that nobody has: status 502 instead of 404",
    );
  });

  it("ingestion: fails when the API does not take the event", async () => {
    stack.api.answer = () => Promise.resolve(503);
    const { verdict, evidence } = await run("ingestion");
    assert.deepEqual([verdict, evidence], ["FAILED", "the API answered 503 instead of 202"]);
  });

  it("database: fails when it admits clients without TLS", async () => {
    await stack.admitPlain(true);
    const { verdict, evidence } = await run("database");
    await stack.admitPlain(false);
    assert.deepEqual([verdict, evidence], ["FAILED", "the writer admits clients without TLS"]);
  });

  it("database: fails when an endpoint can't be reached, whose name it does not tell", async () => {
    const databaseEndpoints = { writer: "localhost", reader: "reader.invalid" };
    const { verdict, evidence } = await run("database", { outputs: { ...stack.outputs, databaseEndpoints } });
    assert.deepEqual([verdict, evidence], ["FAILED", "the task ended with 1: its log says why"]);
    assert.match(stack.taskOutput, /"event":"could not start".*"code":"ENOTFOUND"/);
  });

  it("database: a task whose log is silent proves nothing", async () => {
    stack.break({ logs: false });
    const { verdict, evidence } = await run("database", {}, 10);
    assert.deepEqual([verdict, evidence], ["FAILED", "no answer within 10 s"]);
  });

  it("rotation: fails when a secret is not rotated", async () => {
    const value = stack.world.text("nobody", "password-of-nobody");
    const still = stack.world.secrets.createSecret({ name: "still", value });
    const databaseSecretArns = { ...stack.outputs.databaseSecretArns, service: still };
    const { verdict, evidence } = await run("rotation", {
      outputs: { ...stack.outputs, databaseSecretArns },
    });
    assert.deepEqual([verdict, evidence], ["FAILED", "the service's secret is not rotated"]);
  });

  const needs: Readonly<Record<Exclude<Name, "restore">, string>> = {
    service: "the stack has no service",
    api: "the stack has no API",
    ingestion: "the stack has no API",
    rotation: "the stack has no database",
    database: "the stack has no database",
  };
  for (const [name, evidence] of Object.entries(needs) as [Name, string][]) {
    it(`${name}: is not run where there is nothing to look at`, async () => {
      const result = await run(name, { outputs: {} });
      assert.deepEqual([result.verdict, result.evidence], ["NOT RUN", evidence]);
    });
  }

  for (const [name, operation] of [
    ["service", "DescribeServices"],
    ["database", "RunTask"],
    ["restore", "ListRestoreJobs"],
  ] as const) {
    it(`${name}: is not run by who may not look`, async () => {
      stack.refuse(operation);
      const { verdict, evidence } = await run(name);
      assert.deepEqual(
        [verdict, evidence],
        ["NOT RUN", "these credentials may not look (AccessDeniedException)"],
      );
    });
  }

  it("api: is not run for viewers without a viewer's token", async () => {
    const { verdict, evidence } = await run("api", { caller: "cognito" });
    assert.deepEqual(
      [verdict, evidence],
      ["NOT RUN", "callers of this API bring a viewer's token: none in TOKEN"],
    );
    process.env["TOKEN"] = "token-of-the-test";
    stack.api.admitted = { token: "token-of-the-test" };
    const withToken = await run("api", { caller: "cognito" }).finally(() => delete process.env["TOKEN"]);
    assert.equal(withToken.verdict, "passed", withToken.evidence);
    assert.match(withToken.evidence, /profile without credentials 401/);
  });

  describe("as a command", () => {
    const main = path.join(repositoryRoot, "tools/integration/main.ts");
    const node = ["--no-warnings", "--require", path.join(repositoryRoot, "tools/typescript.cjs"), main];
    let directory: string;
    before(() => {
      directory = mkdtempSync(path.join(tmpdir(), "streamflix-outputs-"));
      writeFileSync(path.join(directory, "outputs.json"), JSON.stringify(stack.outputs));
    });
    after(() => {
      rmSync(directory, { recursive: true, force: true });
    });

    function command(...words: readonly string[]): Promise<{ code: number | null; lines: string[] }> {
      const outputs = ["--stack", "dev", "--outputs", path.join(directory, "outputs.json")];
      const env = { PATH: process.env["PATH"], ...stack.environment };
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [...node, ...outputs, ...words],
          { env },
          (_error, out, errors) => {
            said.push(out, errors);
            resolve({ code: child.exitCode, lines: (out + errors).trim().split("\n") });
          },
        );
      });
    }
    const verdicts = (lines: readonly string[]) =>
      lines.flatMap(
        (line) => /^(passed|FAILED|NOT RUN) +(\w+) \(/.exec(line)?.slice(1).reverse().join(" ") ?? [],
      );

    it("runs every check of a healthy stack and ends with 0", async () => {
      const { code, lines } = await command();
      assert.equal(code, 0, lines.join("\n"));
      const names = ["account", "service", "api", "ingestion", "rotation", "database", "restore"];
      assert.deepEqual(
        verdicts(lines),
        names.map((name) => `${name} passed`),
      );
      assert.equal(lines.at(-1), "6 passed, 0 failed, 0 not run");
    });

    it("ends with 1 when something is broken, and runs the checks that were asked for alone", async () => {
      stack.break({ restoreJobs: [], service: { ...STEADY, runningCount: 1 } });
      const { code, lines } = await command("--only", "restore,api,service");
      assert.equal(code, 1);
      assert.deepEqual(verdicts(lines), ["account passed", "service FAILED", "api passed", "restore FAILED"]);
      assert.equal(lines.at(-1), "1 passed, 2 failed, 0 not run");
    });

    it("ends with 3 when a check could not be run", async () => {
      stack.refuse("ListRestoreJobs");
      const { code, lines } = await command("--only", "service,restore");
      assert.equal(code, 3);
      assert.deepEqual(verdicts(lines), ["account passed", "service passed", "restore NOT RUN"]);
      // What was not asked for is missed by nobody.
      assert.equal((await command("--only", "service")).code, 0);
    });

    it("asks nothing of another account", async () => {
      stack.accountId = "999900001111";
      const { code, lines } = await command();
      assert.equal(code, 3);
      assert.deepEqual(verdicts(lines), ["account NOT RUN"]);
      assert.match(lines.at(-1) ?? "", /the credentials are of another account$/);
    });
  });
});
