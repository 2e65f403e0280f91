import assert from "node:assert/strict";

import { parseEvent } from "../../functions/data-retention/event";

const ID = "00000000-0000-4000-8000-00000000000A";
const REFERENCE = "the number of a ticket, such as DSR-2026-17";
const ACTION =
  "action: Invalid discriminator value. Expected 'expire' | 'erase' | 'replay' | 'hold' | 'release' | 'holds'";
const HOLD = { action: "hold", reason: "court file 12 C 34/26" };

const bad: readonly (readonly [string, unknown, string])[] = [
  ["no action", {}, ACTION],
  ["an unknown action", { action: "delete" }, ACTION],
  ["an unknown key", { action: "replay", all: true }, 'event: Unrecognized key: "all"'],
  [
    "a dry run as text",
    { action: "expire", dryRun: "yes" },
    "dryRun: Invalid input: expected boolean, received string",
  ],
  ["an erasure of nobody", { action: "erase", reference: "DSR-1" }, "subjectId: a UUID"],
  [
    "a subject that is no id",
    { action: "erase", subjectId: "me@example.org", reference: "DSR-1" },
    "subjectId: a UUID",
  ],
  [
    "no reference",
    { action: "erase", subjectId: ID },
    "reference: Invalid input: expected string, received undefined",
  ],
  [
    "a name as reference",
    { action: "erase", subjectId: ID, reference: "Erika Mustermann" },
    `reference: ${REFERENCE}`,
  ],
  ["a hold on nothing", HOLD, "event: either subjectId or rows"],
  [
    "a hold on both",
    { ...HOLD, subjectId: ID, rows: { table: "a", values: { b: 1 } } },
    "event: either subjectId or rows",
  ],
  [
    "a hold on all rows",
    { ...HOLD, rows: { table: "a", values: {} } },
    "rows.values: at least one column with its value",
  ],
  [
    "a hold on no table",
    { ...HOLD, rows: { table: "a; b", values: { c: 1 } } },
    "rows.table: the name of a table",
  ],
  [
    "a hold without a reason",
    { ...HOLD, subjectId: ID, reason: "because" },
    "reason: Too small: expected string to have >=10 characters",
  ],
  ["a hold until some day", { ...HOLD, subjectId: ID, until: "2027" }, "until: Invalid ISO datetime"],
  ["a release of nothing", { action: "release", holdId: "1" }, "holdId: a UUID"],
];

describe("data retention: the event", () => {
  it("is taken with its defaults, ids in lower case", () => {
    assert.deepEqual(parseEvent({ action: "expire" }), { action: "expire", dryRun: false });
    assert.deepEqual(parseEvent({ action: "erase", subjectId: ID, reference: "DSR-2026-17" }), {
      action: "erase",
      subjectId: ID.toLowerCase(),
      reference: "DSR-2026-17",
      dryRun: false,
    });
  });

  for (const [what, event, problem] of bad) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseEvent(event), {
        name: "InvalidEvent",
        message: `The event has 1 problem: ${problem}. What to do: send it again without them; nothing was read or changed.`,
      });
    });
  }

  it("is told all its problems at once, without a value", () => {
    assert.throws(
      () => parseEvent({ action: "erase", subjectId: "me@example.org", reference: "me" }),
      (error: Error) => /has 2 problems/.test(error.message) && !error.message.includes("me@example.org"),
    );
  });
});
