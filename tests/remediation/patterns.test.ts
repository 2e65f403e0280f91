import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

import { committedPlan } from "../../tools/plan/main";
import { motoEnvironment, MotoServer } from "../rotation/support/moto";
import * as events from "./support/events";

const KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";
const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`;

/** Documented events, and the rules of stack dev that they are for, in the order of the plan. */
const EXPECTED: readonly (readonly [what: string, event: events.Event, ...rules: readonly string[]])[] = [
  ["a key scheduled for deletion", events.keyDeletion(KEY), "keys"],
  ["a key disabled", events.keyDisabled(KEY), "keys"],
  [
    "a failed rotation of the master's",
    events.rotationFailed(secret("streamflix/dev/database/master-1-AbCdEf")),
    "rotation",
  ],
  [
    "a failed rotation of the service's",
    events.rotationFailed(secret("streamflix/dev/database/service-1-AbCdEf")),
    "rotation",
  ],
  ["a Spot task that is taken back", events.interruption(), "spot-interruption"],
  ["no Spot capacity for a task", events.placementFailure(), "spot-placement"],
  [
    "a failed deployment",
    events.deployment("SERVICE_DEPLOYMENT_FAILED"),
    "inspection-deployments",
    "deployment-failed",
  ],
  ["a task of the service that stopped", events.stopped(), "inspection-stops"],
  ["a failover that failed", events.clusterEvent("RDS-EVENT-0069"), "failover"],
  ["a former writer promoted", events.clusterEvent("RDS-EVENT-0070"), "failover"],
  ["a failover that is done", events.clusterEvent("RDS-EVENT-0071"), "failover"],
  // Near misses.
  ["a task that somebody ran alone", events.stopped("family:migrations")],
  ["a stopped task of another service", events.stopped("service:streamflix-service-dev-2")],
  ["a stopped task of another cluster", events.stopped(undefined, events.CLUSTER.replace("-dev", "-prod"))],
  ["a deletion that was refused", events.keyDeletionRefused(KEY)],
  ["a key enabled", events.keyEnabled(KEY)],
  ["a rotation that worked", events.rotationSucceeded(secret("streamflix/dev/database/master-1-AbCdEf"))],
  [
    "another stack's failed rotation",
    events.rotationFailed(secret("streamflix/dev2/database/master-1-AbCdEf")),
  ],
  ["another secret's failed rotation", events.rotationFailed(secret("streamflix/dev/other-1-AbCdEf"))],
  ["a task that starts", events.taskRunning()],
  ["a Spot task of another cluster", events.interruption(events.CLUSTER.replace("-dev", "-prod"))],
  ["no on-demand capacity for a task", events.placementFailure(events.SERVICE, "FARGATE")],
  [
    "no Spot capacity for another service",
    events.placementFailure(events.SERVICE.replace("service-dev", "other")),
  ],
  ["a steady service", events.steadyState()],
  ["a deployment that is done", events.deployment("SERVICE_DEPLOYMENT_COMPLETED")],
  ["a failed deployment elsewhere", events.deployment("SERVICE_DEPLOYMENT_FAILED", `${events.SERVICE}-2`)],
  ["a failover that begins", events.clusterEvent("RDS-EVENT-0073")],
  ["a patched cluster", events.clusterEvent("RDS-EVENT-0173", ["notification"])],
  ["another cluster's failover", events.clusterEvent("RDS-EVENT-0071", ["failover"], `${events.DATABASE}-2`)],
  ["a tick", events.tick()],
];

/** Patterns of the committed plan of stack dev whose events go to a function, by the word for their rule. */
function patterns(): Map<string, string> {
  const rules = Object.entries(committedPlan("dev")).filter(([urn]) =>
    urn.includes(":function:EventRule$aws:cloudwatch/eventRule:EventRule::"),
  );
  return new Map(
    rules.flatMap(([urn, { inputs }]) => {
      const { eventPattern } = (inputs ?? {}) as { eventPattern?: object };
      const name = (urn.split("::").at(-1) ?? "").replace(/^remediation-/, "");
      return eventPattern === undefined ? [] : [[name, JSON.stringify(eventPattern)] as const];
    }),
  );
}

/** Asks moto's matching, which is what its EventBridge delivers by, about each pair of a pattern and an event. */
const ASK = `
import json, sys
from moto.events.models import EventPattern
print(json.dumps([EventPattern.load(pattern).matches_event(event) for pattern, event in json.load(sys.stdin)]))
`;

/** Whether moto takes each event for one of its pattern. */
async function matches(
  pairs: readonly (readonly [pattern: string, event: events.Event])[],
): Promise<boolean[]> {
  const python = path.join(await motoEnvironment(), "bin", "python");
  const answer = execFileSync(python, ["-c", ASK], { input: JSON.stringify(pairs), encoding: "utf8" });
  return JSON.parse(answer) as boolean[];
}

describe("event patterns of the plan, by moto's matching", () => {
  const found = new Map<string, string[]>();
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    const pairs = EXPECTED.flatMap(([what, event]) =>
      [...patterns()].map(([rule, pattern]) => ({ what, rule, pair: [pattern, event] as const })),
    );
    const answers = await matches(pairs.map(({ pair }) => pair));
    pairs.forEach(({ what, rule }, index) => {
      if (answers[index] === true) found.set(what, [...(found.get(what) ?? []), rule]);
    });
    assert.equal(answers.length, 8 * EXPECTED.length);
  });

  it("are eight, beside the rule with a schedule", () => {
    assert.deepEqual(
      [...patterns().keys()],
      [
        "inspection-deployments",
        "inspection-stops",
        "deployment-failed",
        "failover",
        "keys",
        "rotation",
        "spot-interruption",
        "spot-placement",
      ],
    );
  });

  for (const [what, , ...rules] of EXPECTED) {
    it(`${what}: ${rules.length === 0 ? "no rule" : rules.join(", ")}`, () => {
      assert.deepEqual(found.get(what) ?? [], rules);
    });
  }
});

/** Pattern of a stack's rule about moves of its database's primary. */
function primaryMoves(stack: "prod" | "prod-dr"): string {
  const found = Object.entries(committedPlan(stack)).filter(([urn]) =>
    urn.endsWith("$aws:cloudwatch/eventRule:EventRule::database-primary-moves"),
  );
  assert.equal(found.length, 1);
  const inputs = found[0]?.[1].inputs as { eventPattern: object } | undefined;
  return JSON.stringify(inputs?.eventPattern);
}

describe("pattern for moves of the primary, by moto's matching", () => {
  const arn = (region: string, rest: string) => `arn:aws:rds:${region}:444455556666:${rest}`;
  const STANDBY = arn("eu-west-1", "cluster:streamflix-database-prod-dr");
  const HOME = arn("eu-central-1", "cluster:streamflix-database-prod");
  const WRITER = arn("eu-central-1", "db:streamflix-database-2-prod-20261126063000000000000001");
  const notified = ["notification", "global database"];
  const CASES: readonly (readonly [what: string, event: events.Event, ...tells: readonly string[]])[] = [
    ["a switchover began at home", events.primaryMove("RDS-EVENT-0181", HOME), "prod"],
    ["a switchover began, told of by the standby", events.primaryMove("RDS-EVENT-0181", STANDBY), "prod-dr"],
    ["it is done", events.primaryMove("RDS-EVENT-0185", STANDBY), "prod-dr"],
    [
      "the category spelled otherwise",
      events.primaryMove("RDS-EVENT-0185", STANDBY, ["global-failover"]),
      "prod-dr",
    ],
    ["it was cancelled", events.primaryMove("RDS-EVENT-0186", HOME), "prod"],
    ["it failed", events.primaryMove("RDS-EVENT-0187", HOME), "prod"],
    ["a failover is done", events.primaryMove("RDS-EVENT-0238", STANDBY), "prod-dr"],
    ["a failover failed", events.primaryMove("RDS-EVENT-0239", STANDBY), "prod-dr"],
    ["the old primary has caught up", events.primaryMove("RDS-EVENT-0241", HOME), "prod"],
    ["the new primary has no instance", events.primaryMove("RDS-EVENT-0519", STANDBY), "prod-dr"],
    [
      "writes of an instance were not blocked",
      events.primaryMove("RDS-EVENT-0391", WRITER, notified),
      "prod",
    ],
    // Near misses.
    ["writes of an instance were blocked", events.primaryMove("RDS-EVENT-0390", WRITER, notified)],
    ["volumes are waited for", events.primaryMove("RDS-EVENT-0183", HOME)],
    ["the old primary shut down", events.primaryMove("RDS-EVENT-0182", HOME)],
    ["a failover within the region", events.primaryMove("RDS-EVENT-0071", HOME, ["failover"])],
    ["another cluster's switchover", events.primaryMove("RDS-EVENT-0181", `${HOME}2`)],
    [
      "an instance of another stack",
      events.primaryMove("RDS-EVENT-0391", WRITER.replace("-prod-", "-prod2-"), notified),
    ],
  ];
  let found: boolean[] = [];
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    const patternsOf = [primaryMoves("prod"), primaryMoves("prod-dr")];
    found = await matches(
      CASES.flatMap(([, event]) => patternsOf.map((pattern) => [pattern, event] as const)),
    );
  });

  CASES.forEach(([what, , ...tells], index) => {
    it(`${what}: ${tells.length === 0 ? "nobody is told" : `told by ${tells.join(", ")}`}`, () => {
      const answers = found.slice(2 * index, 2 * index + 2);
      assert.deepEqual(answers, [tells.includes("prod"), tells.includes("prod-dr")]);
    });
  });
});
