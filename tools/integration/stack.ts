import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { stackSections, UnusableStack } from "../stack-sections";
import { readOutputs, type Target, UnusableOutputs } from "./target";

/**
 * What is to be checked: the stack file says where, and the outputs what.
 *
 * @param outputsFile what `pulumi stack output --json` printed @default it is asked now
 * @throws UnusableStack or UnusableOutputs
 */
export async function readTarget(
  stack: string,
  outputsFile?: string,
): Promise<Target & { readonly accountId: string }> {
  const { aws, api } = stackSections(stack, ["aws", "api"]);
  return {
    accountId: aws.accountId,
    region: aws.region,
    caller: api?.auth.cognito === undefined ? "iam" : "cognito",
    outputs: readOutputs(outputsFile === undefined ? await askState(stack) : textOf(outputsFile)),
  };
}

function textOf(file: string): string {
  try {
    // npm runs scripts in the package's directory and tells in INIT_CWD where the user stood.
    return readFileSync(resolve(process.env["INIT_CWD"] ?? process.cwd(), file), "utf8");
  } catch {
    throw new UnusableOutputs(`--outputs ${file} can't be read`);
  }
}

async function askState(stack: string): Promise<string> {
  const { command } = await findCli();
  const asked = spawnSync(command, ["stack", "output", "--json", "--non-interactive", "--stack", stack], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  if (asked.status === 0) return asked.stdout;
  throw new UnusableStack(`the outputs of stack ${stack} can't be read:\n${asked.stderr.trim()}`);
}
