import type { Policies } from "@pulumi/policy";

import type { Rule } from "../../policy-pack/src/engine/rule";
import { readsFor } from "../../policy-pack/src/engine/resource";
import type { Suppression } from "../../policy-pack/src/engine/suppression";
import { analyze, analyzeStack, type Answer, configured, type Diagnostic, type PackConfig } from "./analyzer";
import type { StackResource } from "./stack-resources";

/** What a rule says about a resource. */
export type Status = "pass" | "fail" | "indeterminate" | "suppressed" | "not applicable";

/** One rule on one resource; a rule on the stack as a whole has one row for the stack when it found nothing. */
export interface Row {
  readonly rule: Rule;
  /** URN, or `undefined` for the stack as a whole. */
  readonly urn: string | undefined;
  readonly status: Status;
  readonly finding?: string;
  readonly message?: string;
}

/** Runs every rule over a stack through the SDK's own analysis and says what each one found on each resource. */
export async function evaluate(
  catalog: readonly Rule[],
  resources: readonly StackResource[],
  config: PackConfig,
  suppressions: readonly Suppression[],
): Promise<readonly Row[]> {
  // What only the run without suppressions finds is what they hide.
  const open = await answers(configured(catalog, config), resources);
  const hidden = await answers(configured(catalog, config, suppressions), resources);
  const still = new Set(
    [...hidden.alone.values(), hidden.together].flatMap(({ diagnostics }) => diagnostics.map(key)),
  );
  const toRow = (rule: Rule, diagnostic: Diagnostic): Row => ({
    rule,
    urn: diagnostic.urn === "" ? undefined : diagnostic.urn,
    status: !still.has(key(diagnostic))
      ? "suppressed"
      : diagnostic.message.includes("; checked again ")
        ? "indeterminate"
        : "fail",
    finding: diagnostic.finding,
    message: diagnostic.message.split("\n")[0] ?? "",
  });
  return catalog.flatMap((rule): readonly Row[] => {
    if (rule.scope === "stack") {
      const found = open.together.diagnostics.filter(({ policy }) => policy === rule.id);
      return found.length > 0
        ? found.map((diagnostic) => toRow(rule, diagnostic))
        : [{ rule, urn: undefined, status: quietStatus(open.together, rule) }];
    }
    return [...open.alone].flatMap(([resource, answer]) => {
      if (readsFor(rule.types, resource.type) === undefined) {
        return [];
      }
      const found = answer.diagnostics.filter(({ policy }) => policy === rule.id);
      return found.length > 0
        ? found.map((diagnostic) => toRow(rule, diagnostic))
        : [{ rule, urn: resource.urn, status: quietStatus(answer, rule) }];
    });
  });
}

interface Answers {
  readonly alone: ReadonlyMap<StackResource, Answer>;
  readonly together: Answer;
}

async function answers(policies: Policies, resources: readonly StackResource[]): Promise<Answers> {
  const alone = new Map<StackResource, Answer>();
  for (const resource of resources) {
    alone.set(resource, await analyze(policies, resource));
  }
  return { alone, together: await analyzeStack(policies, resources) };
}

function quietStatus({ notApplicable }: Answer, rule: Rule): Status {
  return notApplicable.includes(rule.id) ? "not applicable" : "pass";
}

function key({ policy, finding, urn, message }: Diagnostic): string {
  return [policy, finding, urn, message].join(" ");
}
