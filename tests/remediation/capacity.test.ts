import assert from "node:assert/strict";

import type { CapacityItem, Mode } from "../../functions/remediation/settings";
import { MotoServer } from "../rotation/support/moto";
import { EcsFake, type Stopped } from "./support/ecs";
import {
  CLUSTER,
  deployment,
  type Event,
  interruption,
  placementFailure,
  SERVICE,
  tick,
} from "./support/events";
import { TAGS, World } from "./support/world";

const PARAMETER = "/streamflix/dev/remediation/capacity-shift";
const WANTED: readonly CapacityItem[] = [
  { capacityProvider: "FARGATE", base: 1, weight: 1 },
  { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
];
const ON_DEMAND: readonly CapacityItem[] = [{ capacityProvider: "FARGATE", base: 1, weight: 1 }];
const MINUTE = 60_000;

/** A Spot task that was taken back so many minutes before the event. */
const taken = (minutes: number): Stopped => ({
  stopCode: "SpotInterruption",
  stoppedReason: "Your Spot Task was interrupted.",
  at: new Date(Date.parse("2026-11-25T12:00:00Z") - minutes * MINUTE),
});
const noRoom: Stopped = {
  ...taken(2),
  stopCode: "TaskFailedToStart",
  stoppedReason:
    "Capacity is unavailable at this time. Please try again later or in a different availability zone",
};
const scaledIn: Stopped = {
  ...taken(1),
  stopCode: "ServiceSchedulerInitiated",
  stoppedReason: "Scaling activity initiated by (deployment ecs-svc/123)",
};

describe("remediation of capacity, against moto and a double of ECS", () => {
  let moto: MotoServer;
  const ecs = new EcsFake({ clusterArn: CLUSTER, serviceArn: SERVICE });
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    [moto] = await Promise.all([MotoServer.start(), ecs.start()]);
  });
  after(() => Promise.all([moto.stop(), ecs.stop()]));

  async function world(mode: Mode = "act", wanted = WANTED): Promise<World> {
    ecs.strategy = wanted;
    ecs.tags = TAGS;
    ecs.stopped = [];
    const made = new World(
      moto.url,
      {
        capacity: {
          mode,
          clusterArn: CLUSTER,
          serviceArn: SERVICE,
          wanted: [...wanted],
          interruptions: 3,
          withinMinutes: 15,
          shiftMinutes: 120,
          parameter: PARAMETER,
        },
      },
      { ecs: ecs.client() },
    );
    await made.makeTopic();
    await made.flag(PARAMETER, "none");
    made.forget();
    return made;
  }

  /** Sends an event that has to have an answer; its outcome and reason. */
  async function outcome(it: World, event: Event): Promise<readonly [string, string]> {
    const record = await it.send(event);
    assert.ok(typeof record === "object", typeof record === "string" ? record : "");
    return [record.outcome, record.why];
  }

  it("leaves Spot when enough tasks are taken back, once, flagged with its end", async () => {
    const own = await world();
    ecs.stopped = [taken(0), taken(5), taken(14), scaledIn];
    assert.deepEqual(await outcome(own, interruption()), [
      "acted",
      "3 Spot tasks lost within 15 minutes: on-demand capacity until 2026-11-25T14:00:30.000Z",
    ]);
    assert.deepEqual(ecs.strategy, ON_DEMAND);
    assert.deepEqual(JSON.parse((await own.flag(PARAMETER)) ?? ""), {
      since: "2026-11-25T12:00:30.000Z",
      until: "2026-11-25T14:00:30.000Z",
      reason: "3 Spot tasks lost within 15 minutes",
    });
    assert.deepEqual(await outcome(own, interruption()), [
      "nothingToDo",
      "the shift to on-demand capacity is in force until 2026-11-25T14:00:30.000Z",
    ]);
    assert.deepEqual(own.changes, ["PutParameter", "UpdateService"]);
    assert.deepEqual(own.told, ["warnings: StreamFlix capacity: mended"]);
  });

  it("bears with fewer, or with as many in a longer time", async () => {
    const own = await world();
    ecs.stopped = [taken(0), taken(5), taken(16), scaledIn];
    assert.deepEqual(await outcome(own, interruption()), [
      "nothingToDo",
      "2 Spot tasks lost within 15 minutes: fewer than 3 are what Spot is like",
    ]);
    assert.deepEqual([own.changes, own.told], [[], []]);
  });

  it("leaves Spot at once when there is none", async () => {
    const own = await world();
    const [result] = await outcome(own, placementFailure());
    assert.equal(result, "acted");
    assert.deepEqual(ecs.strategy, ON_DEMAND);
  });

  it("helps a deployment that fails for want of Spot, and announces one that fails for something else", async () => {
    const short = await world();
    ecs.stopped = [noRoom];
    assert.equal((await outcome(short, deployment("SERVICE_DEPLOYMENT_FAILED")))[0], "acted");
    assert.deepEqual(ecs.strategy, ON_DEMAND);
    const broken = await world();
    ecs.stopped = [scaledIn];
    assert.equal((await outcome(broken, deployment("SERVICE_DEPLOYMENT_FAILED")))[0], "announced");
    assert.deepEqual(ecs.strategy, WANTED);
    assert.deepEqual([broken.changes, broken.told], [[], ["alerts: StreamFlix capacity: needs a look"]]);
  });

  it("goes back when the time is over, and not before", async () => {
    const own = await world();
    await own.send(placementFailure());
    own.forget();
    own.now += 120 * MINUTE - 1;
    assert.equal((await outcome(own, tick()))[0], "nothingToDo");
    assert.deepEqual(ecs.strategy, ON_DEMAND);
    own.now += 1;
    assert.deepEqual(await outcome(own, tick()), ["acted", "the shift to on-demand capacity is over"]);
    assert.deepEqual([ecs.strategy, await own.flag(PARAMETER)], [WANTED, "none"]);
    assert.deepEqual(own.changes, ["UpdateService", "PutParameter"]);
    assert.deepEqual(await outcome(own, tick()), ["nothingToDo", "the service runs on what is wanted"]);
  });

  it("stays away when Spot fails again after the end, before a tick has seen it", async () => {
    const own = await world();
    await own.send(placementFailure());
    own.now += 121 * MINUTE;
    assert.equal((await outcome(own, placementFailure()))[0], "acted");
    assert.deepEqual(ecs.strategy, ON_DEMAND);
    assert.match((await own.flag(PARAMETER)) ?? "", /"until":"2026-11-25T16:01:30\.000Z"/);
  });

  it("brings the service to what a deployment wants meanwhile, after the shift only", async () => {
    const own = await world();
    await own.send(placementFailure());
    const other: readonly CapacityItem[] = [
      { capacityProvider: "FARGATE", base: 2, weight: 1 },
      { capacityProvider: "FARGATE_SPOT", base: 0, weight: 3 },
    ];
    const until = await own.flag(PARAMETER);
    const deployed = await world("act", other);
    ecs.strategy = ON_DEMAND.map((line) => ({ ...line, base: 2 }));
    await deployed.flag(PARAMETER, until);
    deployed.forget();
    assert.equal((await outcome(deployed, tick()))[0], "nothingToDo");
    deployed.now += 120 * MINUTE;
    assert.equal((await outcome(deployed, tick()))[0], "acted");
    assert.deepEqual(ecs.strategy, other);
  });

  it("brings a changed configuration to a service that is not shifted", async () => {
    const own = await world();
    ecs.strategy = ON_DEMAND;
    assert.deepEqual(await outcome(own, tick()), [
      "acted",
      "the service ran on something else than the deployment wants",
    ]);
    assert.deepEqual(ecs.strategy, WANTED);
  });

  it("does what it had announced when its call failed, with the flag that it has written", async () => {
    const own = await world();
    own.fail("UpdateService", "AccessDeniedException");
    assert.equal(await own.send(placementFailure()), "RemedyFailed");
    assert.deepEqual(ecs.strategy, WANTED);
    const until = await own.flag(PARAMETER);
    own.forget();
    assert.equal((await outcome(own, placementFailure()))[0], "acted");
    assert.deepEqual(own.changes, ["UpdateService"]);
    assert.deepEqual([ecs.strategy, await own.flag(PARAMETER)], [ON_DEMAND, until]);
  });

  it("keeps the flag until the way back has worked", async () => {
    const own = await world();
    await own.send(placementFailure());
    own.now += 120 * MINUTE;
    own.forget();
    own.fail("UpdateService", "ServiceNotActiveException");
    assert.equal(await own.send(tick()), "RemedyFailed");
    assert.notEqual(await own.flag(PARAMETER), "none");
    // The next tick is minutes away, so people are not told each time.
    assert.deepEqual(own.told, []);
    assert.equal((await outcome(own, tick()))[0], "acted");
    assert.deepEqual([ecs.strategy, await own.flag(PARAMETER)], [WANTED, "none"]);
  });

  it("gets over throttling, and shifts once", async () => {
    const own = await world();
    own.fail("UpdateService", "ThrottlingException");
    assert.equal((await outcome(own, placementFailure()))[0], "acted");
    assert.deepEqual(own.changes, ["PutParameter", "UpdateService", "UpdateService"]);
    assert.deepEqual(ecs.strategy, ON_DEMAND);
  });

  it("only says in a dry run what it would have done", async () => {
    const own = await world("dryRun");
    assert.equal((await outcome(own, placementFailure()))[0], "wouldAct");
    assert.deepEqual([ecs.strategy, await own.flag(PARAMETER), own.changes], [WANTED, "none", []]);
  });

  it("leaves alone what is not this service's", async () => {
    const own = await world();
    ecs.stopped = [taken(0), taken(1), taken(2)];
    const other = SERVICE.replace("service-dev", "other-dev");
    for (const event of [
      interruption(CLUSTER.replace("services", "other")),
      placementFailure(other),
      placementFailure(SERVICE, "FARGATE"),
      deployment("SERVICE_DEPLOYMENT_FAILED", other),
    ]) {
      assert.equal((await outcome(own, event))[0], "outOfScope");
    }
    ecs.tags = { ...TAGS, environment: "prod" };
    assert.equal((await outcome(own, placementFailure()))[0], "outOfScope");
    assert.deepEqual([own.changes, own.told, ecs.strategy], [[], [], WANTED]);
  });

  it("refuses events that its rules don't send", async () => {
    const own = await world();
    assert.equal(await own.send(deployment("SERVICE_DEPLOYMENT_COMPLETED")), "InvalidEvent");
    assert.equal(await own.send({ ...interruption(), detail: { clusterArn: CLUSTER } }), "InvalidEvent");
    assert.deepEqual(own.calls, []);
  });
});
