import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";

import { STEPS } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { MotoServer } from "../support/moto";
import { RotationWorld, type Stored } from "../support/world";

const [major = 17] = installedMajors();

// What moto does differently from AWS is in divergences.test.ts; a plain rotation is not affected.
describe("rotation with moto as Secrets Manager", function () {
  let world: RotationWorld;
  let moto: MotoServer;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    world = await RotationWorld.start(major);
  });
  after(async () => {
    await world.end();
    await moto.stop();
  });

  it("takes turns, three times", async function () {
    this.timeout(60_000);
    const client = moto.client();
    const text = async (id: string, stage: string) => {
      const command = new GetSecretValueCommand({ SecretId: id, VersionStage: stage });
      return (await client.send(command)).SecretString ?? "";
    };
    const { arn, user, other } = await world.subject("pair");
    const create = async (Name: string, SecretString: string) =>
      (await client.send(new CreateSecretCommand({ Name, SecretString }))).ARN ?? "";
    const masterarn = await create("master", world.secrets.value(world.masterArn, "AWSCURRENT") ?? "");
    const value = { ...world.stored(arn, "AWSCURRENT"), masterarn };
    const id = await create("service", JSON.stringify(value));
    const RotationLambdaARN = await moto.makeFunction();

    for (const expected of [other, user, other]) {
      const before = await text(id, "AWSCURRENT");
      const token = randomUUID();
      await client.send(
        new RotateSecretCommand({
          SecretId: id,
          ClientRequestToken: token,
          RotationLambdaARN,
          RotationRules: { AutomaticallyAfterDays: 30 },
        }),
      );
      for (const step of STEPS) await world.step(step, id, token, { client });
      // What AWS does itself when all steps have succeeded.
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: id,
          VersionStage: "AWSPENDING",
          RemoveFromVersionId: token,
        }),
      );
      const { username, password } = JSON.parse(await text(id, "AWSCURRENT")) as Stored;
      assert.equal(username, expected);
      assert.equal(await world.accepts(username, password), true);
      assert.equal(await text(id, "AWSPREVIOUS"), before);
      const { VersionIdsToStages: stages } = await client.send(new DescribeSecretCommand({ SecretId: id }));
      assert.deepEqual(stages?.[token], ["AWSCURRENT"]);
    }
  });
});
