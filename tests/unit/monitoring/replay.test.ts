import assert from "node:assert/strict";

import { type AlarmInputs, metricsOf, replay, type State } from "./evaluator";
import { CALM, type Figures, type Incident, INCIDENTS, PAUSED, quiet, seriesOf, touches } from "./incidents";
import { planned, plannedAlarms, STACKS } from "./plans";

/** Largest capacity of each stack's database, as its file has it. */
const MAX_CAPACITY = { dev: 16, prod: 64, "prod-dr": 64 } as const;

type Stack = (typeof STACKS)[number];

/** An alarm's state where nothing that it reads is touched by an incident: once is enough for all of these. */
const untouched = new Map<AlarmInputs, State | undefined>();

/** Names of all alarms that are on at the end of a day, without prefix and suffix. */
function onAtTheEnd(stack: Stack, incident: Incident): Set<string> {
  const base = quiet(MAX_CAPACITY[stack]);
  const on = new Set<string>();
  for (const alarm of plannedAlarms(stack).values()) {
    if (stateAtTheEnd(alarm, base, incident) === "ALARM") on.add(alarm.name);
  }
  for (const { alarmName, alarmRule } of planned(
    stack,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  ).values()) {
    if (ruleHolds(String(alarmRule), on)) on.add(String(alarmName));
  }
  return new Set([...on].map((name) => name.slice("streamflix-".length, -`-${stack}`.length)));
}

/** The state of an alarm after all that it looks at, and a little more. */
function stateAtTheEnd(alarm: AlarmInputs, base: Figures, incident: Incident): State | undefined {
  const isTouched = metricsOf(alarm).some((metric) => touches(incident, metric));
  if (!isTouched && untouched.has(alarm)) return untouched.get(alarm);
  const seconds = alarm.period ?? alarm.metricQueries?.find(({ metric }) => metric)?.metric?.period ?? 0;
  const minutes = (alarm.evaluationPeriods + 3) * (seconds / 60);
  const state = replay(alarm, (metric) => seriesOf(base, incident, metric, minutes)).at(-1);
  if (!isTouched) untouched.set(alarm, state);
  return state;
}

/** Rules are made of one operator only. */
function ruleHolds(rule: string, on: ReadonlySet<string>): boolean {
  const terms = [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map((match) => on.has(match[1] ?? ""));
  assert.ok(!(rule.includes(" AND ") && rule.includes(" OR ")), rule);
  return rule.includes(" AND ") ? terms.every(Boolean) : terms.some(Boolean);
}

/** Alarms that tell people; the others tell through a composite. */
function telling(stack: Stack): Set<string> {
  const alarms = ["metricAlarm:MetricAlarm", "compositeAlarm:CompositeAlarm"].flatMap((type) => [
    ...planned(stack, `aws:cloudwatch/${type}`).values(),
  ]);
  return new Set(
    alarms
      .filter(({ alarmActions }) => (alarmActions as unknown[] | undefined)?.length !== 0)
      .map((it) => String(it["name"] ?? it["alarmName"]).slice("streamflix-".length, -`-${stack}`.length)),
  );
}

for (const stack of STACKS) {
  describe(`alarms of ${stack} over a day of figures`, () => {
    const tells = telling(stack);
    // The standby lacks what waits for a failover, and with it the alarms on that.
    const watched = (what: string) => stack !== "prod-dr" || tells.has(what);

    for (const { told, only, except, ...rest } of [...CALM, ...INCIDENTS]) {
      const incident = { ...rest, told };
      const expected = [...told.filter(watched), ...(only?.[stack] ?? [])]
        .filter((what) => except?.[stack]?.includes(what) !== true)
        .sort();
      it(`${incident.what}: ${expected.join(", ") || "nobody is told"}`, () => {
        const on = onAtTheEnd(stack, incident);
        assert.deepEqual([...on].filter((name) => tells.has(name)).sort(), expected);
      });
    }

    it("each can be set off", () => {
      const on = new Set(INCIDENTS.flatMap((incident) => [...onAtTheEnd(stack, incident)]));
      const all = [...plannedAlarms(stack).values()].map(({ name }) =>
        name.slice("streamflix-".length, -`-${stack}`.length),
      );
      assert.deepEqual(
        all.filter((name) => !on.has(name)),
        [],
      );
    });
  });
}

describe("alarms of dev over a pause of the database", () => {
  it("stay off", () => {
    const on = onAtTheEnd("dev", { what: "a pause", source: "", minutes: 600, figures: PAUSED, told: [] });
    assert.deepEqual([...on], []);
  });
});

describe("the alarm on less than 1 GB of memory that was asked for", () => {
  it("would be on all day at half a capacity unit, where FreeableMemory is what is free now", () => {
    const asked: AlarmInputs = {
      name: "memory",
      namespace: "AWS/RDS",
      metricName: "FreeableMemory",
      statistic: "Average",
      period: 300,
      comparisonOperator: "LessThanThreshold",
      threshold: 1_000_000_000,
      evaluationPeriods: 2,
      treatMissingData: "missing",
    };
    const [, literal] = CALM;
    assert.ok(literal);
    assert.equal(stateAtTheEnd(asked, quiet(16), literal), "ALARM");
  });
});
