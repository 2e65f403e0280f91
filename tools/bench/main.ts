/** `npm run bench`: measures the local engine, the policy pack, the deployment's order and rotation, as ratios within one run. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { readWords, UsageError } from "../command-line";
import { runTool, userPath } from "../tool";
import { rotationSection } from "./rotation";
import { runSizes } from "./sized-runs";
import type { SizedRun } from "./sized-runs";
import { deploymentSection, runDeployments } from "./deployment";
import { growthSection } from "./growth";
import { BenchHome, MEASURED_STACK } from "./home";
import { memorySection } from "./memory";
import type { WatchedRun } from "./memory";
import { policySection, runPolicyPairs } from "./policy-cost";
import { policyRulesSection } from "./policy-rules";
import { isMet, sectionText } from "./report";
import type { Section } from "./report";

const HELP = `npm run bench -- [--quick] [--json <file>]

  --quick        fewer rounds, and growth up to 4 times the resources: two to three minutes
  --json <file>  also writes the figures as JSON

Prints ratios measured within this run. Exit status: 1 when something could not be measured, 2 for a wrong command line; a
missed aim is no failure.`;

/** Rounds per section; the seconds keep the whole near six minutes on two cores. */
const FULL = {
  copies: [1, 4, 16],
  policy: { atLeast: 3, atMost: 7, seconds: 75 },
  growth: { atLeast: 1, atMost: 3, seconds: 210 },
  deployments: { atLeast: 1, atMost: 3, seconds: 70 },
};
const QUICK: typeof FULL = {
  copies: [1, 4],
  policy: { atLeast: 2, atMost: 2, seconds: 0 },
  growth: { atLeast: 1, atMost: 1, seconds: 0 },
  deployments: { atLeast: 1, atMost: 1, seconds: 0 },
};

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, { quick: { type: "boolean" }, json: { type: "string" } });
  const json = words.text("json");
  if (words.problems.length > 0) throw new UsageError(words.problems);
  const start = performance.now();
  const home = await BenchHome.make();
  process.once("exit", () => {
    home.remove();
  });
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));

  const { sections, failures } = await measureAll(home, words.has("quick") ? QUICK : FULL);
  const seconds = (performance.now() - start) / 1000;
  const aims = sections.flatMap((section) => section.aims);
  print(
    `${aims.filter(isMet).length} of ${aims.length} aims met; ${failures.length} measurements failed; ` +
      `${seconds.toFixed(0)} s on ${cpus().length} cores, Node ${process.versions.node}`,
  );
  if (json !== undefined)
    writeFileSync(userPath(json), `${JSON.stringify({ seconds, sections, failures }, undefined, 2)}\n`);
  return failures.length === 0 ? 0 : 1;
}

interface Results {
  readonly sections: readonly Section[];
  readonly failures: readonly string[];
}

/** One section that can't be measured leaves the others standing. */
async function measureAll(home: BenchHome, limits: typeof FULL): Promise<Results> {
  const sections: Section[] = [];
  const failures: string[] = [];
  const attempt = async <Value>(what: string, make: () => Promise<Value> | Value) => {
    progress(what);
    try {
      return await make();
    } catch (error) {
      const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(message);
      print(`NOT MEASURED: ${message}\n`);
      return undefined;
    }
  };
  const section = async (what: string, make: () => Section | Promise<Section>) => {
    const made = await attempt(what, make);
    if (made === undefined) return;
    sections.push(made);
    print(sectionText(made));
  };

  const previews = await attempt(`previews of ${MEASURED_STACK} in pairs`, () =>
    runPolicyPairs(home, limits.policy),
  );
  const sizes = await attempt(`the platform ${limits.copies.join(", ")} times`, () =>
    runSizes(home, limits.copies, limits.growth),
  );
  if (previews && sizes) await section("policy pack", () => policySection(previews.pairs, sizes));
  if (sizes) await section("growth", () => growthSection(sizes, limits.copies));
  const deployments = await attempt(`deployments of ${MEASURED_STACK}`, () =>
    runDeployments(home, limits.deployments),
  );
  const watched: WatchedRun[] = [
    ...watchedRun(`preview of ${MEASURED_STACK} with pack`, previews?.first),
    ...watchedRun(`up of ${MEASURED_STACK} with pack`, deployments?.[0]?.measured),
    ...largest(sizes, limits.copies.at(-1)),
  ];
  await section("peak memory", () => {
    if (watched.length === 0) throw new Error("it needs /proc (Linux) and a run that was measured");
    return memorySection(watched);
  });
  if (deployments) await section("critical path", () => deploymentSection(deployments));
  await section("secrets rotation", rotationSection);
  await section("rules of the policy pack", policyRulesSection);
  return { sections, failures };
}

function largest(runs: readonly SizedRun[] | undefined, copies: number | undefined): WatchedRun[] {
  return (["preview", "up"] as const).flatMap((operation) => {
    const run = runs?.find((each) => each.size === copies && each.operation === operation);
    return run === undefined ? [] : watchedRun(`${operation} of ${run.resources}`, run);
  });
}

function watchedRun(
  title: string,
  run: { usage: WatchedRun["usage"] | undefined } | undefined,
): WatchedRun[] {
  return run?.usage === undefined ? [] : [{ title, usage: run.usage }];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`… ${text}\n`);
}

void runTool({ help: HELP, run });
