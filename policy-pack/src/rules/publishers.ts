import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { covers, readPolicyDocument, type Statement } from "../engine/policy-document";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";

/** What sends to a topic by itself: the properties that name the topic, and the service that AWS does it as. */
const PUBLISHERS: Readonly<Record<string, { readonly by: readonly string[]; readonly service: string }>> = {
  [ALARM]: { by: ["alarmActions", "okActions"], service: "cloudwatch.amazonaws.com" },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    by: ["alarmActions", "okActions"],
    service: "cloudwatch.amazonaws.com",
  },
  "aws:cloudwatch/eventTarget:EventTarget": { by: ["arn"], service: "events.amazonaws.com" },
  "aws:rds/eventSubscription:EventSubscription": { by: ["snsTopic"], service: "events.rds.amazonaws.com" },
};

const CLOUDWATCH = "cloudwatch.amazonaws.com";
const USE = ["kms:Decrypt", "kms:GenerateDataKey*"];

const policyOf = (service: string, actions: readonly string[]) =>
  JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions, Resource: "*" }],
  });
const alarm: ExampleResource = {
  type: ALARM,
  props: { alarmActions: [UNKNOWN] },
  dependsOn: { alarmActions: ["topic"] },
};
const topic = (kmsMasterKeyId: ExampleProps[string] = UNKNOWN, from = ["key"]): ExampleResource => ({
  type: TOPIC,
  name: "topic",
  props: { kmsMasterKeyId },
  dependsOn: { kmsMasterKeyId: from },
});
const topicPolicy = (
  policy: ExampleProps[string] = policyOf(CLOUDWATCH, ["sns:Publish"]),
): ExampleResource => ({
  type: TOPIC_POLICY,
  name: "policy",
  props: { arn: UNKNOWN, policy },
  dependsOn: { arn: ["topic"] },
});
const key = (policy: ExampleProps[string] = policyOf(CLOUDWATCH, USE)): ExampleResource => ({
  type: KEY,
  name: "key",
  props: { policy },
});
const keyPolicy: ExampleResource = {
  type: KEY_POLICY,
  name: "key-policy",
  props: { keyId: UNKNOWN, policy: policyOf(CLOUDWATCH, USE) },
  dependsOn: { keyId: ["key"] },
};
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** What an alarm says arrives. */
export const publishersLetIn = defineRule({
  id: "publishers-let-in",
  title: "Topics that alarms and events are sent to let their service publish, and so do the topics' keys",
  severity: "high",
  scope: "stack",
  types: {
    ...Object.fromEntries(Object.entries(PUBLISHERS).map(([type, { by }]) => [type, by])),
    [TOPIC]: ["kmsMasterKeyId"],
    [TOPIC_POLICY]: ["arn", "policy"],
    [KEY]: ["policy"],
    [KEY_POLICY]: ["keyId", "policy"],
  },
  refs: { securityHub: ["CloudWatch.15"], cdkNag: ["CloudWatchAlarmAction"] },
  gdpr: ["32(1)(b)", "33"],
  rationale:
    "AWS drops a message that the topic's policy or its key refuses, and tells nobody: the alarm rang and nobody heard.",
  remediation:
    "allow the service sns:Publish in the topic's policy, and kms:Decrypt and kms:GenerateDataKey* in its key's",
  configSchema: {},
  examples: {
    pass: [
      stack("topic and key let CloudWatch in", [alarm, topic(), topicPolicy(), key()]),
      stack("by a policy of its own", [alarm, topic(), topicPolicy(), key(null), keyPolicy]),
      stack("a key outside the stack", [alarm, topic("1234abcd", []), topicPolicy()]),
      stack("no key: the topic's own rule judges that", [alarm, topic(null, []), topicPolicy()]),
      stack("no policy: completeness judges that", [alarm, topic(), key()]),
    ],
    fail: [
      stack("the key lets nobody in", [alarm, topic(), topicPolicy(), key(null)], "key"),
      stack(
        "the key lets another service in",
        [alarm, topic(), topicPolicy(), key(policyOf("sns.amazonaws.com", USE))],
        "key",
      ),
      stack(
        "the key may only be read with",
        [alarm, topic(), topicPolicy(), key(policyOf(CLOUDWATCH, ["kms:Decrypt"]))],
        "key",
      ),
      stack(
        "the topic lets another service in",
        [alarm, topic(), topicPolicy(policyOf("events.amazonaws.com", ["sns:Publish"])), key()],
        "topic",
      ),
    ],
    unknown: [
      stack(
        "the topic is not known",
        [{ ...alarm, dependsOn: {} }, topic(), topicPolicy(), key()],
        "unknown",
      ),
      stack("the topic's key is not known", [alarm, topic(UNKNOWN, []), topicPolicy(), key()], "unknown"),
      stack("the key's policy is not known", [alarm, topic(), topicPolicy(), key(UNKNOWN)], "unknown"),
      stack("the topic's policy is not known", [alarm, topic(), topicPolicy(UNKNOWN), key()], "unknown"),
    ],
    notApplicable: [stack("nothing is sent", [topic(), key()])],
  },
  check: ({ graph, notApplicable }) => {
    const publishers = graph.ofTypes(Object.keys(PUBLISHERS));
    if (publishers.length === 0) {
      return notApplicable("nothing in the stack sends to a topic");
    }
    // Many alarms share few topics: each topic and service is judged once.
    const judged = new Map<string, readonly Finding[]>();
    const judgeOnce = (target: Resource, service: string) => {
      const pair = `${service} ${target.urn}`;
      const findings = judged.get(pair) ?? judge(graph, target, service);
      judged.set(pair, findings);
      return findings;
    };
    return publishers.flatMap((publisher) => {
      const { by = [], service = "" } = PUBLISHERS[publisher.type] ?? {};
      const topics = by.map((property) => graph.targets(publisher, property, [TOPIC]));
      const known = new Set(topics.flatMap((found) => (found.kind === "known" ? found.value : [])));
      const findings = [
        ...(topics.some(({ kind }) => kind === "unknown") ? [notKnownYet("the topic")] : []),
        ...[...known].flatMap((target) => judgeOnce(target, service)),
      ];
      return findings.map((finding) => ({ ...finding, urn: publisher.urn }));
    });
  },
});

