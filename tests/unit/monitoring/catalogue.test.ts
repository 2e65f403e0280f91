import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { metricProblem } from "../../../local/providers/aws/metrics";
import { PUBLISHED_METRICS, publishedMetricsText } from "../../../tools/metrics/main";
import { ACCOUNT, DataAccount, document, NOTHING, REGION, refusal, T } from "../data-models-account";

const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const QUERY = "aws:cloudwatch/queryDefinition:QueryDefinition";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

const ALARM = {
  name: "cpu",
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 1,
  metricName: "CPUUtilization",
  namespace: "AWS/RDS",
  dimensions: { DBClusterIdentifier: "database", Role: "WRITER" },
  statistic: "Average",
  period: 60,
  threshold: 90,
};
const WRITTEN = {
  namespace: "StreamFlix/Inspection",
  metricName: "KeysUnusable",
  dimensions: { FunctionName: "worker" },
};
const share = (expression: string, more: object[] = []) => ({
  name: "share",
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 1,
  threshold: 5,
  metricQueries: [
    { id: "result", expression, returnData: true },
    {
      id: "errors",
      metric: {
        namespace: "AWS/ApiGateway",
        metricName: "5XXError",
        dimensions: { ApiName: "api" },
        stat: "Sum",
        period: 60,
      },
    },
    ...more,
  ],
});
const widget = (...metric: unknown[]) =>
  JSON.stringify({ widgets: [{ type: "metric", properties: { region: REGION, metrics: [metric] } }] });

type Case = readonly [what: string, answer: string, attempt: (account: DataAccount) => Promise<unknown>];

