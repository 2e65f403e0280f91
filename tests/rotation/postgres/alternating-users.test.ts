import assert from "node:assert/strict";

import { escapeIdentifier as id } from "pg";

import { installedMajors } from "../../functions/support/postgres-server";
import { MASTER, OWNER, RotationWorld, type Subject } from "../support/world";

for (const major of installedMajors()) {
  describe(`rotation of two users who take turns, PostgreSQL ${major}`, () => {
    let world: RotationWorld;
    before(async () => {
      world = await RotationWorld.start(major);
    });
    after(async () => {
      assert.ok((await world.end()) > 20);
    });

    /** Does something as the user of the version that is current. */
    const asCurrent = async <Result>({ arn }: Subject, sql: string): Promise<Result[]> => {
      const { username, password } = world.stored(arn, "AWSCURRENT") ?? { username: "", password: "" };
      const client = await world.server.connect(username, password, "streamflix");
      try {
        return (await client.query<Result & object>(sql)).rows;
      } finally {
        await client.end();
      }
    };
    /** How setSecret fails, with the database as it is now. */
    const setFails = async (arn: string) => {
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const passwords = await storedPasswords();
      const error = await world.failure(world.step("setSecret", arn, token));
      assert.deepEqual(await storedPasswords(), passwords);
      return error;
    };
    const storedPasswords = async (): Promise<unknown> =>
      (await world.admin.query<object>("SELECT rolname, rolpassword FROM pg_authid ORDER BY 1")).rows;

    it("gives the other user a new password, and leaves the first one's alone", async () => {
      const { arn, user, other } = await world.subject("pair");
      const first = world.stored(arn, "AWSCURRENT");
      const token = await world.rotate(arn);
      assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), token);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, other);
      assert.deepEqual(world.stored(arn, "AWSPREVIOUS"), first);
      for (const stage of ["AWSCURRENT", "AWSPREVIOUS"]) assert.equal(await world.signsIn(arn, stage), true);
      await world.rotate(arn);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, user);
      assert.equal(await world.accepts(user, first?.password ?? ""), false);
    });

    it("keeps open sessions open", async () => {
      const { arn } = await world.subject("pair");
      const { username, password } = world.stored(arn, "AWSCURRENT") ?? { username: "", password: "" };
      const client = await world.server.connect(username, password, "streamflix");
      await world.rotate(arn);
      await world.rotate(arn);
      assert.equal((await client.query("SELECT 1")).rowCount, 1);
      await client.end();
      assert.equal(await world.accepts(username, password), false);
    });

    it("lets either user use and change what the other one made, through the owner role", async () => {
      const subject = await world.subject("pair");
      const table = id(`made_by_${subject.user}`);
      await asCurrent(subject, `CREATE TABLE ${table} (title text)`);
      await world.rotate(subject.arn);
      await asCurrent(subject, `INSERT INTO ${table} VALUES ('a'); ALTER TABLE ${table} ADD year int`);
      await world.rotate(subject.arn);
      assert.equal((await asCurrent(subject, `SELECT year FROM ${table}`)).length, 1);
    });

    describe("with a second user that rotation makes", () => {
      it("writes the pair down at the first rotation", async () => {
        const { arn, user, other } = await world.subject("clone");
        await world.rotate(arn);
        assert.deepEqual(world.stored(arn, "AWSCURRENT")?.["usernames"], [user, other]);
        await world.rotate(arn);
        assert.equal(world.stored(arn, "AWSCURRENT")?.username, user);
        assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), true);
      });

      it("makes a user that acts as the first one, with its settings and limits", async () => {
        const subject = await world.subject("clone");
        const { arn, user, other } = subject;
        await world.admin.query(`ALTER ROLE ${id(user)} CONNECTION LIMIT 7 VALID UNTIL '2099-01-01'`);
        await world.admin.query(`ALTER ROLE ${id(user)} SET search_path = films, "$user", public`);
        await world.admin.query(`ALTER ROLE ${id(user)} IN DATABASE streamflix SET statement_timeout = '7s'`);
        await world.rotate(arn);
        const [acting] = await asCurrent<Record<string, string>>(
          subject,
          `SELECT session_user, current_user, current_setting('search_path') AS path,
                  current_setting('statement_timeout') AS timeout`,
        );
        assert.deepEqual(acting, {
          session_user: other,
          current_user: user,
          path: 'films, "$user", public',
          timeout: "7s",
        });
        const { rows } = await world.admin.query(
          `SELECT rolconnlimit AS limit, rolvaliduntil >= '2098-12-30' AS until,
                  shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1`,
          [other],
        );
        assert.deepEqual(rows, [{ limit: 7, until: true, comment: `Made by rotation of ${arn}` }]);
      });

      it("lets the first user use what the second one made, which AWS's own rotation does not", async () => {
        const subject = await world.subject("clone");
        await world.admin.query(`GRANT CREATE ON SCHEMA public TO ${id(subject.user)}`);
        await world.rotate(subject.arn);
        const table = id(`made_by_${subject.other}`);
        await asCurrent(subject, `CREATE TABLE ${table} (title text)`);
        await world.rotate(subject.arn);
        assert.deepEqual(await asCurrent(subject, `SELECT * FROM ${table}`), []);
      });

      it("makes nothing by halves", async () => {
        const { arn, user, other } = await world.subject("clone");
        await world.admin.query(`ALTER ROLE ${id(user)} SET log_statement = 'none'`);
        const error = await setFails(arn);
        assert.equal(error.name, "MissingPrivilege");
        const { rowCount } = await world.admin.query("SELECT FROM pg_roles WHERE rolname = $1", [other]);
        assert.equal(rowCount, 0);
      });

      it("copies no power that an application has no use for", async () => {
        const { arn, user } = await world.subject("clone");
        await world.admin.query(`ALTER ROLE ${id(user)} CREATEROLE BYPASSRLS`);
        const error = await setFails(arn);
        assert.equal(error.name, "RoleConflict");
        assert.match(error.message, /its model, has CREATEROLE; .* its model, has BYPASSRLS/);
      });
    });

    it("warns when the two act as different roles", async () => {
      const { arn, other } = await world.subject("pair");
      await world.admin.query(`ALTER ROLE ${id(other)} RESET role`);
      const lines = world.lines.length;
      await world.rotate(arn);
      assert.match(
        world.lines.slice(lines).join("\n"),
        /warning: the pending user acts as .*_b, the current one as/,
      );
    });

    describe("leaves alone", () => {
      const refused: Readonly<Record<string, [(other: string) => string, RegExp]>> = {
        "a role that is no member of the owner": [
          (other) => `REVOKE ${OWNER} FROM ${other} GRANTED BY ${MASTER}`,
          /has nothing to do with/,
        ],
        "a superuser": [(other) => `ALTER ROLE ${other} SUPERUSER`, /it has SUPERUSER/],
        "a maker of roles": [(other) => `ALTER ROLE ${other} CREATEROLE`, /it has CREATEROLE/],
        "an administrator of RDS": [
          (other) => `GRANT rds_superuser TO ${other}`,
          /membership in rds_superuser/,
        ],
        "a role that may not sign in": [
          (other) => `ALTER ROLE ${other} NOLOGIN`,
          /may not sign in \(NOLOGIN\)/,
        ],
        "a role that is no longer valid": [
          (other) => `ALTER ROLE ${other} VALID UNTIL '2020-01-01'`,
          /no longer valid \(VALID UNTIL\)/,
        ],
        "a role without connections": [
          (other) => `ALTER ROLE ${other} CONNECTION LIMIT 0`,
          /CONNECTION LIMIT 0/,
        ],
      };
      for (const [what, [sql, message]] of Object.entries(refused)) {
        it(what, async () => {
          const { arn, other } = await world.subject("pair");
          await world.admin.query(sql(id(other)));
          const error = await setFails(arn);
          assert.equal(error.name, "RoleConflict");
          assert.match(error.message, message);
        });
      }

      it("the master, even where a secret names it", async () => {
        const { arn, user } = await world.subject("pair");
        const other = world.text(user, world.stored(arn, "AWSCURRENT")?.password ?? "", {
          usernames: [user, MASTER],
          masterarn: world.masterArn,
        });
        const error = await setFails(world.secrets.createSecret({ name: `greedy-${user}`, value: other }));
        assert.match(error.message, /it has CREATEROLE; it has the task of setting passwords/);
      });

      it("the other user's password, when the current one does not work", async () => {
        const { arn, user } = await world.subject("pair");
        await world.admin.query(`ALTER ROLE ${id(user)} PASSWORD NULL`);
        const error = await setFails(arn);
        assert.equal(error.name, "NoValidCredential");
        assert.match(error.message, /so the other user is left alone/);
      });
    });

    it("says what the master lacks for a role that somebody else made", async () => {
      const { arn, other } = await world.subject("pair");
      await world.admin.query(`DROP ROLE ${id(other)}`);
      await world.admin.query(`CREATE ROLE ${id(other)} LOGIN IN ROLE ${OWNER}`);
      const error = await setFails(arn);
      assert.equal(error.name, "MissingPrivilege");
      assert.match(error.message, new RegExp(`42501 .*GRANT "${other}" TO <master> WITH ADMIN OPTION`));
      await world.admin.query(`GRANT ${id(other)} TO ${MASTER} WITH ADMIN OPTION`);
      await world.steps(arn, world.secrets.versionOf(arn, "AWSPENDING") ?? "");
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });

    it("copes with names that want to be more than names", async () => {
      for (const name of [
        `we"ird;drop role x;--${major}`,
        `Ünï'cødé\\${major}`,
        `${"x".repeat(61)}${major}`,
      ]) {
        const { arn, user, other } = await world.subject("pair");
        await world.admin.query(`ALTER ROLE ${id(other)} RENAME TO ${id(name)}`);
        const { password } = world.stored(arn, "AWSCURRENT") ?? { password: "" };
        const value = world.text(user, password, { usernames: [user, name], masterarn: world.masterArn });
        const odd = world.secrets.createSecret({ name: `odd-${user}`, value });
        await world.rotate(odd);
        assert.equal(await world.signsIn(odd, "AWSCURRENT"), true);
        await world.rotate(odd);
        assert.equal(world.stored(odd, "AWSCURRENT")?.username, user);
      }
    });

    it("goes on while the master's own password is being rotated", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(world.masterArn);
      const before = world.stored(world.masterArn, "AWSCURRENT");
      for (const step of ["createSecret", "setSecret"] as const)
        await world.step(step, world.masterArn, token);
      assert.equal(await world.signsIn(world.masterArn, "AWSCURRENT"), false);
      await world.rotate(arn);
      for (const step of ["testSecret", "finishSecret"] as const)
        await world.step(step, world.masterArn, token);
      world.secrets.completeRotation(world.masterArn);
      assert.notEqual(world.stored(world.masterArn, "AWSCURRENT")?.password, before?.password);
      await world.rotate(arn);
    });

    it("says when the master's password is refused", async () => {
      const wrong = world.secrets.createSecret({
        name: "wrong-master",
        value: world.text(MASTER, "not-the-one"),
      });
      const { arn } = await world.subject("pair", { masterarn: wrong });
      const error = await setFails(arn);
      assert.equal(error.name, "SignInRefused");
      assert.match(error.message, /see whether a rotation of the master's secret is stuck/);
    });

    describe("acts as master on the master's own cluster only", () => {
      const elsewhere = (host: string | undefined) => {
        const value = JSON.parse(
          world.text(MASTER, world.stored(world.masterArn, "AWSCURRENT")?.password ?? ""),
        ) as object;
        return world.secrets.createSecret({
          name: `master-${Math.random()}`,
          value: JSON.stringify({ ...value, host }),
        });
      };

      it("and refuses another host before it signs in there", async () => {
        const { arn } = await world.subject("pair", { masterarn: elsewhere("other.cluster.example") });
        const error = await setFails(arn);
        assert.equal(error.name, "HostNotAllowed");
        assert.match(
          error.message,
          /host localhost is none of the cluster of its master, other\.cluster\.example/,
        );
      });

      it("which a reader of the same cluster belongs to", async () => {
        const asked: unknown[] = [];
        const clusters = (others: string[]) => ({
          find: (by: object) => {
            asked.push(by);
            return Promise.resolve({ writer: "127.0.0.1", port: world.server.port, others });
          },
        });
        const { arn } = await world.subject("pair", { masterarn: elsewhere("127.0.0.1") });
        const token = world.secrets.startRotation(arn);
        await world.step("createSecret", arn, token);
        const error = await world.failure(
          world.step("setSecret", arn, token, { clusters: clusters(["localhost.example"]) }),
        );
        assert.equal(error.name, "HostNotAllowed");
        await world.steps(arn, token, {
          clusters: clusters(["reader.example", "LOCALHOST."]),
          certificateNames: new Map([["127.0.0.1", "localhost"]]),
        });
        assert.deepEqual(asked[0], { writer: "127.0.0.1" });
      });

      it("found by the tag of a secret that RDS manages", async () => {
        const { arn } = await world.subject("pair", { masterarn: elsewhere(undefined) });
        const error = await setFails(arn);
        assert.equal(error.name, "SecretUnusable");
        assert.match(error.message, /says of no server where the master signs in/);
      });
    });
  });
}
