import { type Estimate, type Line } from "./estimate";

/** What a change does to the expected month of one resource, in USD. */
export interface Difference {
  readonly component: string;
  readonly type: string;
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Resources whose expected cost differs between two estimates, largest change first. */
export function compareEstimates(before: Estimate, after: Estimate): readonly Difference[] {
  const sums = { before: byResource(before.lines), after: byResource(after.lines) };
  const keys = [...new Set([...sums.before.keys(), ...sums.after.keys()])];
  return keys
    .map((key) => {
      const line = sums.after.get(key)?.line ?? sums.before.get(key)?.line;
      if (line === undefined) throw new Error(`${key} is in neither estimate`);
      const { component, type, name } = line;
      return {
        component,
        type,
        name,
        before: cents(sums.before.get(key)?.usd ?? 0),
        after: cents(sums.after.get(key)?.usd ?? 0),
      };
    })
    .filter((it) => it.before !== it.after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}

function byResource(lines: readonly Line[]): Map<string, { readonly line: Line; readonly usd: number }> {
  const sums = new Map<string, { readonly line: Line; readonly usd: number }>();
  for (const line of lines) {
    const key = `${line.type} ${line.name}`;
    sums.set(key, { line, usd: (sums.get(key)?.usd ?? 0) + line.usd.expected });
  }
  return sums;
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
