import assert from "node:assert/strict";

import { CrashPoints } from "../../rotation/support/crash";
import { addSubject, RetentionWorld, subject } from "./retention-world";

const STATE = `
  SELECT concat_ws(' ', 'profile', id) FROM profiles UNION ALL SELECT concat_ws(' ', 'key', subject_id) FROM subject_keys
  UNION ALL SELECT concat_ws(' ', 'position', profile_id, title_id) FROM playback_positions
  UNION ALL SELECT concat_ws(' ', 'erasure', digest, reference, completed_at IS NOT NULL) FROM erasures`;

const ERASE = { action: "erase", subjectId: subject(2), reference: "DSR-2026-17" } as const;
const HOLD = { action: "hold", subjectId: subject(3), reason: "court file 12 C 34/26" } as const;

/** Work that can be broken off, each with what is to be done again afterwards. */
const WORK = {
  expiry: (world: RetentionWorld, open?: CrashPoints["open"]) =>
    world.run({ action: "expire" }, {}, open === undefined ? {} : { open }),
  erasure: (world: RetentionWorld, open?: CrashPoints["open"]) =>
    world.run(ERASE, {}, open === undefined ? {} : { open }),
} as const;

async function prepare(world: RetentionWorld): Promise<void> {
  await world.reset();
  for (const number of [1, 2, 3]) await addSubject(world, subject(number), [31, 32, 33, 34, 35, 1]);
  await world.run(HOLD);
}

/**
 * Ends the process before and after each sign-in and statement, and does the same work again: the end has to be that of
 * a run that nothing disturbed.
 *
 * @param step every how manyeth point is tried
 */
export function describeRetentionCrashes(step: number): void {
  for (const [what, work] of Object.entries(WORK)) {
    describe(`data retention: ${what} that is killed and done again`, function () {
      this.timeout(0);
      let world: RetentionWorld;
      before(async () => {
        world = await RetentionWorld.start();
      });
      after(() => world.roles.end());

      it("comes to the same end from every point", async () => {
        await prepare(world);
        const points = new CrashPoints();
        await work(world, points.open);
        const expected = await world.lines(STATE);
        const { length } = points.passed;
        assert.ok(length >= 20, `${length} points`);
        let tried = 0;
        for (let at = 1; at <= length; at += step) {
          await prepare(world);
          const crash = new CrashPoints(at);
          await assert.rejects(work(world, crash.open));
          assert.ok(crash.crashed);
          // The server may still be at the last statement; another run is refused as long as that takes.
          await untilFree(world);
          await work(world);
          assert.deepEqual(await world.lines(STATE), expected, crash.passed.at(-1));
          tried += 1;
        }
        console.log(`      ${tried} of ${length} points`);
      });
    });
  }
}

async function untilFree(world: RetentionWorld): Promise<void> {
  const sessions = "SELECT pid FROM pg_stat_activity WHERE application_name = 'streamflix-data-retention'";
  while ((await world.rows(sessions)).length > 0);
}
