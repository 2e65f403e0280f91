import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { DATABASE } from "../functions/support/world";
import { wholePicture } from "../support/pictures";
import { send } from "./support/client";
import { load } from "./support/load";
import { ServiceProcess } from "./support/service-process";
import { ServiceWorld } from "./support/service-world";

describe("service: start and stop", function () {
  this.timeout(60_000);
  let world: ServiceWorld;
  let service: ServiceProcess | undefined;
  before(async () => {
    world = await ServiceWorld.start();
  });
  afterEach(async () => {
    await service?.kill();
    service = undefined;
  });
  after(() => world.end());

  const start = async (overrides: Readonly<Record<string, string>> = {}) => {
    service = await world.startService(overrides);
    return service;
  };
  const PROFILE = { displayName: "x", language: "de", maturityRating: 0 };

  /** A picture of which the second half comes when `finish` is called; resolves to the whole answer. */
  const slowUpload = async (url: string) => {
    const socket: Socket = connect(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.on("error", () => undefined);
    const closed = once(socket, "close").then(() => answer);
    const head =
      "PUT /v1/artwork/slow.png HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\n";
    const picture = wholePicture("png", 100);
    socket.write(Buffer.concat([Buffer.from(head), picture.subarray(0, 50)]));
    await sleep(200);
    return {
      answer: closed,
      finish: () => {
        socket.write(picture.subarray(50));
        return closed;
      },
    };
  };

  it("ends at once when nothing is under way", async () => {
    const running = await start();
    await send(running.url, "PUT", `/v1/profiles/${randomUUID()}`, PROFILE);
    const begin = Date.now();
    running.signal("SIGTERM");
    assert.equal(await running.exit(), 0);
    assert.ok(Date.now() - begin < 5_000);
    assert.deepEqual(running.events(), ["serving", "asked to stop", "draining", "stopped"]);
    const sessions = await world.roles.asSuperuser("postgres", async (client) => {
      const text = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'streamflix-service'";
      return (await client.query(text)).rowCount;
    });
    assert.equal(sessions, 0);
  });

  it("lets requests under way end, and takes no new ones", async () => {
    const running = await start();
    const upload = await slowUpload(running.url);
    const id = randomUUID();
    const blocker = await world.roles.server.superuser(DATABASE);
    await blocker.query("BEGIN; LOCK TABLE streamflix.profiles");
    const write = send(running.url, "PUT", `/v1/profiles/${id}`, PROFILE);
    await sleep(200);
    running.signal("SIGTERM");
    await sleep(300);
    await assert.rejects(fetch(`${running.url}/health`), "it still listens");
    await blocker.query("COMMIT");
    await blocker.end();
    assert.equal((await write).status, 200);
    // Longer than anything else that is done on the way out.
    await sleep(4_000);
    assert.match(await upload.finish(), /^HTTP\/1\.1 201 [^]*connection: close/i);
    assert.equal(await running.exit(), 0);
    assert.equal(running.lines.find((line) => line["event"] === "draining")?.["inFlight"], 2);
  });

  it("first says that it should get no more, while it still serves", async () => {
    const running = await start({ DRAIN_NOTICE_SECONDS: "2" });
    running.signal("SIGTERM");
    await sleep(300);
    const health = await send(running.url, "GET", "/health");
    assert.deepEqual([health.status, health.json], [503, { status: "draining" }]);
    assert.equal(health.headers.get("connection"), "close");
    assert.equal((await send(running.url, "PUT", `/v1/profiles/${randomUUID()}`, PROFILE)).status, 200);
    assert.equal(await running.exit(), 0);
  });

  it("loses no request of clients that turn away when they are told to", async () => {
    const running = await start({ DRAIN_NOTICE_SECONDS: "2" });
    const next = await world.startService();
    try {
      // A load balancer sends new requests to the next task during the notice.
      const first = load(running.url, { timeoutMs: 5_000, retries: 0 }, async () => {
        await sleep(500);
        running.signal("SIGTERM");
        await sleep(1_000);
      });
      const { requests, failures } = await first;
      assert.ok(requests > 10);
      assert.deepEqual(failures, []);
      assert.equal(await running.exit(), 0);
    } finally {
      await next.kill();
    }
  });

  it("breaks off what does not end, before it would be killed", async () => {
    const running = await start({ STOP_TIMEOUT_SECONDS: "12" });
    const upload = await slowUpload(running.url);
    const begin = Date.now();
    running.signal("SIGTERM");
    assert.equal(await running.exit(), 1);
    const took = Date.now() - begin;
    assert.ok(took >= 1_900 && took < 6_000, `${took} ms`);
    assert.equal(await upload.answer, "");
    assert.ok(running.events().includes("requests broken off"));
  });

  it("takes a second signal for the first", async () => {
    const running = await start({ DRAIN_NOTICE_SECONDS: "1" });
    running.signal("SIGTERM");
    await sleep(100);
    running.signal("SIGINT");
    running.signal("SIGTERM");
    assert.equal(await running.exit(), 0);
    assert.equal(running.events().filter((event) => event === "draining").length, 1);
  });

  it("stops while database and cache are away", async () => {
    const running = await start();
    await send(running.url, "PUT", `/v1/profiles/${randomUUID()}`, PROFILE);
    await world.cache.halt();
    await world.roles.server.halt();
    try {
      await sleep(300);
      running.signal("SIGTERM");
      assert.equal(await running.exit(), 0);
    } finally {
      await world.cache.launch();
      await world.roles.server.resumeAfter(0);
    }
  });

  it("starts while database and cache are away", async () => {
    await world.cache.halt();
    await world.roles.server.halt();
    try {
      const running = await start();
      assert.equal((await send(running.url, "GET", "/health")).status, 200);
      const reply = await send(running.url, "GET", `/v1/profiles/${randomUUID()}`);
      assert.deepEqual([reply.status, reply.headers.get("retry-after")], [503, "1"]);
      assert.deepEqual(reply.json, { title: "The database is not available at the moment.", status: 503 });
    } finally {
      await world.cache.launch();
      await world.roles.server.resumeAfter(0);
    }
  });

  it("does not start with an environment that is not in order, and says all of it", async () => {
    service = ServiceProcess.spawn({ PORT: "x", DATABASE_SECRET_ARN: "a secret" });
    assert.equal(await service.exit(), 1);
    assert.match(service.errors, /can't start with these environment variables:\n( {2}[A-Z_]+: .+\n){9}$/);
    assert.doesNotMatch(service.errors, /a secret/);
  });

  it("does not start where something else listens", async () => {
    const running = await start();
    const other = ServiceProcess.spawn(world.environment({ PORT: new URL(running.url).port }));
    assert.equal(await other.exit(), 1);
    assert.deepEqual(
      other.lines.map(({ event, code }) => [event, code]),
      [["could not start", "EADDRINUSE"]],
    );
  });
});
