import assert from "node:assert/strict";

import { CONNECTIONS, type DatabaseConfig, THRESHOLDS } from "../../config";
import { largestGibibytes, maxConnections } from "../../components/database/metrics";
import { type Case, checkCases, one, prod } from "./cases";

const MONITORING = "streamflix:monitoring";
const THRESHOLD = `${MONITORING}.thresholds`;
const OBJECTIVES = `${MONITORING}.objectives`;

const COSTS = `${MONITORING}.costs`;
const MONITOR = "arn:aws:ce::111122223333:anomalymonitor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";

const CASES: readonly Case[] = [
  {
    id: "no monitoring in dev",
    change: { [MONITORING]: undefined, "streamflix:gameDays": undefined },
    problems: [],
  },
  prod("no monitoring in prod", MONITORING, undefined, `${MONITORING} | nothing | a section in prod`),
  {
    id: "no objectives",
    change: { [OBJECTIVES]: undefined, "streamflix:gameDays": undefined },
    problems: [],
  },
  one("a threshold of one's own", `${THRESHOLD}.databaseCpuPercent`, 70),
  one(
    "a share of more than everything",
    `${THRESHOLD}.databaseCpuPercent`,
    101,
    `${THRESHOLD}.databaseCpuPercent | 101 | a number from 1 to 100`,
  ),
  one(
    "a threshold as text",
    `${THRESHOLD}.cacheEvictions`,
    "many",
    `${THRESHOLD}.cacheEvictions | "many" | a number from 1 to 10000000`,
  ),
  one(
    "a threshold that nobody knows",
    `${THRESHOLD}.databaseCpuPercents`,
    90,
    `${THRESHOLD}.databaseCpuPercents | an unknown key | did you mean databaseCpuPercent?`,
  ),
  one(
    "an alarm where scaling keeps the figure",
    `${THRESHOLD}.serviceCpuPercent`,
    70,
    `${THRESHOLD}.serviceCpuPercent | 70 | more than 70, where streamflix:service.scaling keeps it`,
  ),
  one(
    "an alarm below where scaling keeps the memory",
    `${THRESHOLD}.serviceMemoryPercent`,
    60,
    `${THRESHOLD}.serviceMemoryPercent | 60 | more than 80, where streamflix:service.scaling keeps it`,
  ),
  one(
    "an erasure overdue before it is late",
    `${THRESHOLD}.erasureOverdueDays`,
    10,
    `${THRESHOLD}.erasureOverdueDays | 10 | more than erasureLateDays, 14`,
  ),
  one(
    "an erasure overdue after a February",
    `${THRESHOLD}.erasureOverdueDays`,
    29,
    `${THRESHOLD}.erasureOverdueDays | 29 | a number from 2 to 28`,
  ),
  one(
    "the slowest faster than the rest",
    `${THRESHOLD}.apiLatencyP99Milliseconds`,
    1000,
    `${THRESHOLD}.apiLatencyP99Milliseconds | 1000 | at least apiLatencyP90Milliseconds, 2500`,
  ),
  one(
    "a promise of more than AWS makes",
    `${OBJECTIVES}.availabilityPercent`,
    100,
    `${OBJECTIVES}.availabilityPercent | 100 | a number from 90 to 99.99`,
  ),
  one(
    "a promise longer than the API waits",
    `${OBJECTIVES}.latencyMilliseconds`,
    30_000,
    `${OBJECTIVES}.latencyMilliseconds | 30000 | a whole number from 50 to 29000`,
  ),
  one("no canary", `${MONITORING}.canary`, undefined),
  one(
    "a canary every second hour",
    `${MONITORING}.canary.everyMinutes`,
    120,
    `${MONITORING}.canary.everyMinutes | 120 | a whole number from 1 to 60`,
  ),
  one("no costs", COSTS, undefined),
  one("a monitor that is there", `${COSTS}.anomalies.adoptMonitorArn`, MONITOR),
  one(
    "another account's monitor",
    `${COSTS}.anomalies.adoptMonitorArn`,
    MONITOR.replace("111122223333", "999999999999"),
    `${COSTS}.anomalies.adoptMonitorArn | "${MONITOR.replace("111122223333", "999999999999")}" | a monitor of account 111122223333`,
  ),
  one(
    "a monitor by its name",
    `${COSTS}.anomalies.adoptMonitorArn`,
    "services",
    `${COSTS}.anomalies.adoptMonitorArn | "services" | arn:aws:ce::<account>:anomalymonitor/<id>`,
  ),
  one(
    "a budget of nothing",
    `${COSTS}.monthlyBudgetUsd`,
    0,
    `${COSTS}.monthlyBudgetUsd | 0 | a number from 1 to 10000000`,
  ),
  one(
    "costs that nobody hears of",
    "streamflix:alerts",
    undefined,
    `${COSTS} | {"monthlyBudgetUsd":300,"anomalies":{"fromUsd":20}} | remove it, or say in streamflix:alerts who is told`,
  ),
  one(
    "a promise without an API",
    "streamflix:api",
    undefined,
    `${OBJECTIVES} | {"availabilityPercent":99,"latencyPercent":95,"latencyMilliseconds":1000} | remove it: without streamflix:api there is nobody to promise anything`,
    `${MONITORING}.canary | {"everyMinutes":15} | remove it: without streamflix:api there is nobody to ask`,
  ),
];

checkCases("configuration rules: monitoring", CASES);

describe("facts of monitoring", () => {
  it("have defaults within their limits, each with a source", () => {
    for (const [name, { value, least, most, source }] of Object.entries(THRESHOLDS)) {
      assert.ok(least <= value && value <= most, name);
      assert.ok(source.length > 10, name);
    }
  });

  const serverless = (minCapacity: number, maxCapacity: number): DatabaseConfig["engine"] => ({
    serverless: { minCapacity, maxCapacity },
  });

  // The table of aurora-serverless-v2.setting-capacity.html, "Maximum connections for Aurora Serverless v2".
  for (const [maxCapacity, connections] of [
    [1, 189],
    [4, 823],
    [8, 1669],
    [16, 3360],
    [32, 5000],
    [64, 5000],
    [128, 5000],
  ] as const) {
    it(`make ${connections} connections of ${maxCapacity} units, as AWS's table has it`, () => {
      assert.equal(maxConnections(serverless(1, maxCapacity)), connections);
    });
  }

  it("cap connections where capacity may go down to half a unit", () => {
    assert.equal(maxConnections(serverless(0.5, 64)), CONNECTIONS.mostFromHalfAcu);
    assert.equal(maxConnections(serverless(0, 64)), CONNECTIONS.mostFromHalfAcu);
  });

  it("know the memory of every instance class", () => {
    assert.equal(largestGibibytes({ provisioned: { instanceClass: "db.t4g.medium" } }), 4);
    assert.equal(largestGibibytes({ provisioned: { instanceClass: "db.r8g.16xlarge" } }), 512);
    assert.equal(largestGibibytes(serverless(0, 16)), 32);
  });
});
