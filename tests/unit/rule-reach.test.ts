import assert from "node:assert/strict";

import { committedPlan } from "../../tools/plan/main";
import { statementsOf } from "./data-mocks";

type Inputs = Readonly<Record<string, unknown>>;
interface Planned {
  readonly name: string;
  readonly after: readonly string[];
  readonly inputs: Inputs;
}

/** Resources of a committed plan by the last part of their type. */
function planned(stack: "dev" | "prod" | "prod-dr") {
  const all = Object.entries(committedPlan(stack))
    .filter(([urn]) => /(^|\$)aws:[^$]+$/.test(urn))
    .map(([urn, { inputs, after = [] }]) => {
      const [type = "", name = ""] = urn.split("::");
      return { type: type.split(":").at(-1) ?? "", name, after, inputs: (inputs ?? {}) as Inputs };
    });
  return (type: string, matches: (it: Planned) => boolean = () => true) =>
    all.filter((it) => it.type === type && matches(it));
}

/** The only one of some. */
function one(found: readonly Planned[], what: string): Planned {
  const [first] = found;
  assert.ok(first && found.length === 1, `${found.length} of ${what}`);
  return first;
}

/** The one resource of a type that another comes after. */
function before(of: ReturnType<typeof planned>, it: Planned, type: string): Planned {
  const names = it.after.flatMap((label) => {
    const [token = "", name = ""] = label.split(" ");
    return token.split(":").at(-1) === type ? [name] : [];
  });
  return one(
    of(type, ({ name }) => names.includes(name)),
    `${type} before ${it.name}`,
  );
}

/** Whether a target is a topic, which tells people, or a state machine, which is started; if not, it is a function. */
const tells = ({ after }: Planned) => after.some((it) => it.startsWith("aws:sns/topic:Topic "));
const starts = ({ after }: Planned) =>
  after.some((it) => it.startsWith("aws:sfn/stateMachine:StateMachine "));
const runs = (it: Planned) => !tells(it) && !starts(it);

for (const [stack, account, region, workers, tellers, starters] of [
  ["dev", "111122223333", "eu-central-1", 9, 3, 0],
  ["prod", "444455556666", "eu-central-1", 8, 5, 1],
  ["prod-dr", "444455556666", "eu-west-1", 2, 5, 0],
] as const) {
  describe(`every rule of the committed plan of ${stack}`, () => {
    const of = planned(stack);
    const targets = of("EventTarget");
    const EVENTS = { Service: "events.amazonaws.com" };

    /** The rule that a target is of. */
    const ruleOf = (target: Planned) =>
      one(
        of("EventRule", ({ inputs }) => inputs["name"] === target.inputs["rule"]),
        `rule of ${target.name}`,
      );

    it("has one target, and a queue for what can't be delivered", () => {
      const names = targets.map((target) => {
        const name = String(ruleOf(target).inputs["name"]);
        const queue = before(of, target, "Queue");
        assert.ok("arn" in (target.inputs["deadLetterConfig"] as Inputs));
        const policy = one(
          of("QueuePolicy", ({ after }) => after.includes(`aws:sqs/queue:Queue ${queue.name}`)),
          `policy of ${queue.name}`,
        );
        const admits = Object.values(statementsOf(policy.inputs["policy"])).find(
          ({ Principal, Effect, Action }) =>
            (Principal as Inputs)["Service"] === EVENTS.Service &&
            Effect === "Allow" &&
            Action === "sqs:SendMessage",
        );
        const condition = admits?.["Condition"] as { ArnLike: { "aws:SourceArn": string[] } } | undefined;
        assert.ok(
          condition?.ArnLike["aws:SourceArn"].includes(`arn:aws:events:${region}:${account}:rule/${name}`),
          `${queue.name} does not admit ${name}`,
        );
        const key = before(of, queue, "Key");
        const { Events } = statementsOf(key.inputs["policy"]);
        assert.deepEqual(
          [Events?.["Principal"], Events?.["Action"], Events?.["Condition"]],
          [EVENTS, ["kms:Decrypt", "kms:GenerateDataKey*"], {}],
        );
        return name;
      });
      assert.equal(new Set(names).size, workers + tellers + starters);
      assert.equal(of("EventRule").length, names.length);
    });

    it(`reaches a function that admits it (${workers} rules)`, () => {
      const functions = targets.filter(runs);
      for (const target of functions) {
        const permission = before(of, target, "Permission");
        assert.equal(permission.inputs["function"], before(of, target, "Function").inputs["name"]);
        assert.equal(permission.inputs["principal"], EVENTS.Service);
        assert.equal(before(of, permission, "EventRule").name, ruleOf(target).name);
      }
      assert.equal(functions.length, workers);
      // No permission of EventBridge beside those of the rules.
      const permissions = of("Permission", ({ inputs }) => inputs["principal"] === EVENTS.Service);
      assert.equal(permissions.length, workers);
    });

    it(`starts a state machine by a role that may do that alone (${starters} rules)`, () => {
      const started = targets.filter(starts);
      for (const target of started) {
        const machine = before(of, target, "StateMachine");
        const role = before(of, target, "Role");
        const policy = before(of, target, "RolePolicy");
        assert.deepEqual(
          Object.values(statementsOf(role.inputs["assumeRolePolicy"])).map(({ Principal }) => Principal),
          [EVENTS],
        );
        assert.deepEqual(statementsOf(policy.inputs["policy"]), {
          Start: {
            Sid: "Start",
            Effect: "Allow",
            Action: "states:StartExecution",
            Resource: `arn:aws:states:${region}:${account}:stateMachine:${String(machine.inputs["name"])}`,
          },
        });
      }
      assert.equal(started.length, starters);
    });

    it(`reaches a topic that admits it, with its runbook (${tellers} rules)`, () => {
      const topics = targets.filter(tells);
      for (const target of topics) {
        const topic = before(of, target, "Topic");
        const policy = statementsOf(before(of, target, "TopicPolicy").inputs["policy"])["Events"];
        assert.deepEqual(
          [policy?.["Effect"], policy?.["Principal"], policy?.["Action"], policy?.["Condition"]],
          ["Allow", EVENTS, "sns:Publish", undefined],
        );
        assert.equal(
          policy?.["Resource"],
          `arn:aws:sns:${region}:${account}:${String(topic.inputs["name"])}`,
        );
        const { inputTemplate } = target.inputs["inputTransformer"] as { inputTemplate: string };
        assert.match(
          inputTemplate,
          / Runbook: docs\/runbooks\/(findings\.md|global-database\.md#primary-moved)"$/,
        );
      }
      assert.equal(topics.length, tellers);
    });

    it("ends in a function that keeps what it failed on", () => {
      const names = new Set(targets.filter(runs).map((target) => before(of, target, "Function").name));
      assert.deepEqual([...names], stack === "prod-dr" ? ["inspection"] : ["inspection", "remediation"]);
      for (const name of names) {
        const config = one(
          of("FunctionEventInvokeConfig", (it) => it.name === name),
          `failures of ${name}`,
        );
        const queue = before(of, config, "Queue");
        const statements = statementsOf(
          one(
            of("RolePolicy", (it) => it.name === name),
            name,
          ).inputs["policy"],
        );
        assert.deepEqual(
          [statements["KeepFailures"]?.["Action"], statements["KeepFailures"]?.["Resource"]],
          ["sqs:SendMessage", `arn:aws:sqs:${region}:${account}:${String(queue.inputs["name"])}`],
        );
      }
    });
  });
}
