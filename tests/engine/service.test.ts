import { strict as assert } from "node:assert";
import * as path from "node:path";
import { openAccounts } from "../../local/account/store";
import { breakImage, scaleService } from "../../local/providers/aws/models/ecs-service";
import { parseSettings } from "../../functions/remediation/settings";
import { committedPlan } from "../../tools/plan/main";
import { type Event, placementFailure, tick } from "../remediation/support/events";
import { World } from "../remediation/support/world";
import { AccountServices } from "./support/account-services";
import { emptyHome, Machine, smallStackFile } from "./support/engine";
import { liveObjectsOf, stateOf } from "./support/state";

const SERVICE = "aws:ecs/service:Service";
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/streamflix/service@sha256:";
const SHIPPED = `${"0".repeat(63)}1`;
const PLACE = { account: "111122223333", region: "eu-central-1" };

/** Cases of remediation that are about what is left out here. */
const OTHER_CASES = `      keys:
        mode: act
      rotation:
        mode: act
        coolDownMinutes: 360
`;

/**
 * The dev stack's service with what it stands on and what mends it, with another digest of the application, and more
 * changes.
 */
const withDigest = (digest: string, ...more: readonly [string, string][]) =>
  smallStackFile(
    "dev",
    "dev",
    ["alerts", "service", "remediation"],
    [`${IMAGE}${SHIPPED}`, `${IMAGE}${digest}`],
    [OTHER_CASES, ""],
    ["      failover: {}\n", ""],
    ...more,
  );

interface Strategy {
  readonly capacityProvider: string;
  readonly base: number;
  readonly weight: number;
}

/** Base and share of the tasks beyond it, by capacity provider. */
function shares(inputs: Readonly<Record<string, unknown>> | undefined): Record<string, [number, number]> {
  const strategies = inputs?.["capacityProviderStrategies"] as Strategy[];
  const weights = strategies.reduce((sum, { weight }) => sum + weight, 0);
  return Object.fromEntries(
    strategies.map(({ capacityProvider, base, weight }) => [capacityProvider, [base, weight / weights]]),
  );
}

/** What the account has under an id. */
function objectNamed(machine: Machine, id: string) {
  const found = liveObjectsOf(machine).find((it) => it.id === id);
  assert.ok(found, `there is no ${id}`);
  return found;
}

/** The cases as the deployed function is told of them. */
function settingsOf(machine: Machine) {
  const { environment } = objectNamed(machine, "streamflix-remediation-dev").inputs;
  const { variables } = environment as { variables: Record<string, string> };
  return parseSettings(variables["SETTINGS"]).cases;
}

