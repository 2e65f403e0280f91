import assert from "node:assert/strict";

import { addSubject, RetentionWorld, subject, USER } from "./support/retention-world";

const POSITIONS = "SELECT concat_ws(' ', right(profile_id::text, 2), title_id) FROM playback_positions";
const HOLD = { action: "hold", reason: "court file 12 C 34/26" } as const;

describe("data retention: rows past their time", () => {
  let world: RetentionWorld;
  before(async () => {
    world = await RetentionWorld.start();
  });
  beforeEach(() => world.reset());
  after(() => world.roles.end());

  it("go in batches, the others stay", async () => {
    await addSubject(world, subject(1), [31, 40, 29.9, 0, 400, 31, 32, 33, 34]);
    const { complete, tables } = await world.run({ action: "expire" });
    assert.equal(complete, true);
    assert.deepEqual(
      tables.map(({ table, rows, batches, partitions, held }) => ({
        table,
        rows,
        batches,
        partitions,
        held,
      })),
      [{ table: "playback_positions", rows: 7, batches: 3, partitions: [], held: 0 }],
    );
    assert.deepEqual(await world.lines(POSITIONS), ["01 title-3", "01 title-4"]);
    assert.deepEqual(await world.lines("SELECT id FROM profiles"), [subject(1)]);
    const measures = {
      RowsDeleted: 7,
      RowsHeld: 0,
      PartitionsDropped: 0,
      TablesFailed: 0,
      TablesUnfinished: 0,
      ErasuresOpen: 0,
      OldestErasureDays: 0,
    };
    assert.deepEqual(world.measured, [measures]);
    // A second run finds nothing.
    assert.equal((await world.run({ action: "expire" })).tables[0]?.rows, 0);
  });

  it("are only counted in a dry run", async () => {
    await addSubject(world, subject(1), [31, 40, 0]);
    await world.run({ ...HOLD, subjectId: subject(2) });
    const { tables } = await world.run({ action: "expire", dryRun: true });
    assert.deepEqual([tables[0]?.rows, tables[0]?.held], [2, 0]);
    assert.equal((await world.lines(POSITIONS)).length, 3);
    assert.deepEqual(world.measured, []);
  });

  it("stay while a hold is on their subject or on them, and go when it is over", async () => {
    for (const number of [1, 2, 3]) await addSubject(world, subject(number), [31, 40, 50, 60]);
    const { holdId } = await world.run({ ...HOLD, subjectId: subject(1) });
    const rows = { table: "playback_positions", values: { profile_id: subject(2), title_id: "title-2" } };
    await world.run({ ...HOLD, rows, until: new Date(Date.now() + 3_600_000).toISOString() });
    await world.run({ ...HOLD, subjectId: subject(3), until: new Date(Date.now() - 1).toISOString() });
    assert.equal((await world.run({ action: "holds" })).holds.length, 2);

    const { tables } = await world.run({ action: "expire" });
    assert.deepEqual([tables[0]?.rows, tables[0]?.held], [7, 5]);
    const left = ["01 title-1", "01 title-2", "01 title-3", "01 title-4", "02 title-2"];
    assert.deepEqual(await world.lines(POSITIONS), left);

    assert.equal((await world.run({ action: "release", holdId })).released, true);
    assert.equal((await world.run({ action: "release", holdId })).released, false);
    await world.run({ action: "expire" });
    assert.deepEqual(await world.lines(POSITIONS), ["02 title-2"]);
  });

  it("stay when a deletion would take a held row of another table with them", async () => {
    await addSubject(world, subject(1), [0]);
    await addSubject(world, subject(2), [0]);
    await world.rows("CREATE INDEX ON profiles (updated_at)");
    await world.rows("UPDATE profiles SET updated_at = now() - interval '40 days'");
    const rows = { table: "playback_positions", values: { profile_id: subject(1) } };
    await world.run({ ...HOLD, rows });
    const tables = [{ table: "profiles", expiry: { timeColumn: "updated_at", days: 30 } }];
    const { subjectKeys } = world.plan();
    const plan = { subjectKeys, tables: [...tables, { table: "playback_positions" }] };
    const report = await world.run({ action: "expire" }, plan);
    assert.deepEqual([report.tables[0]?.rows, report.tables[0]?.held], [1, 1]);
    assert.deepEqual(await world.lines(POSITIONS), ["01 title-1"]);
  });

  it("stay when somebody brings them up to date at that moment", async () => {
    await addSubject(world, subject(1), [40, 40]);
    await world.admin(async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE playback_positions SET recorded_at = now() WHERE title_id = 'title-1'");
      const running = world.run({ action: "expire" }, {}, { patience: { lockMs: 5_000 } });
      await waiting(world);
      await client.query("COMMIT");
      assert.equal((await running).tables[0]?.rows, 1);
    });
    assert.deepEqual(await world.lines(POSITIONS), ["01 title-1"]);
  });

  it("are given up for this run when somebody has them locked for long, after those before them", async () => {
    await addSubject(world, subject(1), [40, 41]);
    await world.admin(async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE playback_positions SET position_seconds = 9 WHERE title_id = 'title-1'");
      const error = await world.failure({ action: "expire" });
      assert.equal(error.name, "TablesFailed");
      assert.match(
        error.message,
        /^1 tables could not be done: playback_positions: 55P03 canceling statement/,
      );
      await client.query("ROLLBACK");
    });
    assert.equal(world.measured[0]?.TablesFailed, 1);
    assert.equal((await world.run({ action: "expire" })).tables[0]?.rows, 1);
  });

  it("are left for the next run when the time is over", async () => {
    await addSubject(world, subject(1), [40, 41, 42, 43]);
    const { complete, tables } = await world.run({ action: "expire" }, {}, { deadline: Date.now() + 9_000 });
    assert.deepEqual([complete, tables[0]?.rows, tables[0]?.complete], [false, 0, false]);
    assert.equal(world.measured[0]?.TablesUnfinished, 1);
  });

  it("go by one run at a time", async () => {
    await world.admin(async (client) => {
      await client.query("SELECT pg_advisory_lock(hashtextextended('streamflix:data-retention', 0))");
      assert.equal((await world.failure({ action: "expire" })).name, "RunInProgress");
      assert.equal((await world.failure({ action: "replay" })).name, "RunInProgress");
      // Holds can't wait.
      await world.run({ ...HOLD, subjectId: subject(1) });
    });
  });

  it("are found by nobody who has no index, no right, no such column", async () => {
    await world.rows("CREATE TABLE notes (author uuid, made text, at timestamptz)");
    await world.rows("CREATE TABLE parts (at timestamptz) PARTITION BY HASH (at)");
    const error = await world.failure(
      { action: "expire" },
      {
        tables: [
          { table: "nowhere" },
          { table: "notes", subjectColumn: "author", expiry: { timeColumn: "made", days: 1 } },
          { table: "profiles", expiry: { timeColumn: "born_at", days: 1 } },
          { table: "parts", expiry: { timeColumn: "at", days: 1 } },
        ],
      },
    );
    assert.equal(error.name, "TablesUnfit");
    assert.deepEqual(
      error.what.replace("The database is not as the configuration has it: ", "").split("; "),
      [
        "there is no table streamflix.nowhere",
        `GRANT SELECT, DELETE ON notes TO ${USER} is missing`,
        "no index of notes starts with author, so each batch would read the whole table",
        "no index of notes starts with made, so each batch would read the whole table",
        "notes.made is of type text, which is no time",
        "profiles has no column born_at",
        `GRANT SELECT, DELETE ON parts TO ${USER} is missing`,
        "no index of parts starts with at, so each batch would read the whole table",
        "parts is partitioned by HASH (at), with parts of parts or not by RANGE (at) alone.",
      ],
    );
  });

  it("go by a user who may do nothing else", async () => {
    const denied = [
      "INSERT INTO profiles (id, display_name, language, maturity_rating) VALUES (gen_random_uuid(), 'x', 'de', 0)",
      "UPDATE profiles SET display_name = 'x'",
      "DELETE FROM legal_holds",
      "DELETE FROM erasures",
      "DROP TABLE playback_positions",
      "CREATE TABLE mine (id int)",
      "SELECT * FROM platform.schema_migrations",
    ];
    for (const sql of denied) {
      const attempt = world.roles.as(USER, "stands-for-a-token-of-iam", (client) => client.query(sql));
      await assert.rejects(attempt, { code: "42501" }, sql);
    }
  });
});

