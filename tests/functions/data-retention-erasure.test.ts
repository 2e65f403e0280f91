import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { addSubject, digest, RetentionWorld, subject } from "./support/retention-world";

const EVERYTHING = `
  SELECT concat_ws(' ', 'profile', right(id::text, 2)) FROM profiles
  UNION ALL SELECT concat_ws(' ', 'key', right(subject_id::text, 2)) FROM subject_keys
  UNION ALL SELECT concat_ws(' ', 'position', right(profile_id::text, 2), title_id) FROM playback_positions`;
const ERASURES = "SELECT concat_ws(' ', digest, reference, completed_at IS NOT NULL) FROM erasures";

const of = (number: string, positions = ["1", "2", "3", "4"]) => [
  `key ${number}`,
  ...positions.map((position) => `position ${number} title-${position}`),
  `profile ${number}`,
];
const erase = (number: number, reference = "DSR-2026-17") =>
  ({ action: "erase", subjectId: subject(number), reference }) as const;

describe("data retention: erasure of a subject", () => {
  let world: RetentionWorld;
  before(async () => {
    world = await RetentionWorld.start();
  });
  beforeEach(async () => {
    await world.reset();
    for (const number of [1, 2, 3]) await addSubject(world, subject(number), [1, 2, 3, 4]);
  });
  after(() => world.roles.end());

  it("takes its key and all its rows, and leaves a record that names nobody", async () => {
    const report = await world.run(erase(2));
    assert.deepEqual(
      [report.digest, report.rows, report.complete],
      [digest(subject(2)), { subject_keys: 1, playback_positions: 4, profiles: 1 }, true],
    );
    assert.deepEqual(
      report.remaining.map(({ what, until }) => [what, until !== undefined]),
      [
        ["backups", true],
        ["events in stream and archive", true],
        ["audit evidence", true],
      ],
    );
    assert.deepEqual(await world.lines(EVERYTHING), [...of("01"), ...of("03")].sort());
    assert.deepEqual(await world.lines(ERASURES), [`${digest(subject(2))} DSR-2026-17 t`]);
    assert.deepEqual([...world.log.entries.keys()], [digest(subject(2))]);
    const records = JSON.stringify([report, [...world.log.entries.values()], await world.lines(ERASURES)]);
    assert.doesNotMatch(records, new RegExp(`${subject(2)}|Somebody`));
  });

  it("does no more when it is asked for again, for the same or for nobody", async () => {
    await world.run(erase(2));
    const [before, log] = [await world.lines(EVERYTHING), [...world.log.entries.values()]];
    const again = await world.run(erase(2, "DSR-2026-18"));
    assert.deepEqual([Object.values(again.rows), again.complete], [[0, 0, 0], true]);
    assert.deepEqual([...world.log.entries.values()], log);
    const nobody = await world.run(erase(77));
    assert.deepEqual([Object.values(nobody.rows), nobody.complete], [[0, 0, 0], true]);
    assert.deepEqual(await world.lines(EVERYTHING), before);
  });

  it("changes nothing in a dry run", async () => {
    const report = await world.run({ ...erase(2), dryRun: true });
    assert.deepEqual(report.rows, { subject_keys: 1, playback_positions: 4, profiles: 1 });
    assert.equal((await world.lines(EVERYTHING)).length, 18);
    assert.deepEqual([await world.lines(ERASURES), world.log.entries.size], [[], 0]);
  });

  it("makes what was streamed before unlinkable: no key that is left gives its pseudonym", async () => {
    const pseudonyms = async () => {
      const rows = await world.rows<{ id: string; key: Buffer }>(
        "SELECT p.id, k.key FROM subject_keys k CROSS JOIN (SELECT $1::uuid AS id UNION SELECT id FROM profiles) p",
        [subject(2)],
      );
      return rows.map(({ id, key }) => createHmac("sha256", key).update(id).digest("base64url"));
    };
    const [{ key } = { key: Buffer.alloc(0) }] = await world.rows<{ key: Buffer }>(
      "SELECT key FROM subject_keys WHERE subject_id = $1",
      [subject(2)],
    );
    const archived = createHmac("sha256", key).update(subject(2)).digest("base64url");
    assert.ok((await pseudonyms()).includes(archived));
    await world.run(erase(2));
    // An event that comes late makes a new key.
    await world.rows("INSERT INTO subject_keys (subject_id, key) VALUES ($1, sha256('new'))", [subject(2)]);
    assert.ok(!(await pseudonyms()).includes(archived));
  });

  it("waits for a hold on the subject, says so, and is finished by the daily run", async () => {
    const { holdId } = await world.run({
      action: "hold",
      subjectId: subject(2),
      reason: "court file 12 C 34/26",
    });
    const report = await world.run(erase(2));
    assert.deepEqual([Object.values(report.rows), report.complete], [[0, 0, 0], false]);
    assert.deepEqual(
      report.remaining.slice(0, 3).map(({ what }) => what),
      ["1 rows of subject_keys", "4 rows of playback_positions", "1 rows of profiles"],
    );
    await world.run({ action: "expire" });
    assert.equal((await world.lines(EVERYTHING)).length, 18);
    assert.equal(world.measured[0]?.ErasuresOpen, 1);

    await world.run({ action: "release", holdId });
    const { erasures } = await world.run({ action: "expire" });
    assert.deepEqual([erasures?.entries, erasures?.erased[0]?.complete], [1, true]);
    assert.deepEqual(await world.lines(EVERYTHING), [...of("01"), ...of("03")].sort());
    assert.deepEqual(await world.lines(ERASURES), [`${digest(subject(2))} DSR-2026-17 t`]);
  });

  it("leaves a held row, and the row that would take it along", async () => {
    const rows = { table: "playback_positions", values: { profile_id: subject(2), title_id: "title-3" } };
    await world.run({ action: "hold", rows, reason: "court file 12 C 34/26" });
    const report = await world.run(erase(2));
    assert.deepEqual(
      [report.rows, report.complete],
      [{ subject_keys: 1, playback_positions: 3, profiles: 0 }, false],
    );
    assert.deepEqual(
      await world.lines(EVERYTHING),
      [...of("01"), ...of("02", ["3"]).slice(1), ...of("03")].sort(),
    );
  });

  it("is in the log before anything is gone", async () => {
    const broken = { add: () => Promise.reject(new Error("S3 is away")) };
    const error = await world.failure(erase(2), {}, { log: Object.assign(world.log, broken) });
    assert.equal(error.name, "Unexpected");
    assert.equal((await world.lines(EVERYTHING)).length, 18);
  });

  it("is done again after a restore, for everybody in the log and nobody else", async () => {
    await world.run(erase(1));
    const done = await world.lines(EVERYTHING);
    await world.run(erase(2));
    await world.run(erase(77));
    // As after a restore from before all of them: rows, keys and the database's own record are as they were.
    await world.rows("DELETE FROM erasures");
    for (const number of [1, 2]) await addSubject(world, subject(number), [1, 2, 3, 4]);
    const replayed = await world.run({ action: "replay" });
    assert.equal(replayed.entries, 3);
    assert.deepEqual(
      replayed.erased.map((it) => [it.digest, it.complete]),
      [1, 2].map((number) => [digest(subject(number)), true]),
    );
    assert.deepEqual(await world.lines(EVERYTHING), of("03").sort());
    assert.equal(done.length, 12);
    assert.deepEqual(
      await world.lines(ERASURES),
      [1, 2, 77].map((number) => `${digest(subject(number))} DSR-2026-17 t`).sort(),
    );
    assert.deepEqual((await world.run({ action: "replay" })).erased, []);
  });

  it("finds subjects of whom only a key is left, among more than are read at a time", async () => {
    await world.run(erase(4));
    await world.rows(
      `INSERT INTO subject_keys (subject_id, key)
       SELECT ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, sha256('x') FROM generate_series(1, 10001) n`,
    );
    await world.rows("INSERT INTO subject_keys (subject_id, key) VALUES ($1, sha256('x'))", [subject(4)]);
    await world.run(erase(5));
    const last = "10000000-0000-4000-8000-000000010001";
    await world.run({ action: "erase", subjectId: last, reference: "DSR-9" });
    await world.rows("INSERT INTO subject_keys (subject_id, key) VALUES ($1, sha256('y'))", [last]);
    const { erased } = await world.run({ action: "replay" });
    assert.deepEqual(new Set(erased.map((it) => it.digest)), new Set([digest(subject(4)), digest(last)]));
    assert.deepEqual(await world.lines("SELECT count(*) FROM subject_keys"), ["10003"]);
  });

  it("names no subject in an error", async () => {
    await world.rows(
      `CREATE TABLE bills (profile uuid REFERENCES profiles); INSERT INTO bills VALUES ('${subject(2)}')`,
    );
    const error = await world.failure(erase(2));
    assert.equal(error.name, "TablesFailed");
    assert.match(
      error.message,
      /^profiles: 23503 update or delete on table "profiles" violates foreign key constraint/,
    );
    assert.ok(!error.message.includes(subject(2)));
    assert.deepEqual(await world.lines(ERASURES), [`${digest(subject(2))} DSR-2026-17 f`]);
    await world.rows("DROP TABLE bills");
    assert.equal((await world.run(erase(2))).complete, true);
  });
});
