import { strict as assert } from "node:assert";
import { matchesPattern, readStatements, type Statement } from "../../local/providers/aws/policy-documents";
import { emptyHome, Machine } from "./support/engine";
import { stateOf, type StateResource } from "./support/state";

const STACKS = ["dev", "prod"] as const;

/** What has to be there at least: fewer would mean that the walk saw nothing. */
const LEAST = { alarms: 60, composites: 7, subscribers: { dev: 1, prod: 2 } } as const;

describe("monitoring on the real engine", function () {
  this.timeout(900_000);
  const machine = new Machine(emptyHome());

  for (const stack of STACKS) {
    describe(stack, () => {
      let state: StateResource[];

      it("deploys, and has nothing to do afterwards", async () => {
        await machine.ok("up", "--stack", stack);
        await machine.ok("preview", "--stack", stack, "--expect-no-changes");
        state = await stateOf(machine, stack);
      });

      it("tells a person of every alarm: action, topic, topic policy, key policy, subscription", () => {
        const world = worldOf(state);
        const alarms = [...world.metricAlarms, ...world.composites];
        assert.ok(world.metricAlarms.length >= LEAST.alarms, `${world.metricAlarms.length} alarms`);
        assert.ok(world.composites.length >= LEAST.composites, `${world.composites.length} composites`);

        const walked = alarms.map((alarm) => {
          const telling = tellingOf(alarm, world);
          assert.ok(telling.length > 0, `${nameOf(alarm)} tells nobody, and no composite tells for it`);
          return telling.map((it) => reach(it, world, LEAST.subscribers[stack]));
        });
        assert.equal(walked.length, alarms.length);
        // Both topics are in use.
        assert.equal(new Set(walked.flat(2)).size, 2);
      });

      it("lets every alarm go off and be over for the same people", () => {
        const { metricAlarms, composites } = worldOf(state);
        for (const alarm of [...metricAlarms, ...composites]) {
          assert.deepEqual(alarm.outputs?.["okActions"], alarm.outputs?.["alarmActions"], nameOf(alarm));
          assert.equal(alarm.outputs?.["actionsEnabled"], true, nameOf(alarm));
        }
      });
    });
  }
});

interface World {
  readonly metricAlarms: readonly StateResource[];
  readonly composites: readonly StateResource[];
  readonly of: (type: string) => readonly StateResource[];
}

function worldOf(state: readonly StateResource[]): World {
  const of = (type: string) => state.filter((it) => it.type === type);
  return {
    metricAlarms: of("aws:cloudwatch/metricAlarm:MetricAlarm"),
    composites: of("aws:cloudwatch/compositeAlarm:CompositeAlarm"),
    of,
  };
}

function nameOf({ outputs }: StateResource): string {
  return String(outputs?.["alarmName"] ?? outputs?.["name"]);
}

function actionsOf({ outputs }: StateResource): string[] {
  return (outputs?.["alarmActions"] ?? []) as string[];
}

/** The alarm itself where it has actions, else the composites that name it. */
function tellingOf(alarm: StateResource, { composites }: World): StateResource[] {
  if (actionsOf(alarm).length > 0) return [alarm];
  return composites.filter(
    (it) =>
      String(it.outputs?.["alarmRule"]).includes(`ALARM("${nameOf(alarm)}")`) && actionsOf(it).length > 0,
  );
}

/** Walks from an alarm's actions to people; answers with the topics it came through. */
function reach(alarm: StateResource, world: World, subscribers: number): string[] {
  return actionsOf(alarm).map((action) => {
    const topic = world.of("aws:sns/topic:Topic").find(({ outputs }) => outputs?.["arn"] === action);
    assert.ok(topic, `${nameOf(alarm)} acts on ${action}, which is no topic of the stack`);
    const key = world
      .of("aws:kms/key:Key")
      .find(({ outputs }) => outputs?.["arn"] === topic.outputs?.["kmsMasterKeyId"]);
    assert.ok(key, `${action} is not under a key of the stack`);
    const policy = world
      .of("aws:sns/topicPolicy:TopicPolicy")
      .find(({ outputs }) => outputs?.["arn"] === action);
    assert.ok(policy, `${action} has no policy`);

    const source = {
      "aws:sourceaccount": action.split(":")[4] ?? "",
      "aws:sourcearn": String(alarm.outputs?.["arn"]),
    };
    assert.ok(
      admits(policy.outputs?.["policy"], "sns:Publish", source),
      `${action} refuses ${nameOf(alarm)}`,
    );
    for (const use of ["kms:Decrypt", "kms:GenerateDataKey"]) {
      assert.ok(admits(key.outputs?.["policy"], use, source), `the key of ${action} refuses ${use}`);
    }
    const subscribed = world
      .of("aws:sns/topicSubscription:TopicSubscription")
      .filter(({ outputs }) => outputs?.["topic"] === action);
    assert.ok(subscribed.length >= subscribers, `${action} has ${subscribed.length} subscribers`);
    return action;
  });
}

/** Whether a resource policy lets CloudWatch do something on behalf of an alarm. */
function admits(policy: unknown, action: string, source: Readonly<Record<string, string>>): boolean {
  const applies = (statement: Statement) =>
    statement.services.includes("cloudwatch.amazonaws.com") &&
    statement.actions.some((pattern) => matchesPattern(pattern, action));
  const holds = ({ conditions }: Statement) =>
    Object.values(conditions).every((keys) =>
      Object.entries(keys).every(([key, patterns]) =>
        patterns.some((pattern) => matchesPattern(pattern, source[key] ?? "")),
      ),
    );
  return readStatements(policy).some((it) => it.effect === "Allow" && applies(it) && holds(it));
}
