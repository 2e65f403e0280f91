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
 * A strike hits one call that would change the account: `fail` before its effect, `lose` after it (the answer never
 * arrives), `kill` after it, with the engine.
 */
export interface Strike {
  readonly mode: FaultMode;
  /** The n-th call of the run (first = 1), whichever process makes it, or the first call for a type token. */
  readonly at: number | string;
}

/** A region that answers nothing: no call that reads, and none that changes. */
export interface Darkness {
  readonly darkRegion: string;
}

export type Fault = Strike | Darkness;

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

/** Parses `fail:7`, `lose:7`, `kill:7`, with a type `lose:aws:ec2/eip:Eip`, or for a whole region `dark:eu-central-1`. */
export function parseFault(text: string | undefined): Fault | undefined {
  if (text === undefined || text === "") {
    return undefined;
  }
  const darkRegion = /^dark:([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(text)?.[1];
  if (darkRegion !== undefined) {
    return { darkRegion };
  }
  const match = /^(fail|lose|kill):(?:([1-9]\d*)|([a-z]+:\w+\/\w+:\w+))$/.exec(text);
  if (!match) {
    throw new Error(
      `fault "${text}" is not understood: give fail:N, lose:N or kill:N, N counting calls from 1 or naming a type, such as aws:ec2/eip:Eip; or dark:<region>`,
    );
  }
  return { mode: match[1] as FaultMode, at: match[3] ?? Number(match[2]) };
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
  const { fault } = run;
  const strikes = fault && "mode" in fault && isStruck(run, fault.at, call, subject) ? fault.mode : undefined;
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

/** Refuses a call to a region that the run's fault has darkened. */
export function requireLight({ fault }: RunSettings, region: string): void {
  if (fault && "darkRegion" in fault && fault.darkRegion === region) {
    throw new Error(`injected fault: region ${region} answers no call`);
  }
}

function isStruck(run: RunSettings, at: Strike["at"], call: number, subject: Subject): boolean {
  return typeof at === "number" ? call === at : subject.type === at && take(path.join(run.folder, "struck"));
}

/** Numbers are shared by all processes of a run: each takes one by making its file. */
function nextCall(folder: string): number {
  const calls = path.join(folder, "calls");
  let number = lastCalls.get(folder) ?? 0;
  if (number === 0) fs.mkdirSync(calls, { recursive: true });
  // Numbers have no gaps, so the search starts behind those that this process found taken.
  do {
    number++;
  } while (!take(path.join(calls, String(number))));
  lastCalls.set(folder, number);
  return number;
}

/** The last number that this process took, by the folder of its run. */
const lastCalls = new Map<string, number>();

/** Makes an empty file; false when it is there already. */
function take(file: string): boolean {
  try {
    fs.closeSync(fs.openSync(file, "wx"));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      return false;
    }
    throw error;
  }
}
