import { strict as assert } from "node:assert";
import { deployedMachine } from "./support/engine";
import { nameOf, Reachability } from "./support/reachability";
import { stateOf } from "./support/state";

/** What each stack has: fewer would mean that a walk saw nothing. */
const STACKS = {
  dev: {
    alarms: 111,
    composites: 7,
    subscribers: 1,
    functions: 9,
    stateMachines: 0,
    topics: 3,
    queues: 3,
  },
  "prod-dr": {
    alarms: 54,
    composites: 1,
    subscribers: 2,
    functions: 2,
    stateMachines: 0,
    topics: 5,
    queues: 3,
  },
  prod: {
    alarms: 135,
    composites: 7,
    subscribers: 2,
    functions: 8,
    stateMachines: 1,
    topics: 5,
    queues: 5,
  },
} as const;

for (const [stack, expected] of Object.entries(STACKS)) {
  describe(`monitoring of ${stack} on the real engine`, function () {
    this.timeout(900_000);
    let reachability: Reachability;
    before(async () => {
      // The standby's database is a copy of prod's.
      const machine = await deployedMachine(stack === "prod-dr" ? "prod" : stack);
      if (stack === "prod-dr") await machine.apply("--stack", stack);
      // What was made is what the program says, down to each action and policy.
      await machine.ok("preview", "--stack", stack, "--expect-no-changes");
      reachability = new Reachability(await stateOf(machine, stack));
      machine.remove();
    });

    it(`tells a person of every alarm (${expected.alarms} and ${expected.composites} of alarms)`, () => {
      const { metricAlarms, composites } = reachability;
      const told = [...metricAlarms, ...composites].map((alarm) =>
        reachability.alarmTells(alarm, expected.subscribers),
      );
      assert.deepEqual([metricAlarms.length, composites.length], [expected.alarms, expected.composites]);
      assert.equal(told.length, expected.alarms + expected.composites);
      // Both topics are in use.
      assert.equal(new Set(told.flat()).size, 2);
    });

    it("lets every alarm go off and be over for the same people", () => {
      for (const alarm of [...reachability.metricAlarms, ...reachability.composites]) {
        assert.deepEqual(alarm.outputs?.["okActions"], alarm.outputs?.["alarmActions"], nameOf(alarm));
        assert.equal(alarm.outputs?.["actionsEnabled"], true, nameOf(alarm));
      }
    });

    it("brings every event to its target, and keeps what does not arrive or fails where an alarm looks", () => {
      const reached = reachability.rules.map((rule) => reachability.ruleReaches(rule, expected.subscribers));
      const targets = reached.flatMap((it) => it.targets);
      assert.deepEqual(
        {
          functions: targets.filter((it) => it === "function").length,
          stateMachines: targets.filter((it) => it === "state machine").length,
          topics: targets.filter((it) => it === "topic").length,
        },
        {
          functions: expected.functions,
          stateMachines: expected.stateMachines,
          topics: expected.topics,
        },
      );
      assert.equal(reachability.rules.length, targets.length);
      // Of findings; of moves of the primary, the inspection, of remediation and of verification, where there is something to look at and to mend.
      assert.equal(new Set(reached.flatMap((it) => it.queues)).size, expected.queues);
    });
  });
}
