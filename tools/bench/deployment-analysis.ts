/** What set the length of a deployment: its critical path, and what that owes to AWS and what to the program. */
import type { StoredObject } from "../../local/account/store";
import type { JournalEntry } from "../../local/providers/run";
import { awsGraph, nodeOf } from "./aws-edges";
import { allNeeds, chainThroughTime, longestChain } from "./critical-path";
import type { Needs } from "./critical-path";
import { needsOf, programGraph } from "./program-graph";
import type { ProgramGraph, StateResource, Wait } from "./program-graph";

/** A deployment that has ended. */
export interface Deployment {
  /** Factor by which the simulation shortened AWS's times. */
  readonly scale: number;
  readonly journal: readonly JournalEntry[];
  readonly resources: readonly StateResource[];
  readonly objects: readonly StoredObject[];
  /** Seconds that AWS takes for a type. */
  readonly secondsOf: (type: string) => number;
}

/** Part of a chain: what was made, its AWS seconds and why it could not come earlier. */
export interface Link {
  readonly name: string;
  readonly seconds: number;
  readonly reason: string;
}

/** A kind of wait that AWS does not ask for, and what leaving it out (after those before it) saves. */
export interface Saving {
  readonly kind: string;
  readonly seconds: number;
}

export interface DeploymentAnalysis {
  /** From the start of the first call to the end of the last, in seconds as they passed here. */
  readonly makespanSeconds: number;
  /** The calls that set the makespan, with the seconds that passed here before each. */
  readonly path: readonly (Link & { readonly idleSeconds: number })[];
  /** AWS seconds of those calls. */
  readonly pathSeconds: number;
  /** What passed here besides the latency of the path: engine, program and provider start, calls. */
  readonly overheadSeconds: number;
  /** What the same deployment would take at full latency: the path, and the overhead once and unscaled. */
  readonly fullScaleSeconds: number;
  /** AWS seconds of the longest chain through what AWS itself requires. */
  readonly boundSeconds: number;
  readonly bound: readonly Link[];
  /** AWS seconds of the longest chain through what the program waits for, without any overhead. */
  readonly programSeconds: number;
  readonly savings: readonly Saving[];
  readonly unlistedTypes: readonly string[];
}

/** @throws Error when the journal holds no finished creates */
export function analyseDeployment(deployment: Deployment): DeploymentAnalysis {
  const { scale, objects, secondsOf } = deployment;
  const aws = awsGraph(objects);
  const program = programGraph(deployment.resources);
  const weights = new Map(objects.map((object) => [nodeOf(object), secondsOf(object.type)]));
  const weightOf = (node: string) => weights.get(node) ?? 0;
  const nameOf = (node: string) => program.names.get(node) ?? node;
  const bound = longestChain(weights, aws.needs);
  const programNeeds = needsOf(program.waits);

  const calls = deployment.journal
    .filter(({ method, outcome }) => method === "create" && outcome === "done")
    .flatMap(({ urn, start, end }) => {
      const node = program.nodeOfUrn.get(urn);
      return node === undefined ? [] : [{ node, start: start / 1000, end: end / 1000 }];
    });
  if (calls.length === 0) throw new Error("the deployment's journal holds no finished creates");
  const makespanSeconds =
    Math.max(...calls.map(({ end }) => end)) - Math.min(...calls.map(({ start }) => start));
  const steps = chainThroughTime(calls, programNeeds);
  const pathSeconds = steps.reduce((sum, { node }) => sum + weightOf(node), 0);
  const overheadSeconds = makespanSeconds - scale * pathSeconds;
  return {
    makespanSeconds,
    path: steps.map(({ node, idle }, index) => ({
      name: nameOf(node),
      seconds: weightOf(node),
      idleSeconds: idle,
      reason: waitReason(node, steps[index - 1]?.node, aws.reasons, program),
    })),
    pathSeconds,
    overheadSeconds,
    fullScaleSeconds: pathSeconds + overheadSeconds,
    boundSeconds: bound.length,
    bound: bound.nodes.map((node, index) => ({
      name: nameOf(node),
      seconds: weightOf(node),
      reason: aws.reasons.get(node)?.get(bound.nodes[index - 1] ?? "") ?? "",
    })),
    programSeconds: longestChain(weights, programNeeds).length,
    savings: savings(weights, program, aws.needs),
    unlistedTypes: aws.unlistedTypes,
  };
}

function waitReason(
  node: string,
  before: string | undefined,
  reasons: ReadonlyMap<string, ReadonlyMap<string, string>>,
  program: ProgramGraph,
): string {
  if (before === undefined) return "";
  const reason = reasons.get(node)?.get(before);
  if (reason !== undefined) return `AWS: ${reason}`;
  return `program: ${program.waits.get(node)?.get(before)?.kind ?? "unknown"}`;
}

/**
 * Kinds of waits that make the program's longest chain longer than AWS's, found one after the other: of the kinds on
 * the longest chain that AWS does not ask for, the one that saves most goes, then the chain is looked for again.
 */
function savings(weights: ReadonlyMap<string, number>, program: ProgramGraph, aws: Needs): Saving[] {
  const required = new Map([...program.waits.keys()].map((node) => [node, allNeeds(node, aws)]));
  const isOwn = (from: string, to: string) => required.get(from)?.has(to) !== true;
  const gone = new Set<string>();
  const chainWithout = (kinds: ReadonlySet<string>) =>
    longestChain(
      weights,
      needsOf(program.waits, (from, to, { kind }) => !kinds.has(kind) || !isOwn(from, to)),
    );
  const found: Saving[] = [];
  for (;;) {
    const chain = chainWithout(gone);
    const kinds = chain.nodes.flatMap((node, index): Wait[] => {
      const before = chain.nodes[index - 1];
      const wait = before === undefined ? undefined : program.waits.get(node)?.get(before);
      return before !== undefined && wait !== undefined && isOwn(node, before) ? [wait] : [];
    });
    const [best] = [...new Set(kinds.map(({ kind }) => kind))]
      .map((kind) => ({ kind, seconds: chain.length - chainWithout(new Set([...gone, kind])).length }))
      .sort((a, b) => b.seconds - a.seconds);
    if (best === undefined || best.seconds <= 0) return found;
    gone.add(best.kind);
    found.push(best);
  }
}
