import type {
  Policies,
  PolicyConfigSchema,
  ReportViolation,
  ResourceRemediation,
  ResourceValidation,
  StackValidation,
} from "@pulumi/policy";

import { decodeOnce, sharedResources } from "./decode-once";
import { Graph } from "./graph";
import { readsFor, toResource } from "./resource";
import type { Finding, References, Rule, Subject } from "./rule";
import { UnknownValueError } from "./sdk";
import { readStructsDirectly } from "./struct-reader";
import { type Suppression, Suppressions } from "./suppression";
import { isBag, RuleError, unwrap } from "./tri";

/**
 * The object form of `reportViolation`: it sets the level and the resource of one finding, and leaves out the
 * policy's description that the string form puts before every message. The SDK takes it, its typings don't say so.
 */
interface Violation {
  readonly message: string;
  readonly urn?: string;
  readonly enforcementLevel?: "advisory" | "mandatory";
}

/** Carries a rule's "not applicable" past the code that catches faults. */
class NotApplicable extends Error {}

function notApplicable(reason: string): never {
  throw new NotApplicable(reason);
}

/** What the policies of one run share. */
interface Run {
  /** URNs of the resources that were analysed one by one. */
  readonly analysed: Set<string>;
  readonly suppressions: Suppressions;
}

/** Makes the SDK's policies of a catalogue. They share a memory of what was analysed and suppressed. */
export function toPolicies(
  rules: readonly Rule[],
  suppressions: readonly Suppression[] = [],
  today = Date.now(),
): Policies {
  decodeOnce();
  readStructsDirectly();
  const shared: Run = {
    analysed: new Set<string>(),
    suppressions: new Suppressions(suppressions, rules, today),
  };
  return rules.map((rule) => {
    const facts = policyFacts(rule);
    if (rule.scope === "stack") {
      return { ...facts, validateStack: validateStack(rule, shared) };
    }
    const validate = withTypeFilter(rule, validateResource(rule, shared));
    return rule.remediate === undefined
      ? { ...facts, validateResource: validate }
      : { ...facts, validateResource: validate, remediateResource: remediateResource(rule, rule.remediate) };
  });
}

// Runs only where a stack's file says "remediate". What the change mends is gone before the rule judges it.
function remediateResource(rule: Rule, remediate: NonNullable<Rule["remediate"]>): ResourceRemediation {
  return ({ type, props }) => {
    const properties = unwrap(props);
    return readsFor(rule.types, type) === undefined || !isBag(properties) ? undefined : remediate(properties);
  };
}

function validateResource(rule: Rule, { analysed, suppressions }: Run): ResourceValidation {
  return (args, reportViolation) => {
    analysed.add(args.urn);
    if (readsFor(rule.types, args.type) === undefined) {
      withoutTrace(() => args.notApplicable("the rule does not cover this type"));
    }
    const subject = () => ({ resource: toResource(args, rule.types), notApplicable });
    const isHidden = (finding: Finding) => suppressions.hides(rule, finding, args.urn);
    run(rule, args.getConfig(), subject, isHidden, reportViolation, (reason) => args.notApplicable(reason));
  };
}

function validateStack(rule: Rule, { analysed, suppressions }: Run): StackValidation {
  return (args, reportViolation) => {
    const subject = () => ({
      graph: new Graph(sharedResources(args.resources), rule.types),
      analysed,
      suppressions,
      notApplicable,
    });
    const isHidden = (finding: Finding) => suppressions.hides(rule, finding, finding.urn ?? "");
    run(rule, args.getConfig(), subject, isHidden, reportViolation, (reason) => args.notApplicable(reason));
  };
}

// A function tagged with one type is skipped for all others before the SDK decodes their properties, as the SDK's
// own typed helper does; tagging it here spares loading the AWS SDK for its class.
function withTypeFilter(rule: Rule, validation: ResourceValidation): ResourceValidation {
  const [only, ...others] = Object.keys(rule.types);
  const isSingle = only !== undefined && others.length === 0 && !only.endsWith("*");
  return isSingle ? Object.assign(validation, { __pulumiType: only }) : validation;
}

// The SDK says "not applicable" by an error. Its stack, which nobody reads, takes longer than most rules.
function withoutTrace(skip: () => never): never {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return skip();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function run(
  rule: Rule,
  config: Readonly<Record<string, unknown>>,
  subject: () => Subject,
  isHidden: (finding: Finding) => boolean,
  reportViolation: ReportViolation,
  skip: (reason: string) => never,
): void {
  const report = reportViolation as unknown as (violation: Violation) => void;
  try {
    for (const finding of rule.run(config, subject())) {
      if (!isHidden(finding)) {
        report(toViolation(rule, finding));
      }
    }
  } catch (error) {
    if (error instanceof NotApplicable) {
      skip(error.message);
    }
    if (error instanceof UnknownValueError) {
      throw error;
    }
    // Thrown on, any other fault would abort the whole run and hide what the other rules found.
    report({ message: faultText(rule, error), enforcementLevel: "mandatory" });
  }
}

function toViolation(rule: Rule, finding: Finding): Violation {
  const tail = `[${rule.id}/${finding.id}]`;
  const urn = finding.urn === undefined ? {} : { urn: finding.urn };
  if (finding.status === "indeterminate") {
    const again =
      rule.scope === "resource" ? "before the resource is created or changed" : "at the end of the update";
    return {
      ...urn,
      message: `${finding.problem}; checked again ${again}. ${tail}`,
      enforcementLevel: "advisory",
    };
  }
  const mend = finding.mend === undefined ? rule.remediation : finding.mend;
  const sentences = [finding.problem, ...(finding.allowed === undefined ? [] : [finding.allowed])].join(". ");
  return { ...urn, message: `${sentences}. ${tail}${mend === null ? "" : `\nMend: ${mend}.`}` };
}

// Foreign messages may quote property values, so only the rule's own faults are printed with their text.
function faultText(rule: Rule, error: unknown): string {
  const what =
    error instanceof RuleError
      ? error.message
      : error instanceof Error
        ? `${error.name} ${place(error)}`
        : "a thrown value that is no error";
  return (
    `The rule could not judge this and fails closed: ${what}. [${rule.id}/rule-error]\n` +
    `Mend: correct the property's shape, or the rule in policy-pack/src/rules.`
  );
}

function place(error: Error): string {
  const frame = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return /[^/\\(]+:\d+:\d+/.exec(frame ?? "")?.[0] ?? "at an unknown place";
}

function policyFacts(rule: Rule) {
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title}.`,
    severity: rule.severity,
    enforcementLevel: rule.level ?? "mandatory",
    configSchema: { properties: rule.configSchema } as PolicyConfigSchema,
    remediationSteps: `${rule.remediation}.`,
    framework: {
      name: "GDPR",
      version: "2016/679",
      reference: rule.gdpr.map((article) => `Art. ${article}`).join(", "),
      specification: `A control that supports these articles. ${rule.rationale}`,
    },
    tags: [...referenceTags(rule.refs), ...rule.gdpr.map((article) => `gdpr:${article}`)],
  };
}

function referenceTags(refs: References): readonly string[] {
  return Object.entries(refs).flatMap(([catalogue, ids]: [string, readonly string[]]) =>
    ids.map((id) => `${catalogue}:${id}`),
  );
}
