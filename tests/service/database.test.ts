import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { RotatedSecret } from "../../rotation/client";
import { Database, type DatabaseOptions, type Statement } from "../../service/database";
import { Deadline } from "../../service/deadline";
import { Failure } from "../../service/failures";
import { makeLog } from "../../service/log";
import { makeInstruments } from "../../service/telemetry";
import { PostgresServer } from "../functions/support/postgres-server";
import { DATABASE } from "../functions/support/world";
import { ServiceWorld } from "./support/service-world";

const DEADLINE_MS = 4_500;
const ONE: Statement = { name: "one", on: "reader", text: "SELECT 1 AS one", values: [] };

describe("service: database", () => {
  let world: ServiceWorld;
  const opened: Database[] = [];
  const lines: string[] = [];
  before(async () => {
    world = await ServiceWorld.start();
    // Ends the session that calls it, as a server that goes down does, and counts.
    await world.roles.asSuperuser(DATABASE, (client) =>
      client.query(`
        CREATE SEQUENCE streamflix.deaths;
        CREATE FUNCTION streamflix.die() RETURNS boolean SECURITY DEFINER LANGUAGE sql AS
          $$ SELECT nextval('streamflix.deaths'); SELECT pg_terminate_backend(pg_backend_pid()) $$`),
    );
  });
  beforeEach(async () => {
    await world.roles.asSuperuser(DATABASE, (client) =>
      client.query("ALTER SEQUENCE streamflix.deaths RESTART"),
    );
  });
  const deaths = () =>
    world.roles.asSuperuser(DATABASE, async (client) => {
      const { rows: counts } = await client.query<{ count: number }>(
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int AS count FROM streamflix.deaths",
      );
      return counts[0]?.count;
    });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    lines.length = 0;
  });
  after(() => world.end());

  const open = (options: Partial<DatabaseOptions> = {}) => {
    const database = new Database({
      secret: new RotatedSecret({ read: world.readSecret }),
      ca: world.roles.server.ca,
      log: makeLog((line) => lines.push(line)),
      instruments: makeInstruments(),
      ...options,
    });
    opened.push(database);
    return database;
  };
  const rows = (database: Database, text: string, values: readonly unknown[] = []) =>
    database.rows<Record<string, unknown>>(
      { name: "test", on: "writer", text, values },
      Deadline.in(DEADLINE_MS),
    );
  const isUnavailable = (error: unknown) => error instanceof Failure && error.status === 503;
  const codes = () => lines.map((line) => (JSON.parse(line) as { code?: string }).code);

  it("signs in over TLS, as the user of the secret", async () => {
    await rows(open(), "SELECT 1");
    const sessions = await world.roles.asSuperuser("postgres", async (client) => {
      const text = `SELECT usename, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'streamflix-service'`;
      return (await client.query<Record<string, unknown>>(text)).rows;
    });
    assert.deepEqual(sessions, [{ usename: "streamflix_app", version: "TLSv1.3" }]);
  });

  it("holds no connection when it has nothing to do, so that a database can pause", async () => {
    const database = open({ idleMs: 100 });
    await Promise.all(Array.from({ length: 5 }, () => rows(database, "SELECT pg_sleep(0.05)")));
    assert.equal(database.connections, 5);
    await sleep(400);
    assert.equal(database.connections, 0);
    const sessions = await world.roles.asSuperuser("postgres", async (client) => {
      const text = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'streamflix-service'";
      return (await client.query(text)).rowCount;
    });
    assert.equal(sessions, 0);
  });

  it("trusts no other authority", async () => {
    const other = await PostgresServer.start();
    await other.stop();
    await assert.rejects(rows(open({ ca: other.ca }), "SELECT 1"), isUnavailable);
    assert.deepEqual(codes(), ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"]);
  });

  it("never goes on without TLS", async () => {
    await world.roles.server.withSettings({ ssl: "off" }, async () => {
      await assert.rejects(rows(open(), "SELECT 1"), isUnavailable);
    });
  });

  it("passes on what the server says about a statement, and does not repeat it", async () => {
    const database = open({ retryPausesMs: [10_000, 10_000] });
    await assert.rejects(rows(database, "SELECT 1/0"), { code: "22012" });
    await assert.rejects(rows(database, "SELEKT"), { code: "42601" });
    assert.equal(database.connections, 1);
  });

  it("gives up on a statement that is slow on a server that lives, without repeating it", async () => {
    const start = Date.now();
    await assert.rejects(rows(open(), "SELECT pg_sleep(5)"), isUnavailable);
    assert.ok(Date.now() - start < 2_500);
    assert.deepEqual(codes(), ["57014"]);
  });

  it("repeats twice at most, on new connections", async () => {
    await assert.rejects(rows(open({ retryPausesMs: [20, 20] }), "SELECT die()"), isUnavailable);
    assert.deepEqual(codes(), ["57P01"]);
    assert.equal(await deaths(), 3);
  });

  it("leaves a writer that became a reader", async () => {
    const database = open({ retryPausesMs: [50, 50], readOnlyMs: 0 });
    await rows(database, "CREATE TABLE writable (id int PRIMARY KEY)");
    const write = (id: number) =>
      rows(database, "INSERT INTO writable VALUES ($1) ON CONFLICT DO NOTHING", [id]);
    await write(1);
    await world.roles.server.withSettings({ default_transaction_read_only: "on" }, async () => {
      // Open sessions notice it too, as on Aurora a session that stays with the old writer does.
      await assert.rejects(write(2), isUnavailable);
    });
    assert.deepEqual(codes(), ["25006"]);
    await write(3);
    assert.deepEqual(await rows(database, "SELECT id FROM writable ORDER BY 1"), [{ id: 1 }, { id: 3 }]);
  });

  it("does not make a queue longer that does not move", async () => {
    const database = open();
    const hold = Array.from({ length: 10 }, () =>
      rows(database, "SELECT pg_sleep(1.7)").catch(() => undefined),
    );
    const more = Array.from({ length: 60 }, () => rows(database, "SELECT pg_sleep(1.7)"));
    const results = await Promise.allSettled(more);
    await Promise.all(hold);
    const refused = results.filter((result) => result.status === "rejected" && isUnavailable(result.reason));
    assert.equal(refused.length, 50);
    assert.deepEqual(new Set(codes()), new Set(["connection"]));
  });

  it("leaves no time for an attempt that could not end in time", async () => {
    const start = Date.now();
    const database = open({ retryPausesMs: [3_000, 3_000] });
    const statement = { name: "test", on: "writer", text: "SELECT die()", values: [] } as const;
    await assert.rejects(database.rows(statement, Deadline.in(1_000)), isUnavailable);
    assert.equal(await deaths(), 1);
    assert.ok(Date.now() - start < 900);
  });

  /** Statements one after the other on several hands for a while; the number of those that failed. */
  const load = async (database: Database, during: () => Promise<void>) => {
    let going = true;
    const counts = { done: 0, failed: 0 };
    const hand = async () => {
      while (going) {
        await database.rows(ONE, Deadline.in(DEADLINE_MS)).then(
          () => (counts.done += 1),
          () => (counts.failed += 1),
        );
        await sleep(5);
      }
    };
    const hands = Array.from({ length: 8 }, hand);
    await sleep(200);
    await during();
    await sleep(300);
    going = false;
    await Promise.all(hands);
    return counts;
  };
  const restart = async () => {
    await world.roles.server.halt();
    await world.roles.server.resumeAfter(200);
  };

  it("survives a restart under load with its two repetitions, and does not without", async () => {
    const { done, failed } = await load(open(), restart);
    assert.equal(failed, 0);
    assert.ok(done > 20, `${done} statements`);
    assert.notEqual((await load(open({ retryPausesMs: [] }), restart)).failed, 0);
  });

  it("survives rotations under load by reading the secret again, and does not with the login it had", async () => {
    // Sessions end quickly here, so that new ones have to sign in all the time.
    const twice = async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        await world.rotate();
        await world.roles.asSuperuser("postgres", (client) =>
          client.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'streamflix-service'",
          ),
        );
        await sleep(300);
      }
    };
    const first = await world.readSecret("AWSCURRENT");
    assert.equal((await load(open(), twice)).failed, 0);
    await world.rotate();
    const stale = new RotatedSecret({ read: () => Promise.resolve(first) });
    assert.notEqual((await load(open({ secret: stale }), () => Promise.resolve())).failed, 0);
  });
});
