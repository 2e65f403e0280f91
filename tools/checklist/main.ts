/**
 * `npm run checklist -- --stack prod`: the sixteen points of the deployment checklist against an export, with evidence.
 *
 *     --stack <name>   a stack deployed on the local engine; its file says what it adopts
 *     --file <path>    another export instead
 *     --tests <path>   JSON with the record of recovery tests
 *     --json           data, with all evidence, instead of Markdown
 *
 * Exit status: 0 when no point fails, 1 when one does or nothing could be checked, 2 for a wrong command line.
 */
import { parseArgs } from "node:util";
import { readStackResources } from "../policy/stack-resources";
import { exportText, faultText, NotDeployed, UnreadableExport, userPath } from "../stack-export";
import { stackSections, UnusableStack } from "../stack-sections";
import { checklist } from "./checklist";
import { Inventory } from "./inventory";
import { readRecoveryTests, UnreadableRecord } from "./recovery-tests";
import { renderJson, renderMarkdown } from "./render";

const USAGE = "npm run checklist -- --stack <name> [--file <export>] [--tests <json>] [--json]";

/** Errors whose text is for the user. */
const EXPECTED = [UnreadableExport, UnreadableRecord, NotDeployed, UnusableStack] as const;

interface Options {
  readonly stack: string;
  readonly file: string | undefined;
  readonly tests: string | undefined;
  readonly json: boolean;
}

function readOptions(words: readonly string[]): Options | string {
  try {
    const { stack, file, tests, json } = parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        file: { type: "string" },
        tests: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
    return stack === undefined ? "--stack is missing" : { stack, file, tests, json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What of the account's singletons a stack's file leaves to others. */
function adoptedBy(stack: string): ReadonlySet<string> {
  const { audit = {} } = stackSections(stack, ["audit"]);
  return new Set(Object.entries(audit).flatMap(([what, choice]) => (choice === "adopt" ? [what] : [])));
}

function main(words: readonly string[]): number {
  const options = readOptions(words);
  if (typeof options === "string") {
    console.error(`error: ${options}\n${USAGE}`);
    return 2;
  }
  const { stack, file, tests, json } = options;
  try {
    const verdicts = checklist({
      stack: new Inventory(readStackResources(exportText(stack, file))),
      adopted: adoptedBy(stack),
      recoveryTests: tests === undefined ? undefined : readRecoveryTests(userPath(tests)),
      today: new Date(),
    });
    process.stdout.write(json ? renderJson(stack, verdicts) : renderMarkdown(stack, verdicts));
    return verdicts.some(({ state }) => state === "fail") ? 1 : 0;
  } catch (error) {
    console.error(faultText(error, options, EXPECTED));
    return 1;
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
