import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph, Reference } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import type { Resource } from "../engine/resource";
import { defineRule } from "../engine/rule";
import { texts } from "../engine/setting";
import { absent, type Tri } from "../engine/tri";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const TOPIC = "aws:sns/topic:Topic";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const QUEUE = "aws:sqs/queue:Queue";

const topic: ExampleResource = { type: TOPIC, name: "topic", props: {} };
const subscription: ExampleResource = {
  type: SUBSCRIPTION,
  name: "person",
  props: { topic: UNKNOWN },
  dependsOn: { topic: ["topic"] },
};
const alarm = (props: ExampleProps = {}, actsOn: readonly string[] = ["topic"]): ExampleResource => ({
  type: ALARM,
  props: { name: "api-down", alarmActions: [UNKNOWN], ...props },
  dependsOn: { alarmActions: actsOn },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({
  title,
  resources,
  findings,
});

/** An alarm is heard. */
export const alarmReaches = defineRule({
  id: "alarm-reaches-somebody",
  title: "Every alarm acts through a topic that somebody listens to, or is part of one that does",
  severity: "high",
  scope: "stack",
  types: {
    [ALARM]: ["name", "alarmActions"],
    [COMPOSITE]: ["alarmName", "alarmActions", "alarmRule"],
    [TOPIC]: [],
    [SUBSCRIPTION]: ["topic"],
  },
  refs: {
    checkov: ["CKV_AWS_319"],
    securityHub: ["CloudWatch.15"],
    cdkNag: ["CloudWatchAlarmAction"],
    prowler: ["cloudwatch_alarm_actions_alarm_state_configured"],
  },
  gdpr: ["32(1)(b)", "33"],
  rationale: "The 72 hours to report a breach start when somebody could have known.",
  remediation:
    "give the alarm the topic of the alerts as alarmActions, or name it in a composite alarm that has it",
  configSchema: {},
  examples: {
    pass: [
      stack("topic with a subscription", [alarm(), topic, subscription]),
      ...[
        "ALARM(api-down)",
        'ALARM("x") OR ALARM("api-down")',
        "ALARM(arn:aws:cloudwatch:eu-central-1:111122223333:alarm:api-down)",
      ].map((alarmRule) =>
        stack(`part of ${alarmRule}`, [
          alarm({ alarmActions: null }, []),
          { ...alarm({ name: null, alarmName: "all", alarmRule }), type: COMPOSITE, name: "all" },
          topic,
          subscription,
        ]),
      ),
    ],
    fail: [
      stack(
        "a composite of an alarm with a longer name",
        [
          alarm({ alarmActions: null }, []),
          { ...alarm({ alarmRule: "ALARM(api-down-long) OR OK(api-down)" }), type: COMPOSITE, name: "all" },
          topic,
          subscription,
        ],
        "nobody",
      ),
      stack("no action", [alarm({ alarmActions: null }, []), topic, subscription], "nobody"),
      stack("empty actions", [alarm({ alarmActions: [] }, []), topic, subscription], "nobody"),
      stack("nobody listens", [alarm(), topic], "nobody"),
      stack(
        "something else than a topic",
        [alarm({ alarmActions: ["arn:aws:automate:eu-central-1:ec2:stop"] }, []), topic, subscription],
        "nobody",
      ),
      stack(
        "composite without an action",
        [{ ...alarm({ alarmName: "all", alarmRule: "ALARM(x)", alarmActions: null }, []), type: COMPOSITE }],
        "nobody",
      ),
    ],
    unknown: [
      stack("action that can't be followed", [alarm({}, []), topic, subscription], "unknown"),
      stack(
        "composite's rule unknown",
        [
          alarm({ alarmActions: null }, []),
          { ...alarm({ alarmRule: UNKNOWN }), type: COMPOSITE, name: "all" },
          topic,
          subscription,
        ],
        "unknown",
      ),
    ],
    notApplicable: [stack("no alarm", [topic])],
  },
  check: ({ graph, notApplicable }) => {
    const alarms = graph.ofTypes([ALARM, COMPOSITE]);
    if (alarms.length === 0) {
      return notApplicable("the stack has no alarm");
    }
    const composites = compositesOf(graph);
    return alarms.flatMap((entry) => {
      const answer = reach(graph, entry, composites);
      if (answer === "yes") {
        return [];
      }
      return answer === "unknown"
        ? [notKnownYet("whom the alarm reaches", entry.urn)]
        : [
            fail("nobody", "the alarm reaches nobody", "Required: a topic with a subscription", {
              urn: entry.urn,
            }),
          ];
    });
  },
});

/** Composite alarms by the names of the alarms in their rules. */
interface Composites {
  readonly byPart: ReadonlyMap<string, readonly Resource[]>;
  /** Whether a rule is not known yet, so that it may name any alarm. */
  readonly isOpen: boolean;
}

function compositesOf(graph: Graph): Composites {
  const byPart = new Map<string, Resource[]>();
  let isOpen = false;
  for (const composite of graph.ofTypes([COMPOSITE])) {
    const rule = composite.props.string("alarmRule");
    isOpen ||= rule.kind === "unknown";
    for (const [, name = ""] of rule.kind === "known" ? rule.value.matchAll(PART) : []) {
      byPart.set(name, [...(byPart.get(name) ?? []), composite]);
    }
  }
  return { byPart, isOpen };
}

// A name, or an ARN that ends in one: `ALARM(name)`, `ALARM("arn:aws:cloudwatch:…:alarm:name")`.
const PART = /\bALARM\(\s*"?(?:arn:[^")]*:alarm:)?([^")]+?)"?\s*\)/g;

function reach(graph: Graph, alarm: Resource, { byPart, isOpen }: Composites): Reference {
  const topics = graph.targets(alarm, "alarmActions", [TOPIC]);
  const isHeard =
    topics.kind === "known" &&
    topics.value.some((target) => graph.referrers([SUBSCRIPTION], "topic", target).found.length > 0);
  if (isHeard) {
    return "yes";
  }
  const name: Tri<string> = alarm.type === ALARM ? alarm.props.string("name") : absent;
  const above = name.kind === "known" ? (byPart.get(name.value) ?? []) : [];
  const answers = above.map((composite) => reach(graph, composite, { byPart, isOpen }));
  const isUndecided =
    topics.kind === "unknown" ||
    answers.includes("unknown") ||
    (alarm.type === ALARM && (isOpen || name.kind === "unknown"));
  return answers.includes("yes") ? "yes" : isUndecided ? "unknown" : "no";
}

const queueAlarm = (dimensions: ExampleProps[string]): ExampleResource => ({
  type: ALARM,
  name: "alarm",
  props: { dimensions },
});

interface WatchConfig {
  readonly unwatched: readonly string[];
}

/** What failed is looked at. */
export const queueWatched = defineRule<WatchConfig>({
  id: "queue-watched",
  title: "Every queue has an alarm on what lies in it",
  severity: "medium",
  scope: "stack",
  types: { [QUEUE]: ["name"], [ALARM]: ["dimensions", "metricQueries"] },
  refs: { cdkNag: ["AwsSolutions-SQS3"] },
  gdpr: ["32(1)(b)", "33"],
  rationale: "Failures that nobody looks at are gone after two weeks.",
  remediation: "add an alarm on ApproximateNumberOfMessagesVisible with the queue's name",
  configSchema: { unwatched: texts("Names of queues that may lack an alarm.", []) },
  examples: {
    pass: [
      stack("alarm", [{ type: QUEUE, props: { name: "failures" } }, queueAlarm({ QueueName: "failures" })]),
      {
        ...stack("none by configuration", [{ type: QUEUE, props: { name: "failures" } }]),
        config: { unwatched: ["failures"] },
      },
      stack("alarm on an expression", [
        { type: QUEUE, props: { name: "failures" } },
        {
          type: ALARM,
          name: "alarm",
          props: { metricQueries: [{ metric: { dimensions: { QueueName: "failures" } } }] },
        },
      ]),
    ],
    fail: [
      stack("none", [{ type: QUEUE, props: { name: "failures" } }], "not-watched"),
      stack(
        "alarm on another",
        [{ type: QUEUE, props: { name: "failures" } }, queueAlarm({ QueueName: "x" })],
        "not-watched",
      ),
    ],
    unknown: [
      stack("name unknown", [{ type: QUEUE, props: { name: UNKNOWN } }], "unknown"),
      stack(
        "dimension unknown",
        [{ type: QUEUE, props: { name: "failures" } }, queueAlarm({ QueueName: UNKNOWN })],
        "unknown",
      ),
    ],
    notApplicable: [stack("no queue", [topic])],
  },
  check: ({ graph, config, notApplicable }) => {
    const queues = graph.ofTypes([QUEUE]);
    if (queues.length === 0) {
      return notApplicable("the stack has no queue");
    }
    const places = graph
      .ofTypes([ALARM])
      .flatMap(({ props }) => [
        ...placesAt(props, "dimensions?.QueueName"),
        ...placesAt(props, "metricQueries[].metric?.dimensions?.QueueName"),
      ]);
    const watched = new Set(places.map(({ raw }) => raw));
    const isOpen = places.some(({ kind }) => kind === "unknown");
    return queues.flatMap(({ props, urn }) => {
      const name = props.string("name");
      const isWatched =
        name.kind === "known" && (config.unwatched.includes(name.value) || watched.has(name.value));
      if (isWatched) {
        return [];
      }
      return name.kind !== "known" || isOpen
        ? [notKnownYet("whether an alarm watches the queue", urn)]
        : [fail("not-watched", "the queue has no alarm", "Required: one", { urn })];
    });
  },
});
