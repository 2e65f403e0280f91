import type { Policies } from "@pulumi/policy";

import type { Rule } from "../../policy-pack/src/engine/rule";
import { readsFor } from "../../policy-pack/src/engine/resource";
import {
  analyze,
  analyzeStack,
  configured,
  type Diagnostic,
  type PackConfig,
} from "../../tools/policy/analyzer";
import type { StackResource } from "../../tools/policy/stack-resources";
import { controls } from "./controls";
import { type Mutant, mutantsOf, type PublishedControl } from "./mutation";

/** A stack to mutate. */
export interface Specimen {
  readonly stack: string;
  readonly resources: readonly StackResource[];
  readonly config: PackConfig;
}

/** What became of a stack's mutants. */
export interface Proof {
  /** Failures on the stack as it is: there must be none. */
  readonly falseAlarms: readonly Diagnostic[];
  readonly outcomes: readonly Outcome[];
}

/** What became of one mutant. */
export interface Outcome {
  readonly mutant: Mutant;
  /** Policies that are meant for the control and found it. */
  readonly caughtBy: readonly string[];
}

/** Mutates a stack by every published control and asks the rules that are meant for it. */
export async function prove(catalog: readonly Rule[], specimen: Specimen): Promise<Proof> {
  const { stack, resources, config } = specimen;
  const all = configured(catalog, config);
  const alone = await Promise.all(resources.map((resource) => analyze(all, resource)));
  const together = await analyzeStack(all, resources);
  const falseAlarms = [...alone, together].flatMap(({ diagnostics }) => diagnostics).filter(isFailure);
  const outcomes: Outcome[] = [];
  for (const control of controls) {
    const meant = catalog.filter((rule) => isMeantFor(rule, control));
    for (const mutant of mutantsOf(control, stack, resources)) {
      outcomes.push({ mutant, caughtBy: await catchers(meant, mutant, specimen) });
    }
  }
  return { falseAlarms, outcomes };
}

/** Whether a rule names one of the control's ids among its references. */
export function isMeantFor(rule: Rule, control: PublishedControl): boolean {
  const named: readonly string[] = Object.values(rule.refs).flat();
  return control.ids.some((id) => named.includes(id));
}

/** A mutant in a line, for the list of survivors. */
export function describeMutant({ control, mutation, stack, original }: Mutant): string {
  return `${control.ids.join("/")} ${stack} ${original.type} ${original.name}: ${JSON.stringify(mutation)}`;
}

async function catchers(
  rules: readonly Rule[],
  { original, mutated }: Mutant,
  { resources, config }: Specimen,
): Promise<readonly string[]> {
  // A rule can only find it if it looks at the type; asking the others would take minutes.
  const looking = rules.filter(({ types }) => readsFor(types, original.type) !== undefined);
  const policies = (scope: Rule["scope"]): Policies =>
    configured(
      looking.filter((rule) => rule.scope === scope),
      config,
    );
  const found: string[] = [];
  if (mutated !== undefined) {
    const { diagnostics } = await analyze(policies("resource"), mutated);
    found.push(...diagnostics.filter(isFailure).map(({ policy }) => policy));
  }
  const stackPolicies = policies("stack");
  if (found.length === 0 && stackPolicies.length > 0) {
    const changed = resources.flatMap((resource) =>
      resource !== original ? [resource] : mutated === undefined ? [] : [mutated],
    );
    const { diagnostics } = await analyzeStack(stackPolicies, changed);
    found.push(...diagnostics.filter(isFailure).map(({ policy }) => policy));
  }
  return [...new Set(found)];
}

// What can't be known yet and a rule that broke are no catch.
function isFailure({ message, finding }: Diagnostic): boolean {
  return !/; checked again /.test(message) && finding !== "rule-error";
}
