/**
 * `npm run review`: what the change in this checkout does to every stack, against another commit's committed plans, without
 * credentials: plan, policy findings, cost.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout, repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { catalog } from "../../policy-pack/src/catalog";
import { suppressions } from "../../policy-pack/src/suppressions";
import { readWords, UsageError } from "../command-line";
import { compareEstimates } from "../cost/compare";
import { estimate } from "../cost/estimate";
import { readStack } from "../cost/stack";
import { environmentOf, readUsage } from "../cost/usage";
import { committedPlan, PLANNED_STACKS, previewJson, selectionOf } from "../plan/main";
import { comparePlans, type Plan, planOf, type PreviewJson } from "../plan/plan";
import type { PackConfig } from "../policy/analyzer";
import { evaluate } from "../policy/evaluate";
import { toSarif } from "../policy/report-formats";
import { readStackResources } from "../policy/stack-resources";
import { runTool, userPath } from "../tool";
import { renderComment, type StackReview } from "./comment";

const HELP = `npm run review -- --base <commit> --out <directory>

  --base <commit>     whose plans the change is compared with, such as origin/main
  --out <directory>   where comment.md and, for code scanning, <stack>.sarif go

Exit status: 0 when every stack passes the policies and the committed plans are current, 1 when not, 2 for a wrong command
line.`;

const OPTIONS = { base: { type: "string" }, out: { type: "string" } } as const;

/** The plan of a stack as another commit has it; empty where it has none. */
function planAt(commit: string, stack: string): Plan {
  const shown = spawnSync("git", ["show", `${commit}:tests/plans/${stack}.json`], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  return shown.status === 0 ? (JSON.parse(shown.stdout) as Plan) : {};
}

/** @throws Problem when git does not know the commit */
function checkCommit(commit: string): void {
  const found = spawnSync("git", ["rev-parse", "--verify", "--quiet", `${commit}^{commit}`], {
    cwd: repositoryRoot,
  });
  if (found.status !== 0) throw new Problem(`--base ${commit}: git knows no such commit; fetch it first`);
}

/** Reviews a stack, and writes the policies' findings for code scanning into a directory. */
async function review(stack: string, base: string, out: string): Promise<StackReview> {
  const preview = previewJson(stack);
  writeFileSync(join(out, `${stack}.sarif`), await findingsOf(stack, preview));
  const plan = planOf(JSON.parse(preview) as PreviewJson);
  const [before, after] = [planAt(base, stack), plan].map((it) => monthOf(stack, it));
  if (after === undefined) throw new Error(`the plan of ${stack} is empty`);
  return {
    stack,
    planChanges: comparePlans(planAt(base, stack), plan),
    policy: policyOf(stack),
    costChanges: before === undefined ? [] : compareEstimates(before, after),
    monthlyUsd: after.usd.expected,
    planIsCurrent: comparePlans(committedPlan(stack), plan).length === 0,
  };
}

function monthOf(stack: string, plan: Plan) {
  if (Object.keys(plan).length === 0) return undefined;
  return estimate(readStack(JSON.stringify(plan), `the plan of ${stack}`), readUsage(environmentOf(stack)));
}

/** What the rules say about every resource of a preview, as SARIF. */
async function findingsOf(stack: string, preview: string): Promise<string> {
  const resources = readStackResources(preview, `the preview of ${stack}`);
  const config = JSON.parse(readFileSync(checkout.policyConfig(stack), "utf8")) as PackConfig;
  const facts = { stack, source: `Pulumi.${stack}.yaml`, resources: resources.length };
  return toSarif(facts, await evaluate(catalog, resources, config, suppressions));
}

/** A preview in an empty home, with the policy pack. */
function policyOf(stack: string): StackReview["policy"] {
  const home = mkdtempSync(join(tmpdir(), "streamflix-review-"));
  try {
    const done = spawnSync(
      process.execPath,
      ["--require", checkout.loader, join(repositoryRoot, "local/main.ts"), "preview", ...selectionOf(stack)],
      {
        cwd: repositoryRoot,
        encoding: "utf8",
        maxBuffer: Infinity,
        env: { ...process.env, STREAMFLIX_LOCAL_HOME: home, NO_COLOR: "1" },
      },
    );
    return { passed: done.status === 0, words: policyWords(done.stdout + done.stderr) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The part of the CLI's output that is about policies; all of it where there is none. */
export function policyWords(output: string): string {
  const start = output.indexOf("Policies:");
  if (start < 0) return output.trim();
  const end = output.indexOf("\nResources:", start);
  return output.slice(start, end < 0 ? undefined : end).trim();
}

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, OPTIONS);
  const [base, out] = [words.text("base"), words.text("out")];
  if (base === undefined) words.problems.push("--base <commit>: whose plans the change is compared with");
  if (out === undefined) words.problems.push("--out <directory>: where the comment and the findings go");
  if (base === undefined || out === undefined || words.problems.length > 0)
    throw new UsageError(words.problems);
  checkCommit(base);
  const directory = userPath(out);
  mkdirSync(directory, { recursive: true });
  const reviews: StackReview[] = [];
  for (const stack of PLANNED_STACKS) reviews.push(await review(stack, base, directory));
  writeFileSync(join(directory, "comment.md"), renderComment(reviews));
  return reviews.every(({ policy, planIsCurrent }) => policy.passed && planIsCurrent) ? 0 : 1;
}

if (require.main === module) void runTool({ help: HELP, run });
