/** Section 2: how preview and up grow with the number of resources. */
import { runsOf } from "./sized-runs";
import type { Operation, SizedRun } from "./sized-runs";
import { PROCESS_KINDS } from "./process-kinds";
import type { ProcessKind } from "./process-kinds";
import type { Size } from "./program/size";
import { table } from "./report";
import type { Section } from "./report";
import { growthExponent, summarize } from "./statistics";

/** Above this, growth is not called linear any more: 16 times the resources then take 21 times the time. */
const AIM = 1.1;

/** The size that is taken off every other: all processes are there, and next to no resource. */
const START: Size = "start";

const OPERATIONS: readonly Operation[] = ["preview", "up"];

interface SizeFigures {
  readonly copies: number;
  readonly resources: number;
  readonly seconds: ReturnType<typeof summarize>;
  /** Beyond what starting takes: the difference of the medians. */
  readonly beyondStart: number;
  readonly perResource: number;
  readonly cpuBeyondStart: number | undefined;
}

interface Growth {
  readonly operation: Operation;
  readonly startSeconds: number;
  readonly sizes: readonly SizeFigures[];
  readonly exponent: number | undefined;
  readonly cpuExponent: number | undefined;
  readonly byKind: readonly { readonly kind: ProcessKind; readonly exponent: number }[];
}

export function growthSection(runs: readonly SizedRun[], copies: readonly number[]): Section {
  const growths = OPERATIONS.map((operation) => growthOf(operation, runs, copies));
  return {
    title: `2. Growth with ${copies.map((count) => `${count}x`).join(", ")} the resources`,
    lines: growths.flatMap(growthLines),
    says: growths.map(sentence).join(" "),
    aims: growths.map(({ operation, exponent }) => ({
      text: `exponent of ${operation} (1 = linear)`,
      value: exponent ?? Number.NaN,
      atMost: AIM,
    })),
    data: growths,
  };
}

function growthOf(operation: Operation, runs: readonly SizedRun[], copies: readonly number[]): Growth {
  const median = (size: Size, value: (run: SizedRun) => number | undefined) => {
    const values = runsOf(runs, operation, size).flatMap((run) => value(run) ?? []);
    return values.length === 0 ? undefined : summarize(values).median;
  };
  const beyondStart = (size: Size, value: (run: SizedRun) => number | undefined) => {
    const [whole, start] = [median(size, value), median(START, value)];
    return whole === undefined || start === undefined ? undefined : whole - start;
  };
  const sizes = copies.map((count): SizeFigures => {
    const resources = beyondStart(count, (run) => run.resources) ?? 0;
    const seconds = beyondStart(count, (run) => run.seconds) ?? 0;
    return {
      copies: count,
      resources,
      seconds: summarize(runsOf(runs, operation, count).map((run) => run.seconds)),
      beyondStart: seconds,
      perResource: seconds / resources,
      cpuBeyondStart: beyondStart(count, (run) => cpuOf(run)),
    };
  });
  return {
    operation,
    startSeconds: median(START, (run) => run.seconds) ?? 0,
    sizes,
    exponent: growthExponent(sizes.map((size) => ({ x: size.resources, y: size.beyondStart }))),
    cpuExponent: exponentOf(sizes, ({ cpuBeyondStart }) => cpuBeyondStart),
    byKind: PROCESS_KINDS.flatMap((kind) => {
      const exponent = exponentOf(sizes, (size) => beyondStart(size.copies, (run) => cpuOf(run, kind)));
      return exponent === undefined ? [] : [{ kind, exponent }];
    }),
  };
}

function exponentOf(
  sizes: readonly SizeFigures[],
  value: (size: SizeFigures) => number | undefined,
): number | undefined {
  const points = sizes.flatMap((size) => {
    const y = value(size);
    return y === undefined ? [] : [{ x: size.resources, y }];
  });
  return points.length === sizes.length ? growthExponent(points) : undefined;
}

function cpuOf({ usage }: SizedRun, kind?: ProcessKind): number | undefined {
  return kind === undefined
    ? usage?.cpuSeconds
    : usage?.kinds.find((candidate) => candidate.kind === kind)?.cpuSeconds;
}

function growthLines({ operation, startSeconds, sizes, exponent, cpuExponent, byKind }: Growth): string[] {
  const first = sizes[0];
  return [
    `  ${operation}${operation === "up" ? " (checkpoints skipped, no preview)" : " (without pack)"}: starting everything takes ${startSeconds.toFixed(1)} s; beyond that:`,
    ...table([
      [
        "",
        "resources",
        "seconds in all: median (min to max)",
        "beyond start",
        "per resource",
        "against 1x",
        "processor",
      ],
      ...sizes.map(({ copies, resources, seconds, beyondStart, perResource, cpuBeyondStart }) => [
        `${copies}x`,
        String(resources),
        `${seconds.median.toFixed(1)} (${seconds.min.toFixed(1)} to ${seconds.max.toFixed(1)}, n = ${seconds.count})`,
        `${beyondStart.toFixed(1)} s`,
        `${(perResource * 1000).toFixed(1)} ms`,
        (perResource / (first?.perResource ?? perResource)).toFixed(2),
        cpuBeyondStart === undefined ? "" : `${cpuBeyondStart.toFixed(1)} s`,
      ]),
    ]),
    `  exponent ${exponentText(exponent)} by the clock, ${exponentText(cpuExponent)} by processor time` +
      (byKind.length > 0
        ? ` (${byKind.map(({ kind, exponent: each }) => `${kind} ${each.toFixed(2)}`).join(", ")})`
        : ""),
  ];
}

function exponentText(exponent: number | undefined): string {
  return exponent === undefined ? "not to be told (noise)" : exponent.toFixed(2);
}

function sentence({ operation, exponent, cpuExponent, byKind }: Growth): string {
  if (exponent === undefined) return `the machine was too busy to tell how ${operation} grows.`;
  if (exponent <= AIM) return `${operation} grows no faster than its resources.`;
  if (cpuExponent !== undefined && cpuExponent <= AIM) {
    return `${operation} does no more work per resource in a larger stack, but waited more: other work on the machine, or processes that wait for each other.`;
  }
  const steepest = [...byKind].sort((a, b) => b.exponent - a.exponent)[0];
  return `${operation} grows faster than its resources${steepest === undefined ? "" : `, most of all in the ${steepest.kind}`}.`;
}
