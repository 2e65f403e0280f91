import assert from "node:assert/strict";

import { STEPS } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { RotationWorld } from "../support/world";

for (const major of installedMajors()) {
  describe(`the same step many times at once, PostgreSQL ${major}`, function () {
    this.timeout(60_000);
    let world: RotationWorld;
    before(async () => {
      world = await RotationWorld.start(major);
    });
    after(async () => {
      assert.ok((await world.end()) > 10);
    });

    for (const mode of ["pair", "clone", "single"] as const) {
      it(`eight twins of every step agree (${mode})`, async () => {
        const { arn } = await world.subject(mode);
        for (let rotation = 0; rotation < 5; rotation += 1) {
          const before = world.secrets.versionOf(arn, "AWSCURRENT");
          const token = world.secrets.startRotation(arn);
          for (const step of STEPS) {
            await Promise.all(Array.from({ length: 8 }, () => world.step(step, arn, token)));
          }
          world.secrets.completeRotation(arn);
          assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), token);
          assert.equal(world.secrets.versionOf(arn, "AWSPREVIOUS"), before);
          assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
          assert.equal(await world.signsIn(arn, "AWSPREVIOUS"), mode !== "single");
        }
      });
    }

    it("secrets of the same database don't disturb each other", async () => {
      const arns: string[] = [];
      for (const mode of ["pair", "clone", "single", "pair"] as const)
        arns.push((await world.subject(mode)).arn);
      await Promise.all(arns.map((arn) => world.rotate(arn)));
      for (const arn of arns) assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });
  });
}