describe("data retention: tables that are partitioned by time", () => {
  let world: RetentionWorld;
  before(async () => {
    world = await RetentionWorld.start();
    await world.rows(`
      CREATE TABLE views (subject uuid, seen date NOT NULL, n int) PARTITION BY RANGE (seen);
      CREATE INDEX ON views (seen);
      CREATE INDEX ON views (subject);
      ALTER TABLE views OWNER TO streamflix_owner;
      CREATE TABLE "views-1" PARTITION OF views FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
      CREATE TABLE views_2 PARTITION OF views FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
      CREATE TABLE views_3 PARTITION OF views FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
      CREATE TABLE views_4 PARTITION OF views FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
      CREATE TABLE views_rest PARTITION OF views DEFAULT;
      ALTER TABLE "views-1" OWNER TO streamflix_owner; ALTER TABLE views_2 OWNER TO streamflix_owner;
      ALTER TABLE views_3 OWNER TO streamflix_owner; ALTER TABLE views_4 OWNER TO streamflix_owner;
      GRANT SELECT, DELETE ON views TO ${USER};
      INSERT INTO views SELECT $$${subject(1)}$$, d::date, 1 FROM generate_series(date '2025-12-01', '2026-05-10', '1 day') d;
      INSERT INTO views SELECT $$${subject(2)}$$, '2026-01-15', 2;
    `);
  });
  after(() => world.roles.end());

  const NOW = new Date("2026-03-20T12:00:00Z");
  const COUNTS =
    "SELECT concat_ws(' ', tableoid::regclass, count(*), min(seen)) FROM views GROUP BY tableoid";
  const plan = () => ({
    tables: [{ table: "views", subjectColumn: "subject", expiry: { timeColumn: "seen", days: 10 } }],
  });

  it("lose whole partitions, and rows where a partition is not over or a row is held", async () => {
    await world.run({ action: "hold", reason: "court file 12 C 34/26", subjectId: subject(2) });
    const { tables } = await world.run({ action: "expire" }, plan(), { now: () => NOW });
    assert.deepEqual(tables, [
      {
        table: "views",
        before: "2026-03-10T12:00:00.000Z",
        rows: 31 + 10,
        batches: 11 + 4 + 1,
        partitions: ['"views-1"', "views_3"],
        held: 1,
        complete: true,
      },
    ]);
    assert.deepEqual(await world.lines(COUNTS), [
      "views_2 1 2026-01-15",
      "views_4 21 2026-03-11",
      "views_rest 40 2026-04-01",
    ]);
  });

  it("keep a partition that somebody uses, and lose its rows", async () => {
    await world.admin(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT FROM views_4 LIMIT 1");
      const now = () => new Date("2026-04-25T00:00:00Z");
      const { tables } = await world.run({ action: "expire" }, plan(), { now });
      assert.deepEqual([tables[0]?.partitions, tables[0]?.rows], [[], 21 + 14]);
      await client.query("COMMIT");
    });
    assert.deepEqual(await world.lines(COUNTS), ["views_2 1 2026-01-15", "views_rest 26 2026-04-15"]);
  });

  it("lose a subject's rows in all of them", async () => {
    const erased = await world.run({ action: "erase", subjectId: subject(1), reference: "DSR-1" }, plan());
    assert.deepEqual([erased.rows, erased.complete], [{ subject_keys: 0, views: 26 }, true]);
    assert.deepEqual(await world.lines(COUNTS), ["views_2 1 2026-01-15"]);
  });

  it("lose no partition through the owner's function that is not past, no part of theirs, or said to end in future", async () => {
    const calls = [
      "streamflix.drop_expired_partition('views', 'views_4', '2026-03-31')",
      "streamflix.drop_expired_partition('views', 'views_4', '2999-01-01')",
      "streamflix.drop_expired_partition('views', 'views_rest', now())",
      "streamflix.drop_expired_partition('views', 'profiles', now())",
      "streamflix.drop_expired_partition('profiles', 'views_4', now())",
    ];
    for (const call of calls) {
      const attempt = world.roles.as(USER, "stands-for-a-token-of-iam", (client) =>
        client.query(`SELECT ${call}`),
      );
      await assert.rejects(attempt, { code: "P0001" }, call);
    }
  });
});

/** Comes back when a session of the function waits for a lock. */
async function waiting(world: RetentionWorld): Promise<void> {
  for (let found: object[] = []; found.length === 0;) {
    found = await world.rows(
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'streamflix-data-retention'",
    );
  }
}
