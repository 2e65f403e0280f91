import { copyFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

import type { Client } from "pg";

import { digestOf, type ErasureEntry, type ErasureLog } from "../../../functions/data-retention/erasure-log";
import type { RequestOf } from "../../../functions/data-retention/event";
import type { Measures } from "../../../functions/data-retention/metrics";
import { type Dependencies, type RetentionReport, run } from "../../../functions/data-retention/run";
import type { RetentionPlan } from "../../../functions/data-retention/settings";
import { OperatorError } from "../../../functions/shared/errors";
import { HOST, PostgresServer } from "./postgres-server";
import { DATABASE, World } from "./world";

const MIGRATIONS = path.resolve(__dirname, "../../../functions/database-roles/migrations");

export const DIGEST_KEY = "key-of-digests-for-this-test";
export const TOKEN = "stands-for-a-token-of-iam";
export const USER = "streamflix_retention";

/** The digest that stands for a subject. */
export const digest = (subjectId: string) => digestOf(DIGEST_KEY, subjectId);

/** The log without a bucket. */
export class MemoryLog implements ErasureLog {
  readonly entries = new Map<string, ErasureEntry>();

  add(entry: ErasureEntry): Promise<void> {
    if (!this.entries.has(entry.digest)) this.entries.set(entry.digest, entry);
    return Promise.resolve();
  }

  digests(): Promise<Set<string>> {
    return Promise.resolve(new Set(this.entries.keys()));
  }

  get(wanted: string): Promise<ErasureEntry> {
    const entry = this.entries.get(wanted);
    return entry === undefined ? Promise.reject(new Error("no such entry")) : Promise.resolve(entry);
  }
}

/** A database as the deployment makes it, with the function's user, whose token stands in for IAM's. */
export class RetentionWorld {
  readonly roles: World;
  readonly measured: Measures[] = [];
  log = new MemoryLog();

  private constructor(roles: World) {
    this.roles = roles;
  }

  /** @param changes parameters of the server other than the usual ones */
  static async start(changes: Readonly<Record<string, string>> = {}): Promise<RetentionWorld> {
    const world = new RetentionWorld(new World(await PostgresServer.start(17, changes)));
    for (const name of readdirSync(MIGRATIONS)) {
      copyFileSync(path.join(MIGRATIONS, name), path.join(world.roles.migrations, name));
    }
    await world.reset();
    return world;
  }

  /** Makes the database anew. */
  async reset(): Promise<void> {
    this.log = new MemoryLog();
    this.measured.length = 0;
    await this.roles.reset();
    await this.roles.run({ iamUsers: [{ user: USER, access: "granted" }] });
    await this.admin((client) => client.query(`ALTER ROLE ${USER} PASSWORD '${TOKEN}'`));
  }

  plan(changes: Partial<RetentionPlan> = {}): RetentionPlan {
    return {
      port: this.roles.server.port,
      database: DATABASE,
      user: USER,
      schema: "streamflix",
      batchRows: 3,
      subjectKeys: { table: "subject_keys", subjectColumn: "subject_id" },
      tables: [
        {
          table: "playback_positions",
          subjectColumn: "profile_id",
          expiry: { timeColumn: "recorded_at", days: 30 },
        },
        { table: "profiles", subjectColumn: "id" },
      ],
      keptDays: { backup: 35, events: 730, evidence: 400 },
      ...changes,
    };
  }

  async run<Action extends RetentionReport["action"]>(
    event: { readonly action: Action } & Partial<RequestOf<Action>>,
    changes: Partial<RetentionPlan> = {},
    other: Partial<Dependencies> = {},
  ): Promise<Extract<RetentionReport, { action: Action }>> {
    const report = await run(event, {
      plan: this.plan(changes),
      host: HOST,
      ca: this.roles.server.ca,
      token: () => Promise.resolve(TOKEN),
      log: this.log,
      digestKey: () => Promise.resolve(DIGEST_KEY),
      measure: (measures) => this.measured.push(measures),
      deadline: Date.now() + 60_000,
      restFactor: 0,
      ...other,
      patience: { serverMs: 5_000, pauseMs: 50, otherRunMs: 300, lockMs: 100, ...other.patience },
    });
    return report as Extract<RetentionReport, { action: Action }>;
  }

  /** The failure of a run; it is an error of the test when the run succeeds. */
  async failure(...words: Parameters<RetentionWorld["run"]>): Promise<OperatorError> {
    try {
      await this.run(...words);
    } catch (error) {
      if (error instanceof OperatorError) return error;
      throw error;
    }
    throw new Error("the run succeeded");
  }

  /** As superuser in the application's schema. */
  admin<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    return this.roles.asSuperuser(DATABASE, async (client) => {
      await client.query("SET search_path = streamflix; SET TIME ZONE 'UTC'");
      return work(client);
    });
  }

  /** Runs SQL as superuser; the rows of the last statement. */
  rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.admin(async (client) => (await client.query<Row>(sql, [...values])).rows);
  }

  /** One text for each row of a query. */
  async lines(sql: string, values: readonly unknown[] = []): Promise<string[]> {
    const rows = await this.rows<{ line: string }>(
      `SELECT line::text FROM (${sql}) AS l (line) ORDER BY 1`,
      values,
    );
    return rows.map(({ line }) => line);
  }
}

/** A subject's id: always the same for the same number. */
export function subject(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Makes a profile with its key of pseudonyms and positions; the n-th position is n days old. */
export async function addSubject(world: RetentionWorld, id: string, ages: readonly number[]): Promise<void> {
  await world.admin(async (client) => {
    await client.query(
      `INSERT INTO profiles (id, display_name, language, maturity_rating) VALUES ($1, 'Somebody', 'de', 12)`,
      [id],
    );
    await client.query(
      `INSERT INTO subject_keys (subject_id, key) VALUES ($1::uuid, sha256($1::uuid::text::bytea))`,
      [id],
    );
    await client.query(
      `INSERT INTO playback_positions (profile_id, title_id, position_seconds, recorded_at)
       SELECT $1, 'title-' || n, n, now() - age * interval '1 day'
         FROM unnest($2::float8[]) WITH ORDINALITY AS ages (age, n)`,
      [id, ages],
    );
  });
}
