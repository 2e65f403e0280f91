import { inRange, oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapsOf, strings, text, type World } from "../world";

const TOPIC = "aws:sns/topic:Topic";

const budget: Model = {
  type: "aws:budgets/budget:Budget",
  source: "internal/service/budgets/budget.go",
  scope: "global",
  forceNew: ["accountId", "name", "namePrefix"],
  kept: [
    "accountId",
    "billingViewArn",
    "costFilters",
    "costTypes",
    "limitAmount",
    "limitUnit",
    "timePeriodStart",
  ],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { timePeriodEnd: "2087-06-15_00:00" },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[^:\\]{1,100}$/, "1 to 100 characters without : and \\"),
    ...oneOf(inputs, "budgetType", [
      "USAGE",
      "COST",
      "RI_UTILIZATION",
      "RI_COVERAGE",
      "SAVINGS_PLANS_UTILIZATION",
      "SAVINGS_PLANS_COVERAGE",
    ]),
    ...oneOf(inputs, "timeUnit", ["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM"]),
    ...mapsOf(inputs["notifications"]).flatMap((notification) => [
      ...oneOf(notification, "comparisonOperator", ["GREATER_THAN", "LESS_THAN", "EQUAL_TO"]),
      ...oneOf(notification, "notificationType", ["ACTUAL", "FORECASTED"]),
      ...oneOf(notification, "thresholdType", ["PERCENTAGE", "ABSOLUTE_VALUE"]),
      ...inRange(notification, "threshold", 0.01, 1_000_000_000),
    ]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `DuplicateRecordException: Error creating budget: ${text(inputs, "name")} - the budget already exists.`,
  }),
  verify: (inputs, world) => {
    for (const notification of mapsOf(inputs["notifications"])) {
      const topics = strings(notification["subscriberSnsTopicArns"]);
      if (topics.length + strings(notification["subscriberEmailAddresses"]).length === 0) {
        throw new AwsError("InvalidParameterException", "A notification needs at least one subscriber.");
      }
      if (topics.length > 1) {
        throw new AwsError("CreationLimitExceededException", "A notification takes one SNS topic.");
      }
      for (const topic of topics) requireTopic(world, topic);
    }
  },
  make: (inputs, world) => {
    const { account } = world.place;
    const name = text(inputs, "name");
    return { id: `${account}:${name}`, computed: { arn: `arn:aws:budgets::${account}:budget/${name}` } };
  },
};

const MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor";

const anomalyMonitor: Model = {
  type: MONITOR,
  source: "internal/service/ce/anomaly_monitor.go",
  scope: "global",
  forceNew: ["monitorDimension", "monitorSpecification", "monitorType"],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  check: (inputs) => [
    ...shaped(inputs, "name", /^[^]{1,1024}$/, "1 to 1024 characters"),
    ...oneOf(inputs, "monitorType", ["DIMENSIONAL", "CUSTOM"]),
    ...oneOf(inputs, "monitorDimension", ["SERVICE", "LINKED_ACCOUNT", "TAG", "COST_CATEGORY"]),
  ],
  verify: (inputs, world) => {
    const others = world.all(MONITOR).filter((it) => it.inputs["monitorDimension"] === "SERVICE");
    if (inputs["monitorDimension"] === "SERVICE" && others.length > 0) {
      throw new AwsError("LimitExceededException", "Limit exceeded on dimensional spend monitor creation");
    }
  },
  make: (inputs, world) => {
    const arn = `arn:aws:ce::${world.place.account}:anomalymonitor/${idOf(world, text(inputs, "name"))}`;
    return { id: arn, computed: { arn } };
  },
};

const anomalySubscription: Model = {
  type: "aws:costexplorer/anomalySubscription:AnomalySubscription",
  source: "internal/service/ce/anomaly_subscription.go",
  scope: "global",
  forceNew: ["name"],
  kept: ["accountId", "thresholdExpression"],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  check: (inputs) => oneOf(inputs, "frequency", ["DAILY", "IMMEDIATE", "WEEKLY"]),
  verify: (inputs, world) => {
    for (const { type, address } of mapsOf(inputs["subscribers"])) {
      if (type === "SNS" && inputs["frequency"] !== "IMMEDIATE") {
        throw new AwsError("ValidationException", "SNS subscribers take IMMEDIATE as their frequency only.");
      }
      if (type === "SNS") requireTopic(world, String(address));
    }
  },
  make: (inputs, world) => {
    const arn = `arn:aws:ce::${world.place.account}:anomalysubscription/${idOf(world, text(inputs, "name"))}`;
    return { id: arn, computed: { arn } };
  },
};

/** Both services belong to the whole account, topics to a region. */
function requireTopic(world: World, arn: string): void {
  const region = arn.split(":")[3] ?? "";
  world.in(region).need({ types: [TOPIC], by: "arn" }, arn);
}

function idOf(world: World, name: string): string {
  const digits = hexOf(`${world.place.account}/${name}`, 32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const costModels: readonly Model[] = [budget, anomalyMonitor, anomalySubscription];
