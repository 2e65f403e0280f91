/** `npm run deploy -- --stack prod`: the one way a stack is deployed to its real account, always with the policy pack. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { runTool } from "../tool";
import { baseFile, requireBaseAlone } from "./base";
import { pulumiWords, readCommandLine, stackFileOf } from "./command";

const HELP = `npm run deploy -- --stack <name> [--preview | --drift] [--base]

  --preview   only shows what a deployment would do
  --drift     compares account and state and changes neither; exit status other than 0 when they differ
  --base      of a stack that stands by only what waits for no other stack: its first deployment, before the other's

Account and region come from the stack file, state backend and credentials from the environment, as for the Pulumi CLI itself.

Exit status: the CLI's; 1 when there is no such stack or no base of it, 2 for a wrong command line.`;

/** The program's types are checked by the tests of its commit: not once more for the preview, and once more for the rest. */
const ENVIRONMENT = { ...process.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

async function run(words: readonly string[]): Promise<number> {
  const { stack, action, base } = readCommandLine(words);
  const cliWords = pulumiWords(stack, action);
  const { command } = await findCli();
  const pulumi = (more: readonly string[] = []) =>
    spawnSync(command, [...cliWords, ...more], { cwd: repositoryRoot, env: ENVIRONMENT, stdio: "inherit" })
      .status ?? 1;
  if (!base) return pulumi();
  const { file, text } = stackFileOf(stack);
  const baseText = baseFile(text, file);
  requireBaseAlone(exportOf(command, stack), stack);
  const folder = mkdtempSync(join(tmpdir(), "streamflix-base-"));
  try {
    const configFile = join(folder, file);
    writeFileSync(configFile, baseText);
    return pulumi(["--config-file", configFile]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws Problem with the CLI's own words when it gives none */
function exportOf(command: string, stack: string): string {
  const done = spawnSync(command, ["stack", "export", "--stack", stack, "--non-interactive"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if (done.status !== 0) throw new Problem(done.stderr.trim());
  return done.stdout;
}

void runTool({ help: HELP, run });
