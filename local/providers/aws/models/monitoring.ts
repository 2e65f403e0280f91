import type { Props } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { AwsError, type Model, type Reference } from "../model";
import { mapOf, mapsOf, text } from "../world";
import { FUNCTION } from "./lambda-types";
import { LOG_GROUP } from "./logs";

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** What an alarm can tell; actions of EC2, Auto Scaling and Systems Manager have no object of their own. */
const action: Reference = {
  types: ["aws:sns/topic:Topic", FUNCTION],
  by: "arn",
  builtIn: /^arn:aws:(automate|swf|ssm|autoscaling|ssm-incidents):/,
};

const COMPARISONS = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "GreaterThanUpperThreshold",
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "LessThanOrEqualToThreshold",
  "LessThanThreshold",
];

const metricAlarm: Model = {
  type: METRIC_ALARM,
  source: "internal/service/cloudwatch/metric_alarm.go",
  forceNew: ["name"],
  kept: ["evaluateLowSampleCountPercentiles"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { actionsEnabled: true, treatMissingData: "missing" },
  references: { alarmActions: action, okActions: action, insufficientDataActions: action },
  check: (inputs) => [
    ...shaped(inputs, "name", /^.{1,255}$/, "1 to 255 characters"),
    ...oneOf(inputs, "comparisonOperator", COMPARISONS),
    ...oneOf(inputs, "treatMissingData", ["missing", "ignore", "breaching", "notBreaching"]),
    ...checkMetric(inputs),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `CloudWatch metric alarm "${text(inputs, "name")}" already exists`,
  }),
  verify: (inputs) => {
    const [needed, looked] = [Number(inputs["datapointsToAlarm"] ?? 1), Number(inputs["evaluationPeriods"])];
    if (needed > looked) {
      throw new AwsError(
        "ValidationError",
        `datapointsToAlarm ${needed} can't be more than evaluationPeriods ${looked}`,
      );
    }
    const seconds = Number(inputs["period"] ?? 60) * looked;
    if (seconds > 7 * 86_400 || (seconds > 86_400 && Number(inputs["period"]) < 3600)) {
      throw new AwsError(
        "ValidationError",
        "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
      );
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return { id: name, computed: { arn: world.arn("cloudwatch", `alarm:${name}`) } };
  },
};

const metricFilter: Model = {
  type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  source: "internal/service/logs/metric_filter.go",
  forceNew: ["logGroupName", "name"],
  kept: ["applyOnTransformedLogs"],
  autoName: "name",
  seconds: 1,
  taggable: false,
  computed: [],
  references: { logGroupName: { types: [LOG_GROUP], by: "id" } },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[^:*]{1,512}$/, "1 to 512 characters without : and *"),
    ...shaped(
      mapOf(inputs["metricTransformation"]),
      "namespace",
      /^[^:*$]{1,255}$/,
      "1 to 255 characters without : * $",
    ),
  ],
  verify: (inputs) => {
    const { defaultValue, dimensions } = mapOf(inputs["metricTransformation"]);
    if (defaultValue !== undefined && Object.keys(mapOf(dimensions)).length > 0) {
      throw new AwsError(
        "InvalidParameterException",
        "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
      );
    }
  },
  // The provider's id is the name alone; here it has to tell the filters of two groups apart.
  make: (inputs) => ({ id: `${text(inputs, "logGroupName")}:${text(inputs, "name")}`, computed: {} }),
};

export const monitoringModels: readonly Model[] = [metricAlarm, metricFilter];

function checkMetric(inputs: Props) {
  const { metricName, statistic, extendedStatistic, period } = inputs;
  const queries = mapsOf(inputs["metricQueries"]);
  const seconds = typeof period === "number" && period % 60 !== 0 && ![10, 20, 30].includes(period);
  return [
    ...(metricName !== undefined && (statistic === undefined) === (extendedStatistic === undefined)
      ? [{ property: "statistic", reason: "one of statistic or extendedStatistic must be set" }]
      : []),
    ...((metricName === undefined) === (queries.length === 0)
      ? [{ property: "metricName", reason: "exactly one of metricName, metricQueries must be set" }]
      : []),
    ...(seconds
      ? [{ property: "period", reason: `expected 10, 20, 30 or a multiple of 60, got ${period}` }]
      : []),
    ...(queries.some(({ expression, metric }) => expression !== undefined && metric !== undefined)
      ? [{ property: "metricQueries", reason: "no query may have both expression and metric" }]
      : []),
  ];
}
