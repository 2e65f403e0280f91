import { type Example, type ExampleProps, type ExampleValue, one, UNKNOWN } from "./example";
import { fail, notKnownYet } from "./judge";
import type { Must } from "./must";
import { placesAt, topOf } from "./path";
import type { Place } from "./place";
import type { Props } from "./resource";
import { defineRule, type Finding, type NoSettings, type Rule, type RuleFacts, type Setting } from "./rule";
import { readAny } from "./tri";

/** One demand on one property of a resource. */
export interface PropertyDemand<C extends object> {
  /** The finding when it isn't met. */
  readonly finding: string;
  /** The property's path, see {@link placesAt}. */
  readonly at: string;
  /** The condition; `undefined` when the settings ask for nothing. */
  readonly must: Must | ((config: C) => Must | undefined);
}

/** A change of a property by its path, such as `{ "settings.loggingLevel": "OFF" }`; `null` takes it out. */
export type Changes = Readonly<Record<string, ExampleValue>>;

/** An example as a change of the rule's good one. */
export interface Variant {
  readonly title: string;
  readonly changes: Changes;
  readonly findings: readonly string[];
  readonly config?: Example["config"];
}

/** A rule about single properties of one type: its demands are data. */
export interface PropertyRule<C extends object> extends Omit<RuleFacts, "scope" | "types" | "examples"> {
  readonly type: string;
  /** @default no settings */
  readonly configSchema?: { readonly [K in keyof C]: Setting<C[K]> };
  readonly demands: readonly PropertyDemand<C>[];
  /** What a demand on one property can't say, such as how two of them go together. @default nothing */
  readonly also?: {
    readonly reads: readonly string[];
    readonly judge: (props: Props, config: C) => readonly Finding[];
  };
  /** Resources that the rule has nothing to say about. @default none */
  readonly skip?: {
    readonly reads: readonly string[];
    /** The reason, or `undefined` when the rule applies. */
    readonly why: (props: Props, config: C) => string | undefined;
  };
  readonly examples: {
    /** Properties that meet every demand. */
    readonly good: ExampleProps;
    /** Settings of the examples that bring none of their own. @default the rule's defaults */
    readonly config?: Example["config"];
    /** Further ones that pass. @default none */
    readonly pass?: readonly Variant[];
    readonly fail: readonly Variant[];
    /** Paths that can't be judged before their value exists, one example each. @default none */
    readonly unknown?: readonly string[];
    /** Paths that pass before their value exists, because this run makes it; one example each. @default none */
    readonly made?: readonly string[];
    /** @default another type only */
    readonly notApplicable?: readonly Variant[];
  };
}

const ANOTHER_TYPE = "aws:ec2/keyPair:KeyPair";

/** A variant that passes, or that the rule skips. */
export function good(title: string, changes: Changes, config?: Example["config"]): Variant {
  return bad(title, changes, [], config);
}

/** A variant with its findings. */
export function bad(
  title: string,
  changes: Changes,
  findings: string | readonly string[],
  config?: Example["config"],
): Variant {
  const list = typeof findings === "string" ? [findings] : findings;
  return { title, changes, findings: list, ...(config === undefined ? {} : { config }) };
}

/** A catalogue rule that tells the paths of its demands. */
export interface DemandingRule extends Rule {
  readonly paths: readonly string[];
}

/** Makes a catalogue rule of demands on properties. */
export function propertyRule<C extends object = NoSettings>(rule: PropertyRule<C>): DemandingRule {
  const { type, demands, also, skip, examples, configSchema, ...facts } = rule;
  const reads = new Set([
    ...demands.map(({ at }) => topOf(at)),
    ...(also?.reads ?? []),
    ...(skip?.reads ?? []),
  ]);
  const toExample = ({ title, changes, findings, config = examples.config }: Variant): Example =>
    one(title, type, changed(examples.good, changes), {
      findings,
      ...(config === undefined ? {} : { config }),
    });
  const made = defineRule<C>({
    ...facts,
    scope: "resource",
    types: { [type]: [...reads] },
    configSchema: configSchema ?? ({} as { readonly [K in keyof C]: Setting<C[K]> }),
    examples: {
      pass: [good("all as demanded", {}), ...(examples.pass ?? [])].map(toExample),
      fail: examples.fail.map(toExample),
      unknown: [
        ...(examples.unknown ?? []).map((path) => bad(`${path} unknown`, { [path]: UNKNOWN }, "unknown")),
        ...(examples.made ?? []).map((path) => good(`${path} made in the same run`, { [path]: UNKNOWN })),
      ].map(toExample),
      notApplicable: [
        one("another type", ANOTHER_TYPE, {}),
        ...(examples.notApplicable ?? []).map(toExample),
      ],
    },
    check: ({ resource: { props }, config, notApplicable }) => {
      const reason = skip?.why(props, config);
      return reason === undefined
        ? distinct([
            ...demands.flatMap((demand) => judge(demand, props, config)),
            ...(also?.judge(props, config) ?? []),
          ])
        : notApplicable(reason);
    },
  });
  return { ...made, paths: demands.map(({ at }) => at) };
}

function judge<C extends object>(demand: PropertyDemand<C>, props: Props, config: C): readonly Finding[] {
  const must = typeof demand.must === "function" ? demand.must(config) : demand.must;
  return must === undefined ? [] : meets(props, demand.at, must, demand.finding);
}

// Demands below one place that isn't known yet all say the same about it.
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(
    ({ status, problem }, index) =>
      status === "fail" || findings.findIndex((other) => other.problem === problem) === index,
  );
}

/** The findings for every value at a path that isn't accepted. */
export function meets(props: Props, path: string, must: Must, id: string): readonly Finding[] {
  return placesAt(props, path).flatMap((place) => finding(id, must, place));
}

function finding(id: string, must: Must, { path, raw }: Place): readonly Finding[] {
  switch (must.judge(readAny(raw))) {
    case "yes":
      return [];
    case "unknown":
      return [notKnownYet(path)];
    case "no":
      return [fail(id, `${path} ${must.wrong}`, `Allowed: ${must.allowed}`)];
  }
}

/** Properties with some of them changed, by path: `a.b`, `a[0].b`. */
export function changed(props: ExampleProps, changes: Changes): ExampleProps {
  return Object.entries(changes).reduce<ExampleProps>(
    (result, [path, value]) => set(result, path.split(/[.[\]]+/).filter(Boolean), value) as ExampleProps,
    props,
  );
}

function set(target: ExampleValue | undefined, steps: readonly string[], value: ExampleValue): ExampleValue {
  const [step, ...rest] = steps;
  if (step === undefined) {
    return value;
  }
  if (Array.isArray(target)) {
    const list = target as readonly ExampleValue[];
    return list.map((element, index) => (String(index) === step ? set(element, rest, value) : element));
  }
  const bag = (typeof target === "object" && target !== null ? target : {}) as ExampleProps;
  return { ...bag, [step]: set(bag[step], rest, value) };
}