// That both stacks deploy, and that a second preview finds nothing to do, is in the test of the life cycle.
describe("service on the real engine", function () {
  this.timeout(900_000);
  const machine = new Machine(emptyHome());
  const accounts = openAccounts(path.join(machine.home, "accounts"));
  const [good, bad, next, shift] = ["a", "b", "c", "d"].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
    string,
  ];

  const service = () => {
    const found = liveObjectsOf(machine).find(({ type }) => type === SERVICE);
    assert.ok(found, "there is no service");
    return found;
  };
  /** Digest of the application in the revision that the service runs. */
  const running = () => {
    const revision = service().inputs["taskDefinition"];
    const definition = liveObjectsOf(machine).find(({ computed }) => computed["arn"] === revision);
    assert.equal(definition?.type, TASK_DEFINITION);
    return /service@sha256:([0-9a-f]{64})/.exec(String(definition.inputs["containerDefinitions"]))?.[1];
  };
  const first = withDigest(SHIPPED.replace("1", "3"));
  const up = (file: string, ...words: string[]) =>
    machine.tryApply("--stack", "dev", "--stack-file", file, ...words);
  const deploys = async (file: string, ...words: string[]) => {
    const { code, output } = await up(file, ...words);
    assert.equal(code, 0, output);
    return output;
  };
  const hasNothingToDo = (file: string) =>
    machine.ok("preview", "--no-policy", "--stack", "dev", "--expect-no-changes", "--stack-file", file);

  it("runs one task on Fargate, and half of the others on Spot", async () => {
    await deploys(first);
    const expected = { FARGATE: [1, 0.5], FARGATE_SPOT: [0, 0.5] };
    const exported = (await stateOf(machine, "dev")).find(({ type }) => type === SERVICE);
    assert.deepEqual(shares(exported?.inputs), expected);
    const planned = Object.entries(committedPlan("prod")).find(([key]) => key.includes(`${SERVICE}::`))?.[1];
    assert.deepEqual(shares((planned as { inputs: Record<string, unknown> }).inputs), expected);
  });

  it("keeps the number of tasks that scaling has set, whatever is deployed, and calls it no drift", async () => {
    scaleService(accounts, { ...PLACE, arn: service().id }, 3);
    await machine.ok("drift", "--stack", "dev", "--stack-file", first);
    await deploys(withDigest(good));
    assert.deepEqual([service().inputs["desiredCount"], running()], [3, good]);
    await deploys(withDigest(good), "--refresh");
    assert.equal(service().inputs["desiredCount"], 3);
  });

  it("leaves a shift to on-demand capacity alone until its end, and then has what was deployed meanwhile", async () => {
    const services = new AccountServices(accounts, PLACE);
    try {
      const clients = await services.start();
      const world = () => new World("http://127.0.0.1:9", settingsOf(machine), clients);
      const flag = () =>
        objectNamed(machine, "/streamflix/dev/remediation/capacity-shift").inputs["insecureValue"];
      const start = Date.parse("2026-11-25T12:00:30Z");
      const at = async (minutes: number, event: Event) => {
        const now = world();
        now.now = start + minutes * 60_000;
        const record = await now.send(event);
        return typeof record === "string" ? record : record.outcome;
      };
      assert.equal(await at(0, placementFailure()), "acted");
      assert.deepEqual(shares(service().inputs), { FARGATE: [1, 1] });
      const shifted = flag();
      assert.match(String(shifted), /"until":"2026-11-25T14:00:30\.000Z"/);

      await machine.ok("drift", "--stack", "dev", "--stack-file", withDigest(good));
      await deploys(withDigest(shift));
      assert.equal(running(), shift);
      const mixed = withDigest(shift, ["onDemandBase: 1", "onDemandBase: 2"]);
      await deploys(mixed);
      await deploys(mixed, "--refresh");
      assert.deepEqual([shares(service().inputs), flag()], [{ FARGATE: [1, 1] }, shifted]);

      // What runs is the shift's for that base, which was another when it began.
      assert.equal(await at(60, tick()), "acted");
      assert.deepEqual(shares(service().inputs), { FARGATE: [2, 1] });
      assert.equal(await at(119, tick()), "nothingToDo");
      assert.equal(await at(120, tick()), "acted");
      assert.deepEqual(
        [shares(service().inputs), flag()],
        [{ FARGATE: [2, 0.5], FARGATE_SPOT: [0, 0.5] }, "none"],
      );
      await deploys(mixed, "--refresh");
      assert.deepEqual(shares(service().inputs), { FARGATE: [2, 0.5], FARGATE_SPOT: [0, 0.5] });
      await hasNothingToDo(mixed);
      await deploys(withDigest(good));
      assert.equal(await at(125, tick()), "acted");
      assert.deepEqual(shares(service().inputs), { FARGATE: [1, 0.5], FARGATE_SPOT: [0, 0.5] });
    } finally {
      await services.stop();
    }
  });

  it("fails a deployment whose tasks end, again and again, and keeps the version before", async () => {
    breakImage(accounts, { ...PLACE, image: `${IMAGE}${bad}` });
    const started = await up(withDigest(bad));
    assert.notEqual(started.code, 0);
    assert.match(started.output, /rolled back because the circuit breaker threshold was exceeded/);
    assert.equal(running(), good);
    // The provider has taken the change for made, and sends nothing: the program's own check speaks.
    const second = await up(withDigest(bad));
    assert.notEqual(second.code, 0);
    const [, runs, wanted] =
      /Service streamflix-service-dev runs \S+:(\d+), not \S+:(\d+): ECS took the deployment back/.exec(
        second.output,
      ) ?? [];
    assert.ok(runs !== undefined && wanted !== undefined, second.output);
    assert.equal(Number(wanted), Number(runs) + 1);
    assert.equal(running(), good);
    // What AWS said was running is in the state now, so this time it is tried in earnest.
    const third = await up(withDigest(bad));
    assert.notEqual(third.code, 0);
    assert.match(third.output, /rolled back because the circuit breaker threshold was exceeded/);
    assert.equal(running(), good);
  });

  it("goes on with the next good version, on another mix of capacity, in the same service", async () => {
    // In a dry run remediation shifts nothing, and the mix is the program's.
    const mixed = withDigest(next, ["onDemandBase: 1", "onDemandBase: 2"], ["mode: act", "mode: dryRun"]);
    const output = await deploys(mixed);
    assert.match(output, /aws:ecs:Service service updated/);
    assert.equal(running(), next);
    assert.deepEqual(shares(service().inputs), { FARGATE: [2, 0.5], FARGATE_SPOT: [0, 0.5] });
    await hasNothingToDo(mixed);
    const definitions = liveObjectsOf(machine).filter(({ type }) => type === TASK_DEFINITION);
    assert.equal(definitions.length, 1, "old revisions are left");
  });

  it("fails on the very first deployment, too, and is mended by a good digest", async () => {
    const fresh = new Machine(emptyHome());
    breakImage(openAccounts(path.join(fresh.home, "accounts")), { ...PLACE, image: `${IMAGE}${bad}` });
    const words = ["--stack", "dev", "--stack-file"];
    const failed = await fresh.tryApply(...words, withDigest(bad));
    assert.notEqual(failed.code, 0);
    assert.match(
      failed.output,
      /Service deployment failed because the circuit breaker threshold was exceeded/,
    );
    await fresh.apply(...words, withDigest(good));
    assert.equal(liveObjectsOf(fresh).filter(({ type }) => type === SERVICE).length, 1);
  });
});
