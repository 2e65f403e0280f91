/** Section 4: the critical path of a deployment with AWS's latencies, against what AWS itself requires. */
import { openAccounts } from "../../local/account/store";
import { stackPaths } from "../../local/paths";
import { modelOf } from "../../local/providers/aws/catalog";
import { readJournal } from "../../local/providers/run";
import { analyseDeployment } from "./deployment-analysis";
import type { DeploymentAnalysis, Link } from "./deployment-analysis";
import { MEASURED_STACK } from "./home";
import type { BenchHome } from "./home";
import { measure } from "./measure";
import type { Measurement } from "./measure";
import type { StateResource } from "./program-graph";
import { summaryText, table } from "./report";
import type { Section } from "./report";
import { rounds } from "./rounds";
import type { RoundLimits } from "./rounds";
import { summarize } from "./statistics";

const AIM = 1.1;

/** A second of AWS's passes in this many here: long enough for the calls' order to be AWS's, not the machine's. */
export const LATENCY_SCALE = 0.1;

/** More than a stack has calls at once, so that only needs make a call wait. */
const PARALLEL = "256";

export interface DeploymentRun {
  readonly measured: Measurement;
  readonly analysis: DeploymentAnalysis;
}

/** Deploys prod into empty accounts, a new home each time. */
export async function runDeployments(home: BenchHome, limits: RoundLimits): Promise<DeploymentRun[]> {
  return rounds(limits, async (round) => {
    const directory = home.directory(`deployment-${round}`);
    const up = ["up", "--yes", "--latency", String(LATENCY_SCALE), "--parallel", PARALLEL];
    const measured = await measure(home.platform(directory, up), { sharedMemory: true });
    const exported = await measure(home.platform(directory, ["export"]));
    const state = JSON.parse(exported.stdout) as { deployment: { resources: StateResource[] } };
    const paths = stackPaths(MEASURED_STACK, directory);
    const analysis = analyseDeployment({
      scale: LATENCY_SCALE,
      journal: readJournal(paths.run),
      resources: state.deployment.resources,
      objects: openAccounts(paths.accounts).list(),
      secondsOf: (type) => modelOf(type).seconds,
    });
    return { measured, analysis };
  });
}

export function deploymentSection(runs: readonly DeploymentRun[]): Section {
  const ratios = runs.map(({ analysis }) => analysis.fullScaleSeconds / analysis.boundSeconds);
  const ratio = summarize(ratios);
  // The run in the middle is shown in full.
  const shown = [...runs].sort((a, b) => a.analysis.fullScaleSeconds - b.analysis.fullScaleSeconds)[
    Math.floor((runs.length - 1) / 2)
  ]?.analysis;
  if (shown === undefined) throw new RangeError("nothing was deployed");
  const { boundSeconds, programSeconds } = shown;
  const raw = summarize(
    runs.map(({ analysis }) => analysis.makespanSeconds / LATENCY_SCALE / analysis.boundSeconds),
  );
  return {
    title: `4. Critical path of up --stack ${MEASURED_STACK} (latency x ${LATENCY_SCALE}, parallel ${PARALLEL})`,
    lines: [
      `  lower bound ${seconds(boundSeconds)}: the longest chain through what AWS requires`,
      ...chainTable(shown.bound, (link) => link.reason),
      `  the deployment: ${seconds(shown.pathSeconds)} of AWS time on the path that set its end`,
      ...chainTable(
        shown.path,
        ({ reason, idleSeconds }) =>
          `${reason}${idleSeconds >= 0.5 ? ` (after ${idleSeconds.toFixed(1)} s here)` : ""}`,
      ),
      `  plus ${shown.overheadSeconds.toFixed(2)} s that engine, program and providers took on the way (not scaled)`,
      `  = ${seconds(shown.fullScaleSeconds)} at full latency`,
      `  ratio to the bound ${summaryText(ratio)}`,
      `  uncorrected (makespan / ${LATENCY_SCALE} / bound, so overhead counts ${(1 / LATENCY_SCALE).toFixed(0)} times) ${summaryText(raw)}`,
      `  program's own graph without any overhead: ${seconds(programSeconds)}, ratio ${(programSeconds / boundSeconds).toFixed(2)}`,
      ...savingLines(shown),
      ...(shown.unlistedTypes.length > 0
        ? [`  not in aws-needs.ts, so the bound may be too low: ${shown.unlistedTypes.join(", ")}`]
        : []),
    ],
    says: sentence(shown, ratio.median),
    aims: [{ text: "deployment / lower bound", value: ratio.median, atMost: AIM }],
    data: { scale: LATENCY_SCALE, ratio, uncorrectedRatio: raw, runs: runs.map(({ analysis }) => analysis) },
  };
}

function chainTable<Each extends Link>(links: readonly Each[], note: (link: Each) => string): string[] {
  const columns = table(links.map((link) => [link.name, `${link.seconds.toFixed(0)} s`]));
  return links.map((link, index) => `  ${columns[index] ?? ""}  ${note(link)}`.trimEnd());
}

function savingLines({ savings, programSeconds }: DeploymentAnalysis): string[] {
  let left = programSeconds;
  return savings.map(({ kind, seconds: saved }) => {
    left -= saved;
    return `    without "${kind}": ${saved.toFixed(0)} s less, ${seconds(left)}`;
  });
}

function sentence({ savings, programSeconds, boundSeconds }: DeploymentAnalysis, ratio: number): string {
  const times = `a deployment takes ${ratio.toFixed(2)} times what AWS requires`;
  const [first] = savings;
  if (ratio <= AIM || first === undefined) return `${times}.`;
  return `${times}; of the ${seconds(programSeconds - boundSeconds)} too many, ${seconds(first.seconds)} go to: ${first.kind}.`;
}

function seconds(value: number): string {
  return `${value.toFixed(0)} s`;
}
