/** The form of a section's results, and their text. */
import type { Summary } from "./statistics";

/** What the project wants of a figure, and whether it is so. */
export interface Aim {
  readonly text: string;
  readonly value: number;
  readonly atMost: number;
}

/** One section of the report. */
export interface Section {
  readonly title: string;
  /** Lines of text and tables. */
  readonly lines: readonly string[];
  /** In a sentence or two, made from the figures. */
  readonly says: string;
  readonly aims: readonly Aim[];
  /** For `--json`. */
  readonly data: unknown;
}

export function isMet({ value, atMost }: Aim): boolean {
  return value <= atMost;
}

/** `aim met`, or `AIM MISSED`; neither when there is no figure. */
export function aimLine(aim: Aim): string {
  if (Number.isNaN(aim.value)) return `aim not to be told: ${aim.text}`;
  return `${isMet(aim) ? "aim met" : "AIM MISSED"}: ${aim.text}: ${aim.value.toFixed(2)}, wanted at most ${aim.atMost.toFixed(2)}`;
}

export function sectionText({ title, lines, says, aims }: Section): string {
  return [
    title,
    "=".repeat(title.length),
    ...lines,
    `What this says: ${says}`,
    ...aims.map(aimLine),
    "",
  ].join("\n");
}

/** `1.23 (1.20 to 1.31, n = 4)`. */
export function summaryText({ median, min, max, count }: Summary, unit = "", digits = 2): string {
  const text = (value: number) => value.toFixed(digits);
  return `${text(median)}${unit} (${text(min)} to ${text(max)}, n = ${count})`;
}

/** Rows in columns; the first row is the heading. Columns but the first are aligned to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      `  ${widths
        .map((width, column) => {
          const cell = row[column] ?? "";
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd()}`,
  );
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
