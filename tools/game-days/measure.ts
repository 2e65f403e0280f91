/** One round of the probe; times in milliseconds. */
export interface Round {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether every request of it was answered as it has to be. */
  readonly ok: boolean;
}

/** Acknowledged writes that were not there any more. */
export interface Loss {
  readonly writes: number;
  /** From the last write that was kept to the last that was lost. */
  readonly milliseconds: number;
}

/** What a run has cost callers. */
export interface Cost {
  /** From the first request that failed to the end of the last; nothing failed: 0. */
  readonly awaySeconds: number;
  readonly failedRounds: number;
  readonly rounds: number;
  readonly lostWrites: number;
  readonly lostSeconds: number;
}

/** What rounds and losses of one run add up to. Times between failures count as failed: callers can't rely on them. */
export function costOf(rounds: readonly Round[], losses: readonly Loss[]): Cost {
  const failed = rounds.filter(({ ok }) => !ok);
  const away = (failed.at(-1)?.endedAt ?? 0) - (failed[0]?.startedAt ?? 0);
  return {
    awaySeconds: away / 1000,
    failedRounds: failed.length,
    rounds: rounds.length,
    lostWrites: losses.reduce((sum, { writes }) => sum + writes, 0),
    lostSeconds: Math.max(0, ...losses.map(({ milliseconds }) => milliseconds)) / 1000,
  };
}
