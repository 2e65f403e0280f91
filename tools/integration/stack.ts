import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { stackSections } from "../stack-sections";
import { userPath } from "../tool";
import { readOutputs, type Target } from "./target";

/**
 * What is to be checked: the stack file says where, and the outputs what.
 *
 * @param outputsFile what `pulumi stack output --json` printed @default it is asked now
 * @throws Problem when there is no such stack, or its outputs are not to be had
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
    return readFileSync(userPath(file), "utf8");
  } catch {
    throw new Problem(`--outputs ${file} can't be read`);
  }
}

async function askState(stack: string): Promise<string> {
  const { command } = await findCli();
  const asked = spawnSync(command, ["stack", "output", "--json", "--non-interactive", "--stack", stack], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  if (asked.status === 0) return asked.stdout;
  throw new Problem(`the outputs of stack ${stack} can't be read:\n${asked.stderr.trim()}`);
}
