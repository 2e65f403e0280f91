/**
 * `npm run preflight -- --stack prod`: what an AWS account lacks before a stack is deployed into it, and what to ask AWS
 * for. It only reads, with the credentials of the environment.
 *
 * Exit status: 0 when all is there, 1 when something is missing, 2 for a wrong command line or stack file, 3 when
 * something could not be checked and nothing is known to be missing.
 */
import { parseArgs } from "node:util";

import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { UnusableStack } from "../stack-sections";
import { type Check, checksOf } from "./checks";
import { readWanted } from "./wanted";

const USAGE = "npm run preflight -- --stack <name>";

/** What became of a check. */
type Verdict = "ready" | "missing" | "could not check";

async function main(words: readonly string[]): Promise<number> {
  const stack = stackIn(words);
  if (stack === undefined) {
    console.error(`Usage: ${USAGE}`);
    return 2;
  }
  let wanted;
  try {
    wanted = readWanted(stack);
  } catch (error) {
    if (!(error instanceof UnusableStack)) throw error;
    console.error(error.message);
    return 2;
  }
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

function stackIn(words: readonly string[]): string | undefined {
  try {
    const { stack } = parseArgs({ args: [...words], options: { stack: { type: "string" } } }).values;
    // A name, and not a path to anywhere.
    return stack !== undefined && /^[\w-]+$/.test(stack) ? stack : undefined;
  } catch {
    return undefined;
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

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
