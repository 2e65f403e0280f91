/** `npm run test:integration -- --stack dev`: checks a deployed stack on its real account, from its outputs. */
import { runTool } from "../tool";
import { accountCheck } from "./account";
import { lineOf, type Result, runCheck } from "./check";
import { HELP, readCommandLine } from "./command";
import { checksOf } from "./checks";
import { readTarget } from "./stack";

async function run(words: readonly string[]): Promise<number> {
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
}

function report(result: Result): Result {
  console.log(lineOf(result));
  return result;
}

void runTool({ help: HELP, run, problemStatus: 2 });
