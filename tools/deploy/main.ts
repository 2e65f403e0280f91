/** `npm run deploy -- --stack prod`: the one way a stack is deployed to its real account, always with the policy pack. */
import { spawnSync } from "node:child_process";
import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { runTool } from "../tool";
import { pulumiWords, readCommandLine } from "./command";

const HELP = `npm run deploy -- --stack <name> [--preview | --drift]

  --preview   only shows what a deployment would do
  --drift     compares account and state and changes neither; exit status other than 0 when they differ

Account and region come from the stack file, state backend and credentials from the environment, as for the Pulumi CLI itself.

Exit status: the CLI's; 1 when there is no such stack, 2 for a wrong command line.`;

async function run(words: readonly string[]): Promise<number> {
  const { stack, action } = readCommandLine(words);
  const cliWords = pulumiWords(stack, action);
  const { command } = await findCli();
  return spawnSync(command, cliWords, { cwd: repositoryRoot, stdio: "inherit" }).status ?? 1;
}

void runTool({ help: HELP, run });
