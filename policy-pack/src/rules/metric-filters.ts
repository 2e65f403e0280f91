import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import type { Resource } from "../engine/resource";
import { defineRule } from "../engine/rule";
import { texts } from "../engine/setting";

const FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const filter = (name: ExampleProps[string]): ExampleResource => ({
  type: FILTER,
  props: { metricTransformation: { name, namespace: "StreamFlix" } },
});
const alarm = (props: ExampleProps): ExampleResource => ({ type: ALARM, name: "alarm", props });
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

interface AlarmedConfig {
  readonly unwatched: readonly string[];
}

/** What is counted in a log is looked at. */
export const metricFilterAlarmed = defineRule<AlarmedConfig>({
  id: "metric-filter-alarmed",
  title: "Every metric that is counted in a log has an alarm",
  severity: "medium",
  scope: "stack",
  types: {
    [FILTER]: ["metricTransformation"],
    [ALARM]: ["metricName", "namespace", "metricQueries"],
  },
  refs: {
    prowler: [
      "cloudwatch_log_metric_filter_authentication_failures",
      "cloudwatch_log_metric_filter_unauthorized_api_calls",
    ],
  },
  gdpr: ["32(1)(d)", "33"],
  rationale:
    "Seventy-two hours run from when a breach could be known: a count that alarms nobody starts them unseen.",
  remediation: "add an alarm on the filter's metric, or remove the filter",
  configSchema: {
    unwatched: texts("Names of metrics that count what went well, too, for people to look at.", []),
  },
  examples: {
    pass: [
      stack("alarm", [filter("sign-ins"), alarm({ metricName: "sign-ins", namespace: "StreamFlix" })]),
      stack("alarm on an expression", [
        filter("sign-ins"),
        alarm({ metricQueries: [{ metric: { metricName: "sign-ins", namespace: "StreamFlix" } }] }),
      ]),
      { ...stack("none by configuration", [filter("sign-ins")]), config: { unwatched: ["sign-ins"] } },
    ],
    fail: [
      stack("none", [filter("sign-ins")], "no-alarm"),
      stack(
        "alarm on another metric",
        [filter("sign-ins"), alarm({ metricName: "x", namespace: "StreamFlix" })],
        "no-alarm",
      ),
      stack(
        "alarm on another namespace",
        [filter("sign-ins"), alarm({ metricName: "sign-ins", namespace: "AWS/RDS" })],
        "no-alarm",
      ),
    ],
    unknown: [
      stack("name unknown", [filter(UNKNOWN)], "unknown"),
      stack(
        "alarm's metric unknown",
        [filter("sign-ins"), alarm({ metricName: UNKNOWN, namespace: "StreamFlix" })],
        "unknown",
      ),
    ],
    notApplicable: [stack("no filter", [alarm({})])],
  },
  check: ({ graph, config, notApplicable }) => {
    const filters = graph.ofTypes([FILTER]);
    if (filters.length === 0) {
      return notApplicable("the stack counts nothing in logs");
    }
    const isExempt = ({ props }: Resource) => {
      const name = props.at("metricTransformation.name").string();
      return name.kind === "known" && config.unwatched.includes(name.value);
    };
    const watched = new Set(
      graph
        .ofTypes([ALARM])
        .flatMap((resource) => [
          ...metrics(resource, "namespace", "metricName"),
          ...metrics(resource, "metricQueries[].metric?.namespace", "metricQueries[].metric?.metricName"),
        ]),
    );
    return filters
      .filter((resource) => !isExempt(resource))
      .flatMap((resource) => {
        const { urn } = resource;
        const made = metrics(resource, "metricTransformation.namespace", "metricTransformation.name");
        const isWatched = made.every((metric) => metric !== undefined && watched.has(metric));
        if (isWatched) {
          return [];
        }
        return made.includes(undefined) || watched.has(undefined)
          ? [notKnownYet("whether an alarm watches the metric", urn)]
          : [fail("no-alarm", "the metric has no alarm", "Required: one", { urn })];
      });
  },
});

/** Metrics by namespace and name, `undefined` for one that isn't known yet. */
function metrics({ props }: Resource, namespace: string, name: string): readonly (string | undefined)[] {
  const namespaces = placesAt(props, namespace);
  return placesAt(props, name).flatMap((place, index) => {
    const space = namespaces[index];
    if (space === undefined || place.kind === "absent" || space.kind === "absent") {
      return [];
    }
    return place.kind === "unknown" || space.kind === "unknown"
      ? [undefined]
      : [`${String(space.raw)} ${String(place.raw)}`];
  });
}
