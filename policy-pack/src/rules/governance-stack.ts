import { type Example, type ExampleResource, one } from "../engine/example";
import { fail } from "../engine/judge";
import { readsFor } from "../engine/resource";
import { defineRule, type Rule } from "../engine/rule";

const VPC = "aws:ec2/vpc:Vpc";
const TOPIC = "aws:sns/topic:Topic";
const DETECTOR = "aws:guardduty/detector:Detector";
const urn = (name: string) => `urn:pulumi:test::streamflix::${TOPIC}::${name}`;
const texts = { type: "array", items: { type: "string" }, uniqueItems: true } as const;

const topic: ExampleResource = { type: TOPIC, props: {} };
const entry = {
  rule: "log-group-protected",
  finding: "retention",
  urn: urn("example"),
  reason: "kept until the court case ends",
  owner: "platform-team",
  ticket: "PLAT-123",
  expires: "2026-12-31",
};
const withEntry = (title: string, change: Partial<typeof entry>, findings?: readonly string[]): Example => ({
  ...one(title, TOPIC, {}),
  today: "2026-11-25",
  suppressions: [{ ...entry, ...change }],
  ...(findings === undefined ? {} : { findings }),
});

/** Suppressions are few, explained and short-lived. */
export const suppressionHygiene = defineRule({
  id: "suppression-hygiene",
  title: "Every suppression is complete, in force and in use",
  severity: "high",
  scope: "stack",
  isSuppressible: false,
  types: {},
  refs: {},
  gdpr: ["32(1)(d)"],
  rationale: "A suppression that outlives its reason is a hole that nobody remembers.",
  remediation: "mend or remove the entry in policy-pack/src/suppressions.ts",
  configSchema: {},
  examples: {
    pass: [
      { ...one("no suppression", TOPIC, {}), suppressions: [] },
      withEntry("one of another stack", { urn: "urn:pulumi:prod::streamflix::x::y" }),
    ],
    fail: [
      withEntry("hides nothing", {}, ["suppression"]),
      withEntry("expired", { expires: "2026-11-24" }, ["suppression"]),
      withEntry("too long", { expires: "2027-05-26" }, ["suppression"]),
      withEntry("no day", { expires: "soon" }, ["suppression"]),
      withEntry("unknown rule", { rule: "no-such-rule" }, ["suppression"]),
      withEntry("residency", { rule: "allowed-region" }, ["suppression"]),
      withEntry("short reason", { reason: "later" }, ["suppression"]),
      withEntry("pattern instead of a URN", { urn: urn("*") }, ["suppression"]),
      withEntry("no owner", { owner: " " }, ["suppression"]),
      withEntry("no ticket", { ticket: "todo" }, ["suppression"]),
      withEntry("no finding", { finding: "" }, ["suppression"]),
    ],
    unknown: [],
    notApplicable: [{ title: "an empty stack", resources: [] }],
  },
  check: ({ graph, suppressions, notApplicable }) => {
    const [anchor] = graph.resources;
    if (anchor === undefined) {
      return notApplicable("the stack is empty");
    }
    const urns = new Set(graph.resources.map((resource) => resource.urn));
    return suppressions.faults(urns).map(({ entry: { rule, finding, urn: at }, problem }) =>
      fail(
        "suppression",
        `the suppression of ${rule}/${finding} ${problem}`,
        "Required: every field, in force and in use",
        {
          urn: urns.has(at) ? at : anchor.urn,
        },
      ),
    );
  },
});

interface DetectionConfig {
  readonly required: readonly string[];
}

/** Somebody watches the account. */
export const detectionPresent = defineRule<DetectionConfig>({
  id: "detection-present",
  title: "The stack declares the detective controls that its file asks for",
  severity: "medium",
  scope: "stack",
  types: {},
  refs: { securityHub: ["GuardDuty.1", "Config.1", "Macie.1"] },
  gdpr: ["32(1)(d)", "33"],
  rationale: "A breach that nobody detects can't be reported within 72 hours.",
  remediation:
    "declare the type, or take it out of `required` in the stack's file where the account has it already",
  configSchema: {
    required: {
      ...texts,
      description:
        "Types of which the stack must declare one. None where the account's own program has them.",
      default: [],
    },
  },
  examples: {
    pass: [
      { title: "declared", resources: [{ type: DETECTOR, props: {} }], config: { required: [DETECTOR] } },
    ],
    fail: [{ title: "missing", resources: [topic], findings: ["missing"], config: { required: [DETECTOR] } }],
    unknown: [],
    notApplicable: [{ title: "nothing asked for", resources: [topic] }],
  },
  check: ({ graph, config, notApplicable }) => {
    const [anchor] = graph.resources;
    if (config.required.length === 0 || anchor === undefined) {
      return notApplicable("the stack's file asks for none");
    }
    return config.required
      .filter((type) => graph.ofTypes([type]).length === 0)
      .map((type) => fail("missing", `the stack declares no ${type}`, "Required: one", { urn: anchor.urn }));
  },
});

/**
 * No type slips through because nobody wrote a rule for it. A rule on all types, or on all that take tags, covers none:
 * it says nothing about what the type does.
 *
 * @param reviewed types that need no rule of their own, with the reason
 */
export function coveredTypes(rules: readonly Rule[], reviewed: Readonly<Record<string, string>>): Rule {
  const specific = rules.filter(({ types }) => Object.keys(types).length <= MAX_SPECIFIC_TYPES);
  const isCovered = (type: string) =>
    specific.some(
      ({ types }) => readsFor(types, type) !== undefined && !("aws:*" in types) && !("*" in types),
    );
  return defineRule({
    id: "covered-types",
    title: "Every AWS type of the stack has a rule, or a reviewed reason to have none",
    severity: "medium",
    scope: "stack",
    types: {},
    refs: {},
    gdpr: ["25", "32(1)(d)"],
    rationale: "A new type passes every rule that does not know it.",
    remediation: "write a rule for the type, or add it with a reason to policy-pack/src/reviewed-types.ts",
    configSchema: {},
    examples: {
      pass: [
        { title: "a type with a rule", resources: [{ type: VPC, props: {} }] },
        { title: "a reviewed type", resources: [{ type: "aws:ec2/eip:Eip", props: {} }] },
      ],
      fail: [
        {
          title: "a type that nobody looked at",
          resources: [{ type: "aws:quicksight/user:User", props: {} }],
          findings: ["uncovered"],
        },
        {
          title: "one finding for a type",
          resources: ["a", "b"].map((name) => ({ type: "aws:quicksight/user:User", name, props: {} })),
          findings: ["uncovered@a"],
        },
      ],
      unknown: [],
      notApplicable: [{ title: "no AWS type", resources: [{ type: "streamflix:keys:Keys", props: {} }] }],
    },
    check: ({ graph, notApplicable }) => {
      const first = new Map<string, string>();
      for (const { type, urn: at } of graph.resources) {
        if (type.startsWith("aws:") && !first.has(type)) {
          first.set(type, at);
        }
      }
      if (first.size === 0) {
        return notApplicable("the stack has no AWS type");
      }
      return [...first]
        .filter(([type]) => !isCovered(type) && !Object.hasOwn(reviewed, type))
        .map(([type, at]) =>
          fail("uncovered", `no rule covers ${type}`, "Required: a rule or a reviewed reason", { urn: at }),
        );
    },
  });
}

const MAX_SPECIFIC_TYPES = 100;
