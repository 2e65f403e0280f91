/**
 * `npm run report -- --stack prod`: one static HTML page about a stack, from its export: what there is by tier and region,
 * what it costs, what the policies say, alarms with their runbooks, how long everything is kept.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { checkout, repositoryRoot } from "../../local/paths";
import { readWords, UsageError } from "../command-line";
import type { PackConfig } from "../policy/analyzer";
import { exportName, exportText } from "../stack-export";
import { UnusableStack } from "../stack-sections";
import { runTool, userPath } from "../tool";
import { factsOf } from "./facts";
import { renderPage } from "./page";

const HELP = `npm run report -- --stack <name> [options]

  --stack <name>   a stack deployed on the local engine
  --file <path>    another export instead
  --out <path>     where the page goes; reports/<name>/architecture.html by itself

Exit status: 0 when the page was written, 1 when it could not be made, 2 for a wrong command line.`;

const OPTIONS = { stack: { type: "string" }, file: { type: "string" }, out: { type: "string" } } as const;

/** @throws UnusableStack when no policies are set up for the stack */
function settingsOf(stack: string): PackConfig {
  const file = checkout.policyConfig(stack);
  if (!fs.existsSync(file)) throw new UnusableStack(`there is no ${path.relative(repositoryRoot, file)}`);
  return JSON.parse(fs.readFileSync(file, "utf8")) as PackConfig;
}

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, OPTIONS);
  const stack = words.stackName();
  const [file, out] = [words.text("file"), words.text("out")];
  if (stack === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  const facts = await factsOf(stack, exportText(stack, file), exportName(stack, file), settingsOf(stack));
  const page =
    out === undefined ? path.join(repositoryRoot, "reports", stack, "architecture.html") : userPath(out);
  fs.mkdirSync(path.dirname(page), { recursive: true });
  fs.writeFileSync(page, renderPage(facts));
  console.log(`${facts.resources.length} resources, ${facts.alarms.length} alarms; written to ${page}`);
  return 0;
}

if (require.main === module) void runTool({ help: HELP, run });
