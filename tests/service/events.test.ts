import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { DATABASE } from "../functions/support/world";
import { send } from "./support/client";
import type { ServiceProcess } from "./support/service-process";
import { ServiceWorld } from "./support/service-world";

describe("service: events", () => {
  let world: ServiceWorld;
  let service: ServiceProcess;
  before(async function () {
    this.timeout(60_000);
    world = await ServiceWorld.start();
    service = await world.startService();
  });
  beforeEach(() => {
    world.kinesis.reset();
  });
  after(async () => {
    await service.kill();
    await world.end();
  });

  const eventOf = (subjectId: string, overrides: Readonly<Record<string, unknown>> = {}) => ({
    eventId: randomUUID(),
    subjectId,
    type: "play",
    titleId: "tt-42",
    positionSeconds: 7,
    occurredAt: "2026-11-01T13:00:00+01:00",
    ...overrides,
  });
  const post = (events: unknown) => send(service.url, "POST", "/v1/viewing-events", { events });
  const streamed = () => world.kinesis.records.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
  const rows = (text: string, values: readonly unknown[] = []) =>
    world.roles.asSuperuser(DATABASE, async (client) => {
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    });

  it("get into the stream under a pseudonym", async () => {
    const event = eventOf(randomUUID());
    const { status, json } = await post([event]);
    assert.deepEqual([status, json], [202, { accepted: 1 }]);
    const [record] = world.kinesis.records;
    const { eventId, subject, ...rest } = streamed()[0] ?? {};
    assert.deepEqual(rest, {
      type: "play",
      titleId: "tt-42",
      positionSeconds: 7,
      occurredAt: "2026-11-01T12:00:00.000Z",
    });
    // 32 bytes in base64url.
    assert.match(String(subject), /^[\w-]{43}$/);
    assert.match(String(eventId), /^[\w-]{43}$/);
    assert.equal(record?.partitionKey, subject);
  });

  it("never carry an id of a subject, wherever a client puts it", async () => {
    const subjects = Array.from({ length: 100 }, () => randomUUID());
    const events = subjects.flatMap((subject, index) => [
      eventOf(subject),
      // The id of an event may be chosen to be somebody's.
      eventOf(subject.toUpperCase(), { eventId: subjects[(index + 1) % subjects.length] }),
    ]);
    assert.equal((await post(events)).status, 202);
    assert.equal(world.kinesis.records.length, 200);
    const wire = JSON.stringify(world.kinesis.records).toLowerCase();
    for (const subject of subjects) {
      assert.ok(!wire.includes(subject) && !wire.includes(subject.replaceAll("-", "")));
    }
    for (const field of ["titleId", "type", "occurredAt", "note"]) {
      const [subject = ""] = subjects;
      for (const text of [subject, subject.replaceAll("-", ""), `x${subject}`]) {
        assert.equal((await post([eventOf(subject, { [field]: text })])).status, 400, field);
      }
    }
    assert.equal(world.kinesis.records.length, 200);
  });

  it("of one subject have one pseudonym, others have others", async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    await post([eventOf(one), eventOf(other), eventOf(one)]);
    await post([eventOf(one.toUpperCase())]);
    const [first, second, third, fourth] = streamed().map(({ subject }) => subject);
    assert.deepEqual([third, fourth], [first, first]);
    assert.notEqual(second, first);
  });

  it("sent again have the same id, so that readers can drop them", async () => {
    const event = eventOf(randomUUID());
    await post([event]);
    await post([event]);
    const [first, second] = streamed();
    assert.deepEqual(first, second);
  });

  it("can't be linked to the subject any more once its key is destroyed", async () => {
    const subject = randomUUID();
    await post([eventOf(subject)]);
    assert.equal(
      (await rows("DELETE FROM streamflix.subject_keys WHERE subject_id = $1 RETURNING 1", [subject])).length,
      1,
    );
    await post([eventOf(subject)]);
    const [before, after] = streamed().map((record) => record["subject"]);
    assert.notEqual(before, after);
  });

  it("of the same new subject at the same time get one key", async () => {
    const subjects = Array.from({ length: 400 }, () => randomUUID());
    const backwards = [...subjects].reverse();
    const batches = [subjects, backwards, subjects, backwards, subjects, backwards];
    const replies = await Promise.all(batches.map((batch) => post(batch.map((subject) => eventOf(subject)))));
    assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([202]));
    assert.equal(new Set(streamed().map(({ subject }) => subject)).size, 400);
  });

  it("that a shard refuses are put again, alone", async () => {
    world.kinesis.refuses = (index, call) => call === 0 && index % 2 === 0;
    const events = Array.from({ length: 10 }, () => eventOf(randomUUID()));
    assert.equal((await post(events)).status, 202);
    assert.deepEqual(world.kinesis.calls, [10, 5]);
    assert.equal(new Set(streamed().map(({ eventId }) => eventId)).size, 10);
  });

  it("that a shard goes on refusing are no success, after three calls", async () => {
    world.kinesis.refuses = (index) => index === 0;
    const reply = await post([eventOf(randomUUID()), eventOf(randomUUID())]);
    assert.deepEqual([reply.status, reply.headers.get("retry-after")], [503, "1"]);
    assert.deepEqual(world.kinesis.calls, [2, 1, 1]);
  });

  it("are no success when the stream is gone, within the time a client waits", async () => {
    world.kinesis.dead = true;
    const start = Date.now();
    assert.equal((await post([eventOf(randomUUID())])).status, 503);
    assert.ok(Date.now() - start < 5_000);
  });

  it("come in batches of 1 to 500", async () => {
    assert.equal((await post([])).status, 400);
    const many = Array.from({ length: 500 }, () => eventOf(randomUUID()));
    assert.equal((await post(many)).status, 202);
    assert.deepEqual(world.kinesis.calls, [500]);
    assert.equal((await post([...many, eventOf(randomUUID())])).status, 400);
  });
});
