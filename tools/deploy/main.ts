/**
 * `npm run deploy -- --stack prod`: the one way a stack is deployed to its real account, always with the policy pack.
 *
 *     --preview   only shows what a deployment would do
 *     --drift     compares account and state and changes neither; exit status other than 0 when they differ
 *
 * Account, region and state backend come from the stack file and the environment, as for the Pulumi CLI itself.
 * Exit status: the CLI's; 2 for a wrong command line.
 */
import { spawnSync } from "node:child_process";
import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { pulumiWords, readCommandLine, UsageError } from "./command";

async function main(words: readonly string[]): Promise<number> {
  let cliWords: readonly string[];
  try {
    const { stack, action } = readCommandLine(words);
    cliWords = pulumiWords(stack, action);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\nnpm run deploy -- --stack <name> [--preview | --drift]`);
    return 2;
  }
  const { command } = await findCli();
  const done = spawnSync(command, cliWords, { cwd: repositoryRoot, stdio: "inherit" });
  return done.status ?? 1;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
