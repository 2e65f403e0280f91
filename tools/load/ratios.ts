import type { Figures } from "./run";

/** Figures of each round, by configuration; every configuration has the same rounds. */
export type Measured = Readonly<Record<string, Figures[]>>;

/**
 * A table of throughput and p99 against the first configuration, round by round, so that a slow minute slows both. The
 * range says how far rounds are apart: one that has 1.00 in it shows no difference.
 */
export function ratioTable(measured: Measured): string {
  const [[, base] = ["", []]] = Object.entries(measured);
  const rows = Object.entries(measured).map(([name, rounds]) => {
    const cells = (["requestsPerSecond", "p99Milliseconds"] as const).flatMap((figure) => {
      const ratios = rounds.map((round, index) => round[figure] / (base[index]?.[figure] ?? NaN));
      const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
      return [median(ratios).toFixed(2), range, median(rounds.map((round) => round[figure])).toFixed(0)];
    });
    return [name, ...cells];
  });
  const head = ["configuration", "throughput", "range", "requests/s", "p99", "range", "ms"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return [head, ...rows].map(line).join("\n");
}

/** The middle one; of an even number, the upper one of the two. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