const CASES: readonly Case[] = [
  ["an alarm on a metric that AWS publishes", NOTHING, (it) => it.make(T.MetricAlarm, ALARM)],
  [
    "an alarm on a metric that AWS does not publish",
    "metricName: AWS/RDS has no metric CpuUtilization",
    (it) => it.make(T.MetricAlarm, { ...ALARM, metricName: "CpuUtilization" }),
  ],
  [
    "an alarm on dimensions that the metric does not come with",
    "metricName: AWS/EFS PercentIOLimit is not published with dimensions (CreationToken), but with (FileSystemId)",
    (it) =>
      it.make(T.MetricAlarm, {
        ...ALARM,
        namespace: "AWS/EFS",
        metricName: "PercentIOLimit",
        dimensions: { CreationToken: "files" },
      }),
  ],
  [
    "an alarm in a namespace that nobody knows",
    "metricName: the catalogue of metrics has no namespace AWS/Rds",
    (it) => it.make(T.MetricAlarm, { ...ALARM, namespace: "AWS/Rds" }),
  ],
  [
    "an alarm on a figure of the platform that nothing publishes",
    "NotSimulated: no metric filter publishes StreamFlix/Database sign-ins",
    (it) =>
      it.make(T.MetricAlarm, {
        ...ALARM,
        namespace: "StreamFlix/Database",
        metricName: "sign-ins",
        dimensions: undefined,
      }),
  ],
  [
    "an alarm on a figure that a function writes",
    NOTHING,
    async (it) => {
      await it.function();
      await it.make(T.MetricAlarm, { ...ALARM, ...WRITTEN });
    },
  ],
  [
    "an alarm on a figure whose function is not there",
    `Function.NotFound: Function "worker" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) => it.make(T.MetricAlarm, { ...ALARM, ...WRITTEN }),
  ],
  [
    "an alarm on a figure that the function writes for each secret",
    "NotSimulated: StreamFlix/Inspection DaysSinceRotation is not written with dimensions (FunctionName), but with (FunctionName, Secret)",
    async (it) => {
      await it.function();
      await it.make(T.MetricAlarm, { ...ALARM, ...WRITTEN, metricName: "DaysSinceRotation" });
    },
  ],
  [
    "a widget on a figure that no function writes",
    "NotSimulated: no metric filter publishes StreamFlix/Inspection Keys",
    (it) =>
      it.make(DASHBOARD, {
        dashboardName: "data",
        dashboardBody: widget("StreamFlix/Inspection", "Keys", "FunctionName", "worker"),
      }),
  ],
  [
    "a percentile",
    NOTHING,
    (it) => it.make(T.MetricAlarm, { ...ALARM, statistic: undefined, extendedStatistic: "p99" }),
  ],
  [
    "a statistic that is none",
    'extendedStatistic: expected a statistic such as p99, got "p"',
    (it) => it.make(T.MetricAlarm, { ...ALARM, statistic: undefined, extendedStatistic: "p" }),
  ],
  ["a formula", NOTHING, (it) => it.make(T.MetricAlarm, share("100 * FILL(errors, 0)"))],
  [
    "a formula with a metric that is not there",
    "metricQueries: no query has the id requests",
    (it) => it.make(T.MetricAlarm, share("errors / requests")),
  ],
  [
    "a formula with two results",
    "metricQueries: one query has to return data, not 2",
    (it) =>
      it.make(T.MetricAlarm, share("errors", [{ id: "twice", expression: "errors", returnData: true }])),
  ],
  [
    "a composite of an alarm that is not there",
    "ValidationError: AlarmRule names alarms that don't exist: memory",
    async (it) => {
      await it.make(T.MetricAlarm, ALARM);
      await it.make(COMPOSITE, { alarmName: "tier", alarmRule: 'ALARM("cpu") OR ALARM("memory")' });
    },
  ],
  [
    "a composite without a rule that can be read",
    "ValidationError: AlarmRule can't be read: cpu",
    (it) => it.make(COMPOSITE, { alarmName: "tier", alarmRule: "cpu" }),
  ],
  [
    "a composite of alarms",
    NOTHING,
    async (it) => {
      await it.make(T.MetricAlarm, ALARM);
      await it.make(COMPOSITE, { alarmName: "tier", alarmRule: 'ALARM("cpu")' });
    },
  ],
  [
    "a dashboard with a metric that AWS publishes",
    NOTHING,
    (it) =>
      it.make(DASHBOARD, {
        dashboardName: "data",
        dashboardBody: widget("AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "database", {
          stat: "Average",
        }),
      }),
  ],
  [
    "a dashboard with a metric that AWS does not publish",
    "dashboardBody: AWS/RDS has no metric Cpu",
    (it) =>
      it.make(DASHBOARD, {
        dashboardName: "data",
        dashboardBody: widget("AWS/RDS", "Cpu", "DBClusterIdentifier", "database"),
      }),
  ],
  [
    "a dashboard that is no JSON",
    "dashboardBody: The dashboard body is not JSON",
    (it) => it.make(DASHBOARD, { dashboardName: "data", dashboardBody: "{" }),
  ],
  [
    "a dashboard with the states of no alarm",
    "dashboardBody: The dashboard body is invalid: a widget of alarms needs at least one",
    (it) =>
      it.make(DASHBOARD, {
        dashboardName: "data",
        dashboardBody: JSON.stringify({
          widgets: [{ type: "alarm", properties: { title: "", alarms: [] } }],
        }),
      }),
  ],
  [
    "a saved query on a log that is not there",
    `LogGroup.NotFound: LogGroup "/none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) => it.make(QUERY, { name: "errors", logGroupNames: ["/none"], queryString: "limit 1" }),
  ],
  [
    "a subscription with a queue that takes nothing from topics",
    `InvalidParameter: Invalid parameter: RedrivePolicy: sns.amazonaws.com may not send to arn:aws:sqs:${REGION}:${ACCOUNT}:dead`,
    (it) => subscription(it, "events.amazonaws.com"),
  ],
  ["a subscription with a queue for what fails", NOTHING, (it) => subscription(it, "sns.amazonaws.com")],
];

