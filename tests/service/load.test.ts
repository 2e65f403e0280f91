import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { type ClientRules, describeLoad, load } from "./support/load";
import type { ServiceProcess } from "./support/service-process";
import { ServiceWorld } from "./support/service-world";

/** The client that the platform promises to serve. */
const CLIENT: ClientRules = { timeoutMs: 5_000, retries: 2 };
/** One that shows that the promise is worth something. */
const IMPATIENT: ClientRules = { timeoutMs: 5_000, retries: 0 };

describe("service: under load", function () {
  this.timeout(60_000);
  let world: ServiceWorld;
  let service: ServiceProcess;
  before(async () => {
    world = await ServiceWorld.start();
  });
  beforeEach(async () => {
    service = await world.startService();
  });
  afterEach(() => service.kill());
  after(() => world.end());

  const run = async (name: string, rules: ClientRules, during: () => Promise<void>) => {
    const report = await load(service.url, rules, async () => {
      await sleep(1_000);
      await during();
      await sleep(1_000);
    });
    console.log(`      ${describeLoad(name, report)}`);
    assert.ok(report.requests > 20, `${report.requests} requests`);
    return report;
  };
  const endSessions = () =>
    world.roles.asSuperuser("postgres", (client) =>
      client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'streamflix-service'",
      ),
    );

  it("serves every request when nothing happens", async () => {
    const { failures, repeated } = await run("quiet", IMPATIENT, () => sleep(2_000));
    assert.deepEqual(failures, []);
    assert.equal(repeated, 0);
  });

  const failover = (milliseconds: number) => async () => {
    await world.roles.server.halt();
    await world.roles.server.resumeAfter(milliseconds);
  };

  it("fails no request while the database fails over", async () => {
    assert.deepEqual((await run("failover", CLIENT, failover(500))).failures, []);
  });

  it("fails no request while the database is away for longer than the service is patient", async () => {
    const { failures, repeated } = await run("long failover", CLIENT, failover(4_500));
    assert.deepEqual(failures, []);
    assert.notEqual(repeated, 0);
  });

  it("fails requests of a client that does not repeat them then", async () => {
    const { failures } = await run("long failover, no retries", IMPATIENT, failover(4_500));
    assert.notEqual(failures.length, 0);
    // It says so in time, instead of letting the client wait.
    assert.deepEqual(new Set(failures.map((failure) => failure.split(": ")[1])), new Set(["503"]));
  });

  it("fails no request while the user of the database is rotated, and the other one after", async () => {
    const { failures, repeated } = await run("rotations", IMPATIENT, async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await world.rotate();
        // New sessions have to sign in, so that old passwords come to light.
        await endSessions();
        await sleep(500);
      }
    });
    assert.deepEqual(failures, []);
    assert.equal(repeated, 0);
    const users = await world.roles.asSuperuser("postgres", async (client) => {
      const text = `SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'streamflix-service'`;
      return (await client.query<{ usename: string }>(text)).rows.map(({ usename }) => usename);
    });
    assert.deepEqual(users, ["streamflix_app"]);
  });

  it("fails requests when the secret does not follow the database", async () => {
    // A rotation that was broken off: the password is new, the secret is not.
    const { failures } = await run("rotation without its secret", IMPATIENT, async () => {
      await world.roles.asMaster((client) => client.query("ALTER ROLE streamflix_app PASSWORD 'lost'"));
      await endSessions();
      await sleep(500);
    });
    assert.notEqual(failures.length, 0);
  });

  it("fails no request while the cache goes and comes back", async () => {
    await world.rotate();
    const { failures } = await run("cache away", IMPATIENT, async () => {
      await world.cache.halt();
      await sleep(1_000);
      await world.cache.launch();
    });
    assert.deepEqual(failures, []);
  });
});
