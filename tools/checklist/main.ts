/** `npm run checklist -- --stack prod`: the sixteen points of the deployment checklist against an export, with evidence. */
import { readWords, UsageError } from "../command-line";
import { readStackResources } from "../policy/stack-resources";
import { exportName, exportText } from "../stack-export";
import { stackSections } from "../stack-sections";
import { runTool, userPath } from "../tool";
import { checklist } from "./checklist";
import { Inventory } from "./inventory";
import { readRecoveryTests } from "./recovery-tests";
import { renderJson, renderMarkdown } from "./render";

const HELP = `npm run checklist -- --stack <name> [options]

  --stack <name>   a stack deployed on the local engine; its file says what it adopts
  --file <path>    another export instead
  --tests <path>   JSON with the record of recovery tests
  --json           data, with all evidence, instead of Markdown

Exit status: 0 when no point fails, 1 when one does or nothing could be checked, 2 for a wrong command line.`;

const OPTIONS = {
  stack: { type: "string" },
  file: { type: "string" },
  tests: { type: "string" },
  json: { type: "boolean" },
} as const;

/** What of the account's singletons a stack's file leaves to others. */
function adoptedBy(stack: string): ReadonlySet<string> {
  const { audit = {} } = stackSections(stack, ["audit"]);
  return new Set(Object.entries(audit).flatMap(([what, choice]) => (choice === "adopt" ? [what] : [])));
}

function run(line: readonly string[]): number {
  const words = readWords(line, OPTIONS);
  const stack = words.stackName();
  const [file, tests] = [words.text("file"), words.text("tests")];
  if (stack === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  const verdicts = checklist({
    stack: new Inventory(readStackResources(exportText(stack, file), exportName(stack, file))),
    adopted: adoptedBy(stack),
    recoveryTests: tests === undefined ? undefined : readRecoveryTests(userPath(tests)),
    today: new Date(),
  });
  process.stdout.write(words.has("json") ? renderJson(stack, verdicts) : renderMarkdown(stack, verdicts));
  return verdicts.some(({ state }) => state === "fail") ? 1 : 0;
}

if (require.main === module) void runTool({ help: HELP, run });
