import { parseArgs } from "node:util";

import { CHECK_NAMES } from "./checks";

/** What is asked for. */
export interface Command {
  readonly stack: string;
  /** Names of checks. @default all of them */
  readonly only?: readonly string[];
  /** File with the stack's outputs. @default they are asked of the state */
  readonly outputs?: string;
}

/** A wrong command line; the message lists all that is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const OPTIONS = { stack: { type: "string" }, only: { type: "string" }, outputs: { type: "string" } } as const;

export const HELP = `npm run test:integration -- --stack <name> [--only ${CHECK_NAMES.join(",")}] [--outputs <file>]`;

/** @throws UsageError that lists every problem */
export function readCommandLine(words: readonly string[]): Command {
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems = [
    ...tokens.flatMap((token) =>
      token.kind === "option" && !Object.hasOwn(OPTIONS, token.name) ? [`${token.rawName} is no option`] : [],
    ),
    ...positionals.map((word) => `"${word}" is no option`),
  ];
  const text = (name: keyof typeof OPTIONS): string | undefined => {
    const value = values[name];
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    problems.push(`--${name} needs a value`);
    return undefined;
  };
  const stack = text("stack");
  // A name, and not a path to anywhere.
  if (stack === undefined || !/^[a-z][a-z0-9-]*$/.test(stack))
    problems.push("--stack <name>: a stack of this program, such as dev or prod");
  const only = text("only")?.split(",");
  for (const name of only ?? [])
    if (!(CHECK_NAMES as readonly string[]).includes(name))
      problems.push(`--only ${name}: there are ${CHECK_NAMES.join(", ")}`);
  const outputs = text("outputs");
  if (problems.length > 0 || stack === undefined)
    throw new UsageError(problems.map((problem) => `  ${problem}`).join("\n"));
  return { stack, ...(only && { only }), ...(outputs !== undefined && { outputs }) };
}
