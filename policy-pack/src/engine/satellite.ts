import { type Example, type ExampleResource, UNKNOWN } from "./example";
import type { Graph, Reference } from "./graph";
import { fail, notKnownYet } from "./judge";
import type { Resource } from "./resource";
import { defineRule, type Finding, type Rule, type RuleFacts } from "./rule";
import { texts } from "./setting";

/** A type, and its property that refers to another resource. */
export interface Link {
  readonly type: string;
  readonly by: string;
}

/** A resource that another one is not complete without. */
export interface Satellite extends Link {
  /** The finding when it is missing. */
  readonly finding: string;
  /** What it is, such as `policy`. */
  readonly what: string;
  /** A resource between the two, whose output the satellite may take instead: its own property refers on. @default none */
  readonly through?: Link;
  /** Resources of this type that refer to it by this property need no such satellite. @default none */
  readonly unlessReferredBy?: Link;
}

/** A rule that asks for satellites, joined by the graph. What a satellite says is the business of rules about its type. */
export interface CompletenessRule extends Omit<RuleFacts, "scope" | "types" | "examples"> {
  /** Type of the resources that have to be complete. */
  readonly type: string;
  /** The resource in a message, such as `the bucket`. */
  readonly noun: string;
  readonly satellites: readonly Satellite[];
  /** Findings that are not asked for unless settings say so. @default none */
  readonly waived?: readonly string[];
  /** Properties that name a resource, so that settings can say what single ones must not have. @default none */
  readonly namedBy?: readonly string[];
}

interface CompletenessConfig {
  readonly waived: readonly string[];
  /** By finding, beginnings of the names of resources that must do without the part. */
  readonly unwanted: Readonly<Record<string, readonly string[]>>;
}

/** Makes a catalogue rule of satellites. */
export function completenessRule(rule: CompletenessRule): Rule {
  const { type, noun, satellites, waived = [], namedBy = [], ...facts } = rule;
  const links = satellites.flatMap(({ through, unlessReferredBy }) => [through, unlessReferredBy]);
  const types: Record<string, readonly string[]> = { [type]: namedBy };
  for (const { type: token, by } of [...satellites, ...links.filter((link) => link !== undefined)]) {
    types[token] = [...new Set([...(types[token] ?? []), by])];
  }
  return defineRule<CompletenessConfig>({
    ...facts,
    scope: "stack",
    types,
    configSchema: {
      waived: texts(`Parts that ${noun} may lack.`, waived),
      unwanted: {
        type: "object",
        additionalProperties: true,
        description: `Parts, by the finding when they are missing, that ${noun} must not have if its name begins so.`,
        default: {},
      },
    },
    examples: examples(rule),
    check: ({ graph, config, notApplicable }) => {
      const resources = graph.ofTypes([type]);
      if (resources.length === 0) {
        return notApplicable("the stack has no such resource");
      }
      const asked = satellites.filter(({ finding }) => !config.waived.includes(finding));
      return resources.flatMap((resource) =>
        asked.flatMap((satellite) =>
          isNamed(resource, namedBy, config.unwanted[satellite.finding] ?? [])
            ? judgeUnwanted(graph, resource, satellite, noun)
            : judge(graph, resource, satellite, noun),
        ),
      );
    },
  });
}

function judge(graph: Graph, resource: Resource, satellite: Satellite, noun: string): readonly Finding[] {
  const { finding, what, unlessReferredBy: except } = satellite;
  const { urn } = resource;
  if (except !== undefined && graph.referrers([except.type], except.by, resource).found.length > 0) {
    return [];
  }
  switch (has(graph, resource, satellite)) {
    case "yes":
      return [];
    case "unknown":
      return [notKnownYet(`which resource the ${what} of another one belongs to`, urn)];
    case "no":
      return [fail(finding, `${noun} has no ${what}`, "Required: one for each", { urn })];
  }
}

function isNamed({ props }: Resource, by: readonly string[], names: readonly string[]): boolean {
  const own = by.map((property) => props.string(property));
  return names.some((name) => own.some((text) => text.kind === "known" && text.value.startsWith(name)));
}

function judgeUnwanted(
  graph: Graph,
  resource: Resource,
  satellite: Satellite,
  noun: string,
): readonly Finding[] {
  const { urn } = resource;
  return has(graph, resource, satellite) === "yes"
    ? [fail("unwanted", `${noun} has a ${satellite.what}`, "Required: none, by the stack's file", { urn })]
    : [];
}

