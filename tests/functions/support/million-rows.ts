import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "pg";

import { type Dependencies, REST_FACTOR } from "../../../functions/data-retention/run";
import { OperatorError } from "../../../functions/shared/errors";
import { connectOnce } from "../../../functions/shared/postgres";
import { cut } from "../../rotation/support/crash";
import { type RetentionWorld, subject } from "./retention-world";

const TITLES = 1_000;

/** Subjects with a hold, and the title whose rows have one. */
export const HELD = { subjects: [subject(3), subject(11)], title: "t-3" } as const;

/** Beyond those that are loaded: what a writer does changes nothing that is compared. */
const WRITER = subject(999_999);

/** Count and checksum of rows. */
export interface Extent {
  readonly rows: number;
  readonly sum: string;
}

/**
 * Loads rows of a thousand titles for each subject. Four in ten are past their time, spread over the whole table; none of
 * the others comes of age during a test.
 *
 * @returns what has to be left of them, by the numbers from which they were made
 */
export async function loadRows(world: RetentionWorld, count: number): Promise<Extent> {
  return world.admin(async (client) => {
    // Without triggers: a million look-ups of a foreign key would take longer than the whole test.
    await client.query("SET session_replication_role = replica");
    const id = (number: string) => `('00000000-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`;
    await client.query(
      `INSERT INTO profiles (id, display_name, language, maturity_rating)
       SELECT ${id("p")}, 'Somebody', 'de', 0 FROM (SELECT generate_series(1, ${count / TITLES}) UNION SELECT 999999) s (p)`,
    );
    const expired = "n % 10 IN (1, 3, 6, 8)";
    await client.query(
      `INSERT INTO playback_positions (profile_id, title_id, position_seconds, recorded_at)
       SELECT ${id(`n / ${TITLES} + 1`)}, 't-' || n % ${TITLES}, n % 10,
              now() - CASE WHEN ${expired} THEN 31 + n % 97 ELSE n % 29 END * interval '1 day'
         FROM generate_series(0, ${count - 1}) n`,
    );
    await client.query("ANALYZE playback_positions");
    // position_seconds is the last digit of the number, of which the function knows nothing.
    const subjects = HELD.subjects.map((it) => `'${it}'`).join(", ");
    return extent(
      client,
      `NOT (${expired.replace("n % 10", "position_seconds")}) OR profile_id IN (${subjects}) OR title_id = '${HELD.title}'`,
    );
  });
}

/** All rows but the writer's. */
export function leftOver(world: RetentionWorld): Promise<Extent> {
  return world.admin((client) => extent(client, "true"));
}

async function extent(client: Client, where: string): Promise<Extent> {
  const { rows } = await client.query<{ rows: string; sum: string }>(
    `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum
       FROM playback_positions t WHERE (${where}) AND profile_id <> '${WRITER}'`,
  );
  return { rows: Number(rows[0]?.rows), sum: rows[0]?.sum ?? "" };
}

/** Writes all the time, as a service does, and keeps how long each write took. */
export class Writer {
  /** Milliseconds of each write, by times in which somebody deleted and those between them, in turn: the first is apart. */
  readonly phases: number[][] = [[]];
  #stopped = false;
  #done: Promise<void> | undefined;

  start(world: RetentionWorld): void {
    this.#done = world.admin(async (client) => {
      for (let n = 0; !this.#stopped; n += 1) {
        const phase = this.phases.at(-1);
        const start = performance.now();
        await client.query(
          `INSERT INTO playback_positions (profile_id, title_id, position_seconds, recorded_at) VALUES ($1, $2, $3, now())
           ON CONFLICT (profile_id, title_id) DO UPDATE SET position_seconds = excluded.position_seconds, recorded_at = now()`,
          [WRITER, `w-${n % 500}`, n % 86_400],
        );
        const took = performance.now() - start;
        // What began in one phase and ended in the next tells about neither.
        if (phase === this.phases.at(-1)) phase?.push(took);
        await sleep(3);
      }
    });
  }

  /** Begins the next phase: deletion after a time apart, or the other way round. */
  turn(): void {
    this.phases.push([]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  /**
   * How much longer 95 of 100 writes took during deletion than right before and after it: the median of all deletions, so that
   * what else the machine did during one of them does not count.
   */
  slowdown(): number {
    const ratios = this.phases
      .map((phase, n) => ({ phase, apart: [this.phases[n - 1] ?? [], this.phases[n + 1] ?? []].flat() }))
      .filter((_, n) => n % 2 === 1)
      .filter(({ phase, apart }) => Math.min(phase.length, apart.length) >= FEWEST_WRITES)
      .map(({ phase, apart }) => p95(phase) / p95(apart))
      .toSorted((a, b) => a - b);
    return ratios[Math.floor(ratios.length / 2)] ?? NaN;
  }
}

/** Of fewer, the slowest twentieth is one or two. */
const FEWEST_WRITES = 50;

/** The time within which 95 of 100 stay. */
function p95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? NaN;
}

/** A moment of a run: in a batch or soon after it. */
export interface Moment {
  /** Number of the batch, from 1. */
  readonly batch: number;
  /** How long after its start, as a share of what the batch before took. */
  readonly share: number;
}

/**
 * Runs once, and cuts the connection at a moment, if the run gets that far.
 *
 * @returns what a whole run did; `refused` when the server was not done yet with the session that was cut before
 */
export async function runAndCut(
  world: RetentionWorld,
  batchRows: number,
  moment: Moment,
): Promise<
  { readonly rows: number; readonly batches: number; readonly complete: boolean } | "killed" | "refused"
> {
  let timer: NodeJS.Timeout | undefined;
  const open: NonNullable<Dependencies["open"]> = async (...words) => {
    const client = await connectOnce(...words);
    const query = client.query.bind(client) as (...words: unknown[]) => Promise<unknown>;
    let [batches, took] = [0, 0];
    const watched = async (...words: unknown[]) => {
      if (!/^\s*WITH batch AS/.test(String(words[0]))) return query(...words);
      batches += 1;
      if (batches === moment.batch) {
        timer = setTimeout(() => {
          cut(client);
        }, took * moment.share);
      }
      const start = performance.now();
      const result = await query(...words);
      took = performance.now() - start;
      return result;
    };
    return Object.assign(client, { query: watched });
  };
  try {
    // At the pace at which it is deployed.
    const other = { restFactor: REST_FACTOR, open };
    const { tables, complete } = await world.run({ action: "expire" }, { batchRows }, other);
    return { rows: tables[0]?.rows ?? 0, batches: tables[0]?.batches ?? 0, complete };
  } catch (error) {
    if (error instanceof OperatorError && error.name === "DatabaseUnavailable") return "killed";
    // The server still ends the last statement of a session whose client is gone, and with it the lock.
    if (error instanceof OperatorError && error.name === "RunInProgress") return "refused";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