const BUDGET = "aws:budgets/budget:Budget";
const COST_MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor";
const COST_SUBSCRIPTION = "aws:costexplorer/anomalySubscription:AnomalySubscription";
const NO_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:none`;
const SERVICES = { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" };

const budget = (notification: object) => ({
  name: "month",
  budgetType: "COST",
  timeUnit: "MONTHLY",
  notifications: [
    {
      notificationType: "ACTUAL",
      comparisonOperator: "GREATER_THAN",
      threshold: 50,
      thresholdType: "PERCENTAGE",
      ...notification,
    },
  ],
});

const COSTS: readonly Case[] = [
  [
    "a budget that tells a topic",
    NOTHING,
    async (it) => {
      const topic = await it.make(T.Topic, { name: "alerts" });
      await it.make(BUDGET, budget({ subscriberSnsTopicArns: [topic.id] }));
    },
  ],
  [
    "a budget that tells nobody",
    "InvalidParameterException: A notification needs at least one subscriber.",
    (it) => it.make(BUDGET, budget({})),
  ],
  [
    "a budget that tells a topic that is not there",
    `Topic.NotFound: Topic "${NO_TOPIC}" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) => it.make(BUDGET, budget({ subscriberSnsTopicArns: [NO_TOPIC] })),
  ],
  [
    "a notification of a kind that there is not",
    "notificationType: expected one of ACTUAL, FORECASTED, got EXPECTED",
    (it) => it.make(BUDGET, budget({ notificationType: "EXPECTED" })),
  ],
  [
    "a second monitor of all services",
    "LimitExceededException: Limit exceeded on dimensional spend monitor creation",
    async (it) => {
      await it.make(COST_MONITOR, { name: "one", ...SERVICES });
      await it.make(COST_MONITOR, { name: "two", ...SERVICES });
    },
  ],
  [
    "anomalies by topic, once a day",
    "ValidationException: SNS subscribers take IMMEDIATE as their frequency only.",
    (it) =>
      it.make(COST_SUBSCRIPTION, {
        name: "anomalies",
        frequency: "DAILY",
        monitorArnLists: ["arn:aws:ce::1:anomalymonitor/1"],
        subscribers: [{ type: "SNS", address: NO_TOPIC }],
      }),
  ],
  [
    "anomalies by a topic that is not there",
    `Topic.NotFound: Topic "${NO_TOPIC}" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) =>
      it.make(COST_SUBSCRIPTION, {
        name: "anomalies",
        frequency: "IMMEDIATE",
        monitorArnLists: ["arn:aws:ce::1:anomalymonitor/1"],
        subscribers: [{ type: "SNS", address: NO_TOPIC }],
      }),
  ],
];

async function subscription(account: DataAccount, sender: string): Promise<unknown> {
  const topic = await account.make(T.Topic, { name: "alerts" });
  const queue = await account.make(T.Queue, { name: "dead" });
  const deadLetterTargetArn = queue.outputs["arn"];
  await account.make(T.QueuePolicy, {
    queueUrl: queue.id,
    policy: document({
      Principal: { Service: sender },
      Action: "sqs:SendMessage",
      Resource: deadLetterTargetArn,
    }),
  });
  return account.make(SUBSCRIPTION, {
    topic: topic.id,
    protocol: "email",
    endpoint: "ops@example.org",
    redrivePolicy: JSON.stringify({ deadLetterTargetArn }),
  });
}

describe("the catalogue of metrics", () => {
  it("is what the installed specification says", async () => {
    const committed = readFileSync(join(__dirname, "../../..", PUBLISHED_METRICS), "utf8");
    assert.equal(committed, await publishedMetricsText(), "out of date: run npm run metrics");
  });

  it("knows what the specification leaves out", () => {
    assert.equal(metricProblem("AWS/RDS", "ACUUtilization", ["Role", "DBClusterIdentifier"]), undefined);
    assert.equal(
      metricProblem("ECS/ContainerInsights", "RunningTaskCount", ["ServiceName", "ClusterName"]),
      undefined,
    );
    assert.equal(metricProblem("AWS/Logs", "IncomingBytes", []), undefined);
  });
});

describe("models of alarms, dashboards, queries, subscriptions and costs", () => {
  for (const [what, answer, attempt] of [...CASES, ...COSTS]) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }
});
