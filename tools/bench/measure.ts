/** Runs one command and measures it: wall clock, and what its process tree took. */
import { spawn } from "node:child_process";
import { canWatch, ProcessWatch } from "./process-watch";
import type { Usage } from "./process-watch";

/** What to run. */
export interface Command {
  readonly file: string;
  readonly words: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** What one run took. */
export interface Measurement {
  readonly seconds: number;
  /** Undefined where the system doesn't tell. */
  readonly usage: Usage | undefined;
  /** What it wrote to stdout. */
  readonly stdout: string;
}

/** A run that was to be measured has failed: there is nothing to say about its time. */
export class RunFailed extends Error {}

const LINES_OF_FAILURE = 30;

/**
 * Runs a command to its end.
 *
 * @throws RunFailed with the end of the command's output when it exits with another code than 0
 */
export async function measure(
  command: Command,
  options: { readonly sharedMemory?: boolean } = {},
): Promise<Measurement> {
  const start = performance.now();
  const child = spawn(command.file, command.words, {
    cwd: command.directory,
    env: command.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const all: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => {
    stdout.push(bytes);
    all.push(bytes);
  });
  child.stderr.on("data", (bytes: Buffer) => all.push(bytes));
  const endWithBench = (): void => {
    child.kill("SIGTERM");
  };
  // Before the bench removes the directories that the command works in.
  process.prependOnceListener("exit", endWithBench);
  const watch =
    child.pid !== undefined && canWatch()
      ? new ProcessWatch(child.pid, options.sharedMemory === true)
      : undefined;
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const seconds = (performance.now() - start) / 1000;
    if (code !== 0) throw new RunFailed(describeFailure(command, code, Buffer.concat(all).toString("utf8")));
    return { seconds, usage: watch?.usage, stdout: Buffer.concat(stdout).toString("utf8") };
  } finally {
    process.off("exit", endWithBench);
    watch?.stop();
  }
}

/** How many resources a preview or deployment of the CLI says it would create, or has created. */
export function createdResources(output: string): number {
  const count = /^\s*\+ (\d+) (?:to create|created)\s*$/m.exec(output)?.[1];
  if (count === undefined) throw new RunFailed(`the run created nothing:\n${lastLines(output)}`);
  return Number(count);
}

function describeFailure({ words }: Command, code: number | null, output: string): string {
  return `${words.join(" ")} ended with ${code === null ? "a signal" : `exit code ${code}`}:\n${lastLines(output)}`;
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-LINES_OF_FAILURE).join("\n");
}
