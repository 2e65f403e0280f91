import assert from "node:assert/strict";

import { EVENT_BATCH } from "../../components/api/events-route";
import { type Settings, settingsWith } from "../../load/settings";
import {
  type Act,
  CALLS_OF,
  DURATION,
  FAILED,
  optionsOf,
  premiereScenarios,
  saturationOptions,
  steadyScenarios,
} from "../../load/shape";
import { PROFILE_PREFIX, preparations, stepsOf } from "../../load/steps";
import { ASSUMPTIONS } from "../../tools/capacity/assumptions";
import { stackFacts } from "../../tools/load/stack";

const SETTINGS: Settings = {
  targets: ["https://api.example.com"],
  caller: "none",
  region: "eu-central-1",
  viewers: 1_000_000,
  scale: 1,
  seconds: 100,
  hands: 8,
  objectives: { availabilityPercent: 99.9, latencyPercent: 99, latencyMilliseconds: 1000 },
};

describe("load: shape", () => {
  it("a million viewers: 5,000 requests/s at the service, half of them browsing, and 1,667 batches/s", () => {
    const scenarios = steadyScenarios(SETTINGS);
    const common = { executor: "constant-arrival-rate", timeUnit: "60s", duration: "100s" };
    // Two requests each: 1,250 arrivals a second. 2,500 busy hands when every request takes the second it may.
    const pair = { ...common, rate: 75_000, preAllocatedVUs: 625, maxVUs: 2500 };
    assert.deepEqual(scenarios, {
      browse: { ...pair, exec: "browse" },
      play: { ...pair, exec: "play" },
      heartbeat: { ...common, rate: 100_000, preAllocatedVUs: 417, maxVUs: 1667, exec: "heartbeat" },
    });
  });

  it("a premiere: half a million more a minute, after a tenth of the time", () => {
    const { join, ...others } = premiereScenarios(SETTINGS);
    assert.deepEqual(others, steadyScenarios(SETTINGS));
    assert.deepEqual(join, {
      executor: "ramping-arrival-rate",
      exec: "join",
      startRate: 0,
      timeUnit: "60s",
      stages: [
        { target: 500_000, duration: "10s" },
        { target: 500_000, duration: "90s" },
      ],
      preAllocatedVUs: 8334,
      maxVUs: 33_334,
    });
  });

  it("the factor scales viewers and those who join alike, down to one arrival a minute", () => {
    const rates = (scale: number) =>
      Object.values(premiereScenarios({ ...SETTINGS, scale })).map((scenario) =>
        scenario.executor === "constant-arrival-rate"
          ? scenario.rate
          : scenario.executor === "ramping-arrival-rate" && scenario.stages[1]?.target,
      );
    assert.deepEqual(rates(0.001), [75, 75, 100, 500]);
    assert.deepEqual(rates(0.000_001), [1, 1, 1, 1]);
  });

  it("passes and fails by each stack's objectives, which stand in its file alone", () => {
    const thresholds = (stack: string) => {
      const settings = { ...SETTINGS, objectives: stackFacts(stack).objectives };
      return optionsOf(premiereScenarios(settings), settings).thresholds;
    };
    // 250,000 viewers' arrivals and 833,333 who join in 100 seconds; the budget of them may be dropped.
    const offered = (75_000 * 2 + 100_000 + 500_000) * (100 / 60);
    assert.deepEqual(thresholds("prod"), {
      [FAILED]: ["rate<=0.001"],
      [DURATION]: ["p(99)<=1000"],
      dropped_iterations: [`count<=${Math.floor(offered * 0.001)}`],
    });
    assert.deepEqual(thresholds("dev"), {
      [FAILED]: ["rate<=0.01"],
      [DURATION]: ["p(95)<=1000"],
      dropped_iterations: [`count<=${Math.floor(offered * 0.01)}`],
    });
  });

  it("saturation fails by failures alone", () => {
    const { scenarios, thresholds } = saturationOptions({ ...SETTINGS, hands: 3 });
    assert.deepEqual(scenarios, { saturation: { executor: "constant-vus", vus: 3, duration: "100s" } });
    assert.deepEqual(thresholds, { [FAILED]: ["rate<=0.001"], [DURATION]: ["p(99)>=0"] });
  });

  for (const act of Object.keys(CALLS_OF) as Act[]) {
    it(`${act}: as many requests as the arithmetic has`, () => {
      assert.equal(stepsOf(act, SETTINGS).length, CALLS_OF[act]);
      for (const { path } of stepsOf(act, SETTINGS)) assert.match(path, /^\/v1\/[a-z0-9/-]+$/);
    });
  }

  it("prepares every profile that viewers may read, each with the position that they read", () => {
    const settings = { ...SETTINGS, scale: 0.000_02 };
    const [profiles = [], positions = []] = preparations(settings);
    assert.deepEqual([profiles.length, positions.length], [20, 20]);
    const prepared = new Set([...profiles, ...positions].map(({ path }) => path));
    for (let round = 0; round < 200; round += 1) {
      for (const { method, path } of stepsOf("browse", settings))
        assert.ok(method === "GET" && prepared.has(path), path);
    }
    for (const { path } of profiles) assert.ok(path.startsWith(`/v1/profiles/${PROFILE_PREFIX}`));
  });

  it("sends the API what its contract admits, and no viewer's id", () => {
    const [call] = stepsOf("heartbeat", { ...SETTINGS, caller: "iam" });
    assert.equal(call?.path, "/v1/events");
    const { events } = call.body as { events: Record<string, unknown>[] };
    assert.equal(events.length, ASSUMPTIONS.eventsPerBatch.value);
    const { required = [], properties = {} } = EVENT_BATCH.properties?.["events"]?.items ?? {};
    for (const event of events) {
      assert.deepEqual(
        required.filter((name) => !Object.hasOwn(event, name)),
        [],
      );
      for (const [name, value] of Object.entries(event)) {
        const { type, pattern } = properties[name] ?? {};
        if (type === "integer") assert.ok(Number.isInteger(value));
        else assert.match(String(value), new RegExp(pattern ?? "^$"), name);
      }
    }
    assert.doesNotMatch(JSON.stringify(events), new RegExp(PROFILE_PREFIX));
  });

  it("the environment changes numbers, and is told everything that is wrong with them", () => {
    assert.deepEqual(settingsWith(SETTINGS, { SCALE: "0.5", SECONDS: "", OTHER: "1" }), {
      ...SETTINGS,
      scale: 0.5,
    });
    assert.throws(
      () => settingsWith(SETTINGS, { SCALE: "0", SECONDS: "1.5", VIEWERS: "many", HANDS: "-1" }),
      {
        name: "SettingsError",
        message: [
          "The load test can't start:",
          "  scale: a number from 0.000001 to 10, not 0",
          "  seconds: a whole number from 1 to 86400, not 1.5",
          "  viewers: a whole number from 1 to 100000000, not NaN",
          "  hands: a whole number from 1 to 10000, not -1",
        ].join("\n"),
      },
    );
  });
});
