import assert from "node:assert/strict";

import { Costs, type CostsArgs } from "../../../components/monitoring/costs";
import { record } from "../mocks";
import { only, ofType, PLACE, TOPICS } from "../registrations";

async function costs(anomalies: CostsArgs["costs"]["anomalies"]) {
  const { registrations } = await record(() => {
    new Costs("costs", { names: PLACE.names, costs: { monthlyBudgetUsd: 300, anomalies }, topics: TOPICS });
  });
  return registrations;
}

describe("Costs", () => {
  it("warns when half, four fifths and all of the budget are spent, and when more will be", async () => {
    const { notifications, ...budget } = only(await costs({ fromUsd: 20 }), "Budget").inputs;
    assert.deepEqual(budget, {
      name: "streamflix-month-unit",
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: "300",
      limitUnit: "USD",
    });
    const notification = (notificationType: string, threshold: number) => ({
      notificationType,
      comparisonOperator: "GREATER_THAN",
      threshold,
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: ["warnings"],
    });
    assert.deepEqual(notifications, [
      notification("ACTUAL", 50),
      notification("ACTUAL", 80),
      notification("ACTUAL", 100),
      notification("FORECASTED", 100),
    ]);
  });

  it("makes the account's monitor and tells of what it finds", async () => {
    const all = await costs({ fromUsd: 20 });
    assert.deepEqual(only(all, "AnomalyMonitor").inputs, {
      name: "streamflix-services-unit",
      monitorType: "DIMENSIONAL",
      monitorDimension: "SERVICE",
    });
    assert.deepEqual(only(all, "AnomalySubscription").inputs, {
      name: "streamflix-anomalies-unit",
      frequency: "IMMEDIATE",
      monitorArnLists: ["AnomalyMonitor/costs#arn"],
      subscribers: [{ type: "SNS", address: "warnings" }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: ["20"],
        },
      },
    });
  });

  it("adopts a monitor that is there", async () => {
    const adoptMonitorArn = "arn:aws:ce::111122223333:anomalymonitor/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
    const all = await costs({ fromUsd: 20, adoptMonitorArn });
    assert.equal(ofType(all, "AnomalyMonitor").length, 0);
    assert.deepEqual(only(all, "AnomalySubscription").inputs["monitorArnLists"], [adoptMonitorArn]);
  });
});
