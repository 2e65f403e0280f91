import assert from "node:assert/strict";

import { type ExampleResource, type ExampleValue, UNKNOWN } from "../../policy-pack/src/engine/example";
import type { Graph } from "../../policy-pack/src/engine/graph";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import type { Resource } from "../../policy-pack/src/engine/resource";
import { defineRule } from "../../policy-pack/src/engine/rule";
import { analyzeStack } from "./harness";

const TOPIC = "aws:sns/topic:Topic";
const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";
const SUBNET = "aws:ec2/subnet:Subnet";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const topic = (value: ExampleValue, dependsOn: readonly string[] = []): ExampleResource => ({
  type: TOPIC,
  name: "topic",
  props: { kmsMasterKeyId: value },
  dependsOn: { kmsMasterKeyId: dependsOn },
});
const key = (props: ExampleResource["props"] = {}): ExampleResource => ({ type: KEY, name: "key", props });

/** Asks the graph as a rule would, through the SDK's own analysis. */
async function ask<T>(
  resources: readonly ExampleResource[],
  question: (graph: Graph, named: (name: string) => Resource) => T,
): Promise<T> {
  const answers: T[] = [];
  const rule = defineRule({
    id: "question",
    title: "A question",
    severity: "low",
    scope: "stack",
    types: { [TOPIC]: ["kmsMasterKeyId"], [SUBNET]: ["vpcId"], [ALARM]: ["alarmActions"] },
    refs: {},
    gdpr: ["25"],
    rationale: "",
    remediation: "",
    configSchema: {},
    examples: { pass: [], fail: [], unknown: [], notApplicable: [] },
    check: ({ graph }) => {
      const named = (name: string) => {
        const found = graph.resources.find((resource) => resource.name === name);
        assert.ok(found, name);
        return found;
      };
      answers.push(question(graph, named));
      return [];
    },
  });
  const { diagnostics } = await analyzeStack(toPolicies([rule]), resources);
  assert.deepEqual(diagnostics, []);
  const [answer] = answers;
  assert.equal(answers.length, 1);
  return answer as T;
}

const targets = (resources: readonly ExampleResource[], types: readonly string[]) =>
  ask(resources, (graph, named) => {
    const found = graph.targets(named("topic"), "kmsMasterKeyId", types);
    return found.kind === "known" ? found.value.map(({ name }) => name) : found.kind;
  });

describe("what a property refers to", () => {
  it("is found by dependency while the value is unknown", async () => {
    assert.deepEqual(await targets([topic(UNKNOWN, ["key"]), key()], [KEY]), ["key"]);
  });

  it("is found by id, and by the id at the end of an ARN", async () => {
    const made = key({ id: "1234abcd", arn: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd" });
    assert.deepEqual(await targets([topic("1234abcd"), made], [KEY]), ["key"]);
    assert.deepEqual(
      await targets([topic("arn:aws:kms:eu-central-1:111122223333:key/1234abcd"), made], [KEY]),
      ["key"],
    );
    assert.deepEqual(
      await targets([topic("arn:aws:kms:eu-central-1:111122223333:key/other"), made], [KEY]),
      [],
    );
  });

  it("is absent, outside the stack, or of another type", async () => {
    assert.equal(await targets([topic(null), key()], [KEY]), "absent");
    assert.deepEqual(await targets([topic("other"), key()], [KEY]), []);
    const alias: ExampleResource = { type: ALIAS, name: "alias", props: { name: "alias/x" } };
    assert.deepEqual(await targets([topic(UNKNOWN, ["alias"]), key(), alias], [KEY]), []);
    assert.deepEqual(await targets([topic("alias/x"), key(), alias], [KEY, ALIAS]), ["alias"]);
  });

  it("is unknown when no dependency tells", async () => {
    assert.equal(await targets([topic(UNKNOWN), key()], [KEY]), "unknown");
  });

  it("is unknown when it comes from a component that holds several", async () => {
    const component: ExampleResource = { type: "awsx:ec2:Vpc", name: "component", props: {} };
    const inside = ["a", "b"].map((name) => ({ type: KEY, name, props: {}, parent: "component" }));
    assert.equal(await targets([topic(UNKNOWN, ["component"]), component, ...inside], [KEY]), "unknown");
    assert.deepEqual(await targets([topic(UNKNOWN, ["component"]), component, ...inside.slice(1)], [KEY]), [
      "b",
    ]);
  });

  it("may be one of a list", async () => {
    const alarm = (actions: ExampleValue, dependsOn: readonly string[] = []): ExampleResource => ({
      type: ALARM,
      name: "alarm",
      props: { alarmActions: actions },
      dependsOn: { alarmActions: dependsOn },
    });
    const named = { type: TOPIC, name: "topic", props: { name: "alerts" } };
    const referrers = (resources: readonly ExampleResource[]) =>
      ask([named, ...resources], (graph, get) => {
        const { found, isOpen } = graph.referrers([ALARM], "alarmActions", get("topic"));
        return [found.length, isOpen];
      });
    const arn = "arn:aws:sns:eu-central-1:111122223333:alerts";
    assert.deepEqual(await referrers([alarm(["x", arn])]), [1, false]);
    assert.deepEqual(await referrers([alarm(["x", UNKNOWN], ["topic"])]), [1, false]);
    assert.deepEqual(await referrers([alarm(["x", UNKNOWN])]), [0, true]);
    assert.deepEqual(await referrers([alarm(["x"])]), [0, false]);
  });
});
