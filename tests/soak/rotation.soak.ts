import assert from "node:assert/strict";

import { installedMajors } from "../functions/support/postgres-server";
import { describeCrashPoints } from "../rotation/support/crash-suite";
import { signInDuringRotations } from "../rotation/support/load";
import { RotationWorld } from "../rotation/support/world";

const DAY_MS = 24 * 3600 * 1000;

for (const major of installedMajors()) {
  describeCrashPoints(major, ["pair", "clone", "single"]);

  describe(`a thousand rotations of two users, PostgreSQL ${major}`, function () {
    this.timeout(0);
    let world: RotationWorld;
    before(async () => {
      world = await RotationWorld.start(major);
    });
    after(async () => {
      assert.ok((await world.end()) > 1000);
    });

    it("fail no login, without any retry", async () => {
      const { arn } = await world.subject("pair");
      let logins = 0;
      // A secret takes 100 versions a day.
      for (let day = 0; day < 13; day += 1) {
        const result = await signInDuringRotations(world, { arn, rotations: 80, ttlMs: 20, retries: false });
        assert.equal(result.refused, 0);
        logins += result.logins;
        world.secrets.passTime(DAY_MS);
      }
      console.log(`      ${13 * 80} rotations, ${logins} logins, 0 refused`);
    });
  });
}
