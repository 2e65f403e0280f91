import { readWords, UsageError } from "../command-line";
import { CHECK_NAMES } from "./checks";

/** What is asked for. */
export interface Command {
  readonly stack: string;
  /** Names of checks. @default all of them */
  readonly only?: readonly string[];
  /** File with the stack's outputs. @default they are asked of the state */
  readonly outputs?: string;
}

const OPTIONS = { stack: { type: "string" }, only: { type: "string" }, outputs: { type: "string" } } as const;

export const HELP = `npm run test:integration -- --stack <name> [options]

  --stack <name>      a stack of this program that is deployed
  --only <names>      these checks alone, of ${CHECK_NAMES.join(",")}
  --outputs <file>    what "pulumi stack output --json" printed, where the state can't be reached from here

Exit status: 0 when every check passed, 1 when one failed, 2 for a wrong command line or a stack that can't be used, 3 when
one could not be run and none failed.`;

/** @throws UsageError that lists every problem */
export function readCommandLine(words: readonly string[]): Command {
  const { problems, text, stackName, listOf } = readWords(words, OPTIONS);
  const stack = stackName();
  const only = listOf("only", CHECK_NAMES);
  const outputs = text("outputs");
  if (problems.length > 0 || stack === undefined) throw new UsageError(problems);
  return { stack, ...(only && { only }), ...(outputs !== undefined && { outputs }) };
}
