/** Section 1: what the policy pack adds to a preview. */
import { PACK_SIZES, runsOf } from "./sized-runs";
import type { SizedRun } from "./sized-runs";
import { MEASURED_STACK } from "./home";
import type { BenchHome } from "./home";
import { createdResources, measure } from "./measure";
import type { Measurement } from "./measure";
import type { Size } from "./program/size";
import { summaryText, table } from "./report";
import type { Section } from "./report";
import { inTurns, rounds } from "./rounds";
import type { RoundLimits } from "./rounds";
import { fitLine, summarize } from "./statistics";

const AIM = 1.3;

/** A preview of prod with the pack and one without, close after each other. */
export interface PolicyPair {
  readonly withPack: Measurement;
  readonly without: Measurement;
}

/** The pairs, and the run before them: it prepares the stack, so only its memory counts. */
export interface PolicyRuns {
  readonly first: Measurement;
  readonly pairs: readonly PolicyPair[];
}

export async function runPolicyPairs(home: BenchHome, limits: RoundLimits): Promise<PolicyRuns> {
  const directory = home.directory("policy");
  const preview = (...words: string[]) => home.platform(directory, ["preview", ...words]);
  const first = await measure(preview(), { sharedMemory: true });
  const pairs = await rounds(limits, async (round) => {
    const [withPack, without] = await inTurns(
      round,
      () => measure(preview()),
      () => measure(preview("--no-policy")),
    );
    return { withPack, without };
  });
  return { first, pairs };
}

export function policySection(pairs: readonly PolicyPair[], sized: readonly SizedRun[]): Section {
  const [pair] = pairs;
  if (pair === undefined) throw new RangeError("no pair was measured");
  const resources = createdResources(pair.without.stdout);
  const clock = summarize(pairs.map(({ withPack, without }) => withPack.seconds / without.seconds));
  const processor = summaryOf(pairs, ({ withPack, without }) =>
    withPack.usage && without.usage ? withPack.usage.cpuSeconds / without.usage.cpuSeconds : undefined,
  );
  const groups = [
    ...PACK_SIZES.map((size) => pairsOf(sized, size)),
    pairs.map((each) => ({ ...each, resources })),
  ];
  const clockSplit = split(groups, ({ withPack, without }) => withPack.seconds - without.seconds);
  const packSplit = split(groups, packSeconds);
  return {
    title: `1. Policy pack: preview of ${MEASURED_STACK} (${resources} resources) with and without it`,
    lines: [
      `  with pack     ${summaryText(summarize(pairs.map(({ withPack }) => withPack.seconds)), " s")}`,
      `  without       ${summaryText(summarize(pairs.map(({ without }) => without.seconds)), " s")}`,
      `  ratio         ${summaryText(clock)} by the clock, pair by pair`,
      ...(processor ? [`                ${summaryText(processor)} by processor time of all processes`] : []),
      `  Start-up apart: lines through what the pack adds at ${groups.map(sizeText).join(", ")} resources`,
      ...table([
        ["", "start-up", "per resource", `both at ${resources}`],
        ["  by the clock", ...splitCells(clockSplit, resources)],
        ["  pack's own processor time", ...splitCells(packSplit, resources)],
      ]),
    ],
    says: sentence(clock.median, packSplit ?? clockSplit, resources),
    aims: [{ text: "preview with pack / without", value: clock.median, atMost: AIM }],
    data: {
      resources,
      pairs: pairs.map((each) => ({ withPack: plain(each.withPack), without: plain(each.without) })),
      ratio: clock,
      processorRatio: processor,
      byTheClock: clockSplit,
      packProcessorTime: packSplit,
    },
  };
}

interface SizedPair extends PolicyPair {
  readonly resources: number;
}

interface Split {
  /** Seconds whatever the size. */
  readonly startUp: number;
  /** Seconds. */
  readonly perResource: number;
}

function pairsOf(runs: readonly SizedRun[], size: Size): SizedPair[] {
  const without = runsOf(runs, "preview", size);
  return runsOf(runs, "preview with pack", size).flatMap((withPack, index) => {
    const other = without[index];
    return other === undefined ? [] : [{ withPack, without: other, resources: other.resources }];
  });
}

/** The pack's process alone, which other work on the machine disturbs least. */
function packSeconds({ withPack }: SizedPair): number | undefined {
  return withPack.usage?.kinds.find(({ kind }) => kind === "policy pack")?.cpuSeconds;
}

/** The line through the medians of what the pack adds at each size. */
function split(
  groups: readonly (readonly SizedPair[])[],
  added: (pair: SizedPair) => number | undefined,
): Split | undefined {
  const points = groups.flatMap((group) => {
    const median = summaryOf(group, added)?.median;
    return median === undefined ? [] : [{ x: group[0]?.resources ?? 0, y: median }];
  });
  if (points.length < groups.length) return undefined;
  const { intercept, slope } = fitLine(points);
  return { startUp: intercept, perResource: slope };
}

function summaryOf<Item>(items: readonly Item[], value: (item: Item) => number | undefined) {
  const values = items.flatMap((item) => value(item) ?? []);
  return values.length === 0 ? undefined : summarize(values);
}

function sentence(ratio: number, found: Split | undefined, resources: number): string {
  const longer = `the pack makes a preview ${percent(ratio - 1)} longer`;
  if (found === undefined) return `${longer}.`;
  const share = found.startUp / (found.startUp + resources * found.perResource);
  return `${longer}; ${percent(share)} of its work is its start, which is the same for a stack of any size.`;
}

function sizeText(group: readonly SizedPair[]): string {
  return String(group[0]?.resources ?? 0);
}

function splitCells(found: Split | undefined, resources: number): string[] {
  if (found === undefined) return ["not measured"];
  const { startUp, perResource } = found;
  return [
    `${startUp.toFixed(2)} s`,
    perResource < 0 ? "lost in noise" : `${(perResource * 1000).toFixed(1)} ms`,
    `${(startUp + resources * perResource).toFixed(2)} s`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function plain({ seconds, usage }: Measurement) {
  return { seconds, cpuSeconds: usage?.cpuSeconds };
}
