/**
 * The wrapper's `up` for tests that assert neither a preview nor the policy pack: one pass of the program in place of
 * two. No way for users: without its preview, resources exist before a policy can stop them. Takes the flags of `up`.
 */
import { parseArguments } from "../../../local/arguments";
import { findCli } from "../../../local/cli";
import { operate } from "../../../local/operate";
import { localHome, stackPaths } from "../../../local/paths";
import { findProgram, findStackFile, prepareWorkspace } from "../../../local/workspace";

async function apply(words: readonly string[]): Promise<number> {
  const invocation = parseArguments(["up", ...words], process.cwd());
  const program = findProgram(invocation.program);
  const paths = stackPaths(invocation.stack ?? "", localHome(), program);
  const pulumi = { cli: await findCli(), paths };
  prepareWorkspace(pulumi, findStackFile(invocation.stack, invocation.stackFile, program));
  return operate(pulumi, ["up", "--skip-preview", "--yes", ...invocation.rest], invocation);
}

void apply(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
