/**
 * `npm run preflight -- --stack prod`: what an AWS account lacks before a stack is deployed into it, and what to ask AWS
 * for. It only reads, with the credentials of the environment.
 */
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { readWords, UsageError } from "../command-line";
import { UnusableStack } from "../stack-sections";
import { runTool } from "../tool";
import { type Check, checksOf } from "./checks";
import { readWanted } from "./wanted";

const HELP = `npm run preflight -- --stack <name>

  --stack <name>   the stack that is to be deployed

Exit status: 0 when all is there, 1 when something is missing, 2 for a wrong command line or stack file, 3 when something
could not be checked and nothing is known to be missing.`;

/** What became of a check. */
type Verdict = "ready" | "missing" | "could not check";

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, { stack: { type: "string" } });
  const stack = words.stackName();
  if (stack === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  const wanted = wantedBy(stack);
  const { accountId, region } = wanted;
  console.log(`Account ${accountId} in ${region}, for stack ${stack}:`);
  const verdicts = [await report(identity(accountId, region))];
  // Answers of another account, or of none, would say nothing.
  if (verdicts[0] === "ready") {
    for (const check of checksOf(wanted)) verdicts.push(await report(check));
  }
  const count = (verdict: Verdict) => verdicts.filter((it) => it === verdict).length;
  console.log(
    `${count("ready")} ready, ${count("missing")} missing, ${count("could not check")} could not be checked`,
  );
  if (count("missing") > 0) return 1;
  return count("could not check") > 0 ? 3 : 0;
}

/** @throws UsageError for a stack file that can't be used: 1 says that something is missing in the account */
function wantedBy(stack: string) {
  try {
    return readWanted(stack);
  } catch (error) {
    throw error instanceof UnusableStack ? new UsageError([error.message]) : error;
  }
}

function identity(accountId: string, region: string): Check {
  return {
    title: "credentials",
    actions: "valid credentials",
    look: async () => {
      const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
      return Account === accountId
        ? { found: "of this account" }
        : { found: "of another account", mend: "sign in to the account of the stack file" };
    },
  };
}

async function report({ title, actions, look }: Check): Promise<Verdict> {
  try {
    const { found, mend } = await look();
    console.log(`${mend === undefined ? "ready  " : "MISSING"}  ${title}: ${found}`);
    if (mend !== undefined) console.log(`         → ${mend}`);
    return mend === undefined ? "ready" : "missing";
  } catch (error) {
    // The name alone: AWS's messages hold ARNs and names of people.
    const name = error instanceof Error ? error.name : "unknown error";
    console.log(`?        ${title}: could not check (${name})`);
    console.log(`         → it takes ${actions}`);
    return "could not check";
  }
}

void runTool({ help: HELP, run });
