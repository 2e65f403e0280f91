/** The processes that the language host starts: none of them outlives it. */
import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";

/** What to start: a Node.js process. */
export interface Runner {
  readonly nodeArguments: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

const graceMilliseconds = 2000;

/** Keeps track of child processes so that they can be stopped together. */
export class Children {
  private readonly running = new Set<ChildProcess>();

  /** Starts a process and remembers it until it ends. */
  start(runner: Runner, stdio: StdioOptions): ChildProcess {
    const child = spawn(process.execPath, runner.nodeArguments, {
      cwd: runner.directory,
      env: runner.environment,
      stdio,
    });
    this.running.add(child);
    child.once("close", () => this.running.delete(child));
    return child;
  }

  /** Exit code when the process has ended and its output is read; 1 when it could not start or died of a signal. */
  exitCode(child: ChildProcess): Promise<number> {
    return new Promise((resolve) => {
      child.once("error", (error) => {
        process.stderr.write(`${error.message}\n`);
        resolve(1);
      });
      child.once("close", (code) => {
        resolve(code ?? 1);
      });
    });
  }

  /** Asks a process to end, and ends it when it does not. */
  stop(child: ChildProcess): void {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
  }

  /** Ends all processes at once: this process is about to leave and could not insist later. */
  stopAll(): void {
    for (const child of this.running) child.kill("SIGKILL");
  }
}
