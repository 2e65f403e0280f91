import assert from "node:assert/strict";

import { STEPS } from "../../../rotation/event";
import type { Major } from "../../functions/support/postgres-server";
import { CrashPoints } from "./crash";
import { type Mode, RotationWorld, type Subject } from "./world";

/** Runs at a time; each has a Secrets Manager and users of its own. */
const LANES = 4;

/** How a rotation goes on after its function was ended: each returns the version that has to be current then. */
const RECOVERIES: Readonly<
  Record<string, (world: RotationWorld, arn: string, token: string) => Promise<string>>
> = {
  "the same rotation starts over": async (world, arn, token) => {
    for (const step of STEPS) await world.step(step, arn, token);
    return token;
  },
  "an operator takes AWSPENDING away, then a new rotation": async (world, arn, token) => {
    // Nothing is left to take away from a rotation that had come to its end.
    if (world.secrets.versionOf(arn, "AWSCURRENT") === token) world.secrets.completeRotation(arn);
    else world.secrets.clearPending(arn);
    const next = world.secrets.startRotation(arn);
    for (const step of STEPS) await world.step(step, arn, next);
    return next;
  },
  "every step of the same rotation three times at once": async (world, arn, token) => {
    for (const step of STEPS) {
      await Promise.all([1, 2, 3].map(() => world.step(step, arn, token)));
    }
    return token;
  },
};

interface Case {
  readonly mode: Mode;
  readonly isLater: boolean;
  readonly recovery: string;
}

/** Ends one rotation at a point and recovers from that. Returns the points it passed. */
async function crashAndRecover(
  world: RotationWorld,
  subject: Subject,
  { mode, isLater, recovery }: Case,
  at: number,
): Promise<readonly string[]> {
  const { arn } = subject;
  const token = world.secrets.startRotation(arn);
  const points = new CrashPoints(at);
  points.watch(world.secrets);
  try {
    for (const step of STEPS) await world.step(step, arn, token, { open: points.open });
  } catch (error) {
    if (!points.crashed) throw error;
  }
  world.secrets.onCall = undefined;

  const where = `${mode}, ${isLater ? "later" : "first"}, ${recovery}, ended ${points.passed.at(-1)} (${at})`;
  await assertUsable(world, subject, `${where}: at the crash`);
  const current = points.crashed
    ? await RECOVERIES[recovery]?.(world, arn, token).catch((error: unknown) => {
        throw new Error(`${where}: ${String(error)}`);
      })
    : token;
  assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), current, where);
  world.secrets.completeRotation(arn);
  assert.equal(await world.signsIn(arn, "AWSCURRENT"), true, where);
  const stages = [...world.secrets.versions(arn).values()].flatMap((version) => version.stages);
  assert.deepEqual(stages.sort(), ["AWSCURRENT", "AWSPREVIOUS"], where);
  return points.passed;
}

/** A service that reads the current version gets in; with a single user, it may need the pending one for a moment. */
async function assertUsable(world: RotationWorld, { arn, mode }: Subject, where: string): Promise<void> {
  const current = await world.signsIn(arn, "AWSCURRENT");
  if (mode !== "single") assert.equal(current, true, where);
  else assert.equal(current === true || (await world.signsIn(arn, "AWSPENDING")) === true, true, where);
}

/** Defines tests that end a rotation before and after every call, sign-in and statement. */
export function describeCrashPoints(major: Major, modes: readonly Mode[]): void {
  describe(`rotation ended at every point, PostgreSQL ${major}`, function () {
    this.timeout(600_000);
    let world: RotationWorld;
    let lanes: RotationWorld[] = [];
    let runs = 0;

    before(async () => {
      world = await RotationWorld.start(major);
      lanes = await Promise.all(Array.from({ length: LANES }, () => RotationWorld.on(world.server)));
    });
    after(async () => {
      let passwords = 0;
      for (const lane of lanes) passwords += await lane.leave();
      await world.end();
      console.log(`      ${runs} runs, ${passwords} passwords looked for`);
    });

    for (const mode of modes) {
      for (const isLater of [false, true]) {
        for (const recovery of Object.keys(RECOVERIES)) {
          it(`${mode}, ${isLater ? "later" : "first"} rotation: ${recovery}`, async () => {
            const each = { mode, isLater, recovery };
            let points: readonly string[] | undefined;
            let next = 1;
            await Promise.all(
              lanes.map(async (lane) => {
                // A rotation of a secret that was rotated before is a later one, so that the same secret serves again.
                const rotated = isLater ? await lane.subject(mode) : undefined;
                if (rotated !== undefined) await lane.rotate(rotated.arn);
                const run = async (at: number) =>
                  crashAndRecover(lane, rotated ?? (await lane.subject(mode)), each, at);
                points ??= await run(0);
                while (next <= points.length) {
                  const at = next;
                  next += 1;
                  assert.deepEqual(await run(at), points.slice(0, at));
                  runs += 1;
                }
              }),
            );
          });
        }
      }
    }
  });
}
