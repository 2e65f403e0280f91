import type { Props } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { UNKNOWN } from "../../frame";
import { embeddedDimensions, isOwnNamespace, metricProblem } from "../metrics";
import { AwsError, type Model, type Reference } from "../model";
import { mapOf, mapsOf, text, type World } from "../world";
import { FUNCTION } from "./lambda-types";
import { LOG_GROUP } from "./logs";

export const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";

/** What an alarm can tell; actions of EC2, Auto Scaling and Systems Manager have no object of their own. */
export const alarmAction: Reference = {
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
  references: { alarmActions: alarmAction, okActions: alarmAction, insufficientDataActions: alarmAction },
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
  verify: (inputs, world) => {
    requirePublished(world, metricsOf(inputs));
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
  type: METRIC_FILTER,
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
    ...checkStatistics(inputs, queries),
    ...checkExpressions(queries),
    ...metricsOf(inputs).flatMap((metric) => problemOf(metric, queries.length > 0)),
  ];
}

const STATISTICS = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];

/** As the provider has it: percentiles, trimmed and winsorized means, trimmed counts and sums, ranks. */
const EXTENDED =
  /^((p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,2})?|100)|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$/;

function checkStatistics(inputs: Props, queries: readonly Props[]) {
  const stats = queries.map(({ metric }) => mapOf(metric)["stat"]).filter((stat) => stat !== undefined);
  return [
    ...oneOf(inputs, "statistic", STATISTICS),
    ...shaped(inputs, "extendedStatistic", EXTENDED, "a statistic such as p99"),
    ...stats
      .map(String)
      .filter((stat) => !STATISTICS.includes(stat) && !EXTENDED.test(stat))
      .map((stat) => ({ property: "metricQueries", reason: `${stat} is no statistic` })),
  ];
}

/** Functions of metric math that the platform uses. */
const FUNCTIONS = ["FILL", "IF", "MAX", "MIN", "REPEAT"];

/** CloudWatch refuses an expression that names what is not among the queries, and more than one result. */
function checkExpressions(queries: readonly Props[]) {
  if (queries.length === 0) return [];
  const ids = queries.map(({ id }) => String(id));
  const results = queries.filter(({ returnData }) => returnData === true).length;
  const named = queries
    .flatMap(({ expression }) => (typeof expression === "string" ? [expression] : []))
    .flatMap((expression) => expression.match(/[A-Za-z]\w*/g) ?? []);
  const unknown = named.filter(
    (word) => !ids.includes(word) && !FUNCTIONS.includes(word) && !/^(AND|OR)$/.test(word),
  );
  return [
    ...ids
      .filter((id) => !/^[a-z]\w*$/.test(id))
      .map((id) => ({ property: "metricQueries", reason: `id ${id} has to start with a lower-case letter` })),
    ...(results === 1
      ? []
      : [{ property: "metricQueries", reason: `one query has to return data, not ${results}` }]),
    ...unknown.map((word) => ({ property: "metricQueries", reason: `no query has the id ${word}` })),
  ];
}

/** A metric as an alarm or a widget names it. */
export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Props;
}

/** The metrics of an alarm, as far as they are known. */
function metricsOf(inputs: Props): NamedMetric[] {
  return [inputs, ...mapsOf(inputs["metricQueries"]).map(({ metric }) => mapOf(metric))].flatMap(
    ({ namespace, metricName, dimensions }) =>
      typeof metricName === "string" && typeof namespace === "string" && dimensions !== UNKNOWN
        ? [{ namespace, name: metricName, dimensions: mapOf(dimensions) }]
        : [],
  );
}

function problemOf({ namespace, name, dimensions }: NamedMetric, inQueries: boolean) {
  const reason = metricProblem(namespace, name, Object.keys(dimensions));
  return reason === undefined ? [] : [{ property: inQueries ? "metricQueries" : "metricName", reason }];
}

/** Metrics that the service's collector publishes, which the account shows nothing of. */
const COLLECTED = "StreamFlix/Service";

/** Refuses metrics of the platform's own that neither a metric filter nor a function that is there publishes. */
export function requirePublished(world: World, metrics: readonly NamedMetric[]): void {
  const published = world.all(METRIC_FILTER).map(({ inputs }) => {
    const { namespace, name } = mapOf(inputs["metricTransformation"]);
    return `${String(namespace)} ${String(name)}`;
  });
  const others = metrics.filter(
    ({ namespace, name }) =>
      isOwnNamespace(namespace) && namespace !== COLLECTED && !published.includes(`${namespace} ${name}`),
  );
  for (const { namespace, name, dimensions } of others) {
    const known = embeddedDimensions(namespace, name);
    if (known === undefined) {
      throw new AwsError("NotSimulated", `no metric filter publishes ${namespace} ${name}`);
    }
    const named = (them: readonly string[]) => [...them].sort().join(", ");
    if (named(known) !== named(Object.keys(dimensions))) {
      throw new AwsError(
        "NotSimulated",
        `${namespace} ${name} is not written with dimensions (${named(Object.keys(dimensions))}), but with (${named(known)})`,
      );
    }
    world.need({ types: [FUNCTION], by: "id" }, text(dimensions, "FunctionName"));
  }
}
