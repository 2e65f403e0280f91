import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Subject } from "./frame";

/** What the wrapper tells the providers, through the environment that the engine hands down. */
export interface RunSettings {
  /** Folder of the simulated accounts. */
  readonly accounts: string;
  /** Folder of this run: journal and call counter. */
  readonly folder: string;
  readonly stack: string;
  /** Account that the simulated credentials belong to; by default the one the program allows. */
  readonly signedInAccount: string | undefined;
  /** Typical creation times are slept through, times this factor; 0 sleeps never. */
  readonly latency: number;
  readonly fault: Fault | undefined;
}

export type FaultMode = "fail" | "lose" | "kill";

/**
 * A fault strikes the n-th call that would change the account (first = 1), whichever process makes it:
 * `fail` before its effect, `lose` after it (the answer never arrives), `kill` after it, with the engine.
 */
export interface Fault {
  readonly mode: FaultMode;
  readonly call: number;
}

/** One changing call, as the journal keeps it (a JSON line each). Times are milliseconds since 1970. */
export interface JournalEntry {
  readonly call: number;
  readonly method: "create" | "update" | "delete";
  readonly type: string;
  readonly urn: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: "done" | "refused" | FaultMode;
}

/** Reads the settings; an error names what is missing or malformed. */
export function runSettings(env: NodeJS.ProcessEnv = process.env): RunSettings {
  const need = (name: string) => {
    const value = env[name];
    if (value === undefined || value === "") {
      throw new Error(`${name} is not set: the simulated providers are started by \`npm run local\``);
    }
    return value;
  };
  return {
    accounts: need("STREAMFLIX_LOCAL_ACCOUNTS"),
    folder: need("STREAMFLIX_LOCAL_RUN"),
    stack: need("STREAMFLIX_LOCAL_STACK"),
    signedInAccount: env["STREAMFLIX_LOCAL_ACCOUNT_ID"],
    latency: Number(env["STREAMFLIX_LOCAL_LATENCY"] ?? "0"),
    fault: parseFault(env["STREAMFLIX_LOCAL_FAULT"]),
  };
}

/** Parses `fail:7`, `lose:7` or `kill:7`. */
export function parseFault(text: string | undefined): Fault | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  const match = /^(fail|lose|kill):([1-9]\d*)$/.exec(text);
  if (!match) {
    throw new Error(
      `fault "${text}" is not understood: give fail:N, lose:N or kill:N, N counting calls from 1`,
    );
  }
  return { mode: match[1] as FaultMode, call: Number(match[2]) };
}

/**
 * Runs one changing call: counts it across all provider processes of the run, lets its latency pass,
 * injects the run's fault and writes the journal.
 *
 * @param seconds typical duration of the call on AWS
 */
export async function changingCall<Result>(
  run: RunSettings,
  method: JournalEntry["method"],
  subject: Subject,
  seconds: number,
  effect: () => Result,
): Promise<Result> {
  const call = nextCall(run.folder);
  const start = Date.now();
  const strikes = run.fault?.call === call ? run.fault.mode : undefined;
  const journal = (outcome: JournalEntry["outcome"]) => {
    const entry: JournalEntry = {
      call,
      method,
      type: subject.type,
      urn: subject.urn,
      start,
      end: Date.now(),
      outcome,
    };
    fs.appendFileSync(path.join(run.folder, "journal.jsonl"), `${JSON.stringify(entry)}\n`);
  };
  if (strikes === "fail") {
    journal("fail");
    throw new Error(`injected fault: call ${call} (${method} ${subject.type}) failed before it took effect`);
  }
  if (run.latency > 0) {
    await sleep(seconds * run.latency * 1000);
  }
  let result: Result;
  try {
    result = effect();
  } catch (error) {
    journal("refused");
    throw error;
  }
  journal(strikes ?? "done");
  if (strikes === "kill") {
    process.kill(process.ppid, "SIGKILL");
    process.exit(1);
  }
  if (strikes === "lose") {
    throw new Error(
      `injected fault: call ${call} (${method} ${subject.type}) took effect, its answer was lost`,
    );
  }
  return result;
}

/** Reads the journal of a run, in the order in which calls ended. */
export function readJournal(folder: string): JournalEntry[] {
  const file = path.join(folder, "journal.jsonl");
  return fs.existsSync(file)
    ? fs
        .readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as JournalEntry)
    : [];
}

/** Numbers are shared by exclusive creates of one empty file per call. */
function nextCall(folder: string): number {
  const calls = path.join(folder, "calls");
  fs.mkdirSync(calls, { recursive: true });
  // Numbers have no gaps, so the search starts behind those that are taken already.
  for (let number = fs.readdirSync(calls).length + 1; ; number++) {
    try {
      fs.closeSync(fs.openSync(path.join(calls, String(number)), "wx"));
      return number;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
        throw error;
      }
    }
  }
}
