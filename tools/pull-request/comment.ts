import type { Difference } from "../cost/compare";
import { dollars } from "../cost/money";

/** What a change does to one stack. */
export interface StackReview {
  readonly stack: string;
  /** Differences from the committed plan of the base, a line each. */
  readonly planChanges: readonly string[];
  /** Whether the policy pack lets it through, and what it says. */
  readonly policy: { readonly passed: boolean; readonly words: string };
  readonly costChanges: readonly Difference[];
  /** Expected USD a month after the change. */
  readonly monthlyUsd: number;
  /** Whether the committed plan is what the program plans now. */
  readonly planIsCurrent: boolean;
}

/** A comment may have 65,536 characters; what is longer than this is cut, and says so. */
const LONGEST_BLOCK = 20_000;

/** Marks the comment, so that a reader sees at once what wrote it. */
const TITLE = "## What this change does";

/** The comment as Markdown: for every stack policies, plan and cost, longest last. */
export function renderComment(reviews: readonly StackReview[]): string {
  return [TITLE, ...reviews.flatMap(stackSection), ""].join("\n\n");
}

function stackSection(review: StackReview): readonly string[] {
  const { stack, policy, planChanges, costChanges, monthlyUsd, planIsCurrent } = review;
  const change = costChanges.reduce((sum, { before, after }) => sum + after - before, 0);
  const sign = change < 0 ? "−" : "+";
  return [
    `### ${stack}`,
    [
      `| policies | plan | cost of the expected month |`,
      `| --- | --- | --- |`,
      `| ${policy.passed ? "passed" : "**violated**"} | ${planWords(planChanges)} | ${dollars(monthlyUsd)} USD (${sign}${dollars(Math.abs(change))}) |`,
    ].join("\n"),
    ...(planIsCurrent
      ? []
      : ["**The committed plan is out of date:** write it with `npm run plan -- --write` and commit it."]),
    ...(policy.passed ? [] : [block("Policy findings", policy.words, true)]),
    ...(planChanges.length > 0 ? [block("Plan", planChanges.join("\n"), planChanges.length <= 20)] : []),
    ...(costChanges.length > 0 ? [block("Cost", costChanges.map(costLine).join("\n"), false)] : []),
  ];
}

function planWords(changes: readonly string[]): string {
  if (changes.length === 0) return "no change";
  const count = (mark: string) =>
    new Set(changes.filter((line) => line.startsWith(mark)).map((line) => line.split("  ")[0])).size;
  return `${count("+")} new, ${count("~")} changed, ${count("-")} removed`;
}

function costLine({ component, type, name, before, after }: Difference): string {
  const change = after - before;
  const short = type.split(":").at(-1) ?? type;
  return `${component}: ${short} ${name} ${dollars(before)} → ${dollars(after)} (${change < 0 ? "−" : "+"}${dollars(Math.abs(change))})`;
}

/** A block to unfold, in which nothing is read as Markdown. */
function block(title: string, text: string, isOpen: boolean): string {
  const cut =
    text.length > LONGEST_BLOCK
      ? `${text.slice(0, LONGEST_BLOCK)}\n… cut, run the review here for all of it`
      : text;
  // A fence longer than any in the text.
  const fence = "`".repeat(Math.max(3, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `<details${isOpen ? " open" : ""}><summary>${title}</summary>\n\n${fence}\n${cut}\n${fence}\n\n</details>`;
}