function judge(graph: Graph, topic: Resource, service: string): readonly Finding[] {
  const keys = graph.targets(topic, "kmsMasterKeyId", [KEY]);
  const policies = graph.referrers([TOPIC_POLICY], "arn", topic).found;
  return [
    ...(policies.length === 0 ? [] : judgePolicies(policies, service, ["sns:Publish"], "topic")),
    ...(keys.kind === "unknown" ? [notKnownYet("the key of the topic")] : []),
    ...(keys.kind === "known" ? keys.value : []).flatMap((target) => {
      const own = graph.referrers([KEY_POLICY], "keyId", target).found;
      return judgePolicies([target, ...own], service, ["kms:Decrypt", "kms:GenerateDataKey"], "key");
    }),
  ];
}

function judgePolicies(
  holders: readonly Resource[],
  service: string,
  actions: readonly string[],
  id: "topic" | "key",
): readonly Finding[] {
  const documents = holders.map(({ props }) => readPolicyDocument(props.raw("policy"), "policy"));
  const statements = documents.flatMap((found) => (found.kind === "known" ? found.value.statements : []));
  if (actions.every((action) => statements.some((statement) => letsIn(statement, service, action)))) {
    return [];
  }
  const isOpen = documents.some(
    (found) => found.kind === "unknown" || (found.kind === "known" && found.value.unknownPaths.length > 0),
  );
  return isOpen
    ? [notKnownYet(`the policy of the ${id}`)]
    : [fail(id, `the policy of the ${id} refuses ${service}`, `Required: ${actions.join(", ")}`)];
}

function letsIn(statement: Statement, service: string, action: string): boolean {
  return (
    statement.allows &&
    statement.principals.some(
      ({ kind, value }) => kind === "*" || (kind === "Service" && value === service),
    ) &&
    covers(statement, action)
  );
}
