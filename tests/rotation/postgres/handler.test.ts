import assert from "node:assert/strict";

import { STEPS, type Step } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { LambdaProcess } from "../../support/lambda-process";
import { RotationWorld } from "../support/world";

const [major = 17] = installedMajors();

describe("rotation: the bundle that is deployed, each step in a process of its own", function () {
  this.timeout(60_000);
  let world: RotationWorld;
  let lambda: LambdaProcess<void>;
  before(async () => {
    world = await RotationWorld.start(major);
    lambda = await LambdaProcess.of("rotation/handler.ts");
  });
  after(async () => {
    const passwords = world.passwords();
    await world.end();
    lambda.remove();
    for (const password of passwords) assert.ok(!lambda.printed.join("\n").includes(password));
  });

  const invoke = async (
    event: object,
    environment: Readonly<Record<string, string>> = {},
    remainingMs = 30_000,
  ) => {
    const all = { AWS_ENDPOINT_URL_SECRETS_MANAGER: world.secrets.url, ...environment };
    return (await lambda.invoke(event, all, remainingMs)).error;
  };
  const step = (Step: Step, SecretId: string, ClientRequestToken: string) =>
    invoke({ Step, SecretId, ClientRequestToken });

  it("trusts no server without its bundle of certificates", async () => {
    const error = await step("createSecret", "any", "0".repeat(32));
    assert.equal(error?.name, "TlsRefused");
    assert.match(error.message, /database-ca\.pem can't be read/);
    lambda.put("database-ca.pem", world.server.ca);
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
    const lines = lambda.printed.flatMap((text) => text.trim().split("\n").slice(0, -1));
    assert.ok(lines.length >= 8);
    for (const line of lines) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      assert.deepEqual(Object.keys(entry), ["function", "message"]);
      assert.match(String(entry["message"]), /^(create|set|test|finish)Secret: /);
    }
  });
});
