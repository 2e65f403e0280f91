import assert from "node:assert/strict";

import type { Client } from "pg";

import { runFact } from "../../functions/database-roles/apply";
import { inTransaction } from "../../functions/shared/transaction";
import { readCatalog } from "../../functions/database-roles/catalog";
import { type DatabaseRolesEvent, parseEvent } from "../../functions/database-roles/event";
import type { Fact } from "../../functions/database-roles/facts";
import { readLogins } from "../../functions/database-roles/logins";
import { desiredFacts } from "../../functions/database-roles/plan";
import { iamFacts } from "../../functions/database-roles/role-facts";
import { PostgresServer } from "./support/postgres-server";
import { APP, snapshot, World } from "./support/world";

/** Smaller than the usual one, with something of every kind: the cuts take their time. */
const SMALL: Partial<DatabaseRolesEvent> = {
  iamUsers: [],
  verifier: { user: "streamflix_verifier" },
  extensions: ["pgcrypto"],
};

/** Every statement of a first run, in its order. */
async function firstPlan(world: World, client: Client): Promise<Fact[]> {
  const spec = parseEvent(world.event(SMALL));
  const { roles } = await readLogins(spec, world.source, () => undefined);
  const catalog = await readCatalog(client, spec, roles);
  return [...desiredFacts(spec, roles, catalog).filter((fact) => !fact.holds), ...iamFacts(roles, catalog)];
}

describe("database roles after a run that broke off", () => {
  let world: World;
  before(async () => {
    world = new World(await PostgresServer.start());
  });
  beforeEach(() => world.reset());
  after(() => world.end());

  it("come to the same end from every point at which statements can stop", async function () {
    this.timeout(120_000);
    await world.run(SMALL);
    const { catalog: expected } = await snapshot(world);
    await world.reset();
    const { length } = await world.asMaster((client) => firstPlan(world, client));
    assert.equal(length, 39);

    for (let cut = 0; cut <= length; cut += 1) {
      if (cut > 0) await world.reset();
      await world.asMaster(async (client) => {
        const plan = await firstPlan(world, client);
        for (const fact of plan.slice(0, cut)) {
          await inTransaction(client, () => runFact(client, fact, "streamflix_owner"));
        }
      });
      const { created, changed } = await world.run(SMALL);
      // Nothing is done twice either.
      assert.equal(created.length + changed.length, length - cut, `cut after statement ${cut}`);
      assert.deepEqual((await snapshot(world)).catalog, expected, `cut after statement ${cut}`);
    }
  });

  it("leave nothing behind when the session is ended in the middle, and then succeed", async () => {
    const before = await snapshot(world);
    const terminate = () =>
      world.asSuperuser("postgres", (client) =>
        client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'master'"),
      );
    const error = await world.failure(
      {},
      {
        secrets: {
          current: async (arn) => {
            if (arn === APP) await terminate();
            return world.source.current(arn);
          },
        },
      },
    );
    assert.equal(error.name, "StatementFailed");
    assert.deepEqual(await snapshot(world), before);
    assert.equal((await world.run()).created.length, 12);
  });

  it("don't mind several runs at once", async () => {
    const reports = await Promise.all([world.run(), world.run(), world.run()]);
    // One does the work, the others wait for it.
    assert.deepEqual(reports.map((report) => report.created.length).sort(), [0, 0, 12]);
    const after = await snapshot(world);
    await world.run();
    assert.deepEqual(await snapshot(world), after);
  });

  it("don't mind somebody who alters the same role meanwhile", async () => {
    await world.run();
    const [{ changed }] = await world.asMaster(async (client) => {
      await client.query("BEGIN");
      await client.query("ALTER ROLE streamflix_app CONNECTION LIMIT 50");
      // The run waits for this change, and then the server refuses its own, as the role is not what it was.
      const commit = (async () => {
        await waitingStatement(world, "ALTER ROLE");
        await client.query("COMMIT");
      })();
      return Promise.all([world.run({ resetPasswords: ["streamflix_app"] }), commit]);
    });
    assert.deepEqual(changed, ["password of streamflix_app"]);
    assert.match(world.server.log, /ERROR: {2}tuple concurrently updated/);
  });

  it("wait a bounded time for another run", async () => {
    await world.asMaster(async (client) => {
      await client.query("SELECT pg_advisory_lock(hashtextextended('streamflix:database-roles', 0))");
      const error = await world.failure({}, { patience: { otherRunMs: 200 } });
      assert.equal(error.name, "RunInProgress");
      assert.match(error.message, /more than 0\.2 s/);
    });
  });
});

/** Comes back when some session waits for another one's change with a statement that starts like this. */
async function waitingStatement(world: World, start: string): Promise<void> {
  await world.asSuperuser("postgres", async (client) => {
    for (let rows = 0; rows === 0;) {
      const result = await client.query(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(query, $1)",
        [start],
      );
      rows = result.rowCount ?? 0;
    }
  });
}
