import assert from "node:assert/strict";

import { PostgresServer } from "./support/postgres-server";
import { DATABASE, snapshot, World } from "./support/world";

describe("database roles: failures and what they say", () => {
  let world: World;
  before(async () => {
    world = new World(await PostgresServer.start());
  });
  beforeEach(() => world.reset());
  after(() => world.end());

  const superuser = (sql: string, database = "postgres") =>
    world.asSuperuser(database, (client) => client.query(sql));

  describe("the server", () => {
    it("is waited for while it starts", async () => {
      await world.server.halt();
      const [report] = await Promise.all([world.run(), world.server.resumeAfter(500)]);
      assert.equal(report.created.length, 12);
      assert.ok(world.lines.some((line) => /^trying again: ECONNREFUSED/.test(line)));
    });

    it("is not waited for longer than allowed", async () => {
      const cluster = { host: "localhost", port: 1, database: DATABASE };
      const start = Date.now();
      const error = await world.failure({ cluster }, { patience: { serverMs: 300 } });
      assert.equal(error.name, "DatabaseUnavailable");
      assert.match(error.message, /^localhost:1\/streamflix could not be reached in time \(ECONNREFUSED/);
      assert.ok(Date.now() - start < 3_000);
      // The function's own deadline counts as well.
      const late = await world.failure({ cluster }, { deadline: Date.now() });
      assert.equal(late.name, "DatabaseUnavailable");
    });

    it("has to be the writer", async () => {
      await superuser(`ALTER DATABASE ${DATABASE} SET default_transaction_read_only = on`);
      const error = await world.failure({}, { patience: { serverMs: 200 } });
      assert.equal(error.name, "ServerUnsuitable");
      assert.match(error.message, /is a reader.*writer endpoint/);
      assert.ok(world.lines.includes("trying again: connected to a reader"));
    });

    it("has to have the database", async () => {
      const cluster = { ...world.event().cluster, database: "missing" };
      const error = await world.failure({ cluster });
      assert.equal(error.name, "DatabaseUnavailable");
      assert.match(error.message, /3D000.*check the database's name/);
    });
  });

  describe("the master", () => {
    it("has to be able to make roles", async () => {
      await superuser("ALTER ROLE master NOCREATEROLE");
      const error = await world.failure();
      assert.equal(error.name, "ServerUnsuitable");
      assert.match(error.message, /without CREATEROLE/);
    });

    it("has to own the database", async () => {
      await superuser(`ALTER DATABASE ${DATABASE} OWNER TO bootstrap_superuser`);
      const before = await snapshot(world);
      const error = await world.failure();
      assert.equal(error.name, "MissingPrivilege");
      assert.match(error.message, /master user the owner of the database/);
      assert.deepEqual(await snapshot(world), before);
    });

    it("has to administer a role that another one made, as PostgreSQL 16 wants it", async () => {
      await superuser("CREATE ROLE streamflix_owner NOLOGIN");
      const before = await snapshot(world);
      const error = await world.failure();
      assert.equal(error.name, "MissingPrivilege");
      assert.match(error.message, /GRANT streamflix_owner TO <master> WITH ADMIN OPTION/);
      assert.deepEqual(await snapshot(world), before);
      await superuser("GRANT streamflix_owner TO master WITH ADMIN OPTION");
      await world.run();
    });

    it("may be a superuser", async () => {
      await superuser("ALTER ROLE master SUPERUSER");
      await world.run();
      assert.deepEqual((await world.run()).changed, []);
    });
  });

  describe("roles that are there already", () => {
    const conflicts: readonly (readonly [string, string, RegExp])[] = [
      ["a user with SUPERUSER", "CREATE ROLE streamflix_app LOGIN SUPERUSER", /streamflix_app has SUPERUSER/],
      [
        "a group with BYPASSRLS",
        "CREATE ROLE streamflix_reader BYPASSRLS",
        /streamflix_reader has BYPASSRLS/,
      ],
      [
        "a group that may sign in",
        "CREATE ROLE streamflix_owner LOGIN",
        /streamflix_owner may sign in, but is to be a group/,
      ],
      [
        "a user that was shut out",
        "CREATE ROLE streamflix_app NOLOGIN",
        /streamflix_app may not sign in; unless/,
      ],
      [
        "a user in rds_superuser",
        "CREATE ROLE streamflix_job LOGIN IN ROLE rds_superuser",
        /streamflix_job is a member of rds_superuser/,
      ],
      [
        "a password user in rds_iam",
        "CREATE ROLE streamflix_app LOGIN IN ROLE rds_iam",
        /can't sign in with its password/,
      ],
      [
        "a reader of all data",
        "CREATE ROLE streamflix_verifier LOGIN IN ROLE pg_read_all_data",
        /member of pg_read_all_data/,
      ],
    ];
    for (const [what, sql, expected] of conflicts) {
      it(`are left alone and named: ${what}`, async () => {
        await superuser(sql);
        const before = await snapshot(world);
        const error = await world.failure();
        assert.equal(error.name, "RoleConflict");
        assert.match(error.message, expected);
        assert.deepEqual(await snapshot(world), before);
      });
    }

    it("are named all at once, with the master and missing extensions", async () => {
      await superuser("CREATE ROLE streamflix_app LOGIN CREATEDB");
      const error = await world.failure({ readerRole: "master", extensions: ["pgcrypto", "pgaudit"] });
      assert.match(
        error.message,
        /specification: master is the master user; name another role; streamflix_app has CREATEDB; take that away or name another role; extension pgaudit is not on this server; leave it out\./,
      );
    });

    it("are taken over where nothing stands against it, their password untouched", async () => {
      await world.asMaster((client) => client.query("CREATE ROLE streamflix_app LOGIN PASSWORD 'older'"));
      assert.equal((await world.failure()).name, "SignInRefused");
      const report = await world.run({ resetPasswords: ["streamflix_app"] });
      assert.deepEqual(report.changed, [
        "password of streamflix_app",
        "grant of rds_iam to streamflix_job",
        "grant of rds_iam to streamflix_analyst",
      ]);
    });

    it("are noticed when they act as somebody else in this database", async () => {
      await world.run();
      await superuser(`ALTER ROLE streamflix_app IN DATABASE ${DATABASE} SET role = 'none'`);
      const error = await world.failure();
      assert.equal(error.name, "RoleConflict");
      assert.match(error.message, /does not act as streamflix_owner.*IN DATABASE streamflix RESET ALL/);
    });
  });

  it("names a grant that somebody else gave and that stays", async () => {
    await world.run();
    await superuser("GRANT streamflix_owner TO streamflix_analyst");
    const error = await world.failure();
    assert.equal(error.name, "StatementFailed");
    assert.match(error.message, /still don't hold: no grant of streamflix_owner to streamflix_analyst/);
  });
});
