import * as path from "node:path";

import { Problem } from "../local/problem";
import { UsageError } from "./command-line";

/** A command of this project, which `npm run` calls. */
export interface Tool {
  /** How it is called, what its options are, and what its exit statuses mean; printed for `--help`. */
  readonly help: string;
  /**
   * Does what the command line says, and gives the exit status.
   *
   * @throws UsageError for a wrong command line, Problem for what else the user can mend
   */
  readonly run: (words: readonly string[]) => number | Promise<number>;
  /** Exit status for a problem, where 1 has a meaning of its own. @default 1 */
  readonly problemStatus?: number;
}

/** Runs a tool with the command line of this process; the exit status is 2 for a wrong one. */
export async function runTool({ help, run, problemStatus = 1 }: Tool): Promise<void> {
  const words = process.argv.slice(2);
  if (words.includes("--help") || words.includes("-h")) {
    console.log(help);
    return;
  }
  try {
    process.exitCode = await run(words);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error:\n${error.message}\n\n${help}`);
      process.exitCode = 2;
    } else if (error instanceof Problem) {
      console.error(`error: ${error.message}`);
      process.exitCode = problemStatus;
    } else {
      throw error;
    }
  }
}

/** A path that a user gave: npm runs scripts in the package's directory and tells in INIT_CWD where the user stood. */
export function userPath(file: string): string {
  return path.resolve(process.env["INIT_CWD"] ?? process.cwd(), file);
}
