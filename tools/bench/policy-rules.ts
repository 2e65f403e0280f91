/** Section 6: the policy pack's rules alone, in this process, through the SDK's own analysis. */
import type { Policies } from "@pulumi/policy";

import { catalog } from "../../policy-pack/src/catalog";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import { previewJson } from "../plan/main";
import { analyzeRequest, analyzeStackRequest, runAnalyze, runAnalyzeStack } from "../policy/analyzer";
import { readStackResources, type StackResource } from "../policy/stack-resources";
import { MEASURED_STACK } from "./home";
import { table } from "./report";
import type { Section } from "./report";
import { growthExponent, summarize } from "./statistics";

const SMALL = 400;
const LARGE = 4000;
const ROUNDS = 7;
const TYPED_AIM = 100;
const WHOLE_AIM = 400;
const GROWTH_AIM = 1.1;

/** Milliseconds of one way to run the rules, by number of resources. */
interface Timing {
  readonly what: string;
  readonly small: ReturnType<typeof summarize>;
  readonly large: ReturnType<typeof summarize>;
}

export async function policyRulesSection(): Promise<Section> {
  const planned = readStackResources(previewJson(MEASURED_STACK), `the preview of ${MEASURED_STACK}`);
  const all = toPolicies(catalog);
  const typed = all.filter(
    (policy) => "validateResource" in policy && "__pulumiType" in (policy.validateResource ?? {}),
  );
  const resource = all.filter((policy) => "validateResource" in policy);
  const stack = all.filter((policy) => "validateStack" in policy);
  const timings = [
    await timing(`${typed.length} rules on one type`, planned, (some) => alone(typed, some)),
    await timing(`${resource.length} resource rules`, planned, (some) => alone(resource, some)),
    await timing(`${stack.length} stack rules`, planned, (some) => together(stack, some)),
    await timing("the whole pack", planned, (some) => {
      const one = alone(resource, some);
      const end = together(stack, some);
      return async () => {
        await one();
        await end();
      };
    }),
  ];
  const [typedTiming, , , whole] = timings;
  if (typedTiming === undefined || whole === undefined) throw new RangeError("nothing was measured");
  const growth = growthExponent([
    { x: SMALL, y: whole.small.median },
    { x: LARGE, y: whole.large.median },
  ]);
  return {
    title: `6. Rules of the pack on ${SMALL} and ${LARGE} resources like those of ${MEASURED_STACK}`,
    lines: table([
      ["", `${SMALL} resources: median (min to max)`, `${LARGE} resources`],
      ...timings.map(({ what, small, large }) => [`  ${what}`, span(small), span(large)]),
    ]),
    says: `${catalog.length} rules look at ${SMALL} resources in ${whole.small.median.toFixed(0)} ms, start-up apart.`,
    aims: [
      {
        text: `rules on one type, ${SMALL} resources, ms`,
        value: typedTiming.small.median,
        atMost: TYPED_AIM,
      },
      { text: `whole pack, ${SMALL} resources, ms`, value: whole.small.median, atMost: WHOLE_AIM },
      { text: "exponent of the whole pack (1 = linear)", value: growth ?? Number.NaN, atMost: GROWTH_AIM },
    ],
    data: timings,
  };
}

type Work = () => Promise<void>;

async function timing(
  what: string,
  planned: readonly StackResource[],
  prepare: (resources: readonly StackResource[]) => Work,
): Promise<Timing> {
  const measured = async (count: number, rounds: number) => {
    const milliseconds: number[] = [];
    await prepare(repeated(planned, count))();
    for (let round = 0; round < rounds; round += 1) {
      // Messages of their own for each round: a message that was decoded once is not decoded again.
      const work = prepare(repeated(planned, count));
      const start = performance.now();
      await work();
      milliseconds.push(performance.now() - start);
    }
    return summarize(milliseconds);
  };
  return { what, small: await measured(SMALL, ROUNDS), large: await measured(LARGE, 2) };
}

// Requests are the engine's work and made beforehand; decoding them is the pack's.
function alone(policies: Policies, resources: readonly StackResource[]): Work {
  const requests = resources.map(analyzeRequest);
  return async () => {
    for (const request of requests) await runAnalyze(policies, request);
  };
}

function together(policies: Policies, resources: readonly StackResource[]): Work {
  const request = analyzeStackRequest(resources);
  return async () => {
    await runAnalyzeStack(policies, request);
  };
}

/** As many resources as asked for: the planned ones again and again, each time as another stack of their own. */
function repeated(planned: readonly StackResource[], count: number): readonly StackResource[] {
  return Array.from({ length: count }, (_, index) => {
    const copy = Math.floor(index / planned.length);
    const resource = planned[index % planned.length];
    if (resource === undefined) throw new RangeError("nothing is planned");
    const renamed = (urn: string) => `${urn}-${copy}`;
    return {
      ...resource,
      urn: renamed(resource.urn),
      parent: resource.parent === undefined ? undefined : renamed(resource.parent),
      dependencies: resource.dependencies.map(renamed),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([property, urns]) => [
          property,
          urns.map(renamed),
        ]),
      ),
    };
  });
}

function span({ median, min, max }: ReturnType<typeof summarize>): string {
  return `${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`;
}
