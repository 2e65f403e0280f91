/**
 * `npm run migrate:rehearse`: deploys one stack through the seven steps of docs/migration on the local engine, with the
 * policy pack, in a home of its own that goes when it ends. After every step it compares what is there with what was:
 * a resource with data that was replaced or deleted ends the rehearsal.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cliArguments, parseArguments } from "../../local/arguments";
import { findCli } from "../../local/cli";
import { checkout, repositoryRoot, stackPaths } from "../../local/paths";
import { Problem } from "../../local/problem";
import { readJournal } from "../../local/providers/run";
import { type Pulumi, runCaptured } from "../../local/pulumi";
import { takeRunDirectory } from "../../local/run-directory";
import { environmentIn } from "../../local/stack-file";
import { prepareWorkspace } from "../../local/workspace";
import { readWords, UsageError } from "../command-line";
import { estimate } from "../cost/estimate";
import { dollars } from "../cost/money";
import { readStack } from "../cost/stack";
import { environmentOf, readUsage } from "../cost/usage";
import { runTool, userPath } from "../tool";
import { type Call, countsOf, type Deployed, harmOf } from "./harm";
import { MIGRATION_DIRECTORY } from "./stack-files";

const HELP = `npm run migrate:rehearse [-- --steps <directory>]

  --steps <directory>   other stack files than those of docs/migration, taken in the order of their names

Exit status: 0 when every step went through and nothing with data was lost, 1 when not, 2 for a wrong command line.`;

/** What a step left behind. */
interface Outcome {
  readonly resources: readonly Deployed[];
  readonly calls: readonly Call[];
  /** Expected USD a month. */
  readonly monthlyUsd: number;
}

/**
 * The stack files of a directory, in the order of their names.
 *
 * @throws Problem when there are fewer than two, or one names no environment
 */
function stepsIn(directory: string): readonly { readonly file: string; readonly stack: string }[] {
  const names = fs.existsSync(directory)
    ? fs.readdirSync(directory).filter((it) => it.endsWith(".yaml"))
    : [];
  if (names.length < 2)
    throw new Problem(`${directory} has ${names.length} stack files; a rehearsal needs two or more.`);
  return names.sort().map((name) => {
    const file = path.join(directory, name);
    const stack = environmentIn(fs.readFileSync(file, "utf8"), file);
    if (stack === undefined)
      throw new Problem(`${file} has no streamflix:environment.name: it is no stack file.`);
    return { file, stack };
  });
}

/** Deploys a step in one pass, in which the policy pack looks at every resource before it is made. */
function deploy(pulumi: Pulumi, file: string, stack: string): Outcome {
  prepareWorkspace(pulumi, file);
  const ownPolicies = file.replace(/yaml$/, "policies.json");
  const words = cliArguments(parseArguments(["up", "--suppress-outputs"], repositoryRoot), {
    policyPack: checkout.policyPack,
    policyConfig: fs.existsSync(ownPolicies) ? ownPolicies : checkout.policyConfig(stack),
    terminal: false,
  });
  const run = takeRunDirectory(pulumi.paths);
  try {
    runCaptured(pulumi, [...words, "--skip-preview"], {
      simulation: { runDirectory: run.path, fault: undefined, latency: undefined },
    });
  } finally {
    run.release();
  }
  const text = runCaptured(pulumi, ["stack", "export"]);
  const { deployment } = JSON.parse(text) as { deployment: { resources: Deployed[] } };
  return {
    resources: deployment.resources,
    calls: readJournal(run.path).filter(({ outcome }) => outcome === "done"),
    monthlyUsd: estimate(readStack(text, file), readUsage(environmentOf(stack))).usd.expected,
  };
}

/** @throws Problem with the step and the resources when one with data was lost, or the engine refused the step */
async function rehearse(directory: string): Promise<void> {
  const steps = stepsIn(directory);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-rehearsal-"));
  try {
    const cli = await findCli();
    let before: readonly Deployed[] = [];
    for (const { file, stack } of steps) {
      const name = path.basename(file, ".yaml");
      const outcome = outcomeOf(name, () => deploy({ cli, paths: stackPaths(stack, home) }, file, stack));
      console.log(
        `${name.padEnd(16)}${countWords(outcome.calls)}, ${dollars(outcome.monthlyUsd)} USD a month`,
      );
      const harm = harmOf(before, outcome.resources, outcome.calls);
      if (harm.length > 0) {
        const lines = harm.map(({ what, type, name: resource }) => `  ${what}: ${type} ${resource}`);
        throw new Problem(`${name} loses what ${harm.length} resources hold:\n${lines.join("\n")}`);
      }
      before = outcome.resources;
    }
    console.log(`${steps.length} steps, no resource with data replaced or deleted`);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function outcomeOf(name: string, run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    throw error instanceof Problem
      ? new Problem(`${name} doesn't go through:\n${verdict(error.message)}`)
      : error;
  }
}

/** The end of the CLI's output, from where it says what is wrong; all of it where it doesn't. */
function verdict(output: string): string {
  const start = output.search(/^(Policies|Diagnostics):/m);
  return start < 0 ? output : output.slice(start);
}

function countWords(calls: readonly Call[]): string {
  return Object.entries(countsOf(calls))
    .map(([what, count]) => `${String(count).padStart(4)} ${what}`)
    .join("");
}

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, { steps: { type: "string" } });
  const steps = words.text("steps");
  if (words.problems.length > 0) throw new UsageError(words.problems);
  await rehearse(steps === undefined ? MIGRATION_DIRECTORY : userPath(steps));
  return 0;
}

void runTool({ help: HELP, run });
