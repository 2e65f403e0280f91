import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { SecretSource } from "../../functions/shared/secrets";
import { OTHER_HOST, PostgresServer } from "./support/postgres-server";
import { RogueServer } from "./support/rogue-server";
import { APP, DATABASE, MASTER, PASSWORDS, snapshot, World } from "./support/world";

describe("database roles: what never happens", () => {
  let world: World;
  /** Everything that any run of this file said or threw. */
  const said: string[] = [];
  before(async () => {
    world = new World(await PostgresServer.start());
  });
  beforeEach(() => world.reset());
  after(() => world.end());

  const failure: World["failure"] = async (overrides, other) => {
    const error = await world.failure(overrides, other);
    said.push(error.message, error.stack ?? "", JSON.stringify(error));
    return error;
  };

  describe("TLS is not weakened", () => {
    it("refuses a server whose certificate another authority signed", async () => {
      const other = await PostgresServer.start();
      try {
        const error = await failure({}, { ca: other.ca });
        assert.equal(error.name, "TlsRefused");
        assert.match(
          error.message,
          /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER/,
        );
      } finally {
        await other.stop();
      }
    });

    it("refuses a certificate for another host", async () => {
      const file = world.server.certificateFiles.get(OTHER_HOST) ?? "";
      await world.server.withSettings({ ssl_cert_file: file }, async () => {
        const error = await failure();
        assert.equal(error.name, "TlsRefused");
        assert.match(error.message, /ERR_TLS_CERT_ALTNAME_INVALID/);
      });
    });

    it("refuses a server without TLS, whatever the environment says", async () => {
      const saved = process.env["PGSSLMODE"];
      process.env["PGSSLMODE"] = "no-verify";
      try {
        await world.server.withSettings({ ssl: "off" }, async () => {
          const error = await failure();
          assert.equal(error.name, "TlsRefused");
          assert.match(error.message, /does not support SSL/);
        });
      } finally {
        if (saved === undefined) delete process.env["PGSSLMODE"];
        else process.env["PGSSLMODE"] = saved;
      }
    });

    it("tells a rogue server nothing", async () => {
      const rogue = await RogueServer.start();
      try {
        const cluster = { host: "localhost", port: rogue.port, database: DATABASE };
        assert.equal((await failure({ cluster })).name, "TlsRefused");
        // The eight bytes of a TLS request, and nothing after the refusal.
        assert.equal(rogue.received.toString("hex"), "0000000804d2162f");
      } finally {
        await rogue.stop();
      }
    });
  });

  describe("passwords belong to rotation", () => {
    const SIGN_IN = { code: "28P01" };
    const rotated = "after'rotation\\1";

    it("keeps a password that rotation set, in database and secret", async () => {
      await world.run();
      await world.asMaster((client) => client.query(`ALTER ROLE streamflix_app PASSWORD 'rotated'`));
      world.setSecret(APP, "streamflix_app", "rotated");
      const before = await snapshot(world);
      assert.deepEqual((await world.run()).changed, []);
      assert.deepEqual(await snapshot(world), before);
    });

    it("follows the secret to the other user of the pair", async () => {
      await world.run();
      await world.asMaster((client) => client.query(`ALTER ROLE streamflix_app_clone PASSWORD 'rotated'`));
      world.setSecret(APP, "streamflix_app_clone", "rotated");
      const before = await snapshot(world);
      assert.deepEqual((await world.run()).signedIn, ["streamflix_app_clone", "streamflix_verifier"]);
      assert.deepEqual(await snapshot(world), before);
      await world.as("streamflix_app", PASSWORDS.app, () => Promise.resolve());
    });

    it("starts with whichever user the secret names", async () => {
      world.setSecret(APP, "streamflix_app_clone", PASSWORDS.app);
      await world.run();
      await world.as("streamflix_app_clone", PASSWORDS.app, () => Promise.resolve());
      await assert.rejects(
        world.as("streamflix_app", PASSWORDS.app, () => Promise.resolve()),
        SIGN_IN,
      );
    });

    it("says so where secret and database disagree, and leaves the password alone", async () => {
      await world.run();
      const before = await snapshot(world);
      world.setSecret(APP, "streamflix_app", rotated);
      const error = await failure();
      assert.equal(error.name, "SignInRefused");
      assert.match(error.message, /was left alone.*resetPasswords: \["streamflix_app"\]/);
      assert.deepEqual(await snapshot(world), before);
      await world.as("streamflix_app", PASSWORDS.app, () => Promise.resolve());
    });

    it("sets a password of an existing role only when the event asks for it by name", async () => {
      await world.run();
      world.setSecret(APP, "streamflix_app", rotated);
      const { changed } = await world.run({ resetPasswords: ["streamflix_app"] });
      assert.deepEqual(changed, ["password of streamflix_app"]);
      await world.as("streamflix_app", rotated, () => Promise.resolve());
      await world.as("streamflix_verifier", PASSWORDS.verifier, () => Promise.resolve());
    });

    it("takes a secret for a stranger as a fault", async () => {
      world.setSecret(APP, "master", PASSWORDS.app);
      const before = await snapshot(world);
      const error = await failure();
      assert.match(error.message, /is for a user other than streamflix_app and streamflix_app_clone/);
      assert.deepEqual(await snapshot(world), before);
    });
  });

  describe("the master stays in", () => {
    it("takes rds_iam back where the server then shuts the master out", async () => {
      // Stands for a server on which members of IAM users, as the master is of those it made, count as IAM users.
      const rule = "hostssl all +streamflix_job 127.0.0.1/32 reject";
      await world.server.withAccessRule(rule, async () => {
        const error = await failure();
        assert.equal(error.name, "RoleConflict");
        assert.match(error.message, /rds_iam was revoked from them again/);
      });
      const { catalog } = await snapshot(world);
      assert.deepEqual(
        catalog.filter((line) => line.startsWith("member rds_iam")).map((line) => line.split(" ")[2]),
        ["master"],
      );
      // The rest of the run stays, and the next one needs only what was taken back.
      assert.deepEqual((await world.run()).changed, [
        "grant of rds_iam to streamflix_job",
        "grant of rds_iam to streamflix_analyst",
      ]);
    });

    it("reads the master's secret again when it was rotated that moment", async () => {
      let reads = 0;
      const secrets: SecretSource = {
        current: (arn) => {
          if (arn === MASTER && reads++ === 0) {
            return Promise.resolve(JSON.stringify({ username: "master", password: "the one before" }));
          }
          return world.source.current(arn);
        },
      };
      assert.equal((await world.run({}, { secrets })).created.length, 12);
      assert.equal(world.lines.includes("trying again: the master's password was refused"), true);
    });

    it("gives up where the secret is simply wrong", async () => {
      world.setSecret(MASTER, "master", "wrong'pass\\word");
      const error = await failure();
      assert.equal(error.name, "SignInRefused");
      assert.match(error.message, /refused master \(28P01/);
    });
  });

  // In a group of its own, as those run in their order, after single tests.
  describe("secrets are not told", () => {
    it("where the server quotes one in an error", async () => {
      writeFileSync(path.join(world.migrations, "0001-quotes.sql"), `SELECT "${PASSWORDS.verifier}";`);
      try {
        const error = await failure();
        assert.match(error.message, /column "\[secret\]" does not exist/);
      } finally {
        rmSync(path.join(world.migrations, "0001-quotes.sql"));
      }
    });

    it("neither in errors and log lines nor in the server's log", async () => {
      const all = new Map<string, string>([...Object.entries(PASSWORDS), ["wrong", "wrong'pass\\word"]]);
      // So that statements that fail, which the server logs in full, are among them.
      await world.asSuperuser("postgres", (client) =>
        client.query("CREATE ROLE streamflix_app_clone SUPERUSER"),
      );
      await failure();
      await world.asSuperuser("postgres", (client) =>
        client.query("ALTER ROLE streamflix_app_clone NOSUPERUSER"),
      );
      await failure();
      // What the server wrote last may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.ok(
        world.server.log.includes(`CREATE ROLE "streamflix_app" LOGIN PASSWORD 'SCRAM-SHA-256$4096:`),
      );
      // Only the tests' own statements have a password in clear: they make the master, and quote one.
      const log = world.server.log
        .split("\n")
        .filter((line) => !/CREATE ROLE master|SELECT "|column "/.test(line))
        .join("\n");
      for (const [name, password] of all) {
        for (const form of [
          password,
          password.replaceAll("'", "''"),
          JSON.stringify(password).slice(1, -1),
        ]) {
          assert.equal(log.includes(form), false, `the server's log shows the password of ${name}`);
          assert.equal([...said, ...world.lines].join("\n").includes(form), false, `${name} was told`);
        }
      }
      assert.ok(said.length > 20);
    });
  });
});
