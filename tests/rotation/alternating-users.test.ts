import assert from "node:assert/strict";

import { installedMajors } from "../functions/support/postgres-server";
import { RotationWorld } from "./support/world";

for (const major of installedMajors()) {
  describe(`rotation of two users who take turns, PostgreSQL ${major}`, () => {
    let world: RotationWorld;
    before(async () => {
      world = await RotationWorld.start(major);
    });
    after(async () => {
      world.assertNoLeak();
      await world.end();
    });

    it("gives the other user a new password, and goes on signing in as the first", async () => {
      const { arn, user, other } = await world.subject("pair");
      const token = await world.rotate(arn);
      assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), token);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, other);
      assert.equal(world.stored(arn, "AWSPREVIOUS")?.username, user);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), true);
    });

    it("makes the clone", async () => {
      const { arn, user, other } = await world.subject("clone");
      await world.rotate(arn);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, other);
      await world.rotate(arn);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, user);
      assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), true);
    });

    it("single", async () => {
      const { arn, user } = await world.subject("single");
      await world.rotate(arn);
      assert.equal(world.stored(arn, "AWSCURRENT")?.username, user);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), false);
    });
  });
}
