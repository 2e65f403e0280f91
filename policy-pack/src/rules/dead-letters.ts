import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt, topOf } from "../engine/path";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";
import { unknown } from "../engine/tri";

const QUEUE = "aws:sqs/queue:Queue";
const REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy";
const ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";
const OF_QUEUE = "redrivePolicy{}.deadLetterTargetArn";

/** Where a type names the queue that takes what it could not deliver. */
const SENDERS: Readonly<Record<string, string>> = {
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
    "destinationConfig?.onFailure?.destination",
  "aws:lambda/function:Function": "deadLetterConfig?.targetArn",
  "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig?.arn",
  "aws:scheduler/schedule:Schedule": "target?.deadLetterConfig?.arn",
  "aws:sns/topicSubscription:TopicSubscription": OF_QUEUE,
};

const queue = (name: string, props: ExampleProps = {}, from: readonly string[] = []): ExampleResource => ({
  type: QUEUE,
  name,
  props: { arn: `arn:aws:sqs:eu-central-1:111122223333:${name}`, ...props },
  dependsOn: { redrivePolicy: from },
});
const redrive = JSON.stringify({
  deadLetterTargetArn: "arn:aws:sqs:eu-central-1:111122223333:failures",
  maxReceiveCount: 5,
});
const allow = (redrivePermission: string) => ({
  redriveAllowPolicy: JSON.stringify({ redrivePermission, sourceQueueArns: ["x"] }),
});
const work = queue("work", { redrivePolicy: redrive });
const target: ExampleResource = {
  type: "aws:cloudwatch/eventTarget:EventTarget",
  name: "target",
  props: { deadLetterConfig: { arn: "arn:aws:sqs:eu-central-1:111122223333:failures" } },
};
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** A message that can't be worked on is kept, and only from where it should come. */
export const queueDeadLetters = defineRule({
  id: "queue-dead-letters",
  title: "Queues have a queue for what fails, or are one, and such a queue names whose failures it takes",
  severity: "medium",
  scope: "stack",
  types: {
    [QUEUE]: ["redrivePolicy", "redriveAllowPolicy"],
    [REDRIVE]: ["queueUrl", "redrivePolicy"],
    [ALLOW]: ["queueUrl", "redriveAllowPolicy"],
    ...Object.fromEntries(Object.entries(SENDERS).map(([type, path]) => [type, [topOf(path)]])),
  },
  refs: { cdkNag: ["AwsSolutions-SQS3"], securityHub: ["SQS.2"] },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale:
    "A message that fails again and again is lost when its time is over; a queue that takes anybody's failures holds anybody's data.",
  remediation: "set redrivePolicy on the queue, and redriveAllowPolicy with byQueue on the one it names",
  configSchema: {},
  examples: {
    pass: [
      stack("a queue and its failures", [work, queue("failures", allow("byQueue"))]),
      stack("by resources of their own", [
        queue("work"),
        {
          type: REDRIVE,
          name: "redrive",
          props: { queueUrl: UNKNOWN, redrivePolicy: UNKNOWN },
          dependsOn: { queueUrl: ["work"], redrivePolicy: ["failures"] },
        },
        queue("failures"),
        {
          type: ALLOW,
          name: "allow",
          props: { queueUrl: UNKNOWN, redriveAllowPolicy: allow("denyAll").redriveAllowPolicy },
          dependsOn: { queueUrl: ["failures"] },
        },
      ]),
      stack("what events could not be sent", [queue("failures"), target]),
      stack("in the same run", [
        queue("work", { redrivePolicy: UNKNOWN }, ["failures"]),
        queue("failures", allow("byQueue")),
      ]),
    ],
    fail: [
      stack("no place for failures", [queue("work")], "no-dead-letter"),
      stack("takes anybody's", [work, queue("failures")], "any-source@failures"),
      stack(
        "takes anybody's, and says so",
        [work, queue("failures", allow("allowAll"))],
        "any-source@failures",
      ),
    ],
    unknown: [
      stack("what fails goes somewhere", [queue("work", { redrivePolicy: UNKNOWN })], "unknown"),
      stack(
        "whose failures it takes",
        [work, queue("failures", { redriveAllowPolicy: UNKNOWN })],
        "unknown@failures",
      ),
    ],
    notApplicable: [stack("no queue", [target])],
  },
  check: ({ graph, notApplicable }) => {
    const queues = graph.ofTypes([QUEUE]);
    if (queues.length === 0) {
      return notApplicable("the stack has no queue");
    }
    const senders = graph.ofTypes(Object.keys(SENDERS));
    const ofOthers = receivers(graph, senders, ({ type }) => SENDERS[type] ?? "");
    const ofQueues = receivers(graph, [...queues, ...graph.ofTypes([REDRIVE])], () => OF_QUEUE);
    return queues.flatMap((entry) => [
      ...(ofOthers.has(entry) || ofQueues.has(entry) ? [] : judgeSource(graph, entry)),
      ...(ofQueues.has(entry) ? judgeTarget(graph, entry) : []),
    ]);
  },
});

/** The queues that these resources name as the place for failures. */
function receivers(
  graph: Graph,
  from: readonly Resource[],
  pathOf: (resource: Resource) => string,
): ReadonlySet<Resource> {
  return new Set(
    from.flatMap((resource) =>
      placesAt(resource.props, pathOf(resource)).flatMap((place) => {
        const found = graph.follow(resource, topOf(pathOf(resource)), place.string(), [QUEUE]);
        return found.kind === "known" ? found.value : [];
      }),
    ),
  );
}

function judgeSource(graph: Graph, queue: Resource): readonly Finding[] {
  const { found, isOpen } = graph.referrers([REDRIVE], "queueUrl", queue);
  const own = queue.props.at("redrivePolicy").kind;
  const isFollowed =
    own === "known" || graph.follow(queue, "redrivePolicy", unknown, [QUEUE]).kind === "known";
  if (found.length > 0 || isFollowed) {
    return [];
  }
  return isOpen || own === "unknown"
    ? [notKnownYet("where the queue's failures go", queue.urn)]
    : [
        fail("no-dead-letter", "the queue has no place for what fails", "Required: redrivePolicy", {
          urn: queue.urn,
        }),
      ];
}

function judgeTarget(graph: Graph, queue: Resource): readonly Finding[] {
  const { found } = graph.referrers([ALLOW], "queueUrl", queue);
  const permissions = [queue, ...found].flatMap(({ props }) =>
    placesAt(props, "redriveAllowPolicy{}.redrivePermission"),
  );
  if (permissions.some(({ kind, raw }) => kind === "known" && raw !== "allowAll")) {
    return [];
  }
  return permissions.some(({ kind }) => kind === "unknown")
    ? [notKnownYet("whose failures the queue takes", queue.urn)]
    : [
        fail("any-source", "the queue takes failures of any queue", "Required: redriveAllowPolicy", {
          urn: queue.urn,
        }),
      ];
}
