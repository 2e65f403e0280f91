import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { MAX_ARTWORK_BYTES } from "../../functions/shared/pictures";
import { DATABASE } from "../functions/support/world";
import { wholePicture } from "../support/pictures";
import { PASSWORD_USER } from "./support/cache-server";
import { type Reply, send } from "./support/client";
import type { ServiceProcess } from "./support/service-process";
import { ServiceWorld } from "./support/service-world";

describe("service: routes", () => {
  let world: ServiceWorld;
  let service: ServiceProcess;
  before(async function () {
    this.timeout(60_000);
    world = await ServiceWorld.start();
    service = await world.startService();
  });
  after(async () => {
    await service.kill();
    await world.end();
  });
  beforeEach(() => world.cache.command("FLUSHALL"));

  const get = (where: string) => send(service.url, "GET", where);
  const put = (where: string, body: unknown) => send(service.url, "PUT", where, body);
  const PROFILE = { displayName: "Ann's profile", language: "de", maturityRating: 12 };
  const newProfile = async () => {
    const id = randomUUID();
    assert.equal((await put(`/v1/profiles/${id}`, PROFILE)).status, 200);
    return id;
  };
  const query = (text: string) =>
    world.roles.asSuperuser(
      DATABASE,
      async (client) => (await client.query<Record<string, unknown>>(text)).rows,
    );

  describe("profiles", () => {
    it("are written, read and replaced", async () => {
      const id = await newProfile();
      const { status, json } = await get(`/v1/profiles/${id.toUpperCase()}`);
      const { updatedAt, ...rest } = json;
      assert.equal(status, 200);
      assert.deepEqual(rest, { id, ...PROFILE });
      assert.match(String(updatedAt), /^\d{4}-.*Z$/);
      await put(`/v1/profiles/${id}`, { ...PROFILE, language: "fr" });
      assert.equal((await get(`/v1/profiles/${id}`)).json["language"], "fr");
    });

    it("that are not there are 404", async () => {
      const reply = await get(`/v1/profiles/${randomUUID()}`);
      assert.equal(reply.status, 404);
      assert.equal(reply.headers.get("content-type"), "application/problem+json");
      assert.deepEqual(reply.json, { title: "There is no such profile.", status: 404 });
    });

    it("report everything that is wrong with a body, without its values", async () => {
      const body = {
        displayName: " ",
        language: "a secret word",
        maturityRating: 1.5,
        email: "ann@example.com",
      };
      const { status, json, text } = await put(`/v1/profiles/${randomUUID()}`, body);
      assert.equal(status, 400);
      assert.equal((json["problems"] as string[]).length, 4);
      assert.doesNotMatch(text, /secret|ann@/);
    });

    const INJECTIONS = [
      "1' OR '1'='1",
      "'; DROP TABLE profiles; --",
      "00000000-0000-4000-8000-000000000000'--",
      "$1",
      "1;SELECT pg_sleep(10)",
      "..%2f..%2fetc%2fpasswd",
      "%00",
    ];
    for (const text of INJECTIONS) {
      it(`refuse SQL in an id: ${text}`, async () => {
        const before = await query("SELECT count(*) FROM streamflix.profiles");
        const where = `/v1/profiles/${text.includes("%") ? text : encodeURIComponent(text)}`;
        assert.equal((await get(where)).status, 400);
        assert.equal((await put(where, PROFILE)).status, 400);
        assert.deepEqual(await query("SELECT count(*) FROM streamflix.profiles"), before);
      });
    }

    it("keep SQL in a text as text", async () => {
      const id = randomUUID();
      const displayName = "x'); DROP TABLE profiles; --";
      assert.equal((await put(`/v1/profiles/${id}`, { ...PROFILE, displayName })).status, 200);
      assert.equal((await get(`/v1/profiles/${id}`)).json["displayName"], displayName);
    });
  });

  describe("playback", () => {
    const at = (seconds: number, recordedAt: string) => ({ positionSeconds: seconds, recordedAt });
    const NOON = "2026-11-01T12:00:00.000Z";
    const LATER = "2026-11-01T12:00:10.000Z";

    it("positions are written and read", async () => {
      const where = `/v1/playback/${await newProfile()}/tt-42`;
      assert.equal((await get(where)).status, 404);
      assert.deepEqual((await put(where, at(10, NOON))).json, at(10, NOON));
      assert.deepEqual((await get(where)).json, at(10, NOON));
    });

    it("positions that come late or twice don't turn back time", async () => {
      const where = `/v1/playback/${await newProfile()}/tt-42`;
      await put(where, at(20, LATER));
      assert.deepEqual((await put(where, at(10, NOON))).json, at(20, LATER));
      await put(where, at(20, LATER));
      assert.deepEqual((await get(where)).json, at(20, LATER));
    });

    it("reads come from the cache when it has the position", async () => {
      const profile = await newProfile();
      const where = `/v1/playback/${profile}/tt-42`;
      await put(where, at(10, NOON));
      await query(
        `UPDATE streamflix.playback_positions SET position_seconds = 99 WHERE profile_id = '${profile}'`,
      );
      assert.equal((await get(where)).json["positionSeconds"], 10);
      await world.cache.command("FLUSHALL");
      assert.equal((await get(where)).json["positionSeconds"], 99);
      // That read filled the cache again, for half a minute at most.
      const key = `playback:${profile}:tt-42`;
      assert.match(String(await world.cache.command("GET", key)), /"positionSeconds":99/);
      const ttl = Number(await world.cache.command("TTL", key));
      assert.ok(ttl > 0 && ttl <= 30);
    });

    it("needs a profile", async () => {
      const reply = await put(`/v1/playback/${randomUUID()}/tt-42`, at(10, NOON));
      assert.deepEqual([reply.status, reply.json["title"]], [404, "There is no such profile."]);
    });

    const bad: readonly [string, unknown][] = [
      ["a position before the start", at(-1, NOON)],
      ["a position after a day", at(86_401, NOON)],
      ["a time in words", at(1, "yesterday")],
      [
        "a time in the future, which would shut out all others",
        at(1, new Date(Date.now() + 3_600_000).toISOString()),
      ],
      ["another field", { ...at(1, NOON), device: "tv" }],
      ["an array", []],
      ["null", null],
    ];
    for (const [name, body] of bad) {
      it(`refuses ${name}`, async () => {
        assert.equal((await put(`/v1/playback/${randomUUID()}/tt-42`, body)).status, 400);
      });
    }
    for (const title of ["TT", "a b", "a%27--", "a".repeat(25), randomUUID(), ""]) {
      it(`refuses the title "${title}"`, async () => {
        assert.equal((await get(`/v1/playback/${randomUUID()}/${title}`)).status, 400);
      });
    }
  });

  describe("artwork", () => {
    const picture = (bytes: number) => wholePicture("png", bytes);
    const putPicture = (name: string, body: Buffer, mediaType = "image/png") =>
      send(service.url, "PUT", `/v1/artwork/${name}`, body, { "content-type": mediaType });

    it("is written whole and read", async () => {
      assert.equal((await putPicture("tt-42.png", picture(MAX_ARTWORK_BYTES))).status, 201);
      const { status, headers, text } = await get("/v1/artwork/tt-42.png");
      assert.deepEqual(
        [status, headers.get("content-type"), headers.get("x-content-type-options"), text.length],
        [200, "image/png", "nosniff", MAX_ARTWORK_BYTES],
      );
      // Nothing unfinished is left.
      assert.deepEqual(readdirSync(path.join(world.files, "artwork")), ["tt-42.png"]);
    });

    it("that is not there is 404", async () => {
      assert.equal((await get("/v1/artwork/tt-0.png")).status, 404);
    });

    it("has a size and a media type", async () => {
      assert.equal((await putPicture("tt-43.png", picture(MAX_ARTWORK_BYTES + 1))).status, 413);
      assert.equal((await putPicture("tt-43.png", Buffer.alloc(0))).status, 400);
      assert.equal((await putPicture("tt-43.png", picture(100), "text/html")).status, 415);
      assert.equal((await get("/v1/artwork/tt-43.png")).status, 404);
    });

    for (const ending of ["jpg", "png", "webp"] as const) {
      it(`is whole, or not taken: ${ending}`, async () => {
        const whole = wholePicture(ending, 1000);
        const put = async (name: string, body: Buffer) =>
          (await putPicture(`${name}.${ending}`, body, ending === "jpg" ? "image/jpeg" : `image/${ending}`))
            .status;
        assert.equal(await put("tt-45", whole), 201);
        assert.equal(await put("tt-46", whole.subarray(0, 999)), 400);
        assert.equal(await put("tt-46", whole.subarray(1)), 400);
        assert.equal(await put("tt-46", whole.subarray(0, 5)), 400);
        assert.equal(await put("tt-46", Buffer.alloc(1000)), 400);
        assert.equal((await get(`/v1/artwork/tt-46.${ending}`)).status, 404);
      });
    }

    it("is refused as soon as it is too large, also without a length", async () => {
      const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
      let answer = "";
      socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
      socket.on("error", () => undefined);
      socket.write(
        "PUT /v1/artwork/tt-44.png HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n",
      );
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      for (let count = 0; count < 33 && answer === ""; count += 1) {
        socket.write(chunk);
        await sleep(1);
      }
      await sleep(300);
      socket.destroy();
      assert.match(answer, /^HTTP\/1\.1 413 /);
    });

    const PATHS = [
      "..%2fdatabase-ca.pem",
      "%2e%2e%2fdatabase-ca.pem",
      "..%5cdatabase-ca.png",
      "%2fetc%2fpasswd",
      "a%00.png",
      ".png",
      "..png",
      "a.png%2f..",
      "a.pem",
      "A.png",
      "tt-42.png.png",
    ];
    for (const name of PATHS) {
      it(`does not leave its folder by ${name}`, async () => {
        assert.equal((await get(`/v1/artwork/${name}`)).status, 400);
        assert.equal((await putPicture(name, picture(100))).status, 400);
      });
    }

    it("does not leave its folder by plain dots", async () => {
      const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
      let answer = "";
      socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
      socket.write("GET /v1/artwork/../database-ca.pem HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
      await new Promise((resolve) => socket.once("close", resolve));
      assert.match(answer, /^HTTP\/1\.1 404 /);
    });

    it("follows no link, reads no folder and nothing huge", async () => {
      const folder = path.join(world.files, "artwork");
      symlinkSync(world.databaseCaFile, path.join(folder, "link.png"));
      mkdirSync(path.join(folder, "folder.png"));
      writeFileSync(path.join(folder, "huge.png"), "");
      truncateSync(path.join(folder, "huge.png"), MAX_ARTWORK_BYTES + 1);
      for (const name of ["link.png", "folder.png", "huge.png"]) {
        assert.equal((await get(`/v1/artwork/${name}`)).status, 404, name);
      }
      // Writing replaces the link, not what it leads to.
      assert.equal((await putPicture("link.png", picture(100))).status, 201);
      assert.match((await get("/v1/artwork/link.png")).text, /IEND/);
      assert.ok(existsSync(world.databaseCaFile));
    });
  });

  describe("anything else", () => {
    it("is 404, or 405 with what is allowed", async () => {
      assert.equal((await get("/")).status, 404);
      assert.equal((await get("/v1/profiles")).status, 404);
      assert.equal((await get(`/v1/profiles/${randomUUID()}/`)).status, 404);
      assert.equal((await get("/v1/profiles/%zz")).status, 404);
      const reply = await send(service.url, "DELETE", `/v1/profiles/${randomUUID()}`);
      assert.deepEqual([reply.status, reply.headers.get("allow")], [405, "GET, PUT"]);
    });

    it("needs JSON where JSON is wanted", async () => {
      const where = `/v1/profiles/${randomUUID()}`;
      const types: readonly [string, string, number][] = [
        ["text/plain", "{}", 415],
        ["application/json; charset=utf-8", "{", 400],
        ["Application/JSON", JSON.stringify(PROFILE), 200],
      ];
      for (const [type, body, status] of types) {
        const reply = await send(service.url, "PUT", where, body, { "content-type": type });
        assert.equal(reply.status, status);
      }
      assert.equal((await put(where, { ...PROFILE, displayName: "x".repeat(5_000) })).status, 413);
    });

    it("is not kept by anyone, and has an id to ask for", async () => {
      const { headers } = await get("/health");
      assert.equal(headers.get("cache-control"), "no-store");
      assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    });
  });

  describe("health", () => {
    const sessions = async () =>
      (await query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'streamflix-service'")).length;

    it("does not touch the database", async () => {
      const fresh = await world.startService();
      const before = await sessions();
      try {
        for (let count = 0; count < 20; count += 1) {
          assert.deepEqual((await send(fresh.url, "GET", "/health")).json, { status: "ok" });
        }
        assert.equal(await sessions(), before);
      } finally {
        await fresh.kill();
      }
    });

    it("uses everything in the deep check, once in ten seconds", async () => {
      const checks = { database: "ok", files: "ok", cache: "ok" };
      const replies = await Promise.all(Array.from({ length: 5 }, () => get("/health/deep")));
      for (const reply of replies) assert.deepEqual([reply.status, reply.json], [200, { checks }]);
      await world.cache.halt();
      try {
        // The answer of the last check still stands.
        assert.deepEqual((await get("/health/deep")).json, { checks });
      } finally {
        await world.cache.launch();
      }
    });

    it("tells what is needed from what only helps", async () => {
      const withoutCache = await world.startService({ CACHE_USER: PASSWORD_USER });
      const withoutFiles = await world.startService({ FILES_DIRECTORY: world.databaseCaFile });
      try {
        const cache = await send(withoutCache.url, "GET", "/health/deep");
        assert.deepEqual(
          [cache.status, cache.json],
          [200, { checks: { database: "ok", files: "ok", cache: "failed" } }],
        );
        const files = await send(withoutFiles.url, "GET", "/health/deep");
        assert.deepEqual(
          [files.status, (files.json["checks"] as Record<string, string>)["files"]],
          [503, "failed"],
        );
      } finally {
        await withoutCache.kill();
        await withoutFiles.kill();
      }
    });
  });

  describe("with a cache that", () => {
    const useIt = async (url: string) => {
      const profile = randomUUID();
      const replies: Reply[] = [await send(url, "PUT", `/v1/profiles/${profile}`, PROFILE)];
      const where = `/v1/playback/${profile}/tt-42`;
      const body = { positionSeconds: 5, recordedAt: "2026-11-01T12:00:00.000Z" };
      for (let count = 0; count < 5; count += 1) {
        replies.push(await send(url, "PUT", where, body), await send(url, "GET", where));
      }
      assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
      assert.deepEqual(replies.at(-1)?.json, body);
    };

    it("is dead, every request is served by the database", async () => {
      await world.cache.halt();
      try {
        await useIt(service.url);
      } finally {
        await world.cache.launch();
      }
    });

    it("hangs, every request is served by the database", async () => {
      world.cache.signal("SIGSTOP");
      try {
        await useIt(service.url);
      } finally {
        world.cache.signal("SIGCONT");
      }
    });

    it("refuses to let the service in, every request is served by the database", async () => {
      const refused = await world.startService({ CACHE_USER: PASSWORD_USER });
      try {
        await useIt(refused.url);
        assert.ok(refused.events().includes("cache does not serve, the database does"));
      } finally {
        await refused.kill();
      }
    });
  });

  describe("leave in the log", () => {
    it("nothing personal and no secret", () => {
      assert.ok(service.lines.length > 0);
      const lines = service.lines.map(({ requestId, traceId, spanId, ...rest }) => {
        assert.ok(requestId === undefined || typeof requestId === "string");
        assert.equal(typeof traceId, typeof spanId);
        return JSON.stringify(rest);
      });
      assert.doesNotMatch(lines.join("\n"), /[0-9a-f]{8}-[0-9a-f]{4}/);
      assert.doesNotMatch(service.output, /Ann|passw|X-Amz|tt-42|ap'p/);
    });
  });
});
