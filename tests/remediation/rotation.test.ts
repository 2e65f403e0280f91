import assert from "node:assert/strict";

import type { Mode } from "../../functions/remediation/settings";
import { MotoServer } from "../rotation/support/moto";
import { SecretsManagerFake } from "../rotation/support/secrets-manager";
import { rotationFailed } from "./support/events";
import { PLACE, TAGS, World } from "./support/world";

const PARAMETER = "/streamflix/dev/remediation/rotation-retries";
const MINUTE = 60_000;
/** Of the test double's account. */
const OWN = "111111111111";

describe("remediation of rotation, against moto and the double of Secrets Manager", () => {
  let moto: MotoServer;
  let secrets: SecretsManagerFake;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    [moto, secrets] = await Promise.all([MotoServer.start(), SecretsManagerFake.start()]);
  });
  after(() => Promise.all([moto.stop(), secrets.stop()]));

  let count = 0;
  /** A world with a secret whose rotation has failed half way. */
  async function failed(mode: Mode = "act", tags: Readonly<Record<string, string>> = TAGS) {
    count++;
    const arn = secrets.createSecret({
      name: `streamflix/dev/database/service-${count}`,
      value: "first",
      tags,
    });
    const pending = secrets.startRotation(arn);
    secrets.journal.length = 0;
    const world = new World(
      moto.url,
      { rotation: { mode, coolDownMinutes: 60, parameter: PARAMETER } },
      { secrets: secrets.client() },
      OWN,
    );
    await world.makeTopic();
    await world.flag(PARAMETER, "none");
    world.forget();
    const event = { ...rotationFailed(arn), account: OWN };
    return { world, arn, pending, event };
  }

  const rotations = () => secrets.journal.filter(({ operation }) => operation === "RotateSecret");

  it("takes up the version that was left half done, once for an event that comes twice", async () => {
    const { world, arn, pending, event } = await failed();
    const [first, second] = [await world.send(event), await world.send(event)];
    assert.ok(typeof first === "object" && typeof second === "object");
    assert.deepEqual(
      [first.outcome, first.calls],
      ["acted", ["ssm:PutParameter", "secretsmanager:RotateSecret"]],
    );
    assert.deepEqual(
      rotations().map(({ input }) => [input["SecretId"], input["ClientRequestToken"]]),
      [[arn, pending]],
    );
    // Neither schedule nor function is among what it sends: nothing of the secret's configuration changes.
    assert.deepEqual(Object.keys(rotations()[0]?.input ?? {}).sort(), ["ClientRequestToken", "SecretId"]);
    assert.equal(second.outcome, "announced");
    assert.match(second.why, /was tried again at 2026-11-25T12:00:30\.000Z already/);
    assert.deepEqual(world.told, [
      "warnings: StreamFlix rotation: mended",
      "alerts: StreamFlix rotation: needs a look",
    ]);
    assert.deepEqual(JSON.parse((await world.flag(PARAMETER)) ?? ""), { [arn]: "2026-11-25T12:00:30.000Z" });
  });

  it("tries again after the cool-down, and not before", async () => {
    const { world, event } = await failed();
    await world.send(event);
    world.now += 59 * MINUTE;
    await world.send(event);
    assert.equal(rotations().length, 1);
    world.now += MINUTE;
    await world.send(event);
    assert.equal(rotations().length, 2);
  });

  it("starts anew where no version was left, under the event's own token", async () => {
    const { world, arn, event } = await failed();
    secrets.clearPending(arn);
    await world.send(event);
    assert.deepEqual(
      rotations().map(({ input }) => input["ClientRequestToken"]),
      [event.id],
    );
    assert.equal(secrets.versionOf(arn, "AWSPENDING"), event.id);
  });

  it("keeps each secret's time apart", async () => {
    const { world, arn, event } = await failed();
    const other = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-AAAAAA";
    await world.flag(PARAMETER, JSON.stringify({ [other]: "2026-11-25T12:00:00.000Z" }));
    await world.send(event);
    assert.deepEqual(Object.keys(JSON.parse((await world.flag(PARAMETER)) ?? "") as object), [other, arn]);
  });

  it("never reads or writes a value", async () => {
    const { world, event } = await failed();
    await world.send(event);
    const operations = new Set(secrets.journal.map(({ operation }) => operation));
    assert.deepEqual([...operations].sort(), ["DescribeSecret", "RotateSecret"]);
  });

  it("only says in a dry run what it would have done, and remembers nothing", async () => {
    const { world, event } = await failed("dryRun");
    const record = await world.send(event);
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "wouldAct");
    assert.deepEqual([rotations().length, await world.flag(PARAMETER)], [0, "none"]);
  });

  it("has nothing to do where the secret was rotated since, or is rotated no more", async () => {
    const { world, arn, event } = await failed();
    secrets.cancelRotation(arn);
    const off = await world.send(event);
    secrets.clearPending(arn);
    secrets.startRotation(arn);
    secrets.clearPending(arn);
    // The double's clock is today's; the event is older than the rotation that ended.
    secrets.completeRotation(arn);
    const since = await world.send({ ...event, time: "2020-01-01T00:00:00Z" });
    assert.ok(typeof off === "object" && typeof since === "object");
    assert.deepEqual(
      [off.why, since.why],
      ["the secret is not rotated any more", "the secret was rotated since"],
    );
    assert.deepEqual(world.changes, []);
  });

  it("leaves secrets alone that are not the stack's", async () => {
    const { world, event } = await failed("act", { ...TAGS, environment: "prod" });
    const foreign = rotationFailed(`arn:aws:secretsmanager:eu-central-1:${PLACE.accountId}:secret:x-AAAAAA`);
    for (const each of [event, { ...foreign, account: OWN }]) {
      const record = await world.send(each);
      assert.ok(typeof record === "object");
      assert.equal(record.outcome, "outOfScope");
    }
    assert.deepEqual([world.changes, world.told], [[], []]);
  });

  it("gets over throttling with the same token", async () => {
    const { world, pending, event } = await failed();
    world.fail("RotateSecret", "ThrottlingException");
    const record = await world.send(event);
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "acted");
    assert.deepEqual(
      rotations().map(({ input }) => input["ClientRequestToken"]),
      [pending],
    );
  });

  it("counts a try that was denied, so that it is not tried without end", async () => {
    const { world, event } = await failed();
    world.fail("RotateSecret", "AccessDeniedException");
    assert.equal(await world.send(event), "RemedyFailed");
    const again = await world.send(event);
    assert.ok(typeof again === "object");
    assert.equal(again.outcome, "announced");
    assert.equal(rotations().length, 0);
  });

  it("does nothing on a flag that it did not write", async () => {
    const { world, event } = await failed();
    await world.flag(PARAMETER, "yesterday");
    world.forget();
    assert.equal(await world.send(event), "FlagUnusable");
    assert.deepEqual(world.changes, []);
  });
});
