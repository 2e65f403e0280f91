import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt, topOf } from "../engine/path";
import { defineRule } from "../engine/rule";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
const FUNCTION = "aws:lambda/function:Function";

/** Where a type names the log group it writes to. */
const WRITERS: Readonly<Record<string, string>> = {
  [FUNCTION]: "loggingConfig?.logGroup",
  "aws:ecs/taskDefinition:TaskDefinition":
    "containerDefinitions{}[].logConfiguration?.options?.awslogs-group",
  "aws:ecs/cluster:Cluster":
    "configuration?.executeCommandConfiguration?.logConfiguration?.cloudWatchLogGroupName",
  "aws:elasticache/replicationGroup:ReplicationGroup": "logDeliveryConfigurations[].destination",
};

const group = (name: ExampleProps[string]): ExampleResource => ({
  type: GROUP,
  name: "group",
  props: { name },
});
const writer: ExampleResource = {
  type: FUNCTION,
  props: { loggingConfig: { logGroup: "/streamflix/dev/rotation" } },
};
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({
  title,
  resources,
  findings,
});

/** What writes a log writes into a group of the program. */
export const logGroupsMade = defineRule({
  id: "log-groups-made",
  title: "Functions, tasks, clusters and caches write to log groups of the program",
  severity: "high",
  scope: "stack",
  types: {
    [GROUP]: ["name"],
    ...Object.fromEntries(Object.entries(WRITERS).map(([type, path]) => [type, [topOf(path)]])),
  },
  refs: {
    checkov: ["CKV_AWS_158", "CKV_AWS_338"],
    prowler: ["cloudwatch_log_group_retention_policy_specific_days_enabled"],
  },
  gdpr: ["5(1)(e)", "32(1)(a)"],
  rationale: "AWS makes a group that is missing by itself: under its own key, and for ever.",
  remediation: "add an aws.cloudwatch.LogGroup of that name, with key and retention",
  configSchema: {},
  examples: {
    pass: [
      stack("group of the program", [writer, group("/streamflix/dev/rotation")]),
      stack("a container's", [
        {
          type: "aws:ecs/taskDefinition:TaskDefinition",
          props: {
            containerDefinitions: JSON.stringify([
              { logConfiguration: { options: { "awslogs-group": "/streamflix/dev/service" } } },
            ]),
          },
        },
        group("/streamflix/dev/service"),
      ]),
    ],
    fail: [
      stack("no such group", [writer], "no-group"),
      stack("another group", [writer, group("/streamflix/dev/other")], "no-group"),
    ],
    unknown: [
      stack("the group's name unknown", [writer, group(UNKNOWN)], "unknown"),
      stack(
        "the writer's group unknown",
        [{ type: FUNCTION, props: { loggingConfig: { logGroup: UNKNOWN } } }],
        "unknown",
      ),
    ],
    notApplicable: [stack("nothing writes", [group("x")])],
  },
  check: ({ graph, notApplicable }) => {
    const writers = graph.ofTypes(Object.keys(WRITERS));
    if (writers.length === 0) {
      return notApplicable("nothing in the stack writes to a log group");
    }
    const places = graph.ofTypes([GROUP]).map(({ props }) => props.at("name"));
    const names = new Set(places.map(({ raw }) => raw));
    const isOpen = places.some(({ kind }) => kind === "unknown");
    return writers.flatMap(({ type, props, urn }) =>
      placesAt(props, WRITERS[type] ?? "").flatMap(({ path, kind, raw }) => {
        if (kind === "absent" || (kind === "known" && names.has(raw))) {
          return [];
        }
        return kind === "unknown" || isOpen
          ? [notKnownYet(path, urn)]
          : [
              fail("no-group", `${path} names a log group that the program does not make`, "Required: one", {
                urn,
              }),
            ];
      }),
    );
  },
});
