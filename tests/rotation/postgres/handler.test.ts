import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";

import { lambdaBundle } from "../../../components/lambda-bundle";
import { STEPS, type Step } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { RotationWorld } from "../support/world";

/** Calls the handler as Lambda does, and prints what it throws. */
const RUNNER = `
  const { handler } = require("./index.js");
  const context = { getRemainingTimeInMillis: () => Number(process.argv[3]) };
  if (handler.length > 2) throw new Error("Lambda would take it for a handler with a callback");
  handler(JSON.parse(process.argv[2]), context)
    .then(() => ({}), (error) => ({ error: { name: error.name, message: error.message } }))
    .then((result) => process.stdout.write(JSON.stringify(result) + "\\n", () => process.exit()));
`;

const [major = 17] = installedMajors();

describe("rotation: the bundle that is deployed, each step in a process of its own", function () {
  this.timeout(60_000);
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-rotation-bundle-"));
  let world: RotationWorld;
  const printed: string[] = [];
  before(async () => {
    world = await RotationWorld.start(major);
    const { archive } = lambdaBundle("rotation/handler.ts");
    const code = (await archive.assets)["index.js"];
    assert.ok(code instanceof pulumi.asset.FileAsset);
    copyFileSync(await code.path, path.join(directory, "index.js"));
    writeFileSync(path.join(directory, "runner.js"), RUNNER);
  });
  after(async () => {
    for (const password of world.passwords()) assert.ok(!printed.join("\n").includes(password));
    await world.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const invoke = async (
    event: object,
    environment: Readonly<Record<string, string>> = {},
    remainingMs = 30_000,
  ): Promise<{ readonly name: string; readonly message: string } | undefined> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(directory, "runner.js"), JSON.stringify(event), String(remainingMs)],
      {
        cwd: directory,
        env: {
          AWS_REGION: "eu-central-1",
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
          AWS_ENDPOINT_URL_SECRETS_MANAGER: world.secrets.url,
          ...environment,
        },
      },
    );
    printed.push(stdout);
    const last = stdout.trim().split("\n").at(-1) ?? "";
    return (JSON.parse(last) as { error?: { name: string; message: string } }).error;
  };
  const step = (Step: Step, SecretId: string, ClientRequestToken: string) =>
    invoke({ Step, SecretId, ClientRequestToken });

  it("trusts no server without its bundle of certificates", async () => {
    const error = await step("createSecret", "any", "0".repeat(32));
    assert.equal(error?.name, "TlsRefused");
    assert.match(error.message, /database-ca\.pem can't be read/);
    writeFileSync(path.join(directory, "database-ca.pem"), world.server.ca);
  });

  it("refuses an environment with faults before it asks AWS anything", async () => {
    const event = { Step: "createSecret", SecretId: "any", ClientRequestToken: "0".repeat(32) };
    for (const environment of [
      { CERTIFICATE_NAMES: "no JSON" },
      { CERTIFICATE_NAMES: '{"a host":"b"}' },
      { PASSWORD_LENGTH: "8" },
    ]) {
      assert.equal((await invoke(event, environment))?.name, "InvalidEnvironment");
    }
    assert.deepEqual(world.secrets.journal, []);
  });

  it("says that time ran out", async () => {
    const { arn, other } = await world.subject("pair");
    const token = world.secrets.startRotation(arn);
    assert.equal(await step("createSecret", arn, token), undefined);
    await world.admin.query("BEGIN");
    await world.admin.query("SELECT pg_advisory_xact_lock(hashtextextended('rotation:' || $1, 0))", [other]);
    const error = await invoke({ Step: "setSecret", SecretId: arn, ClientRequestToken: token }, {}, 4_000);
    await world.admin.query("COMMIT");
    assert.equal(error?.name, "OutOfTime");
  });

  it("rotates, two users and one", async () => {
    for (const mode of ["pair", "single"] as const) {
      const { arn } = await world.subject(mode);
      const token = world.secrets.startRotation(arn);
      for (const each of STEPS) assert.equal(await step(each, arn, token), undefined);
      world.secrets.completeRotation(arn);
      assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), token);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    }
  });

  it("logs one line of JSON for what a step did", () => {
    const lines = printed.flatMap((text) => text.trim().split("\n").slice(0, -1));
    assert.ok(lines.length >= 8);
    for (const line of lines) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      assert.deepEqual(Object.keys(entry), ["function", "message"]);
      assert.match(String(entry["message"]), /^(create|set|test|finish)Secret: /);
    }
  });
});
