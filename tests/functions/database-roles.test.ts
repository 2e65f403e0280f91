import assert from "node:assert/strict";

import type { Client } from "pg";

import { installedMajors, PostgresServer } from "./support/postgres-server";
import { DATABASE, PASSWORDS, snapshot, VERIFIER, World } from "./support/world";

const APP_USER = "streamflix_app";
const CLONE = "streamflix_app_clone";
const VERIFIER_USER = "streamflix_verifier";

/** What PostgreSQL answers to somebody without the right to do it. */
const DENIED = { code: "42501" };

for (const major of installedMajors()) {
  describe(`database roles on PostgreSQL ${major}`, () => {
    let world: World;
    before(async () => {
      world = new World(await PostgresServer.start(major));
    });
    beforeEach(() => world.reset());
    after(() => world.end());

    const app = <Result>(work: (client: Client) => Promise<Result>) =>
      world.as(APP_USER, PASSWORDS.app, work);
    const verifier = <Result>(work: (client: Client) => Promise<Result>) =>
      world.as(VERIFIER_USER, PASSWORDS.verifier, work);

    it("brings an empty database to users who sign in, through a master who is no superuser", async () => {
      const report = await world.run();
      assert.deepEqual(report.created, [
        "role streamflix_owner",
        "role streamflix_reader",
        "role streamflix_app",
        "role streamflix_app_clone",
        "role streamflix_job",
        "role streamflix_analyst",
        "role streamflix_verifier",
        "extension pgcrypto",
        "extension citext",
        "schema streamflix",
        "schema platform",
        "table platform.schema_migrations",
      ]);
      assert.equal(report.changed.length, 39);
      assert.deepEqual(report.signedIn, [APP_USER, VERIFIER_USER]);
      assert.deepEqual(report.warnings, []);
      assert.match(report.serverVersion, new RegExp(`^${major}\\.\\d+$`));
    });

    it("changes nothing when it runs again", async () => {
      const first = await world.run();
      const before = await snapshot(world);
      const second = await world.run();
      assert.deepEqual(await snapshot(world), before);
      assert.deepEqual([second.created, second.changed], [[], []]);
      for (const subject of [...first.created, ...first.changed]) {
        assert.ok(second.unchanged.includes(subject), subject);
      }
    });

    it("lets the service's user make tables that belong to the owner role", async () => {
      await world.run();
      await app(async (client) => {
        await client.query("CREATE TABLE films (id serial PRIMARY KEY, title citext NOT NULL)");
        await client.query("INSERT INTO films (title) VALUES ('Metropolis')");
        const { rows } = await client.query<Record<string, string>>(
          `SELECT current_user AS acting, session_user AS signed, tableowner AS owner, schemaname AS schema, title
             FROM pg_tables, films WHERE tablename = 'films' AND title = 'METROPOLIS'`,
        );
        assert.deepEqual(rows, [
          {
            acting: "streamflix_owner",
            signed: APP_USER,
            owner: "streamflix_owner",
            schema: "streamflix",
            title: "Metropolis",
          },
        ]);
      });
    });

    it("lets either user of the pair change what the other one made", async () => {
      await world.run();
      await app((client) => client.query("CREATE TABLE films (id int)"));
      await assert.rejects(
        world.as(CLONE, PASSWORDS.app, () => Promise.resolve()),
        { code: "28P01" },
      );
      // What rotation does.
      await world.asMaster((client) => client.query(`ALTER ROLE ${CLONE} PASSWORD 'from-rotation'`));
      await world.as(CLONE, "from-rotation", async (client) => {
        await client.query("ALTER TABLE films ADD title text");
        await client.query("CREATE TABLE actors (id int)");
      });
      await app((client) => client.query("DROP TABLE films, actors"));
    });

    it("lets the verifier read everything, also later tables, and write nothing", async () => {
      await world.run();
      await app((client) => client.query("CREATE TABLE films (id serial); INSERT INTO films DEFAULT VALUES"));
      await verifier(async (client) => {
        assert.equal((await client.query("SELECT * FROM films")).rowCount, 1);
        assert.equal((await client.query("SELECT last_value FROM films_id_seq")).rowCount, 1);
        assert.equal((await client.query("SELECT * FROM platform.schema_migrations")).rowCount, 0);
        await assert.rejects(client.query("DELETE FROM films"), { code: "25006" });
        // The setting is a seat belt, the missing rights are the wall.
        await client.query("SET default_transaction_read_only = off");
        for (const sql of [
          "DELETE FROM films",
          "INSERT INTO films DEFAULT VALUES",
          "CREATE TABLE mine (id int)",
          "CREATE TABLE public.mine (id int)",
          "CREATE TEMPORARY TABLE mine (id int)",
          "SET ROLE streamflix_owner",
          "SET ROLE streamflix_reader",
        ]) {
          await assert.rejects(client.query(sql), DENIED, sql);
        }
      });
    });

    it("leaves nothing to PUBLIC", async () => {
      await world.asSuperuser("postgres", (client) =>
        client.query("CREATE ROLE bystander LOGIN PASSWORD 'bystander'"),
      );
      const { warnings } = await world.run();
      assert.deepEqual(warnings, [
        "bystander may not connect to this database, as PUBLIC may not; GRANT CONNECT if it should",
      ]);
      await app((client) =>
        client.query(
          "CREATE TABLE films (id int); CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
        ),
      );
      await assert.rejects(
        world.as("bystander", "bystander", () => Promise.resolve()),
        DENIED,
      );
      await world.asMaster((client) => client.query(`GRANT CONNECT ON DATABASE ${DATABASE} TO bystander`));
      await world.as("bystander", "bystander", async (client) => {
        for (const sql of [
          "SELECT * FROM streamflix.films",
          "CREATE TABLE public.mine (id int)",
          "CREATE TEMPORARY TABLE mine (id int)",
          "SELECT public.gen_random_bytes(1)",
          "SELECT * FROM platform.schema_migrations",
        ]) {
          await assert.rejects(client.query(sql), DENIED, sql);
        }
      });
      // Nor to those who get into the schema: functions are the owner role's alone.
      await verifier((client) => assert.rejects(client.query("SELECT answer()"), DENIED));
    });

    it("makes IAM users without a password, in rds_iam", async () => {
      await world.run({ verifier: { user: VERIFIER_USER } });
      await world.asSuperuser("postgres", async (client) => {
        const { rows } = await client.query<{ name: string; password: string | null }>(
          `SELECT a.rolname AS name, a.rolpassword AS password FROM pg_authid a JOIN pg_auth_members m ON m.member = a.oid
            WHERE m.roleid = 'rds_iam'::regrole AND a.rolname <> 'master' ORDER BY 1`,
        );
        assert.deepEqual(rows, [
          { name: "streamflix_analyst", password: null },
          { name: "streamflix_job", password: null },
          { name: VERIFIER_USER, password: null },
        ]);
      });
    });

    it("reports IAM users that a plain PostgreSQL can't sign in", async () => {
      await world.asSuperuser("postgres", (client) => client.query("DROP ROLE rds_iam"));
      const { warnings } = await world.run();
      assert.deepEqual(warnings, [
        "the server has no role rds_iam, so nobody can sign in as streamflix_job, streamflix_analyst",
      ]);
    });

    it("mends what was changed by hand, and only that", async () => {
      await world.run();
      const before = await snapshot(world);
      await app((client) =>
        client.query("CREATE TABLE films (id int); REVOKE ALL ON films FROM streamflix_reader"),
      );
      await world.asMaster(async (client) => {
        await client.query("ALTER ROLE streamflix_app RESET role");
        await client.query("GRANT streamflix_owner TO streamflix_analyst");
        await client.query("REVOKE streamflix_reader FROM streamflix_verifier");
        await client.query(`GRANT TEMPORARY ON DATABASE ${DATABASE} TO PUBLIC`);
        await client.query("COMMENT ON ROLE streamflix_owner IS NULL");
      });
      const { created, changed } = await world.run();
      assert.deepEqual(created, []);
      assert.deepEqual(changed, [
        "comment on streamflix_owner",
        "setting role of streamflix_app",
        "no grant of streamflix_owner to streamflix_analyst",
        "grant of streamflix_reader to streamflix_verifier",
        "nothing on database for PUBLIC",
        "SELECT on streamflix.films for streamflix_reader",
      ]);
      await app((client) => client.query("DROP TABLE films"));
      assert.deepEqual(await snapshot(world), before);
    });

    it("follows a changed specification", async () => {
      await world.run();
      const { created, changed } = await world.run({
        version: "2",
        schemas: ["streamflix", "billing"],
        iamUsers: [
          { user: "streamflix_job", access: "reader" },
          { user: "streamflix_analyst", access: "reader" },
          { user: "streamflix_support", access: "reader" },
        ],
        extensions: ["pgcrypto", "citext", "pg_trgm"],
        verifier: { user: VERIFIER_USER, secretArn: VERIFIER },
      });
      assert.deepEqual(created, ["role streamflix_support", "extension pg_trgm", "schema billing"]);
      assert.deepEqual(
        changed.filter((subject) => subject.includes("streamflix_job")),
        [
          "grant of streamflix_reader to streamflix_job",
          "no grant of streamflix_owner to streamflix_job",
          "no setting role of streamflix_job",
          "setting default_transaction_read_only of streamflix_job",
          "setting search_path of streamflix_job",
        ],
      );
    });

    it("makes a user who may do what the owner grants it by name, and nothing else", async () => {
      const event = { iamUsers: [{ user: "streamflix_eraser", access: "granted" as const }] };
      await world.run(event);
      await app((client) =>
        client.query("CREATE TABLE films (id int); GRANT DELETE ON films TO streamflix_eraser"),
      );
      await world.asSuperuser(DATABASE, (client) =>
        client.query("ALTER ROLE streamflix_eraser PASSWORD 'token'"),
      );
      const eraser = (sql: string) => world.as("streamflix_eraser", "token", (client) => client.query(sql));
      assert.equal((await eraser("DELETE FROM films")).rowCount, 0);
      for (const sql of [
        "SELECT * FROM films",
        "CREATE TABLE other (id int)",
        "SET ROLE streamflix_reader",
      ]) {
        await assert.rejects(eraser(sql), { code: "42501" }, sql);
      }
      const { created, changed } = await world.run(event);
      assert.deepEqual([created, changed], [[], []]);
    });

    it("takes over a schema of the master's with its tables, and names those of others", async () => {
      await world.asMaster(async (client) => {
        await client.query("CREATE SCHEMA streamflix; CREATE TABLE streamflix.old (id int)");
      });
      const { changed, warnings } = await world.run();
      assert.ok(changed.includes("owner of schema streamflix"));
      assert.deepEqual(warnings, [
        "streamflix.old (of master) does not belong to streamflix_owner, so its users may not be able to use it",
      ]);
    });
  });
}
