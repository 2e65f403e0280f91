/** What a recovery is held to. */
export interface Objectives {
  /** Longest time that callers may be without answers, in seconds: RTO. */
  readonly awaySeconds: number;
  /** Longest time whose acknowledged writes may be lost, in seconds: RPO. */
  readonly lostSeconds: number;
}

/** As asked for: a failover takes five to ten minutes at most, and loses less than a second. */
export const OBJECTIVES: Objectives = { awaySeconds: 600, lostSeconds: 1 };

/** How long things are waited for, in milliseconds. */
export interface Times {
  /** Between two rounds of the probe. */
  readonly probeEveryMs: number;
  /** After which a request of the probe counts as failed. */
  readonly requestMs: number;
  /** Between two questions how the experiment is. */
  readonly askEveryMs: number;
  /** Without a failure before and after, for the API to count as well. */
  readonly settledMs: number;
  /** From the start of an experiment to its end: fifteen minutes of fault at most, and some for AWS. */
  readonly experimentMs: number;
}

const MINUTE = 60_000;

export const TIMES: Times = {
  probeEveryMs: 500,
  requestMs: 5_000,
  askEveryMs: 5_000,
  settledMs: 30_000,
  experimentMs: 20 * MINUTE,
};
