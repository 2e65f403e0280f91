import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { HOST } from "../functions/support/postgres-server";
import { wholePicture } from "../support/pictures";
import { type Reply, send } from "./support/client";
import type { ServiceProcess } from "./support/service-process";
import { ServiceWorld } from "./support/service-world";

/** A name that leads nowhere: what is behind it is in a region that is dark, or not there yet. */
const NOWHERE = "nowhere.invalid";
const READ_ONLY = {
  type: "urn:streamflix:failure:read-only",
  title: "The database can only be read at the moment.",
  status: 503,
};
const PROFILE = { displayName: "Ann", language: "de", maturityRating: 12 };
const PLACE = { positionSeconds: 10, recordedAt: "2026-11-01T12:00:00.000Z" };

describe("service: standby", () => {
  let world: ServiceWorld;
  const started: ServiceProcess[] = [];
  const profile = randomUUID();
  before(async function () {
    this.timeout(60_000);
    // As a replicated secret does, it names a host of the other region.
    world = await ServiceWorld.start(NOWHERE);
    const home = await start({ DATABASE_WRITER_HOST: HOST });
    assert.equal((await put(home, `/v1/profiles/${profile}`)).status, 200);
    assert.equal((await put(home, `/v1/playback/${profile}/tt-42`, PLACE)).status, 200);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((service) => service.kill()));
  });
  after(() => world.end());

  const start = async (environment: Readonly<Record<string, string>>) => {
    const service = await world.startService({ WITHOUT: "cache,stream,files", ...environment });
    started.push(service);
    return service;
  };
  const standby = (environment: Readonly<Record<string, string>> = {}) =>
    start({ DATABASE_WRITER_HOST: HOST, DATABASE_READER_HOST: HOST, ...environment });
  const get = ({ url }: ServiceProcess, where: string) => send(url, "GET", where);
  const put = ({ url }: ServiceProcess, where: string, body: unknown = PROFILE) =>
    send(url, "PUT", where, body);
  const assertReads = async (service: ServiceProcess) => {
    const { id, language } = (await get(service, `/v1/profiles/${profile}`)).json;
    assert.deepEqual([id, language], [profile, "de"]);
    assert.deepEqual((await get(service, `/v1/playback/${profile}/tt-42`)).json, PLACE);
    assert.deepEqual((await get(service, "/health/deep")).json, { checks: { database: "ok" } });
  };
  const assertReadOnly = ({ status, json, headers }: Reply) => {
    assert.deepEqual([status, json, headers.get("retry-after")], [503, READ_ONLY, "5"]);
    assert.equal(headers.get("content-type"), "application/problem+json");
  };

  it("reads at once, refuses to write, and writes by itself once the database is promoted", async function () {
    this.timeout(60_000);
    await world.roles.server.asStandby(async () => {
      const service = await standby();
      await assertReads(service);
      assertReadOnly(await put(service, `/v1/profiles/${randomUUID()}`));
      // Known by now: one write a second finds out whether it is still so, and no other one asks the database.
      const asked = world.roles.server.log.length;
      const begun = Date.now();
      const refused = await Promise.all(
        Array.from({ length: 50 }, () => put(service, `/v1/playback/${profile}/tt-7`, PLACE)),
      );
      const seconds = (Date.now() - begun) / 1_000;
      refused.forEach(assertReadOnly);
      const tried = world.roles.server.log.slice(asked).match(/cannot execute INSERT/g) ?? [];
      assert.ok(tried.length <= Math.ceil(seconds), `${tried.length} in ${seconds} s`);
      await assertReads(service);

      const client = await world.roles.server.superuser();
      await client.query("SELECT pg_promote()");
      await client.end();
      const promoted = Date.now();
      const written = randomUUID();
      let reply = await put(service, `/v1/profiles/${written}`);
      while (reply.status === 503 && Date.now() - promoted < 10_000) {
        assertReadOnly(reply);
        await sleep(100);
        reply = await put(service, `/v1/profiles/${written}`);
      }
      assert.equal(reply.status, 200);
      assert.ok(Date.now() - promoted < 5_000, `${Date.now() - promoted} ms`);
      assert.equal((await get(service, `/v1/profiles/${written}`)).status, 200);
      assert.equal((await put(service, `/v1/playback/${written}/tt-7`, PLACE)).status, 200);
      await assertReads(service);
    });
  });

  it("reads where the writer's name leads nowhere yet", async () => {
    const service = await standby({ DATABASE_WRITER_HOST: NOWHERE });
    await assertReads(service);
    assertReadOnly(await put(service, `/v1/profiles/${randomUUID()}`));
    await assertReads(service);
  });

  it("does neither with nothing but the other region's secret", async () => {
    const service = await start({});
    for (const reply of [
      await get(service, `/v1/profiles/${profile}`),
      await put(service, `/v1/profiles/${randomUUID()}`),
    ]) {
      assert.deepEqual(
        [reply.status, reply.json],
        [503, { title: "The database is not available at the moment.", status: 503 }],
      );
    }
  });

  it("asks clients to keep events and pictures for later, and still says what is wrong with them", async () => {
    const service = await standby();
    const event = {
      eventId: randomUUID(),
      subjectId: profile,
      type: "play",
      titleId: "tt-42",
      positionSeconds: 7,
      occurredAt: "2026-11-01T12:00:00.000Z",
    };
    const picture = { "content-type": "image/png" };
    const replies = [
      await send(service.url, "POST", "/v1/viewing-events", { events: [event] }),
      await get(service, "/v1/artwork/tt-42.png"),
      await send(service.url, "PUT", "/v1/artwork/tt-42.png", wholePicture("png", 100), picture),
    ];
    for (const { status, json, headers } of replies) {
      assert.deepEqual([status, json["type"]], [503, "urn:streamflix:failure:not-here"]);
      assert.equal(headers.get("retry-after"), "60");
    }
    assert.equal((await send(service.url, "POST", "/v1/viewing-events", { events: [] })).status, 400);
    assert.deepEqual(world.kinesis.records, []);
  });
});
