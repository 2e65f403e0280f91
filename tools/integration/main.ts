/**
 * `npm run test:integration -- --stack dev`: checks a deployed stack on its real account, from its outputs.
 *
 *     --only api,service   these checks alone
 *     --outputs <file>     what `pulumi stack output --json` printed, where the state can't be reached from here
 *
 * Exit status: 0 when every check passed, 1 when one failed, 2 for a wrong command line, 3 when one could not be run and
 * none failed.
 */
import { Problem } from "../../local/problem";
import { UsageError } from "../command-line";
import { UnusableStack } from "../stack-sections";
import { accountCheck } from "./account";
import { lineOf, type Result, runCheck } from "./check";
import { HELP, readCommandLine } from "./command";
import { checksOf } from "./checks";
import { readTarget } from "./stack";
import { UnusableOutputs } from "./target";

async function main(words: readonly string[]): Promise<number> {
  try {
    const { stack, only, outputs } = readCommandLine(words);
    const { accountId, ...target } = await readTarget(stack, outputs);
    console.log(`Stack ${stack} in account ${accountId}, ${target.region}:`);
    // Answers of another account would say nothing.
    const identity = report(await runCheck(accountCheck(accountId, target.region)));
    if (identity.verdict !== "passed") return identity.verdict === "FAILED" ? 1 : 3;
    const results: Result[] = [];
    for (const check of checksOf(target).filter(({ name }) => only?.includes(name) ?? true)) {
      console.log(`         ${check.name}: ${check.proves} …`);
      results.push(report(await runCheck(check)));
    }
    const count = (verdict: Result["verdict"]) => results.filter((it) => it.verdict === verdict).length;
    console.log(`${count("passed")} passed, ${count("FAILED")} failed, ${count("NOT RUN")} not run`);
    if (count("FAILED") > 0) return 1;
    return count("NOT RUN") > 0 ? 3 : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error:\n${error.message}\n\n${HELP}`);
      return 2;
    }
    if (!(error instanceof UnusableStack || error instanceof UnusableOutputs || error instanceof Problem))
      throw error;
    console.error(`error: ${error.message}`);
    return 2;
  }
}

function report(result: Result): Result {
  console.log(lineOf(result));
  return result;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
