import assert from "node:assert/strict";
import { inTurns, rounds } from "../../tools/bench/rounds";

describe("bench: rounds", () => {
  /** A clock that each round moves on. */
  function clock() {
    let time = 0;
    return {
      now: () => time,
      take: (seconds: number) => {
        time += seconds;
        return Promise.resolve(seconds);
      },
    };
  }

  it("makes the first rounds whatever they take", async () => {
    const { now, take } = clock();
    assert.deepEqual(await rounds({ atLeast: 3, atMost: 9, seconds: 1 }, () => take(50), now), [50, 50, 50]);
  });

  it("begins another only if it would end in time, by the longest so far", async () => {
    const { now, take } = clock();
    const lengths = [10, 30, 10, 10, 10];
    const done = await rounds(
      { atLeast: 1, atMost: 9, seconds: 75 },
      (round) => take(lengths[round] ?? 0),
      now,
    );
    assert.deepEqual(done, [10, 30, 10]);
  });

  it("stops at the most", async () => {
    const { now, take } = clock();
    assert.equal((await rounds({ atLeast: 1, atMost: 4, seconds: 1000 }, () => take(1), now)).length, 4);
  });

  it("swaps the order in every other round, not the results", async () => {
    const order: string[] = [];
    const run = (name: string) => () => {
      order.push(name);
      return Promise.resolve(name);
    };
    assert.deepEqual(await inTurns(0, run("a"), run("b")), ["a", "b"]);
    assert.deepEqual(await inTurns(1, run("a"), run("b")), ["a", "b"]);
    assert.deepEqual(order, ["a", "b", "b", "a"]);
  });
});
