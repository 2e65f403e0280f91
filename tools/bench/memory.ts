/** Section 3: peak memory by kind of process. */
import { PROCESS_KINDS } from "./process-kinds";
import type { Usage } from "./process-watch";
import { megabytes, table } from "./report";
import type { Section } from "./report";

/** A run whose memory is shown: a column. */
export interface WatchedRun {
  readonly title: string;
  readonly usage: Usage;
}

export function memorySection(runs: readonly WatchedRun[]): Section {
  const peakOf = ({ usage }: WatchedRun, kind: string) =>
    usage.kinds.find((candidate) => candidate.kind === kind);
  const rows = PROCESS_KINDS.filter((kind) => runs.some((run) => peakOf(run, kind) !== undefined)).map(
    (kind) => [
      kind,
      ...runs.map((run) => {
        const peak = peakOf(run, kind);
        if (peak === undefined) return "-";
        return `${peak.atOnce > 1 ? `${peak.atOnce} x ` : ""}${megabytes(peak.peakBytes)}`;
      }),
    ],
  );
  const largest = runs
    .flatMap((run) => run.usage.kinds.map((each) => ({ ...each, title: run.title })))
    .sort((one, other) => other.peakBytes - one.peakBytes)[0];
  return {
    title: "3. Peak memory",
    lines: table([
      ["", ...runs.map(({ title }) => title)],
      ...rows,
      ["all at one time", ...runs.map(({ usage }) => megabytes(usage.peakBytes))],
      [
        "  with shared pages once",
        ...runs.map(({ usage: { peakBytesShared } }) =>
          peakBytesShared === undefined ? "not watched" : megabytes(peakBytesShared),
        ),
      ],
    ]),
    says:
      largest === undefined
        ? "nothing was watched."
        : `the largest process is the ${largest.kind} in "${largest.title}", with ${megabytes(largest.peakBytes)}.`,
    aims: [],
    data: runs,
  };
}
