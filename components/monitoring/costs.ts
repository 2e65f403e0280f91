import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringConfig, Names } from "../../config";
import type { AlertTopics } from "../alerts";

export interface CostsArgs {
  readonly names: Names;
  readonly costs: NonNullable<MonitoringConfig["costs"]>;
  readonly topics: AlertTopics;
}

/** Shares of the month's budget, in percent, at which people are told once they are spent. */
const SPENT_PERCENT = [50, 80, 100];

/**
 * Tells people what the account costs: when parts of a month's budget are spent, when the month will end above it, and
 * when a service suddenly costs more than it used to.
 *
 * Budgets and Cost Explorer have no regions; they see amounts, never data.
 */
export class Costs extends pulumi.ComponentResource {
  constructor(name: string, args: CostsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:monitoring:Costs", name, {}, opts);
    const { names, costs, topics } = args;
    const parent = { parent: this };
    const notification = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
      notificationType,
      comparisonOperator: "GREATER_THAN",
      threshold,
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: [topics.warning],
    });

    new aws.budgets.Budget(
      name,
      {
        name: names.fixed("budget", "month"),
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(costs.monthlyBudgetUsd),
        limitUnit: "USD",
        notifications: [
          ...SPENT_PERCENT.map((percent) => notification("ACTUAL", percent)),
          notification("FORECASTED", 100),
        ],
      },
      parent,
    );
    // An account has one monitor of all its services.
    const monitorArn =
      costs.anomalies.adoptMonitorArn ??
      new aws.costexplorer.AnomalyMonitor(
        name,
        {
          name: names.fixed("costMonitor", "services"),
          monitorType: "DIMENSIONAL",
          monitorDimension: "SERVICE",
        },
        parent,
      ).arn;
    new aws.costexplorer.AnomalySubscription(
      name,
      {
        name: names.fixed("costMonitor", "anomalies"),
        frequency: "IMMEDIATE",
        monitorArnLists: [monitorArn],
        subscribers: [{ type: "SNS", address: topics.warning }],
        thresholdExpression: {
          dimension: {
            key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            matchOptions: ["GREATER_THAN_OR_EQUAL"],
            values: [String(costs.anomalies.fromUsd)],
          },
        },
      },
      parent,
    );
    this.registerOutputs({});
  }
}
