import type { State, Verdict } from "./point";

/** Lines of evidence that Markdown shows of a point; JSON has all of them. */
const SHOWN = 6;
const STATES: readonly State[] = ["fail", "manual", "pass"];

/** The checklist as data. */
export function renderJson(stack: string, verdicts: readonly Verdict[]): string {
  return `${JSON.stringify({ stack, points: verdicts }, undefined, 2)}\n`;
}

/** The checklist as Markdown, which reads as well in a terminal. */
export function renderMarkdown(stack: string, verdicts: readonly Verdict[]): string {
  const counts = STATES.map((state) => `${verdicts.filter((it) => it.state === state).length} ${state}`);
  return [
    `# Deployment checklist of ${stack}`,
    `${verdicts.length} points: ${counts.join(", ")}. A manual point is for a person; the reason says what no export tells.`,
    [
      "| # | point | state | reason |",
      "| ---: | --- | --- | --- |",
      ...verdicts.map(
        ({ number, title, state, reason }) => `| ${number} | ${title} | ${state} | ${cell(reason)} |`,
      ),
    ].join("\n"),
    ...verdicts.map(({ number, title, evidence }) => `## ${number}. ${title}\n\n${evidenceList(evidence)}`),
    "",
  ].join("\n\n");
}

function evidenceList(evidence: readonly string[]): string {
  if (evidence.length === 0) return "No evidence.";
  const more = evidence.length - SHOWN;
  return [
    ...evidence.slice(0, SHOWN).map((line) => `- ${line}`),
    ...(more > 0 ? [`- and ${more} more, with --json`] : []),
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
