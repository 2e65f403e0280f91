import assert from "node:assert/strict";

import { FaultInjection, FaultInjectionError } from "../../tools/game-days/fault-injection";
import { costOf } from "../../tools/game-days/measure";
import { OBJECTIVES, type Objectives, type Times } from "../../tools/game-days/objectives";
import { planned, Refused, requireStopConditions } from "../../tools/game-days/plan";
import { Probe } from "../../tools/game-days/probe";
import { NotStopped, type Outcome, runExperiment } from "../../tools/game-days/run";
import { NO_RIGHTS } from "../../tools/integration/caller";
import { RecordedFis, recording, RECORDINGS } from "./support/recorded-fis";
import { WatchedApi } from "./support/watched-api";

/** Everything a hundred times as fast. */
const TIMES: Times = {
  probeEveryMs: 5,
  requestMs: 1_000,
  askEveryMs: 40,
  settledMs: 150,
  experimentMs: 1_200,
};
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret-of-the-test" };
const TEMPLATE = "EXT1qYzQ0pFh3uJr5L";
const EXPERIMENT = "EXP2mVnTfGq7sWd8Kc";

describe("game days: a run", function () {
  this.timeout(20_000);
  const before_ = { ...process.env };
  let api: WatchedApi;
  let fis: RecordedFis;
  const said: string[] = [];
  beforeEach(async () => {
    Object.assign(process.env, CREDENTIALS);
    api = await WatchedApi.start();
  });
  afterEach(async () => {
    await Promise.all([api.stop(), fis.stop()]);
    for (const name of [...Object.keys(CREDENTIALS), "AWS_ENDPOINT_URL_FIS"]) {
      if (before_[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before_[name];
    }
    // Whatever AWS says of people and resources, and no key.
    assert.doesNotMatch(said.splice(0).join("\n"), /jane|arn:|secret/);
  });

  async function client(name: (typeof RECORDINGS)[number]): Promise<FaultInjection> {
    fis = await RecordedFis.start(recording(name));
    process.env["AWS_ENDPOINT_URL_FIS"] = fis.url;
    return FaultInjection.of("eu-central-1");
  }

  /** Runs an experiment; `befalls` happens when it starts. */
  async function run(
    name: (typeof RECORDINGS)[number],
    befalls: () => void = () => undefined,
    objectives: Partial<Objectives> = {},
    interrupt = new AbortController(),
  ): Promise<Outcome> {
    const faultInjection = await client(name);
    fis.onStart = befalls;
    const outcome = await runExperiment({
      fis: faultInjection,
      templateId: TEMPLATE,
      probe: new Probe(api.url, NO_RIGHTS, TIMES),
      objectives: { ...OBJECTIVES, awaySeconds: 2, ...objectives },
      times: TIMES,
      interrupt: interrupt.signal,
      say: (line) => said.push(line),
    });
    said.push(outcome.evidence);
    return outcome;
  }

  it("passes when the API is back in time, and says how long it was away", async () => {
    const { verdict, evidence } = await run("completed", () => {
      api.fail(300);
    });
    assert.equal(verdict, "passed", evidence);
    const away =
      /^EXP\w+: API away (\d\.\d) s of 2 s allowed \((\d+) of (\d+) rounds failed\), 0 writes of 0\.0 s lost, 1 s allowed$/.exec(
        evidence,
      );
    assert.ok(away, evidence);
    assert.ok(Number(away[1]) >= 0.2 && Number(away[1]) < 1.5, evidence);
    assert.ok(Number(away[2]) > 1 && Number(away[3]) > Number(away[2]), evidence);
    assert.deepEqual(fis.asked, ["StartExperiment", "GetExperiment", "GetExperiment", "GetExperiment"]);
    assert.deepEqual(said.slice(0, 3), [
      `${EXPERIMENT} initiating`,
      `${EXPERIMENT} running`,
      `${EXPERIMENT} completed`,
    ]);
  });

  it("passes when nobody notices anything", async () => {
    const { verdict, evidence } = await run("completed");
    assert.equal(verdict, "passed");
    assert.match(evidence, /API away 0\.0 s of 2 s allowed \(0 of \d+ rounds failed\)/);
  });

  it("fails when the API is away for longer than the objective", async () => {
    const { verdict, evidence } = await run(
      "completed",
      () => {
        api.fail(1_200);
      },
      // It is waited for twice as long.
      { awaySeconds: 0.8 },
    );
    assert.equal(verdict, "FAILED");
    assert.match(evidence, /^EXP\w+: away for too long: API away 1\.\d s of 0\.8 s allowed/);
  });

  it("fails when the API doesn't come back", async () => {
    const { verdict, evidence } = await run(
      "completed",
      () => {
        api.isDown = true;
      },
      { awaySeconds: 0.3 },
    );
    assert.equal(verdict, "FAILED");
    assert.match(evidence, /^EXP\w+: the API is not back; away for too long: /);
  });

  it("counts acknowledged writes that are gone, and fails when they are too many", async () => {
    const lose = () => {
      api.lose(3);
    };
    const some = await run("completed", lose);
    assert.equal(some.verdict, "passed");
    assert.match(some.evidence, /, 3 writes of 0\.\d s lost, 1 s allowed$/);
    await fis.stop();
    const many = await run("completed", lose, { lostSeconds: 0 });
    assert.equal(many.verdict, "FAILED");
    assert.match(many.evidence, /^EXP\w+: too much was lost: /);
  });

  it("fails when an alarm has ended the experiment", async () => {
    const { verdict, evidence } = await run("stopped-by-alarm");
    assert.equal(verdict, "FAILED");
    assert.match(evidence, /^EXP\w+: ended by an alarm: an objective burned too fast: API away/);
    assert.equal(fis.count("StopExperiment"), 0);
  });

  it("has shown nothing when the experiment failed, and says what AWS calls it", async () => {
    assert.deepEqual(await run("failed"), {
      verdict: "NOT RUN",
      evidence: `${EXPERIMENT} failed (TargetResolutionFailure), so nothing was tried: its log says why`,
    });
  });

  it("stops an experiment that is not over in time, and fails", async () => {
    const { verdict, evidence } = await run("never-over");
    assert.equal(verdict, "FAILED");
    assert.match(evidence, /^EXP\w+: not over within 1\.2 s, and stopped: /);
    assert.equal(fis.count("StopExperiment"), 1);
  });

  it("starts nothing while the API isn't well, or doesn't take writes", async () => {
    const flapping = setInterval(() => {
      api.fail(20);
    }, 60);
    try {
      const unwell = await run("completed");
      assert.equal(unwell.verdict, "NOT RUN");
      assert.match(unwell.evidence, /^the API (isn't well before the experiment|doesn't take)/);
      assert.deepEqual(fis.asked, []);
    } finally {
      clearInterval(flapping);
    }
    // The last of its failures is over.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await fis.stop();
    api.isDown = true;
    assert.deepEqual(await run("completed"), {
      verdict: "NOT RUN",
      evidence: "the API doesn't take the probe's writes (status 503)",
    });
    assert.deepEqual(fis.asked, []);
  });

  it("stops the experiment when somebody interrupts", async () => {
    const interrupt = new AbortController();
    const outcome = await run(
      "never-over",
      () => {
        setTimeout(() => {
          interrupt.abort();
        }, 100);
      },
      {},
      interrupt,
    );
    assert.deepEqual(outcome, { verdict: "NOT RUN", evidence: "interrupted; the experiment was stopped" });
    assert.equal(fis.count("StopExperiment"), 1);
  });

  it("goes on when AWS is busy, and asks for the stop again", async () => {
    const busy = { status: 429, type: "ThrottlingException" };
    const outcome = await run("never-over", () => {
      fis.faults.GetExperiment = [busy, busy];
      fis.faults.StopExperiment = [busy, busy];
    });
    assert.match(outcome.evidence, /not over within/);
    assert.equal(fis.count("StopExperiment"), 3);
  });

  it("stops the experiment when it may not look any more", async () => {
    const denied = { status: 403, type: "AccessDeniedException" };
    await assert.rejects(
      run("never-over", () => {
        fis.faults.GetExperiment = [denied];
      }),
      new FaultInjectionError("AccessDeniedException", "GetExperiment"),
    );
    assert.equal(fis.count("StopExperiment"), 1);
  });

  it("says how to end an experiment that it can't stop", async () => {
    const denied = { status: 403, type: "AccessDeniedException" };
    await assert.rejects(
      run("never-over", () => {
        fis.faults.StopExperiment = Array.from({ length: 5 }, () => denied);
      }),
      (error) =>
        error instanceof NotStopped &&
        error.message ===
          `${EXPERIMENT} could not be stopped and may go on: aws fis stop-experiment --id ${EXPERIMENT}`,
    );
    assert.equal(fis.count("StopExperiment"), 5);
  });

  it("starts nothing that AWS refuses, and each with a token of its own", async () => {
    const first = await client("completed");
    fis.faults.StartExperiment = [{ status: 409, type: "ConflictException" }];
    await assert.rejects(
      first.start(TEMPLATE, "one"),
      new FaultInjectionError("ConflictException", "StartExperiment"),
    );
    await first.start(TEMPLATE, "two");
    await fis.stop();
    await run("completed");
    assert.match(String(fis.tokens[0]), /^[0-9a-f-]{36}$/);
  });

  it("refuses what nothing would end, before anything is started", async () => {
    const plan = [{ what: "task-kill", templateId: TEMPLATE }] as const;
    await requireStopConditions(await client("completed"), plan);
    await fis.stop();
    await assert.rejects(
      requireStopConditions(await client("without-stop-condition"), plan),
      new Refused(
        "nothing would end task-kill: its template has no alarm as stop condition; deploy the stack again",
      ),
    );
    assert.deepEqual(fis.asked, ["GetExperimentTemplate"]);
  });
});

describe("game days: what is planned", () => {
  const outputs = { gameDayTemplateIds: { "zone-network": "EXT2", "task-kill": "EXT1" } };
  const command = { stack: "dev", record: "r.json", allowProd: false };

  it("is all that the stack has, in the order of harm, or some of it", () => {
    assert.deepEqual(planned(command, "dev", outputs), [
      { what: "task-kill", templateId: "EXT1" },
      { what: "zone-network", templateId: "EXT2" },
    ]);
    assert.deepEqual(planned({ ...command, only: ["zone-network"] }, "staging", outputs), [
      { what: "zone-network", templateId: "EXT2" },
    ]);
  });

  for (const environment of ["prod", "prod-dr"] as const) {
    it(`is nothing in ${environment} unless somebody says so`, () => {
      const there = { ...command, stack: environment };
      assert.throws(
        () => planned(there, environment, outputs),
        new Refused(`viewers would feel experiments on ${environment}: say --allow-prod if that is meant`),
      );
      assert.equal(planned({ ...there, allowProd: true }, environment, outputs).length, 2);
    });
  }

  it("is refused where the stack lacks it", () => {
    const mend = "write streamflix:gameDays into its file and deploy it";
    assert.throws(() => planned(command, "dev", {}), new Refused(`stack dev has no experiments: ${mend}`));
    assert.throws(
      () => planned({ ...command, only: ["task-kill", "cache-power"] }, "dev", outputs),
      new Refused(`stack dev has no cache-power: ${mend}`),
    );
  });
});

describe("game days: what a run costs", () => {
  const round = (startedAt: number, ok: boolean) => ({ startedAt, endedAt: startedAt + 100, ok });

  it("is the time from the first failure to the end of the last", () => {
    const rounds = [
      round(0, true),
      round(1000, false),
      round(2000, true),
      round(9000, false),
      round(9500, true),
    ];
    assert.deepEqual(costOf(rounds, []), {
      awaySeconds: 8.1,
      failedRounds: 2,
      rounds: 5,
      lostWrites: 0,
      lostSeconds: 0,
    });
  });

  it("is nothing where nothing failed, and the longest loss of several", () => {
    const losses = [
      { writes: 2, milliseconds: 400 },
      { writes: 1, milliseconds: 1500 },
    ];
    const { awaySeconds, lostWrites, lostSeconds } = costOf([round(0, true)], losses);
    assert.deepEqual([awaySeconds, lostWrites, lostSeconds], [0, 3, 1.5]);
  });
});
