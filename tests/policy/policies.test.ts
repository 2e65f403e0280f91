import assert from "node:assert/strict";

import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import { unknownValue } from "@pulumi/pulumi/runtime";

import type { ExampleResource } from "../../policy-pack/src/engine/example";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import {
  defineRule,
  type Finding,
  type ResourceRule,
  type Rule,
  type StackRule,
} from "../../policy-pack/src/engine/rule";
import { analyzeEach, analyzeStack, urnOf } from "./harness";

const TOPIC = "aws:sns/topic:Topic";
const QUEUE = "aws:sqs/queue:Queue";

const facts = {
  id: "a-rule",
  title: "Topics are good",
  severity: "high",
  types: { [TOPIC]: ["name"] },
  refs: { checkov: ["CKV_1", "CKV_2"], aws: ["x"] },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Because.",
  remediation: "mend it",
  configSchema: {},
  examples: { pass: [], fail: [], unknown: [], notApplicable: [] },
} as const;
const ofResource = (check: ResourceRule<object>["check"], rest: Partial<Rule> = {}): Rule => ({
  ...defineRule({ ...facts, scope: "resource", check }),
  ...rest,
});
const ofStack = (check: StackRule<object>["check"]): Rule => defineRule({ ...facts, scope: "stack", check });
const finding = (rest: Partial<Finding> = {}): Finding => ({
  id: "bad",
  status: "fail",
  problem: "it is bad",
  ...rest,
});
const topic: ExampleResource = { type: TOPIC, props: { name: "x" } };
const queue: ExampleResource = { type: QUEUE, props: {} };

describe("a policy of the SDK", () => {
  it("has the facts of its rule", () => {
    const [policy] = toPolicies([ofResource(() => [])]);
    assert.ok(policy);
    const { name, displayName, description, severity, enforcementLevel, remediationSteps, framework, tags } =
      policy;
    assert.deepEqual(
      { name, displayName, description, severity, enforcementLevel, remediationSteps, framework, tags },
      {
        name: "a-rule",
        displayName: "Topics are good",
        description: "Topics are good.",
        severity: "high",
        enforcementLevel: "mandatory",
        remediationSteps: "mend it.",
        framework: {
          name: "GDPR",
          version: "2016/679",
          reference: "Art. 25, Art. 32(1)(a)",
          specification: "A control that supports these articles. Because.",
        },
        tags: ["checkov:CKV_1", "checkov:CKV_2", "aws:x", "gdpr:25", "gdpr:32(1)(a)"],
      },
    );
    assert.deepEqual(policy.configSchema, { properties: {} });
  });

  it("is skipped early for other types when it has one", () => {
    const typeOf = (types: Rule["types"]) => {
      const [policy] = toPolicies([ofResource(() => [], { types })]);
      return (policy as unknown as { validateResource: { __pulumiType?: string } }).validateResource
        .__pulumiType;
    };
    assert.equal(typeOf({ [TOPIC]: [] }), TOPIC);
    assert.equal(typeOf({ [TOPIC]: [], [QUEUE]: [] }), undefined);
    assert.equal(typeOf({ "aws:*": [] }), undefined);
    assert.equal(typeOf({ "*": [] }), undefined);
    assert.equal(typeOf({}), undefined);
  });

  it("says what it has nothing to say about", async () => {
    const types = { [TOPIC]: [], "aws:sns/topicPolicy:TopicPolicy": [] };
    const policies = toPolicies([ofResource(() => [finding()], { types })]);
    assert.deepEqual(await analyzeEach(policies, [queue]), { diagnostics: [], notApplicable: ["a-rule"] });
    const skipping = toPolicies([ofResource(({ notApplicable }) => notApplicable("no reason"))]);
    assert.deepEqual(await analyzeEach(skipping, [topic]), { diagnostics: [], notApplicable: ["a-rule"] });
    const stack = toPolicies([ofStack(({ notApplicable }) => notApplicable("no reason"))]);
    assert.deepEqual(await analyzeStack(stack, [topic]), { diagnostics: [], notApplicable: ["a-rule"] });
  });

  it("keeps the length of stack traces after skipping a type", async () => {
    const { stackTraceLimit } = Error;
    const types = { [TOPIC]: [], "aws:sns/topicPolicy:TopicPolicy": [] };
    await analyzeEach(toPolicies([ofResource(() => [], { types })]), [queue]);
    assert.equal(Error.stackTraceLimit, stackTraceLimit);
    assert.ok(stackTraceLimit > 0);
  });

  it("changes a resource of its types, and none whose properties are no object", () => {
    const remediate = () => ({ name: "mended" });
    const [policy, without] = toPolicies([ofResource(() => [], { remediate }), ofResource(() => [])]) as [
      ResourceValidationPolicy & { remediateResource: (args: object) => unknown },
      object,
    ];
    assert.deepEqual(policy.remediateResource({ type: TOPIC, props: { name: "x" } }), { name: "mended" });
    assert.equal(policy.remediateResource({ type: QUEUE, props: { name: "x" } }), undefined);
    assert.equal(policy.remediateResource({ type: TOPIC, props: unknownValue }), undefined);
    assert.ok(policy.validateResource);
    assert.ok(!("remediateResource" in without));
  });
});

