import type { Props } from "../../../account/store";
import { UNKNOWN } from "../../frame";
import { shaped } from "../checks";
import { metricProblem } from "../metrics";
import { AwsError, type Model } from "../model";
import { hexOf, mapOf, mapsOf, text, type World } from "../world";
import { LOG_GROUP } from "./logs";
import { alarmAction, METRIC_ALARM, type NamedMetric, requirePublished } from "./monitoring";

export const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

/** Other alarms that one composite may name. */
const CHILDREN = 100;

const compositeAlarm: Model = {
  type: COMPOSITE_ALARM,
  source: "internal/service/cloudwatch/composite_alarm.go",
  forceNew: ["actionsEnabled", "alarmName"],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { actionsEnabled: true },
  references: { alarmActions: alarmAction, okActions: alarmAction, insufficientDataActions: alarmAction },
  check: (inputs) => [
    ...shaped(inputs, "alarmName", /^.{1,255}$/, "1 to 255 characters"),
    ...shaped(inputs, "alarmRule", /^.{1,10240}$/s, "1 to 10240 characters"),
    ...shaped(inputs, "alarmDescription", /^.{0,1024}$/s, "at most 1024 characters"),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "alarmName"),
    taken: `CloudWatch composite alarm "${text(inputs, "alarmName")}" already exists`,
  }),
  verify: (inputs, world) => {
    const rule = text(inputs, "alarmRule");
    const terms =
      /^(NOT )?(ALARM|OK|INSUFFICIENT_DATA)\("[^"]+"\)( (AND|OR) (NOT )?(ALARM|OK|INSUFFICIENT_DATA)\("[^"]+"\))*$/;
    if (!terms.test(rule)) {
      throw new AwsError("ValidationError", `AlarmRule can't be read: ${rule}`);
    }
    const children = [...rule.matchAll(/\("([^"]+)"\)/g)].map((match) => match[1] ?? "");
    const missing = children.filter((name) => !isAlarm(world, name));
    if (missing.length > 0) {
      throw new AwsError("ValidationError", `AlarmRule names alarms that don't exist: ${missing.join(", ")}`);
    }
    if (new Set(children).size > CHILDREN) {
      throw new AwsError("LimitExceeded", `AlarmRule names more than ${CHILDREN} alarms`);
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "alarmName");
    return { id: name, computed: { arn: world.arn("cloudwatch", `alarm:${name}`) } };
  },
};

function isAlarm(world: World, name: string): boolean {
  return world.resolve({ types: [METRIC_ALARM, COMPOSITE_ALARM], by: "id" }, name) !== undefined;
}

const dashboard: Model = {
  type: "aws:cloudwatch/dashboard:Dashboard",
  source: "internal/service/cloudwatch/dashboard.go",
  forceNew: ["dashboardName"],
  seconds: 1,
  taggable: false,
  computed: ["dashboardArn"],
  check: (inputs) => [
    ...shaped(inputs, "dashboardName", /^[\w-]{1,255}$/, "1 to 255 letters, digits, hyphens, underscores"),
    ...bodyProblems(inputs["dashboardBody"]),
  ],
  verify: (inputs, world) => {
    const { widgets } = JSON.parse(text(inputs, "dashboardBody")) as Props;
    requirePublished(world, mapsOf(widgets).flatMap(metricsOf));
  },
  make: (inputs, world) => {
    const name = text(inputs, "dashboardName");
    return {
      id: name,
      computed: { dashboardArn: `arn:aws:cloudwatch::${world.place.account}:dashboard/${name}` },
    };
  },
};

/** Why CloudWatch would refuse a body, or show nothing in it. */
function bodyProblems(body: unknown) {
  if (typeof body !== "string" || body.includes(UNKNOWN)) return [];
  let parsed: Props;
  try {
    parsed = JSON.parse(body) as Props;
  } catch {
    return [{ property: "dashboardBody", reason: "The dashboard body is not JSON" }];
  }
  const widgets = mapsOf(parsed["widgets"]);
  const isEmpty = ({ type, properties }: Props) => {
    const { alarms } = mapOf(properties);
    return type === "alarm" && Array.isArray(alarms) && alarms.length === 0;
  };
  return [
    ...(widgets.some(isEmpty)
      ? ["The dashboard body is invalid: a widget of alarms needs at least one"]
      : []),
    ...widgets
      .flatMap((widget) => metricsOf(widget))
      .flatMap(
        ({ namespace, name, dimensions }) => metricProblem(namespace, name, Object.keys(dimensions)) ?? [],
      ),
  ].map((reason) => ({ property: "dashboardBody", reason }));
}

/** Metrics of a widget: `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
function metricsOf(widget: Props): NamedMetric[] {
  const { metrics } = mapOf(widget["properties"]);
  if (!Array.isArray(metrics)) return [];
  return metrics.flatMap((row: unknown) => {
    const texts = (Array.isArray(row) ? row : []).filter((part) => typeof part === "string");
    const [namespace, name, ...rest] = texts;
    return namespace === undefined || name === undefined
      ? []
      : [{ namespace, name, dimensions: pairs(rest) }];
  });
}

/** Every other text is the name of a dimension, and the next its value. */
function pairs(texts: readonly string[]): Record<string, string> {
  const names = texts.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, texts[2 * index + 1] ?? ""]));
}

const queryDefinition: Model = {
  type: "aws:cloudwatch/queryDefinition:QueryDefinition",
  source: "internal/service/logs/query_definition.go",
  forceNew: [],
  seconds: 1,
  taggable: false,
  computed: ["queryDefinitionId"],
  references: { logGroupNames: { types: [LOG_GROUP], by: "id" } },
  check: (inputs) => [
    ...shaped(
      inputs,
      "name",
      /^([^:*/]+\/?)*[^:*/]+$/,
      "a name without colon and asterisk, no slash at the ends",
    ),
    ...shaped(inputs, "queryString", /^[^]{1,10000}$/, "1 to 10000 characters"),
  ],
  make: (inputs, world, name) => {
    const id = hexOf(
      `${world.place.account}/${world.place.region}/${name}/${text(inputs, "name")}`,
      32,
    ).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return { id, computed: { queryDefinitionId: id } };
  },
};

export const cloudwatchModels: readonly Model[] = [compositeAlarm, dashboard, queryDefinition];
