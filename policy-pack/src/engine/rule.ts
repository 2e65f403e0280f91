import type { Severity } from "@pulumi/policy";
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

import type { Example } from "./example";
import type { Graph } from "./graph";
import type { Bag } from "./tri";
import type { Resource, TypeReads } from "./resource";
import type { Suppressions } from "./suppression";

/** One thing a rule found. Texts may name paths, regions, ports and address ranges, never other values. */
export interface Finding {
  /** Stable id inside the rule, kebab-case; printed as `[rule/finding]`. */
  readonly id: string;
  /** `fail` blocks at the policy's level; `indeterminate` is advisory and is looked at again once values exist. */
  readonly status: "fail" | "indeterminate";
  /** One sentence: where and what is wrong. */
  readonly problem: string;
  /** One sentence: what is allowed. Left out in short findings that refer to another one. */
  readonly allowed?: string;
  /** How to mend it when it differs from the rule's own remediation; `null` leaves the line out. */
  readonly mend?: string | null;
  /** The resource at fault; stack rules must name it. */
  readonly urn?: string;
}

/** What the check of a resource rule gets. */
export interface ResourceContext<C extends object> {
  readonly resource: Resource;
  readonly config: C;
  /** Ends the check: the rule has nothing to say about this resource. */
  readonly notApplicable: (reason: string) => never;
}

/** What the check of a stack rule gets. */
export interface StackContext<C extends object> {
  readonly graph: Graph;
  readonly config: C;
  /** URNs that resource rules have seen in this run; read resources are not among them. */
  readonly analysed: ReadonlySet<string>;
  readonly suppressions: Suppressions;
  /** Ends the check: the rule has nothing to say about this stack. */
  readonly notApplicable: (reason: string) => never;
}

/** Numbers of the same demand in catalogues that auditors know. */
export interface References {
  readonly checkov?: readonly string[];
  readonly securityHub?: readonly string[];
  readonly cdkNag?: readonly string[];
  readonly prowler?: readonly string[];
  /** Names of AWS's own controls: Control Tower, Config rules, data perimeter examples. */
  readonly aws?: readonly string[];
}

/** One knob of a rule; every knob has a default. */
export type Setting<T> = Omit<PolicyConfigJSONSchema, "default"> & {
  readonly description: string;
  readonly default: T;
};

/** What is true of a rule whatever it checks: everything the catalogue prints. */
export interface RuleFacts {
  /** Kebab-case, unique in the catalogue; the policy's name in the configuration file. */
  readonly id: string;
  /** One sentence without its full stop: the state that the rule demands. */
  readonly title: string;
  readonly severity: Severity;
  /** What a failure does; a configuration file can change it for a stack. @default "mandatory" */
  readonly level?: "advisory" | "mandatory";
  /** `false` for residency, public access and encryption: no suppression may hide what they find. @default true */
  readonly isSuppressible?: false;
  readonly scope: "resource" | "stack";
  /** The types the rule looks at, each with the top-level properties it reads. */
  readonly types: TypeReads;
  readonly refs: References;
  /** GDPR articles that the control supports, such as `32(1)(a)`. */
  readonly gdpr: readonly string[];
  /** Why the rule exists. */
  readonly rationale: string;
  /** How to mend a failure: completes "Mend: ". */
  readonly remediation: string;
  /** The least change that mends a resource's inputs without a choice; only where a stack's file says "remediate". */
  readonly remediate?: (properties: Bag) => Bag | undefined;
  readonly examples: {
    readonly pass: readonly Example[];
    readonly fail: readonly Example[];
    readonly unknown: readonly Example[];
    readonly notApplicable: readonly Example[];
  };
}

/** For rules without a knob. */
export type NoSettings = Readonly<Record<string, never>>;

interface Configured<C extends object> {
  readonly configSchema: { readonly [K in keyof C]: Setting<C[K]> };
}

/** A rule about one resource's inputs, before it is created or changed. */
export interface ResourceRule<C extends object> extends RuleFacts, Configured<C> {
  readonly scope: "resource";
  readonly check: (context: ResourceContext<C>) => readonly Finding[];
}

/** A rule about the resources of a stack together; on `up` it runs after they were made. */
export interface StackRule<C extends object> extends RuleFacts, Configured<C> {
  readonly scope: "stack";
  readonly check: (context: StackContext<C>) => readonly Finding[];
}

/** A rule of the catalogue, with its settings' types closed over. */
export interface Rule extends RuleFacts {
  readonly configSchema: Readonly<Record<string, Setting<unknown>>>;
  /** Runs the check with the settings the engine gave, defaults filled in. */
  readonly run: (given: Readonly<Record<string, unknown>>, subject: Subject) => readonly Finding[];
}

/** What one run of a rule looks at. */
export type Subject = Omit<ResourceContext<object>, "config"> | Omit<StackContext<object>, "config">;

/** Turns a definition into a catalogue rule. `C` holds the rule's settings. */
export function defineRule<C extends object = NoSettings>(rule: ResourceRule<C> | StackRule<C>): Rule {
  const schema: Readonly<Record<string, Setting<unknown>>> = rule.configSchema;
  const defaults = Object.fromEntries(Object.entries(schema).map(([key, setting]) => [key, setting.default]));
  return {
    ...rule,
    configSchema: schema,
    run: (given, subject) => {
      // The engine has checked `given` against the schema, and fills in nothing when no file was passed.
      const config = { ...defaults, ...given } as C;
      if (rule.scope === "resource" && "resource" in subject) {
        return rule.check({ ...subject, config });
      }
      if (rule.scope === "stack" && "graph" in subject) {
        return rule.check({ ...subject, config });
      }
      throw new Error("a rule was run on a subject of the other scope");
    },
  };
}
