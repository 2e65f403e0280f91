import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { readMigrations } from "../../functions/database-roles/migration-files";
import { PostgresServer } from "./support/postgres-server";
import { APP, DATABASE, PASSWORDS, World } from "./support/world";

type Files = Readonly<Record<string, string>>;

const FIRST: Files = {
  "0001-films.sql": "CREATE TABLE films (id int PRIMARY KEY);\nINSERT INTO films VALUES (1);\n",
};
const SECOND: Files = { ...FIRST, "0002-title.sql": "ALTER TABLE films ADD title text;\n" };

describe("database roles: migrations", () => {
  let world: World;
  before(async () => {
    world = new World(await PostgresServer.start());
  });
  beforeEach(() => world.reset());
  after(() => world.end());

  const put = (files: Files) => {
    for (const name of readdirSync(world.migrations)) rmSync(path.join(world.migrations, name));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(world.migrations, name), text);
  };
  const migrate = async (files: Files) => {
    put(files);
    return (await world.run()).migrations;
  };
  const refused = async (files: Files) => {
    put(files);
    const error = await world.failure();
    assert.equal(error.name, "MigrationFailed");
    return error.message;
  };
  const ask = (sql: string) =>
    world.asSuperuser(DATABASE, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);

  it("run in order, once, as the owner role, and are recorded", async () => {
    assert.deepEqual(await migrate(SECOND), {
      applied: ["0001-films.sql", "0002-title.sql"],
      appliedBefore: [],
    });
    assert.deepEqual(await migrate(SECOND), {
      applied: [],
      appliedBefore: ["0001-films.sql", "0002-title.sql"],
    });
    assert.deepEqual(
      await ask("SELECT number, name, length(checksum) FROM platform.schema_migrations ORDER BY 1"),
      [
        { number: 1, name: "0001-films.sql", length: 64 },
        { number: 2, name: "0002-title.sql", length: 64 },
      ],
    );
    assert.deepEqual(await ask("SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'films'"), [
      { schemaname: "streamflix", tableowner: "streamflix_owner" },
    ]);
    await world.as("streamflix_app", PASSWORDS.app, (client) =>
      client.query("INSERT INTO films VALUES (2, 'M')"),
    );
    await world.as("streamflix_verifier", PASSWORDS.verifier, (client) =>
      client.query("SELECT * FROM films"),
    );
  });

  it("go on where an earlier deployment stopped", async () => {
    await migrate(FIRST);
    assert.deepEqual(await migrate(SECOND), {
      applied: ["0002-title.sql"],
      appliedBefore: ["0001-films.sql"],
    });
  });

  it("are rolled back as a whole when they fail, those before them staying", async () => {
    const bad =
      "CREATE TABLE half (id int);\nINSERT INTO films (id, title) VALUES (1, 'a person''s name');\n";
    const message = await refused({ ...SECOND, "0003-bad.sql": bad });
    assert.match(message, /0003-bad\.sql failed and was rolled back \(23505 duplicate key/);
    assert.doesNotMatch(message, /person/);
    assert.deepEqual(await ask("SELECT to_regclass('streamflix.half') AS half"), [{ half: null }]);
    assert.deepEqual(await migrate({ ...SECOND, "0003-bad.sql": "CREATE TABLE half (id int);" }), {
      applied: ["0003-bad.sql"],
      appliedBefore: ["0001-films.sql", "0002-title.sql"],
    });
  });

  it("don't run when an applied one was changed or renamed", async () => {
    await migrate(FIRST);
    const changed = { ...SECOND, "0001-films.sql": "CREATE TABLE films (id bigint PRIMARY KEY);\n" };
    assert.match(
      await refused(changed),
      /0001-films\.sql is not what was applied as 0001-films\.sql.*new migration/,
    );
    const { "0001-films.sql": text = "", ...rest } = SECOND;
    assert.match(
      await refused({ ...rest, "0001-movies.sql": text }),
      /is not what was applied as 0001-films\.sql/,
    );
    assert.deepEqual(await ask("SELECT number FROM platform.schema_migrations"), [{ number: 1 }]);
  });

  it("count as the same with the line ends of another system", async () => {
    await migrate(FIRST);
    const crlf = { "0001-films.sql": (FIRST["0001-films.sql"] ?? "").replaceAll("\n", "\r\n") };
    assert.deepEqual((await migrate(crlf)).applied, []);
  });

  it("may not come before one that is applied", async () => {
    await migrate({ "0002-later.sql": "SELECT 1;" });
    assert.match(await refused(SECOND), /0001-films\.sql comes before 0002-later\.sql/);
  });

  it("may be ahead of the files, after an older state was deployed", async () => {
    await migrate(SECOND);
    put(FIRST);
    assert.deepEqual((await world.run()).warnings, [
      "migration 0002-title.sql is recorded in the database, but not among the files",
    ]);
  });

  it("can't be rewritten in the record by an application", async () => {
    await migrate(FIRST);
    await world.as("streamflix_app", PASSWORDS.app, (client) =>
      assert.rejects(client.query("DELETE FROM platform.schema_migrations"), { code: "42501" }),
    );
  });

  it("can't do what the owner role may not", async () => {
    assert.match(await refused({ "0001-role.sql": "CREATE ROLE streamflix_other;" }), /42501/);
  });

  it("stop at the deadline", async () => {
    put({ "0001-slow.sql": "SELECT pg_sleep(30);" });
    const error = await world.failure({}, { deadline: Date.now() + 2_000 });
    assert.match(error.message, /0001-slow\.sql failed and was rolled back \(57014/);
  });

  it("run once when two deployments come at the same time", async () => {
    put(SECOND);
    const reports = await Promise.all([world.run(), world.run()]);
    assert.deepEqual(reports.map((report) => report.migrations.applied.length).sort(), [0, 2]);
  });

  it("run although the secret moved to the other user meanwhile", async () => {
    await migrate(FIRST);
    await world.asMaster((client) => client.query("ALTER ROLE streamflix_app_clone PASSWORD 'rotated'"));
    world.setSecret(APP, "streamflix_app_clone", "rotated");
    assert.deepEqual((await migrate(SECOND)).applied, ["0002-title.sql"]);
    await world.as("streamflix_app_clone", "rotated", (client) => client.query("SELECT title FROM films"));
  });

  it("may not end their transaction behind a check's back", async () => {
    // A COMMIT inside a procedure's body is not seen in the file; the server refuses it, as it is in a transaction.
    const sql = "CREATE PROCEDURE sneaky() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\nCALL sneaky();\n";
    assert.match(await refused({ "0001-sneaky.sql": sql }), /2D000 invalid transaction termination/);
    // With such a body in it, the file's END is not seen either; this one is noticed when it has happened.
    const body = "CREATE FUNCTION one() RETURNS int BEGIN ATOMIC SELECT 1; END;\n";
    assert.match(await refused({ "0001-end.sql": `${body}END;\n` }), /0001-end\.sql ended its transaction/);
  });
});

describe("migration files", () => {
  const read = async (files: Files) => {
    const directory = mkdtempSync(path.join(tmpdir(), "streamflix-migrations-"));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
      return (await readMigrations(directory)).map((migration) => migration.name);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };

  it("are read in the order of their numbers, anything but SQL left out", async () => {
    const files = { "0010-b.sql": "", "0002-a-2.sql": "", "README.md": "" };
    assert.deepEqual(await read(files), ["0002-a-2.sql", "0010-b.sql"]);
  });

  it("include those of the repository", async () => {
    const directory = path.resolve(__dirname, "../../functions/database-roles/migrations");
    assert.deepEqual(
      (await readMigrations(directory)).map((migration) => migration.name),
      ["0001-service.sql", "0002-retention.sql"],
    );
  });

  for (const name of ["1-a.sql", "0001_a.sql", "0001-A.sql", "0001-.sql", "a.sql", "00001-a.sql"]) {
    it(`need a name in form: ${name}`, async () => {
      await assert.rejects(read({ [name]: "" }), /no name for a migration.*0001-first-tables\.sql/);
    });
  }

  it("need numbers of their own", async () => {
    await assert.rejects(
      read({ "0001-a.sql": "", "0001-b.sql": "" }),
      /0001-a\.sql and 0001-b\.sql have the same number/,
    );
  });

  for (const statement of [
    "begin",
    "START TRANSACTION",
    "COMMIT",
    "rollback",
    "END",
    "SET ROLE x",
    "RESET ROLE",
    "SET LOCAL ROLE NONE",
    "SET SESSION AUTHORIZATION x",
  ]) {
    it(`may not hold ${statement}`, async () => {
      await assert.rejects(read({ "0001-a.sql": `SELECT 1; -- text\n ${statement};` }), /leave it out/);
    });
  }

  it("may hold such words where they are no statements", async () => {
    const sql = `
      -- COMMIT;
      /* ; ROLLBACK; */
      SELECT '; COMMIT;', "; BEGIN" FROM x;
      CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$;
      CREATE TABLE commits (role text);`;
    assert.deepEqual(await read({ "0001-a.sql": sql }), ["0001-a.sql"]);
  });
});
