import assert from "node:assert/strict";

import type { DatabaseRolesReport } from "../../functions/database-roles/report";
import { scramVerifier } from "../../functions/shared/scram";
import { SecretsManagerFake } from "../rotation/support/secrets-manager";
import { LambdaProcess } from "../support/lambda-process";
import { PostgresServer } from "./support/postgres-server";
import { PASSWORDS, World } from "./support/world";

describe("database roles: the bundle, on real PostgreSQL with the real client of Secrets Manager", () => {
  let lambda: LambdaProcess<DatabaseRolesReport>;
  let world: World;
  let secrets: SecretsManagerFake;
  before(async () => {
    world = new World(await PostgresServer.start());
    await world.reset();
    secrets = await SecretsManagerFake.start();
    // With the whole ends of the ARNs as names, the event's ARNs find them as partial ones.
    for (const [arn, value] of world.secrets) {
      secrets.createSecret({ name: arn.split(":secret:")[1] ?? "", value });
    }
    lambda = await LambdaProcess.of("functions/database-roles/handler.ts");
    lambda.put("migrations/0001-films.sql", "CREATE TABLE films (id int);");
  });
  after(async () => {
    await secrets.stop();
    await world.end();
    lambda.remove();
  });

  const invoke = async (event: unknown, remainingMs = 60_000) => {
    const environment = { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url };
    const ending = await lambda.invoke(event, environment, remainingMs);
    for (const password of Object.values(PASSWORDS))
      assert.ok(!lambda.printed.at(-1)?.includes(JSON.stringify(password).slice(1, -1)));
    return ending;
  };

  it("trusts no server without its bundle of certificates", async () => {
    const { error } = await invoke(world.event());
    assert.equal(error?.name, "TlsRefused");
    assert.match(error.message, /database-ca\.pem can't be read/);
    lambda.put("database-ca.pem", world.server.ca);
  });

  it("refuses an event before it reads any secret", async () => {
    const { error } = await invoke({});
    assert.equal(error?.name, "InvalidEvent");
    assert.deepEqual(secrets.journal, []);
  });

  it("says that time ran out", async () => {
    await world.asMaster(async (client) => {
      await client.query("SELECT pg_advisory_lock(hashtextextended('streamflix:database-roles', 0))");
      const { error } = await invoke(world.event(), 5_000);
      assert.equal(error?.name, "OutOfTime");
      assert.match(error.message, /did not end before the function's time did/);
    });
  });

  it("brings an empty database to a service user who signs in", async () => {
    const { report, error } = await invoke(world.event());
    assert.equal(error, undefined);
    assert.equal(report?.created.length, 12);
    assert.deepEqual(report.migrations.applied, ["0001-films.sql"]);
    await world.as("streamflix_app", PASSWORDS.app, (client) => client.query("INSERT INTO films VALUES (1)"));
    assert.deepEqual(new Set(secrets.journal.map(({ operation }) => operation)), new Set(["GetSecretValue"]));
  });

  it("makes verifiers that the server would have made from the password", async () => {
    await world.asSuperuser("postgres", async (client) => {
      for (let index = 0; index < 50; index += 1) {
        const password = Array.from({ length: 1 + index }, (_, at) =>
          String.fromCharCode(0x20 + ((index * 31 + at * 17) % 95)),
        ).join("");
        await client.query(`ALTER ROLE streamflix_job PASSWORD ${client.escapeLiteral(password)}`);
        const { rows } = await client.query<{ stored: string }>(
          "SELECT rolpassword AS stored FROM pg_authid WHERE rolname = 'streamflix_job'",
        );
        const stored = rows[0]?.stored ?? "";
        const salt = Buffer.from(/^SCRAM-SHA-256\$4096:([^$]*)\$/.exec(stored)?.[1] ?? "", "base64");
        assert.equal(scramVerifier(password, { salt }), stored);
      }
    });
  });
});
