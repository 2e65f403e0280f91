import assert from "node:assert/strict";

import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-kms";

import type { Mode } from "../../functions/remediation/settings";
import { MotoServer } from "../rotation/support/moto";
import { keyDeletion, keyDeletionRefused, keyDisabled } from "./support/events";
import { TAGS, World } from "./support/world";

describe("remediation of keys, against moto", () => {
  let moto: MotoServer;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
  });
  after(() => moto.stop());

  /** A world with a key, which only the test's own calls have touched. */
  async function withKey(mode: Mode = "act", tags: Readonly<Record<string, string>> = TAGS) {
    const world = new World(moto.url, { keys: { mode } });
    await world.makeTopic();
    const Tags = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Tags }));
    const id = KeyMetadata?.KeyId ?? "";
    const state = async () =>
      (await world.kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata?.KeyState;
    return { world, id, state };
  }

  const schedule = async (world: World, id: string) => {
    await world.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
    world.forget();
  };

  it("cancels a deletion and enables the key again, once for an event that comes twice", async () => {
    const { world, id, state } = await withKey();
    await schedule(world, id);
    assert.equal(await state(), "PendingDeletion");
    world.forget();
    const [first, second] = [await world.send(keyDeletion(id)), await world.send(keyDeletion(id))];
    assert.equal(await state(), "Enabled");
    assert.deepEqual(world.changes, ["CancelKeyDeletion", "EnableKey"]);
    assert.ok(typeof first === "object" && typeof second === "object");
    const { resource, ...rest } = first;
    assert.match(resource, new RegExp(`:key/${id}$`));
    assert.deepEqual(rest, {
      case: "keys",
      outcome: "acted",
      why: "the key was scheduled for deletion, and all data under it with it",
      calls: ["kms:CancelKeyDeletion", "kms:EnableKey"],
      eventId: "ddca6449-b258-46c0-8653-e0e3a6d0468b",
      eventTime: "2026-11-25T12:00:00.000Z",
    });
    assert.equal(second.outcome, "nothingToDo");
    assert.deepEqual(world.records, [first, second]);
    assert.deepEqual(world.told, ["alerts: StreamFlix keys: mended"]);
  });

  it("enables a key that was disabled", async () => {
    const { world, id, state } = await withKey();
    await world.kms.send(new DisableKeyCommand({ KeyId: id }));
    world.forget();
    await world.send(keyDisabled(id));
    assert.equal(await state(), "Enabled");
    assert.deepEqual(world.changes, ["EnableKey"]);
  });

  it("only says in a dry run what it would have done", async () => {
    const { world, id, state } = await withKey("dryRun");
    await schedule(world, id);
    const record = await world.send(keyDeletion(id));
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "wouldAct");
    assert.deepEqual(record.calls, ["kms:CancelKeyDeletion", "kms:EnableKey"]);
    assert.deepEqual(world.changes, []);
    assert.equal(await state(), "PendingDeletion");
    assert.deepEqual(world.told, ["alerts: StreamFlix keys: dry run, nothing was changed"]);
  });

  it("leaves a key alone that somebody has released before, and tells people", async () => {
    const { world, id, state } = await withKey();
    const released = { TagKey: "remediation", TagValue: "off" };
    await world.kms.send(new TagResourceCommand({ KeyId: id, Tags: [released] }));
    await schedule(world, id);
    const record = await world.send(keyDeletion(id));
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "announced");
    assert.deepEqual(world.changes, []);
    assert.equal(await state(), "PendingDeletion");
    assert.deepEqual(world.told, ["alerts: StreamFlix keys: needs a look"]);
  });

  for (const [whose, tags] of [
    ["of nobody", {}],
    ["of another project", { ...TAGS, project: "other" }],
    ["of another environment", { ...TAGS, environment: "prod" }],
  ] as const) {
    it(`leaves a key ${whose} alone and tells nobody`, async () => {
      const { world, id, state } = await withKey("act", tags);
      await schedule(world, id);
      const record = await world.send(keyDeletion(id));
      assert.ok(typeof record === "object");
      assert.equal(record.outcome, "outOfScope");
      assert.deepEqual([world.changes, world.told], [[], []]);
      assert.equal(await state(), "PendingDeletion");
    });
  }

  it("leaves another account's and another region's events alone, without a call", async () => {
    const { world, id } = await withKey();
    world.forget();
    const foreign = keyDeletion(`arn:aws:kms:eu-central-1:999999999999:key/${id}`);
    for (const event of [
      { ...keyDeletion(id), account: "999999999999" },
      { ...keyDeletion(id), region: "eu-west-1" },
      foreign,
    ]) {
      const record = await world.send(event);
      assert.ok(typeof record === "object");
      assert.equal(record.outcome, "outOfScope");
    }
    assert.deepEqual(world.calls, []);
  });

  it("gets over throttling, and acts once", async () => {
    const { world, id, state } = await withKey();
    await schedule(world, id);
    world.fail("DescribeKey", "ThrottlingException");
    world.fail("CancelKeyDeletion", "ThrottlingException");
    const record = await world.send(keyDeletion(id));
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "acted");
    assert.equal(await state(), "Enabled");
    // Each attempt counts; the one that was throttled had no effect.
    assert.deepEqual(world.changes, ["CancelKeyDeletion", "CancelKeyDeletion", "EnableKey"]);
  });

  it("fails where the second step fails, and does the rest when the event is tried again", async () => {
    const { world, id, state } = await withKey();
    await schedule(world, id);
    world.fail("EnableKey", "AccessDeniedException");
    assert.equal(await world.send(keyDeletion(id)), "RemedyFailed");
    assert.deepEqual(
      world.records.map(({ outcome, calls }) => ({ outcome, calls })),
      [{ outcome: "failed", calls: ["kms:CancelKeyDeletion"] }],
    );
    assert.deepEqual(world.told, ["alerts: StreamFlix keys: could not be mended"]);
    assert.equal(await state(), "Disabled");
    const again = await world.send(keyDeletion(id));
    assert.ok(typeof again === "object");
    assert.deepEqual([again.outcome, again.calls], ["acted", ["kms:EnableKey"]]);
    assert.equal(await state(), "Enabled");
  });

  it("fails when access is denied, after changing nothing", async () => {
    const { world, id } = await withKey();
    await schedule(world, id);
    world.fail("ListResourceTags", "AccessDeniedException");
    assert.equal(await world.send(keyDeletion(id)), "RemedyFailed");
    assert.deepEqual(world.changes, []);
  });

  it("fails when nobody could be told, with the record of what was done", async () => {
    const { world, id, state } = await withKey();
    await schedule(world, id);
    world.fail("Publish", "AuthorizationErrorException");
    assert.equal(await world.send(keyDeletion(id)), "NotTold");
    assert.equal(await state(), "Enabled");
    assert.deepEqual(
      world.records.map(({ outcome }) => outcome),
      ["acted"],
    );
  });

  it("decides by what the key is now: a call that was refused finds nothing to mend", async () => {
    const { world, id } = await withKey();
    world.forget();
    const record = await world.send(keyDeletionRefused(id));
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "nothingToDo");
    assert.deepEqual([world.changes, world.told], [[], []]);
  });

  it("refuses what is no event of its rules, and says nothing of what is in it", async () => {
    const { world, id } = await withKey();
    world.forget();
    const good = keyDeletion(id);
    const { detail, ...frame } = good;
    for (const event of [
      undefined,
      "text",
      {},
      frame,
      { ...good, account: 111122223333 },
      { ...good, time: "yesterday" },
      { ...good, detail: { ...detail, requestParameters: {} } },
      { ...good, detail: { ...detail, requestParameters: { keyId: "a b" } } },
      { ...good, detail: { ...detail, eventName: "PutKeyPolicy" } },
    ]) {
      assert.equal(await world.send(event), "InvalidEvent");
    }
    assert.deepEqual([world.calls, world.records], [[], []]);
  });

  it("keeps nothing of the person who did it", async () => {
    const { world, id } = await withKey();
    await schedule(world, id);
    await world.send(keyDeletion(id));
    const kept = JSON.stringify([world.records, world.calls]);
    assert.deepEqual(
      ["Alice", "192.0.2.0", "EX_PRINCIPAL_ID", "EXAMPLE_KEY_ID"].filter((it) => kept.includes(it)),
      [],
    );
  });
});
