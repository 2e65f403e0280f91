import { z } from "zod";

import { answerTo, type Answer, type Request, type Rights } from "../integration/caller";
import type { Loss, Round } from "./measure";
import type { Times } from "./objectives";

/** The profile that probes write to, and nobody has: one row, whatever is tried and however often. */
const PROFILE = "9a3eda75-0000-4000-8000-000000000000";
const PROFILE_PATH = `/v1/profiles/${PROFILE}`;
/** Reads go through the cache. */
const POSITION_PATH = `/v1/playback/${PROFILE}/game-day`;

const profile = z.object({ displayName: z.string().regex(/^game day \d+$/) });

/**
 * A caller of the API that never stops: each round reads what it wrote last, writes the next number, and reads something
 * through the cache. Since it reads before it writes, a write that was acknowledged and then lost can't hide behind a
 * later one.
 */
export class Probe {
  readonly rounds: Round[] = [];
  readonly losses: Loss[] = [];
  readonly #base: string;
  readonly #rights: Rights;
  readonly #times: Times;
  /** When each number was acknowledged, the newest last. */
  readonly #acknowledged = new Map<number, number>();
  #number = 0;

  constructor(base: string, rights: Rights, times: Times) {
    this.#base = base;
    this.#rights = rights;
    this.#times = times;
  }

  /** Makes what is probed. @returns the status of the first answer that was not 200 */
  async prepare(): Promise<number | undefined> {
    const position = { positionSeconds: 0, recordedAt: new Date().toISOString() };
    for (const request of [this.#next(), { method: "PUT", path: POSITION_PATH, body: position } as const]) {
      const { status } = await this.#ask(request).catch((): Answer => ({ status: 0, body: "" }));
      if (status !== 200) return status;
    }
    this.#acknowledge();
    return undefined;
  }

  /** Goes round until the signal; a round that has begun ends. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = Date.now();
      const ok = await this.#round().catch(() => false);
      this.rounds.push({ startedAt, endedAt: Date.now(), ok });
      await pause(this.#times.probeEveryMs, signal);
    }
  }

  /** Milliseconds for which every round has been well, until now. */
  wellFor(): number {
    const lastFailure = this.rounds.findLastIndex(({ ok }) => !ok);
    const first = this.rounds[lastFailure + 1];
    const last = this.rounds.at(-1);
    return first === undefined || last === undefined ? 0 : last.endedAt - first.startedAt;
  }

  async #round(): Promise<boolean> {
    const read = await this.#ask({ method: "GET", path: PROFILE_PATH });
    const kept = read.status === 200 ? numberIn(read.body) : undefined;
    if (kept === undefined) return false;
    this.#compare(kept);
    const written = await this.#ask(this.#next());
    if (written.status !== 200) return false;
    this.#acknowledge();
    return (await this.#ask({ method: "GET", path: POSITION_PATH })).status === 200;
  }

  /** What was acknowledged after the number that is there has been lost. */
  #compare(kept: number): void {
    const lost = [...this.#acknowledged.keys()].filter((number) => number > kept);
    const [first, last] = [lost[0], lost.at(-1)];
    if (first === undefined || last === undefined) return;
    const at = (number: number) => this.#acknowledged.get(number) ?? 0;
    const since = this.#acknowledged.get(kept) ?? at(first);
    this.losses.push({ writes: lost.length, milliseconds: at(last) - since });
    for (const number of lost) this.#acknowledged.delete(number);
  }

  #next(): Request {
    this.#number += 1;
    const body = { displayName: `game day ${this.#number}`, language: "en", maturityRating: 0 };
    return { method: "PUT", path: PROFILE_PATH, body };
  }

  #acknowledge(): void {
    this.#acknowledged.set(this.#number, Date.now());
  }

  #ask(request: Request): Promise<Answer> {
    return answerTo(this.#base, request, this.#rights, AbortSignal.timeout(this.#times.requestMs));
  }
}

function numberIn(body: string): number | undefined {
  try {
    return Number(profile.parse(JSON.parse(body)).displayName.slice("game day ".length));
  } catch {
    return undefined;
  }
}

/** Waits, or until the signal. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
