import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { HELD, leftOver, loadRows, runAndCut, Writer } from "./support/million-rows";
import { RetentionWorld } from "./support/retention-world";

const ROWS = 1_000_000;
const BATCH_ROWS = 1_000;
/** Two subjects and a title with a thousandth of the rows each, of which 40 % and all are past their time. */
const EXPIRED = ROWS * 0.4;
/** No run gets further than this, a quarter of the way, before it is killed; most are killed earlier. */
const MOST_BATCHES = 100;

describe("data retention: a million rows, 40 % of them past their time", function () {
  this.timeout(300_000);
  let world: RetentionWorld;
  before(async () => {
    // Room for the whole table, as a server of its size has it.
    world = await RetentionWorld.start({
      shared_buffers: "512MB",
      max_wal_size: "2GB",
      log_statement: "none",
    });
  });
  after(() => world.roles.end());

  it("lose those in bounded batches while somebody writes, killed again and again, and no other", async () => {
    const expected = await loadRows(world, ROWS);
    const hold = { action: "hold", reason: "court file 12 C 34/26" } as const;
    for (const subjectId of HELD.subjects) await world.run({ ...hold, subjectId });
    await world.run({ ...hold, rows: { table: "playback_positions", values: { title_id: HELD.title } } });

    const writer = new Writer();
    writer.start(world);
    const seed = Date.now() % 1_000_000;
    const random = randomFrom(seed);
    let kills = 0;
    const start = Date.now();
    for (;;) {
      // Times without deletion in between: what else the machine does touches both alike.
      await sleep(500);
      const batch = Math.ceil(random() * MOST_BATCHES);
      writer.turn();
      const result = await runAndCut(world, BATCH_ROWS, { batch, share: random() });
      writer.turn();
      if (typeof result !== "string") {
        assert.equal(result.complete, true);
        assert.ok(result.rows <= result.batches * BATCH_ROWS);
        break;
      }
      if (result === "killed") kills += 1;
    }
    const seconds = (Date.now() - start) / 1000;
    await sleep(500);
    await writer.stop();

    assert.deepEqual(await leftOver(world), expected);
    assert.ok(kills >= 3, `${kills} kills`);
    const slowdown = writer.slowdown();
    console.log(
      `      ${ROWS - expected.rows} of ${EXPIRED} expired rows deleted, ${EXPIRED - (ROWS - expected.rows)} held, in ${seconds.toFixed(0)} s; ` +
        `${kills} kills (seed ${seed}); writer's p95 during deletion ${slowdown.toFixed(2)} times the one apart`,
    );
    assert.ok(slowdown <= 2, `the writer's p95 rose to ${slowdown.toFixed(2)} times`);
  });

  it("are left alone by the next run", async () => {
    const before = await leftOver(world);
    const { tables } = await world.run({ action: "expire" });
    assert.deepEqual([tables[0]?.rows, tables[0]?.held], [0, EXPIRED - (ROWS - before.rows)]);
    assert.deepEqual(await leftOver(world), before);
  });
});

/** A small generator of numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
