/**
 * `npm run test:integration -- --stack dev`: checks a deployed stack on its real account, from its outputs.
 *
 *     --only api,service   these checks alone
 *     --outputs <file>     what `pulumi stack output --json` printed, where the state can't be reached from here
 *
 * Exit status: 0 when every check passed, 1 when one failed, 2 for a wrong command line, 3 when one could not be run and
 * none failed.
 */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { Problem } from "../../local/problem";
import { UnusableStack } from "../stack-sections";
import { NotRun, type Result, runCheck } from "./check";
import { HELP, readCommandLine, UsageError } from "./command";
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

function accountCheck(accountId: string, region: string) {
  return {
    name: "account",
    proves: "the credentials are of the stack's account",
    seconds: 30,
    look: async () => {
      const client = new STSClient({ region });
      const { Account } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
        throw new NotRun(`no answer to who this is (${error instanceof Error ? error.name : "error"})`);
      });
      if (Account !== accountId) throw new NotRun("the credentials are of another account");
      return "the credentials are of this account";
    },
  };
}

function report(result: Result): Result {
  console.log(
    `${result.verdict.padEnd(7)}  ${result.name} (${result.seconds.toFixed(1)} s): ${result.evidence}`,
  );
  return result;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
