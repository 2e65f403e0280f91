import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import { type ExampleResource, type ExampleValue, UNKNOWN } from "../../policy-pack/src/engine/example";
import { Graph } from "../../policy-pack/src/engine/graph";
import { type EngineStackResource, indexOf } from "../../policy-pack/src/engine/graph-index";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import type { Resource } from "../../policy-pack/src/engine/resource";
import { defineRule } from "../../policy-pack/src/engine/rule";
import { known, absent as nothing, type Tri, unknown } from "../../policy-pack/src/engine/tri";
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

/** A stack resource as the SDK hands it over; `from` says which resources a property depends on. */
function source(
  type: string,
  name: string,
  props: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, readonly EngineStackResource[]>> = {},
  parent?: EngineStackResource,
): EngineStackResource {
  return {
    type,
    name,
    urn: `urn:pulumi:test::streamflix::${type}::${name}`,
    props,
    opts: { protect: false, ignoreChanges: [] },
    propertyDependencies: from,
    ...(parent === undefined ? {} : { parent }),
  };
}

describe("joins of two resources", () => {
  const READS = { [TOPIC]: ["key", "other"], [SUBNET]: ["key"], [KEY]: ["id"] };
  const first = source(KEY, "first", { id: "1", arn: "arn:aws:kms:eu-central-1:111122223333:key/one" });
  const second = source(KEY, "second", { keyId: "2", name: "two", bucket: "b" });
  const part = source("aws:kms/alias:Alias", "part", { name: "alias/x" });
  const shell = source("streamflix:x:Shell", "shell", {});
  const whole = source("streamflix:x:Whole", "whole", {}, {}, shell);
  const inner = source(KEY, "inner", { id: "9" }, {}, whole);
  const random = source("random:index/randomId:RandomId", "random", {});
  const all = [first, second, part, shell, whole, inner, random];

  /** What the graph says about one property of a topic, with the resources above beside it. */
  function about<T>(
    value: unknown,
    from: readonly EngineStackResource[],
    question: (graph: Graph, topic: Resource, named: (name: string) => Resource) => T,
    others: readonly EngineStackResource[] = [],
  ): T {
    const graph = new Graph(
      [source(TOPIC, "topic", { key: value }, { key: from }), ...all, ...others],
      READS,
    );
    const named = (name: string) => {
      const found = graph.resources.find((resource) => resource.name === name);
      assert.ok(found, name);
      return found;
    };
    return question(graph, named("topic"), named);
  }

  const cases: readonly (readonly [
    title: string,
    value: unknown,
    from: readonly EngineStackResource[],
    refersTo: readonly [first: string, second: string, inner: string],
    targets: readonly string[] | string,
  ])[] = [
    ["is not set", undefined, [], ["no", "no", "no"], "absent"],
    ["names nothing of the stack", "x", [], ["no", "no", "no"], []],
    ["is unknown", unknownValue, [], ["unknown", "unknown", "unknown"], "unknown"],
    ["is an id", "1", [], ["yes", "no", "no"], ["first"]],
    ["is a name", "two", [], ["no", "yes", "no"], ["second"]],
    ["is a key's id", "2", [], ["no", "yes", "no"], ["second"]],
    ["is a bucket's name", "b", [], ["no", "yes", "no"], ["second"]],
    ["is the id at the end of an ARN", "one", [], ["yes", "no", "no"], ["first"]],
    ["is an ARN with an id at its end", "arn:aws:kms:::key/1", [], ["yes", "no", "no"], ["first"]],
    ["is an ARN with a name for a resource", "arn:aws:s3:::two", [], ["no", "yes", "no"], ["second"]],
    ["is a list", ["x", "1", "two"], [], ["yes", "yes", "no"], ["first", "second"]],
    ["is an empty list", [], [], ["no", "no", "no"], []],
    ["is a list with an unknown text", ["1", unknownValue], [], ["yes", "unknown", "unknown"], ["first"]],
    ["is empty", "", [], ["no", "no", "no"], []],
    ["comes from a resource", unknownValue, [second], ["no", "yes", "no"], ["second"]],
    ["is known and comes from a resource", "x", [second], ["no", "yes", "no"], ["second"]],
    ["comes from two", unknownValue, [first, second], ["yes", "yes", "no"], ["first", "second"]],
    ["comes from another type", unknownValue, [part], ["unknown", "unknown", "unknown"], []],
    ["comes from another type too", unknownValue, [part, first], ["yes", "no", "no"], ["first"]],
    ["comes from a component", unknownValue, [whole], ["unknown", "unknown", "yes"], ["inner"]],
    ["comes from a component above", unknownValue, [shell], ["unknown", "unknown", "yes"], ["inner"]],
    [
      "comes from outside the stack",
      unknownValue,
      [source(KEY, "gone", {})],
      ["unknown", "unknown", "unknown"],
      [],
    ],
  ];
  for (const [title, value, from, refers, targets] of cases) {
    it(`are told when a property ${title}`, () => {
      about(value, from, (graph, topic, named) => {
        assert.deepEqual(
          ["first", "second", "inner"].map((name) => graph.refersTo(topic, "key", named(name))),
          refers,
        );
        const found = graph.targets(topic, "key", [KEY]);
        assert.deepEqual(found.kind === "known" ? found.value.map(({ name }) => name) : found.kind, targets);
        // The other way round says the same.
        for (const [index, name] of ["first", "second", "inner"].entries()) {
          const referrers = graph.referrers([SUBNET, TOPIC], "key", named(name));
          assert.deepEqual(
            [referrers.found.map((entry) => entry.name), referrers.isOpen],
            [refers[index] === "yes" ? ["topic"] : [], refers[index] === "unknown"],
            name,
          );
        }
      });
    });
  }

  it("are undecided for a component that holds several", () => {
    const twin = source(KEY, "twin", {}, {}, whole);
    about(
      unknownValue,
      [whole],
      (graph, topic, named) => {
        assert.equal(graph.refersTo(topic, "key", named("inner")), "unknown");
        assert.equal(graph.targets(topic, "key", [KEY]).kind, "unknown");
        assert.deepEqual(graph.referrers([TOPIC], "key", named("inner")), { found: [], isOpen: true });
      },
      [twin],
    );
  });

  it("are undecided when one of several sources may hold the target", () => {
    const twin = source(KEY, "twin", {}, {}, whole);
    const kinds = (types: readonly string[]) =>
      about(unknownValue, [part, whole], (graph, topic) => graph.targets(topic, "key", types).kind, [twin]);
    assert.equal(kinds([KEY]), "unknown");
    assert.equal(kinds([SUBNET, KEY]), "unknown");
    assert.equal(kinds([SUBNET]), "known");
  });

  it("look among several types, and count each resource once", () => {
    about(["1", "arn:aws:kms:::key/1", "alias/x"], [first], (graph, topic, named) => {
      const found = graph.targets(topic, "key", [KEY, part.type]);
      assert.equal(found.kind, "known");
      assert.deepEqual(
        found.value.map(({ name }) => name),
        ["first", "part"],
      );
      assert.deepEqual(
        graph.referrers([TOPIC], "key", named("first")).found.map(({ name }) => name),
        ["topic"],
      );
    });
    about(unknownValue, [part], (graph, topic) => {
      assert.equal(graph.targets(topic, "key", [SUBNET]).kind, "known");
      assert.equal(graph.targets(topic, "key", [SUBNET, part.type]).kind, "known");
    });
    about(unknownValue, [whole], (graph, topic) => {
      assert.deepEqual(graph.targets(topic, "key", [SUBNET]), known([]));
    });
  });

  it("keep the properties of one resource, and of several, apart", () => {
    const one = source(TOPIC, "one", { key: "1", other: "2" });
    const two = source(TOPIC, "two", { key: "2" });
    const three = source(SUBNET, "three", { key: "1" });
    const graph = new Graph([one, two, three, ...all], READS);
    const [a, b] = graph.ofTypes([TOPIC]);
    assert.ok(a && b);
    const names = (found: Tri<readonly Resource[]>) =>
      found.kind === "known" ? found.value.map(({ name }) => name) : found.kind;
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(names(graph.targets(a, "key", [KEY])), ["first"]);
      assert.deepEqual(names(graph.targets(a, "other", [KEY])), ["second"]);
      assert.deepEqual(names(graph.targets(b, "key", [KEY])), ["second"]);
      const key = graph.ofTypes([KEY])[0];
      assert.ok(key);
      const referrers = (types: readonly string[], property: string) =>
        graph.referrers(types, property, key).found.map(({ name }) => name);
      assert.deepEqual(referrers([TOPIC], "key"), ["one"]);
      assert.deepEqual(referrers([TOPIC], "other"), []);
      assert.deepEqual(referrers([TOPIC, SUBNET], "key"), ["one", "three"]);
      assert.deepEqual(referrers([SUBNET], "key"), ["three"]);
    }
    assert.deepEqual(
      graph.ofTypes([SUBNET, KEY]).map(({ name }) => name),
      ["three", "first", "second", "inner"],
    );
  });

  it("follow a text inside a property: by what it says, else by where the property comes from", () => {
    const follow = (text: Tri<string>, from: readonly EngineStackResource[]) =>
      about("x", from, (graph, topic) => {
        const found = graph.follow(topic, "key", text, [KEY]);
        return found.kind === "known" ? found.value.map(({ name }) => name) : found.kind;
      });
    assert.deepEqual(follow(known("arn:aws:kms:::key/1"), [second]), ["first"]);
    assert.deepEqual(follow(known("x"), [second]), []);
    assert.deepEqual(follow(unknown, [second]), ["second"]);
    assert.deepEqual(follow(unknown, []), "unknown");
    assert.deepEqual(follow(nothing, [second]), "absent");
  });

  it("tell values of resources from values of components", () => {
    const comes = (...from: readonly EngineStackResource[]) =>
      about("x", from, (graph, topic) => graph.comesFromResources(topic, "key"));
    assert.deepEqual(
      [comes(), comes(first), comes(first, random), comes(first, whole), comes(source("x:y:Z", "gone", {}))],
      [false, true, true, false, false],
    );
    assert.equal(
      about("x", [first], (graph, topic) => graph.comesFromResources(topic, "other")),
      false,
    );
  });

  it("share their index within an analysis, and with no other one", () => {
    const list = [first, second];
    const index = indexOf(list);
    assert.equal(indexOf(list), index);
    assert.deepEqual(index.sources, list);
    assert.notEqual(indexOf([...list]), index);
    assert.equal(indexOf([]).sources.length, 0);
  });

  it("are asked of the graph that holds the resource", () => {
    const elsewhere = new Graph([first], READS).resources[0];
    assert.ok(elsewhere);
    const graph = new Graph([second], READS);
    assert.throws(() => graph.refersTo(elsewhere, "id", elsewhere), /a resource outside this graph/);
  });

  it("name the element of a list that has another shape", () => {
    about(["x", 7], [], (graph, topic) => {
      assert.throws(() => graph.targets(topic, "key", [KEY]), /key\[1\] should be a string/);
    });
  });

  it("take no id from what is no object, no text, empty or unknown", () => {
    const odd = [
      source(KEY, "a", "text" as unknown as Record<string, unknown>),
      source(KEY, "b", { id: 7, name: "", arn: unknownValue }),
    ];
    for (const value of ["7", "", "text", "t"]) {
      const found = about(value, [], (graph, topic) => graph.targets(topic, "key", [KEY]), odd);
      assert.deepEqual(found, known([]), value);
    }
  });
});
