import { randomUUID } from "node:crypto";

import { type Experiment, type FaultInjection, FaultInjectionError, hasEnded } from "./fault-injection";
import { type Cost, costOf } from "./measure";
import type { Objectives, Times } from "./objectives";
import { pause, type Probe } from "./probe";

/** What became of an experiment: a verdict on the stack, or none. */
export interface Outcome {
  readonly verdict: "passed" | "FAILED" | "NOT RUN";
  /** On one line, without names of people or resources. */
  readonly evidence: string;
}

/** How a run ended, besides what it cost. */
type End =
  | { readonly kind: "over"; readonly experiment: Experiment }
  | { readonly kind: "late"; readonly experiment: Experiment }
  | { readonly kind: "interrupted" };

/** What an experiment is run with. */
export interface Run {
  readonly fis: FaultInjection;
  readonly templateId: string;
  readonly probe: Probe;
  readonly objectives: Objectives;
  readonly times: Times;
  /** Somebody wants it to end. */
  readonly interrupt: AbortSignal;
  /** Told what happens, for who watches. */
  readonly say: (line: string) => void;
}

/**
 * Starts an experiment while a probe calls the API, waits for its end and for the API to be well again, and measures.
 * Whatever happens in between, the experiment doesn't outlast this.
 */
export async function runExperiment(run: Run): Promise<Outcome> {
  const { probe, times, interrupt } = run;
  const refused = await probe.prepare();
  if (refused !== undefined) return notRun(`the API doesn't take the probe's writes (status ${refused})`);
  const stopProbe = new AbortController();
  const probing = probe.run(stopProbe.signal);
  try {
    if (!(await isWell(run, 2 * times.settledMs))) {
      return notRun(interrupt.aborted ? "interrupted" : "the API isn't well before the experiment");
    }
    const before = probe.rounds.length;
    const end = await experimentOf(run);
    // Twice the objective: what comes back late is measured, and not only called late.
    const patience = 2 * run.objectives.awaySeconds * 1000;
    const isBack = end.kind !== "interrupted" && (await isWell(run, patience, before));
    stopProbe.abort();
    await probing;
    return judged(run, end, isBack, costOf(probe.rounds.slice(before), probe.losses));
  } finally {
    stopProbe.abort();
    await probing;
  }
}

/** Starts it and waits for its end; stops it where it doesn't end by itself. */
async function experimentOf({ fis, templateId, times, interrupt, say }: Run): Promise<End> {
  let experiment = await fis.start(templateId, randomUUID());
  const { id } = experiment;
  say(`${id} ${experiment.state.status}`);
  const latest = Date.now() + times.experimentMs;
  try {
    while (!hasEnded(experiment)) {
      await pause(times.askEveryMs, interrupt);
      if (interrupt.aborted) return { kind: "interrupted" };
      if (Date.now() > latest) return { kind: "late", experiment };
      const now = await fis.experiment(id).catch(unlessRefused);
      if (now === undefined) continue;
      if (now.state.status !== experiment.state.status) say(`${id} ${now.state.status}`);
      experiment = now;
    }
    return { kind: "over", experiment };
  } finally {
    if (!hasEnded(experiment)) {
      say(`stopping ${id}`);
      await stopForSure(fis, id, times.askEveryMs);
    }
  }
}

/** What AWS calls it when it refuses for good; anything else may be better next time. */
const REFUSALS =
  /^(AccessDenied|ExpiredToken|ResourceNotFound|UnrecognizedClient|InvalidSignature|Validation)/;

function unlessRefused(error: unknown): undefined {
  if (error instanceof FaultInjectionError && REFUSALS.test(error.name)) throw error;
}

/** Attempts to end an experiment before this gives up and says so. */
const STOP_ATTEMPTS = 5;

async function stopForSure(fis: FaultInjection, id: string, everyMs: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fis.stop(id);
      return;
    } catch (error) {
      // It has ended meanwhile.
      const now = await fis.experiment(id).catch(() => undefined);
      if (now !== undefined && (hasEnded(now) || now.state.status === "stopping")) return;
      if (attempt === STOP_ATTEMPTS) throw new NotStopped(id, error);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

/** An experiment goes on although it should not: a person has to end it. */
export class NotStopped extends Error {
  override readonly name = "NotStopped";

  constructor(id: string, cause: unknown) {
    super(`${id} could not be stopped and may go on: aws fis stop-experiment --id ${id}`, { cause });
  }
}

/** Waits until the API has been well for a while. @param after rounds that don't count */
async function isWell({ probe, times, interrupt }: Run, withinMs: number, after = 0): Promise<boolean> {
  const latest = Date.now() + withinMs + times.settledMs;
  for (;;) {
    if (interrupt.aborted) return false;
    if (probe.rounds.length > after && probe.wellFor() >= times.settledMs) return true;
    if (Date.now() > latest) return false;
    await pause(times.probeEveryMs, interrupt);
  }
}

function judged({ objectives, times }: Run, end: End, isBack: boolean, cost: Cost): Outcome {
  if (end.kind === "interrupted") return notRun("interrupted; the experiment was stopped");
  const { id, state } = end.experiment;
  if (end.kind === "over" && (state.status === "failed" || state.status === "cancelled")) {
    const code = state.error?.code === undefined ? "" : ` (${state.error.code})`;
    return notRun(`${id} ${state.status}${code}, so nothing was tried: its log says why`);
  }
  const faults = [
    ...(end.kind === "late" ? [`not over within ${times.experimentMs / 1000} s, and stopped`] : []),
    ...(state.status === "stopped" ? ["ended by an alarm: an objective burned too fast"] : []),
    ...(isBack ? [] : ["the API is not back"]),
    ...(cost.awaySeconds > objectives.awaySeconds ? ["away for too long"] : []),
    ...(cost.lostSeconds > objectives.lostSeconds ? ["too much was lost"] : []),
  ];
  const figures =
    `API away ${cost.awaySeconds.toFixed(1)} s of ${objectives.awaySeconds} s allowed ` +
    `(${cost.failedRounds} of ${cost.rounds} rounds failed), ` +
    `${cost.lostWrites} writes of ${cost.lostSeconds.toFixed(1)} s lost, ${objectives.lostSeconds} s allowed`;
  return faults.length === 0
    ? { verdict: "passed", evidence: `${id}: ${figures}` }
    : { verdict: "FAILED", evidence: `${id}: ${faults.join("; ")}: ${figures}` };
}

function notRun(evidence: string): Outcome {
  return { verdict: "NOT RUN", evidence };
}
