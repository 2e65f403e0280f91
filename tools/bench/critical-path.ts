/** Longest chains: through a graph of what needs what, and through the calls as they happened. */

/** What each node needs first, by node. Needs that are no node of their own are ignored. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** A chain, first node first. */
export interface Chain {
  readonly length: number;
  readonly nodes: readonly string[];
}

/**
 * The longest chain of a graph by the sum of its nodes' weights: no schedule can be shorter, however many run at once.
 *
 * @throws Error naming a node on a cycle
 */
export function longestChain(weights: ReadonlyMap<string, number>, needs: Needs): Chain {
  const best = new Map<string, { length: number; before: string | undefined }>();
  const open = new Set<string>();
  const visit = (node: string): number => {
    const known = best.get(node);
    if (known !== undefined) return known.length;
    if (open.has(node)) throw new Error(`${node} needs itself`);
    open.add(node);
    let before: string | undefined;
    let longest = 0;
    for (const need of needs.get(node) ?? []) {
      if (!weights.has(need)) continue;
      const length = visit(need);
      if (before === undefined || length > longest) [before, longest] = [need, length];
    }
    open.delete(node);
    const length = longest + (weights.get(node) ?? 0);
    best.set(node, { length, before });
    return length;
  };
  let last: string | undefined;
  for (const node of weights.keys()) {
    if (last === undefined || visit(node) > visit(last)) last = node;
  }
  const length = last === undefined ? 0 : visit(last);
  const nodes: string[] = [];
  for (let node = last; node !== undefined; node = best.get(node)?.before) nodes.unshift(node);
  return { length, nodes };
}

/** Everything that a node needs, directly or through others. */
export function allNeeds(node: string, needs: Needs): Set<string> {
  const found = new Set<string>();
  const queue = [...(needs.get(node) ?? [])];
  for (const need of queue) {
    if (found.has(need)) continue;
    found.add(need);
    queue.push(...(needs.get(need) ?? []));
  }
  return found;
}

/** A call as it happened; times in one unit from any zero. */
export interface Call {
  readonly node: string;
  readonly start: number;
  readonly end: number;
}

/** A call on the chain that set the end of everything. */
export interface Step extends Call {
  /** Time between the end of the last call it needed (for the first: the start of everything) and its own start. */
  readonly idle: number;
}

/** The calls that set the end of everything: from the last one back through the need of each that ended last. */
export function chainThroughTime(calls: readonly Call[], needs: Needs): Step[] {
  const byNode = new Map(calls.map((call) => [call.node, call]));
  const begin = Math.min(...calls.map(({ start }) => start));
  const later = (a: Call | undefined, b: Call) => (a === undefined || b.end > a.end ? b : a);
  const steps: Step[] = [];
  let call = calls.reduce<Call | undefined>(later, undefined);
  while (call !== undefined && steps.length < calls.length) {
    const { node, start, end } = call;
    const before: Call | undefined = (needs.get(node) ?? [])
      .flatMap((need) => byNode.get(need) ?? [])
      // What was not awaited can't have held it up.
      .filter((need) => need.end <= start)
      .reduce<Call | undefined>(later, undefined);
    steps.unshift({ node, start, end, idle: start - (before?.end ?? begin) });
    call = before;
  }
  return steps;
}
