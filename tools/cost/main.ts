/** `npm run cost -- --stack prod`: what a stack costs a month, from its export on the local engine. */
import { readWords, UsageError } from "../command-line";
import { exportName, exportText } from "../stack-export";
import { runTool, userPath } from "../tool";
import { compareEstimates } from "./compare";
import { estimate } from "./estimate";
import { renderJson, renderMarkdown, type Report } from "./render";
import { ioBreakEven, savings } from "./savings";
import { seedTable } from "./seed";
import { readStack, readStackFile } from "./stack";
import { environmentOf, readUsage } from "./usage";

const HELP = `npm run cost -- --stack <name> [options]

  --stack <name>   a stack deployed on the local engine; its assumptions on use are dev's or prod's
  --file <path>    an export or a committed plan instead
  --usage <path>   JSON with what is to be assumed instead
  --diff <path>    an earlier export or plan to compare with
  --json           data instead of Markdown

Exit status: 0 when the report was made, 1 when it could not be, 2 for a wrong command line.`;

const OPTIONS = {
  stack: { type: "string" },
  file: { type: "string" },
  usage: { type: "string" },
  diff: { type: "string" },
  json: { type: "boolean" },
} as const;

function run(line: readonly string[]): number {
  const words = readWords(line, OPTIONS);
  const name = words.stackName();
  const [file, assumed, diff] = [words.text("file"), words.text("usage"), words.text("diff")];
  if (name === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  const stack = readStack(exportText(name, file), exportName(name, file));
  const usage = readUsage(environmentOf(name), assumed === undefined ? undefined : userPath(assumed));
  const now = estimate(stack, usage);
  const report: Report = {
    title: `Cost of ${name} in ${stack.region}`,
    estimate: now,
    savings: savings(stack, usage),
    ioBreakEven: ioBreakEven(stack, usage),
    seed: seedTable(usage),
    ...(diff === undefined
      ? {}
      : { differences: compareEstimates(estimate(readStackFile(userPath(diff)), usage), now) }),
  };
  process.stdout.write(words.has("json") ? renderJson(report) : renderMarkdown(report));
  return 0;
}

if (require.main === module) void runTool({ help: HELP, run });