// Asks who refers to the resource, and to what lies between: all satellites of all resources are too many.
function has(graph: Graph, resource: Resource, { type, by, through }: Satellite): Reference {
  const own = graph.referrers([type], by, resource);
  const between = through === undefined ? [] : graph.referrers([through.type], through.by, resource).found;
  if (
    [own, ...between.map((middle) => graph.referrers([type], by, middle))].some(
      ({ found }) => found.length > 0,
    )
  ) {
    return "yes";
  }
  if (!own.isOpen || through === undefined) {
    return own.isOpen ? "unknown" : "no";
  }
  // What leads to something between belongs to whom that leads to.
  const leads = graph.ofTypes([type]).map((candidate) => {
    const middles = graph.targets(candidate, by, [through.type]);
    return middles.kind === "known" && middles.value.length > 0
      ? middles.value.some((middle) => graph.refersTo(middle, through.by, resource) === "unknown")
      : graph.refersTo(candidate, by, resource) === "unknown";
  });
  return leads.includes(true) ? "unknown" : "no";
}

function examples({ type, satellites, waived = [], namedBy = [] }: CompletenessRule): RuleFacts["examples"] {
  const main: ExampleResource = { type, name: "example", props: {} };
  const part = (
    { type: token, by }: { type: string; by: string },
    owner: string,
    name: string,
  ): ExampleResource => ({
    type: token,
    name,
    props: { [by]: UNKNOWN },
    dependsOn: { [by]: [owner] },
  });
  const parts = satellites.map((satellite) => part(satellite, "example", satellite.finding));
  const other: ExampleResource = { type, name: "other", props: {} };
  const asked = satellites.filter(({ finding }) => !waived.includes(finding));
  const otherParts = asked.map((satellite) => part(satellite, "other", `other-${satellite.finding}`));
  const without = (finding: string) => parts.filter(({ name }) => name !== finding);
  const exempt = asked.flatMap((satellite): Example[] =>
    satellite.unlessReferredBy === undefined
      ? []
      : [
          {
            title: `no ${satellite.what}, but the target of another`,
            resources: [
              main,
              ...without(satellite.finding),
              part(satellite.unlessReferredBy, "example", "source"),
            ],
          },
        ],
  );
  const indirect = asked.flatMap((satellite): Example[] =>
    satellite.through === undefined
      ? []
      : [
          {
            title: `${satellite.what} by way of another resource`,
            resources: [
              main,
              ...without(satellite.finding),
              part(satellite.through, "example", "between"),
              part(satellite, "between", satellite.finding),
            ],
          },
        ],
  );
  // Where settings can name single resources: each part that one of them must do without.
  const doing = namedBy.flatMap((property) =>
    asked.map(({ finding, what }) => ({
      what,
      bare: [{ ...main, props: { [property]: "kept-1" } }, ...without(finding)],
      part: parts.filter(({ name }) => name === finding),
      config: { unwanted: { [finding]: ["kept-"] } },
    })),
  );
  return {
    pass: [
      { title: "complete", resources: [main, ...parts] },
      ...doing.map(({ what, bare, config }) => ({
        title: `no ${what}, by its name in the configuration`,
        resources: bare,
        config,
      })),
      {
        title: "parts waived by configuration",
        resources: [main],
        config: { waived: satellites.map(({ finding }) => finding) },
      },
      ...exempt,
      ...indirect,
    ],
    fail: [
      ...doing.map(({ what, bare, part: own, config }) => ({
        title: `a ${what} in spite of the configuration`,
        resources: [...bare, ...own],
        config,
        findings: ["unwanted"],
      })),
      ...asked.map(({ finding, what }) => ({
        title: `no ${what}`,
        resources: [main, ...without(finding)],
        findings: [finding],
      })),
      ...asked.flatMap((satellite) =>
        satellite.through === undefined
          ? []
          : [
              {
                title: `${satellite.what} of another one, by way of another resource`,
                resources: [
                  main,
                  other,
                  ...without(satellite.finding),
                  ...otherParts.filter(({ name }) => name !== `other-${satellite.finding}`),
                  part(satellite.through, "other", "between"),
                  part(satellite, "between", `other-${satellite.finding}`),
                ],
                findings: [satellite.finding],
              },
            ],
      ),
      {
        title: "all parts belong to another one",
        resources: [main, other, ...otherParts],
        findings: asked.map(({ finding }) => finding),
      },
    ],
    unknown: asked.map(({ finding, what, type: token, by }) => ({
      title: `${what} that can't be followed`,
      resources: [main, ...without(finding), { type: token, name: "loose", props: { [by]: UNKNOWN } }],
      findings: ["unknown"],
    })),
    notApplicable: [
      { title: "none in the stack", resources: [{ type: "aws:ec2/keyPair:KeyPair", props: {} }] },
    ],
  };
}
