import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "pg";

import { readThrown } from "./errors";

/** What is used of a connection. */
export type Session = Pick<Client, "query" | "end">;

/** Two sessions altered the same role at once, or made it at once; all of these are mended by doing it again. */
const RACES = new Set(["XX000", "42710", "23505", "40P01", "40001"]);
const ATTEMPTS = 3;
const PAUSE_MS = 200;

/** Whether something failed because another session did the same at the same time. */
export function isRace(error: unknown): boolean {
  return RACES.has(readThrown(error).code ?? "");
}

/** Runs something in a transaction, rolled back when it fails. */
export async function inTransaction<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  await session.query("BEGIN");
  try {
    const result = await work();
    await session.query("COMMIT");
    return result;
  } catch (error) {
    // Where the connection is lost there is nothing left to roll back.
    await session.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Runs a transaction up to three times, as long as it fails by a race. */
export async function retryRaces<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRace(error)) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
