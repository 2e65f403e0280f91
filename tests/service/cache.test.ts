import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { rootCertificates } from "node:tls";

import { Cache, type CacheOptions } from "../../service/cache";
import { makeLog } from "../../service/log";
import { makeInstruments } from "../../service/telemetry";
import { CacheServer, PASSWORD, PASSWORD_USER } from "./support/cache-server";

describe("service: cache", () => {
  let server: CacheServer;
  const opened: Cache[] = [];
  const lines: string[] = [];
  before(async () => {
    server = await CacheServer.start();
  });
  afterEach(() => {
    for (const cache of opened.splice(0)) cache.close();
    lines.length = 0;
  });
  after(() => server.stop());

  const make = (options: Partial<CacheOptions> = {}) => {
    const cache = new Cache({
      host: "localhost",
      port: server.port,
      user: PASSWORD_USER,
      token: () => Promise.resolve(PASSWORD),
      ca: server.ca,
      log: makeLog((line) => lines.push(line)),
      instruments: makeInstruments(),
      ...options,
    });
    opened.push(cache);
    return cache;
  };
  const until = async (what: () => Promise<boolean>) => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (await what()) return;
      await sleep(25);
    }
    assert.fail("it did not happen in time");
  };
  const open = async (options: Partial<CacheOptions> = {}) => {
    const cache = make(options);
    await until(() => cache.answers());
    return cache;
  };
  const quickly = async (work: Promise<unknown>) => {
    const start = Date.now();
    assert.equal(await work, undefined);
    const took = Date.now() - start;
    assert.ok(took < 1_000, `${took} ms`);
  };

  it("keeps values for as long as was said", async () => {
    const cache = await open();
    assert.equal(await cache.get("a"), undefined);
    await cache.put("a", "1", 1);
    assert.equal(await cache.get("a"), "1");
    await sleep(1_100);
    assert.equal(await cache.get("a"), undefined);
  });

  it("does not let a reader overwrite what a writer put meanwhile", async () => {
    const cache = await open();
    await cache.put("b", "new", 30);
    await cache.fill("b", "old", 30);
    assert.equal(await cache.get("b"), "new");
  });

  it("serves nothing when it does not sign in, and says so once", async () => {
    const cache = make({ token: () => Promise.resolve("another") });
    await sleep(500);
    await quickly(cache.get("a"));
    await quickly(cache.put("a", "1", 30));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /cache does not serve, the database does/);
    assert.doesNotMatch(lines.join(), /another/);
  });

  it("asks for a token at each sign-in, and serves once it gets a good one", async () => {
    const tokens = [Promise.reject(new Error("no credentials")), "expired", PASSWORD].map(
      (token) => () => token,
    );
    const token = () => Promise.resolve(tokens.shift()?.() ?? PASSWORD);
    const cache = await open({ token });
    assert.deepEqual(tokens, []);
    assert.equal(await cache.get("nothing"), undefined);
  });

  it("serves nothing while no token is to be had", async () => {
    const cache = make({ token: () => Promise.reject(new Error("no credentials")) });
    await sleep(200);
    await quickly(cache.get("a"));
  });

  it("trusts no other authority", async () => {
    const cache = make({ ca: rootCertificates.join("\n") });
    await sleep(300);
    assert.equal(await cache.answers(), false);
    assert.match(lines.join(), /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/);
  });

  it("signs in again on the same connection before AWS ends it", async () => {
    let passwords = 0;
    const token = () => {
      passwords += 1;
      return Promise.resolve(PASSWORD);
    };
    const before = connections(await server.command("INFO", "stats"));
    const cache = await open({ token, signInAgainMs: 50 });
    await until(() => Promise.resolve(passwords >= 4));
    assert.equal(await cache.answers(), true);
    // One of the cache, two of these commands.
    assert.equal(connections(await server.command("INFO", "stats")) - before, 2);
  });

  it("comes back after the server was away", async () => {
    const cache = await open();
    await cache.put("c", "1", 30);
    await server.halt();
    await quickly(cache.get("c"));
    await quickly(cache.put("c", "2", 30));
    await server.launch();
    await until(() => cache.answers());
    await cache.put("c", "3", 30);
    assert.equal(await cache.get("c"), "3");
  });

  it("costs one short wait a second while the server hangs", async () => {
    const cache = await open();
    server.signal("SIGSTOP");
    try {
      await quickly(cache.get("d"));
      const start = Date.now();
      for (let count = 0; count < 100; count += 1) assert.equal(await cache.get("d"), undefined);
      assert.ok(Date.now() - start < 500, "asked again at once");
    } finally {
      server.signal("SIGCONT");
    }
    await until(() => cache.answers());
  });
});

function connections(info: unknown): number {
  return Number(/total_connections_received:(\d+)/.exec(String(info))?.[1]);
}