describe("a finding's message", () => {
  const messages = async (policies: Policies) =>
    (await analyzeEach(policies, [topic])).diagnostics.map(({ message, level }) => [level, message]);

  it("says what is wrong, what is allowed, which rule says so, and how to mend it", async () => {
    const cases: readonly (readonly [Partial<Finding>, level: string, message: string])[] = [
      [{}, "mandatory", "it is bad. [a-rule/bad]\nMend: mend it."],
      [{ allowed: "Allowed: good" }, "mandatory", "it is bad. Allowed: good. [a-rule/bad]\nMend: mend it."],
      [{ mend: "do this" }, "mandatory", "it is bad. [a-rule/bad]\nMend: do this."],
      [{ mend: null }, "mandatory", "it is bad. [a-rule/bad]"],
      [
        { status: "indeterminate" },
        "advisory",
        "it is bad; checked again before the resource is created or changed. [a-rule/bad]",
      ],
    ];
    for (const [change, level, message] of cases) {
      assert.deepEqual(await messages(toPolicies([ofResource(() => [finding(change)])])), [[level, message]]);
    }
  });

  it("stands at the resource that it is about", async () => {
    const urn = urnOf({ type: QUEUE });
    const policies = toPolicies([
      ofStack(({ graph }) => graph.resources.map((resource) => finding({ urn: resource.urn }))),
    ]);
    const { diagnostics } = await analyzeStack(policies, [topic, queue]);
    assert.deepEqual(
      diagnostics.map((entry) => entry.urn),
      [urnOf(topic), urn],
    );
    const alone = await analyzeEach(toPolicies([ofResource(() => [finding({ urn })])]), [topic]);
    assert.deepEqual(
      alone.diagnostics.map((entry) => entry.urn),
      [urn],
    );
  });

  it("of a stack rule is hidden by a suppression too", async () => {
    const policies = toPolicies(
      [
        ofStack(({ graph }) => [
          ...graph.resources.map(({ urn }) => finding({ urn })),
          finding({ problem: "of nothing" }),
        ]),
      ],
      [
        {
          rule: facts.id,
          finding: "bad",
          urn: urnOf(queue),
          reason: "kept until the case ends",
          owner: "platform-team",
          ticket: "PLAT-123",
          expires: "2026-12-31",
        },
      ],
      Date.parse("2026-11-26"),
    );
    const { diagnostics } = await analyzeStack(policies, [topic, queue]);
    assert.deepEqual(
      diagnostics.map((entry) => entry.urn),
      [urnOf(topic), ""],
    );
  });

  it("of a fault says where it was thrown, if that is known", async () => {
    const fault = (make: () => unknown) =>
      messages(
        toPolicies([
          ofResource(() => {
            throw make();
          }),
        ]),
      );
    const head = "The rule could not judge this and fails closed: ";
    const tail =
      ". [a-rule/rule-error]\nMend: correct the property's shape, or the rule in policy-pack/src/rules.";
    const stacked = (stack: string | undefined) => () => Object.assign(new TypeError("secret"), { stack });
    for (const [make, what] of [
      [() => "secret", "a thrown value that is no error"],
      [stacked(undefined), "TypeError at an unknown place"],
      [stacked("TypeError: secret\n    at <anonymous>"), "TypeError at an unknown place"],
      [stacked("TypeError: at secret.ts:1:2\n    at x (/a/b/rule.ts:12:34)"), "TypeError rule.ts:12:34"],
    ] as const) {
      assert.deepEqual(await fault(make), [["mandatory", `${head}${what}${tail}`]]);
    }
  });
});

describe("a rule's settings", () => {
  it("are those given, and its defaults for the others", () => {
    const seen: object[] = [];
    const setting = (byDefault: string) =>
      ({ type: "string", description: "X.", default: byDefault }) as const;
    const rule = defineRule<{ readonly a: string; readonly b: string }>({
      ...facts,
      scope: "resource",
      configSchema: { a: setting("1"), b: setting("2") },
      check: ({ config }) => {
        seen.push(config);
        return [];
      },
    });
    const subject = { resource: {} as never, notApplicable: () => assert.fail() };
    rule.run({}, subject);
    rule.run({ b: "3" }, subject);
    assert.deepEqual(seen, [
      { a: "1", b: "2" },
      { a: "1", b: "3" },
    ]);
    assert.deepEqual(Object.keys(rule.configSchema), ["a", "b"]);
  });

  it("reach a check of the same scope only", () => {
    const resource = { resource: {} as never, notApplicable: () => assert.fail() };
    const whole = {
      graph: {} as never,
      analysed: new Set<string>(),
      suppressions: {} as never,
      notApplicable: () => assert.fail(),
    };
    const fault = /a rule was run on a subject of the other scope/;
    assert.throws(() => ofResource(() => []).run({}, whole), fault);
    assert.throws(() => ofStack(() => []).run({}, resource), fault);
    assert.deepEqual(ofStack(() => []).run({}, whole), []);
  });
});
