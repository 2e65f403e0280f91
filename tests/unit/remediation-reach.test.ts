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
function planned(stack: "dev" | "prod") {
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

for (const [stack, account, rules] of [
  ["dev", "111122223333", 7],
  ["prod", "444455556666", 6],
] as const) {
  describe(`every rule of the committed plan of ${stack}`, () => {
    const of = planned(stack);

    it(`reaches a function that admits it, and a queue for what can't be delivered (${rules} rules)`, () => {
      const walked = of("EventRule").map((rule) => {
        const name = String(rule.inputs["name"]);
        const target = one(
          of("EventTarget", ({ inputs }) => inputs["rule"] === name),
          `target of ${name}`,
        );
        const worker = before(of, target, "Function");
        const permission = before(of, target, "Permission");
        assert.equal(permission.inputs["function"], worker.inputs["name"]);
        assert.equal(permission.inputs["principal"], "events.amazonaws.com");
        assert.equal(before(of, permission, "EventRule").name, rule.name);

        const queue = before(of, target, "Queue");
        assert.ok("arn" in (target.inputs["deadLetterConfig"] as Inputs));
        const policy = one(
          of("QueuePolicy", ({ after }) => after.includes(`aws:sqs/queue:Queue ${queue.name}`)),
          `policy of ${queue.name}`,
        );
        const admits = Object.values(statementsOf(policy.inputs["policy"])).find(
          ({ Principal, Effect, Action }) =>
            (Principal as Inputs)["Service"] === "events.amazonaws.com" &&
            Effect === "Allow" &&
            Action === "sqs:SendMessage",
        );
        const { ArnLike } = admits?.["Condition"] as { ArnLike: { "aws:SourceArn": string[] } };
        assert.ok(
          ArnLike["aws:SourceArn"].includes(`arn:aws:events:eu-central-1:${account}:rule/${name}`),
          `${queue.name} does not admit ${name}`,
        );
        const key = before(of, queue, "Key");
        const { Events } = statementsOf(key.inputs["policy"]);
        assert.deepEqual(
          [Events?.["Principal"], Events?.["Action"], Events?.["Condition"]],
          [{ Service: "events.amazonaws.com" }, ["kms:Decrypt", "kms:GenerateDataKey*"], {}],
        );
        return name;
      });
      assert.equal(walked.length, rules);
      // No target, and no permission of EventBridge, beside those of the rules.
      assert.equal(of("EventTarget").length, rules);
      assert.equal(
        of("Permission", ({ inputs }) => inputs["principal"] === "events.amazonaws.com").length,
        rules,
      );
    });

    it("ends in a function that keeps what it failed on", () => {
      const workers = new Set(of("EventTarget").map((target) => before(of, target, "Function").name));
      assert.deepEqual([...workers], ["remediation"]);
      for (const name of workers) {
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
          ["sqs:SendMessage", `arn:aws:sqs:eu-central-1:${account}:${String(queue.inputs["name"])}`],
        );
      }
    });
  });
}
