import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";

import { lambdaBundle } from "../../components/lambda-bundle";
import type { DatabaseRolesReport } from "../../functions/database-roles/report";
import { scramVerifier } from "../../functions/shared/scram";
import { SecretsManagerFake } from "../rotation/support/secrets-manager";
import { PostgresServer } from "./support/postgres-server";
import { PASSWORDS, World } from "./support/world";

/** Calls the handler as Lambda does, and prints what it gives or throws. */
const RUNNER = `
  const { handler } = require("./index.js");
  const context = { getRemainingTimeInMillis: () => Number(process.argv[3]) };
  handler(JSON.parse(process.argv[2]), context)
    .then((report) => ({ report }), (error) => ({ error: { name: error.name, message: error.message } }))
    .then((result) => process.stdout.write(JSON.stringify(result) + "\\n", () => process.exit()));
`;

interface Result {
  readonly report?: DatabaseRolesReport;
  readonly error?: { readonly name: string; readonly message: string };
}

describe("database roles: the bundle, on real PostgreSQL with the real client of Secrets Manager", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-bundle-"));
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
    const { archive } = lambdaBundle("functions/database-roles/handler.ts");
    const code = (await archive.assets)["index.js"];
    assert.ok(code instanceof pulumi.asset.FileAsset);
    copyFileSync(await code.path, path.join(directory, "index.js"));
    writeFileSync(path.join(directory, "runner.js"), RUNNER);
    mkdirSync(path.join(directory, "migrations"));
    writeFileSync(path.join(directory, "migrations/0001-films.sql"), "CREATE TABLE films (id int);");
  });
  after(async () => {
    await secrets.stop();
    await world.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const invoke = async (event: unknown, remainingMs = 60_000): Promise<Result> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(directory, "runner.js"), JSON.stringify(event), String(remainingMs)],
      {
        cwd: directory,
        env: {
          AWS_REGION: "eu-central-1",
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
        },
      },
    );
    for (const password of Object.values(PASSWORDS))
      assert.ok(!stdout.includes(JSON.stringify(password).slice(1, -1)));
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Result;
  };

  it("trusts no server without its bundle of certificates", async () => {
    const { error } = await invoke(world.event());
    assert.equal(error?.name, "TlsRefused");
    assert.match(error.message, /database-ca\.pem can't be read/);
    writeFileSync(path.join(directory, "database-ca.pem"), world.server.ca);
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
