import type { Difference } from "./compare";
import { byComponent, type Estimate } from "./estimate";
import { dollars, type Range } from "./money";
import type { Saving } from "./savings";
import type { SeedRow, SeedTable } from "./seed";

/** All that a report on cost says. */
export interface Report {
  readonly title: string;
  readonly estimate: Estimate;
  readonly savings: readonly Saving[];
  /** Million I/O requests from which I/O-Optimized storage is cheaper; undefined without a serverless database. */
  readonly ioBreakEven: number | undefined;
  readonly seed: SeedTable;
  /** Against an earlier stack, where one was given. */
  readonly differences?: readonly Difference[];
}

/** The report as Markdown, which reads as well in a terminal as in a pull request. */
export function renderMarkdown(report: Report): string {
  const { estimate } = report;
  return [
    `# ${report.title}`,
    `USD a month, on demand, without free tiers and tax. Expected **${dollars(estimate.usd.expected)}** ` +
      `(${dollars(estimate.usd.low)} in a quiet month, ${dollars(estimate.usd.high)} in a busy one), of which ` +
      `${dollars(estimate.fixedUsd)} come without any use. ` +
      `${(estimate.coverage * 100).toFixed(1)} % of the expected sum rests on prices of high or medium confidence.`,
    ...(report.differences === undefined ? [] : ["## What changes", differences(report.differences)]),
    "## By component",
    table(
      ["component", "low", "expected", "high"],
      byComponent(estimate.lines).map(([name, usd]) => [name, ...threeSums(usd)]),
    ),
    "## By resource",
    table(
      ["component", "resource", "charged for", "quantity", "fixed", "low", "expected", "high", "price"],
      [...estimate.lines]
        .sort((a, b) => b.usd.expected - a.usd.expected)
        .filter(({ usd }) => usd.high >= 0.01)
        .map((line) => [
          line.component,
          `${shortType(line.type)} ${line.name}`,
          line.dimension,
          `${line.quantity.expected.toLocaleString("en-US", { maximumFractionDigits: 2 })} ${line.unit}`,
          dollars(line.fixedUsd),
          ...threeSums(line.usd),
          line.confidence,
        ]),
    ),
    "Lines below one cent in every case are left out.",
    "## Unknown prices",
    estimate.unknown.length === 0
      ? "None."
      : table(
          ["resource", "of what no price is known"],
          estimate.unknown.map(({ type, name, what }) => [`${shortType(type)} ${name}`, what]),
        ),
    "## What decisions bring",
    table(
      ["decision", "saves", "but"],
      report.savings.map(({ decision, usd, note }) => [decision, dollars(usd), note]),
    ),
    ...(report.ioBreakEven === undefined
      ? []
      : [
          `Aurora I/O-Optimized is cheaper from ${report.ioBreakEven.toLocaleString("en-US")} million I/O requests a month.`,
        ]),
    "## The first design's table at today's prices",
    "Before:",
    seedTable(report.seed.before),
    "After:",
    seedTable(report.seed.after),
    "",
  ].join("\n\n");
}

/** The report as data. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function differences(list: readonly Difference[]): string {
  if (list.length === 0) return "Nothing.";
  const sum = list.reduce((total, { before, after }) => total + after - before, 0);
  return [
    table(
      ["component", "resource", "before", "after", "change"],
      list.map(({ component, type, name, before, after }) => [
        component,
        `${shortType(type)} ${name}`,
        dollars(before),
        dollars(after),
        signed(after - before),
      ]),
    ),
    `Together ${signed(sum)} in the expected month.`,
  ].join("\n\n");
}

function seedTable(rows: readonly SeedRow[]): string {
  return table(
    ["system", "what", "quoted", "today"],
    rows.map(({ system, what, quoted, today }) => [
      system,
      what,
      quoted,
      today === undefined ? "no price known" : dollars(today),
    ]),
  );
}

function threeSums({ low, expected, high }: Range): readonly string[] {
  return [dollars(low), dollars(expected), dollars(high)];
}

function signed(usd: number): string {
  return `${usd < 0 ? "−" : "+"}${dollars(Math.abs(usd))}`;
}

function shortType(type: string): string {
  return type.split(":").at(-1) ?? type;
}

/** A Markdown table with even columns; numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[+−]?[\d,]+\.\d\d$/.test(row[column] ?? "")),
  );
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const cells = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (isNumeric[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [cells(head), rule, ...rows.map(cells)].join("\n");
}
