import assert from "node:assert/strict";

import { escapeIdentifier as id } from "pg";

import { STEPS } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { RotationWorld } from "../support/world";

for (const major of installedMajors()) {
  describe(`rotation of a single user, PostgreSQL ${major}`, () => {
    let world: RotationWorld;
    before(async () => {
      world = await RotationWorld.start(major);
    });
    after(async () => {
      assert.ok((await world.end()) > 10);
    });

    it("lets the user set its own password, also when it acts as another role", async () => {
      const { arn, user } = await world.subject("single");
      const before = world.stored(arn, "AWSCURRENT");
      await world.rotate(arn);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, user);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      assert.deepEqual(world.stored(arn, "AWSPREVIOUS"), before);
      assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), false);
    });

    it("rotates the master, who may be a maker of roles", async () => {
      await world.rotate(world.masterArn);
      assert.equal(await world.signsIn(world.masterArn, "AWSCURRENT"), true);
    });

    it("gets in with the previous version, where the database was restored from before a rotation", async () => {
      const { arn, user } = await world.subject("single");
      const [before] = await passwordOf(user);
      await world.rotate(arn);
      await world.admin.query(`ALTER ROLE ${id(user)} PASSWORD '${before?.password}'`);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), false);
      await world.rotate(arn);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });

    it("gets in with a version without any stage, left by a rotation that was given up", async () => {
      const { arn } = await world.subject("single");
      for (let round = 0; round < 2; round += 1) {
        const token = world.secrets.startRotation(arn);
        for (const step of STEPS.slice(0, 2)) await world.step(step, arn, token);
        world.secrets.clearPending(arn);
      }
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), false);
      await world.rotate(arn);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });

    it("says that no password works, or lets the master set one", async () => {
      const { arn, user } = await world.subject("single");
      await world.admin.query(`ALTER ROLE ${id(user)} PASSWORD NULL`);
      const error = await world.failure(world.rotate(arn));
      assert.equal(error.name, "NoValidCredential");
      assert.match(error.message, /With the secret of a master in masterarn, rotation can do that itself/);

      const helped = await world.subject("single", { strategy: "single-user", masterarn: world.masterArn });
      await world.admin.query(`ALTER ROLE ${id(helped.user)} PASSWORD NULL`);
      await world.rotate(helped.arn);
      assert.equal(world.stored(helped.arn, "AWSCURRENT")?.username, helped.user);
      assert.equal(await world.signsIn(helped.arn, "AWSCURRENT"), true);
    });

    it("never sends a version's password to another place than the current one's", async () => {
      const { arn, user } = await world.subject("single");
      await world.admin.query(`ALTER ROLE ${id(user)} PASSWORD NULL`);
      const { PutSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
      const other = world.text(user, "of-another-place", { host: "127.0.0.1" });
      await world.client.send(
        new PutSecretValueCommand({ SecretId: arn, SecretString: other, VersionStages: ["AWSPREVIOUS"] }),
      );
      const lines = world.lines.length;
      assert.equal((await world.failure(world.rotate(arn))).name, "NoValidCredential");
      assert.ok(!world.lines.slice(lines).join("\n").includes("signed in with"));
    });

    const passwordOf = async (user: string) =>
      (
        await world.admin.query<{ password: string }>(
          "SELECT rolpassword AS password FROM pg_authid WHERE rolname = $1",
          [user],
        )
      ).rows;
  });
}
