/**
 * `npm run cost -- --stack prod`: what a stack costs a month, from its export on the local engine.
 *
 *     --stack <name>    a stack deployed here; its assumptions on use are dev's or prod's
 *     --file <path>     an export or a committed plan instead
 *     --usage <path>    JSON with what is to be assumed instead
 *     --diff <path>     an earlier export or plan to compare with
 *     --json            data instead of Markdown
 *
 * Exit status: 0 when the report was made, 1 when it could not be, 2 for a wrong command line.
 */
import { parseArgs } from "node:util";
import { exportOf, NotDeployed } from "../stack-export";
import { compareEstimates } from "./compare";
import { estimate } from "./estimate";
import { renderJson, renderMarkdown, type Report } from "./render";
import { ioBreakEven, savings } from "./savings";
import { seedTable } from "./seed";
import { readStack, readStackFile, UnreadableStack } from "./stack";
import { environmentOf, readUsage, UsageError } from "./usage";

const USAGE = `npm run cost -- --stack <name> [--file <export or plan>] [--usage <json>] [--diff <export or plan>] [--json]`;

interface Options {
  readonly stack: string;
  readonly file: string | undefined;
  readonly usage: string | undefined;
  readonly diff: string | undefined;
  readonly json: boolean;
}

function readOptions(words: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        file: { type: "string" },
        usage: { type: "string" },
        diff: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const { stack, file, usage, diff, json } = values;
    return stack === undefined ? "--stack is missing" : { stack, file, usage, diff, json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function report({ stack: name, file, usage: usageFile, diff }: Options): Report {
  const stack = file === undefined ? readStack(exportOf(name), `The export of ${name}`) : readStackFile(file);
  const usage = readUsage(environmentOf(name), usageFile);
  const now = estimate(stack, usage);
  return {
    title: `Cost of ${name} in ${stack.region}`,
    estimate: now,
    savings: savings(stack, usage),
    ioBreakEven: ioBreakEven(stack, usage),
    seed: seedTable(usage),
    ...(diff === undefined
      ? {}
      : { differences: compareEstimates(estimate(readStackFile(diff), usage), now) }),
  };
}

function main(words: readonly string[]): number {
  const options = readOptions(words);
  if (typeof options === "string") {
    console.error(`error: ${options}\n${USAGE}`);
    return 2;
  }
  try {
    const made = report(options);
    process.stdout.write(options.json ? renderJson(made) : renderMarkdown(made));
    return 0;
  } catch (error) {
    if (error instanceof UnreadableStack || error instanceof UsageError || error instanceof NotDeployed) {
      console.error(`error: ${error.message}`);
      return 1;
    }
    throw error;
  }
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2));
}
