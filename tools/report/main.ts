/**
 * `npm run report -- --stack prod`: one static HTML page about a stack, from its export: what there is by tier and region,
 * what it costs, what the policies say, alarms with their runbooks, how long everything is kept.
 *
 *     --stack <name>   a stack deployed on the local engine
 *     --file <path>    another export instead
 *     --out <path>     where the page goes; reports/<name>/architecture.html by itself
 *
 * Exit status: 0 when the page was written, 1 when it could not be made, 2 for a wrong command line.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { checkout, repositoryRoot } from "../../local/paths";
import { UnreadableStack } from "../cost/stack";
import type { PackConfig } from "../policy/analyzer";
import { exportText, faultText, NotDeployed, UnreadableExport, userPath } from "../stack-export";
import { UnusableStack } from "../stack-sections";
import { factsOf } from "./facts";
import { renderPage } from "./page";

const USAGE = "npm run report -- --stack <name> [--file <export>] [--out <page>]";

interface Options {
  readonly stack: string;
  readonly file: string | undefined;
  readonly out: string;
}

function readOptions(words: readonly string[]): Options | string {
  try {
    const { stack, file, out } = parseArgs({
      args: [...words],
      options: { stack: { type: "string" }, file: { type: "string" }, out: { type: "string" } },
    }).values;
    if (stack === undefined) return "--stack is missing";
    const page = path.join(repositoryRoot, "reports", path.basename(stack), "architecture.html");
    return { stack, file, out: out === undefined ? page : userPath(out) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @throws UnusableStack when no policies are set up for the stack */
function settingsOf(stack: string): PackConfig {
  const file = checkout.policyConfig(stack);
  if (!fs.existsSync(file)) throw new UnusableStack(`there is no ${path.relative(repositoryRoot, file)}`);
  return JSON.parse(fs.readFileSync(file, "utf8")) as PackConfig;
}

/** Errors whose text is for the user. */
const EXPECTED = [UnreadableExport, UnreadableStack, NotDeployed, UnusableStack] as const;

async function main(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (typeof options === "string") {
    console.error(`error: ${options}\n${USAGE}`);
    return 2;
  }
  const { stack, file, out } = options;
  try {
    const text = exportText(stack, file);
    const facts = await factsOf(stack, text, settingsOf(stack));
    fs.mkdirSync(path.dirname(out), { recursive: true });
    fs.writeFileSync(out, renderPage(facts));
    console.log(`${facts.resources.length} resources, ${facts.alarms.length} alarms; written to ${out}`);
    return 0;
  } catch (error) {
    console.error(faultText(error, options, EXPECTED));
    return 1;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
