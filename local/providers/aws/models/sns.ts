import { KEY } from "./keys";
import { AwsError, type Model } from "../model";
import { matchesPattern, readStatements, type Statement } from "../policy-documents";
import { ec2Id, mapOf, text, type World } from "../world";
import { QUEUE, QUEUE_POLICY } from "./sqs";

export const TOPIC = "aws:sns/topic:Topic";

const topic: Model = {
  type: TOPIC,
  source: "internal/service/sns/topic.go",
  forceNew: ["name", "namePrefix", "fifoTopic"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "owner", "beginningArchiveTime"],
  defaults: { fifoTopic: false, contentBasedDeduplication: false },
  references: { kmsMasterKeyId: { types: [KEY], by: "arn" } },
  make: (inputs, world) => {
    const arn = world.arn("sns", text(inputs, "name"));
    return { id: arn, computed: { arn, owner: world.place.account } };
  },
};

const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";

const topicPolicy: Model = {
  type: TOPIC_POLICY,
  source: "internal/service/sns/topic_policy.go",
  forceNew: ["arn"],
  seconds: 1,
  taggable: false,
  computed: ["owner"],
  references: { arn: { types: [TOPIC], by: "id" } },
  documents: [{ property: "policy", kind: "resource" }],
  make: (inputs, world) => ({ id: text(inputs, "arn"), computed: { owner: world.place.account } }),
};

const topicSubscription: Model = {
  type: "aws:sns/topicSubscription:TopicSubscription",
  source: "internal/service/sns/topic_subscription.go",
  forceNew: ["endpoint", "protocol", "topic"],
  seconds: 1,
  taggable: false,
  computed: ["arn", "confirmationWasAuthenticated", "ownerId", "pendingConfirmation"],
  defaults: { confirmationTimeoutInMinutes: 1, endpointAutoConfirms: false, rawMessageDelivery: false },
  references: { topic: { types: [TOPIC], by: "id" } },
  check: (inputs) => {
    const endpoint = inputs["endpoint"];
    const wanted = inputs["protocol"] === "sms" ? /^\+[1-9]\d{6,14}$/ : /^[^\s@]+@[^\s@]+$/;
    return typeof endpoint === "string" &&
      ["sms", "email"].includes(String(inputs["protocol"])) &&
      !wanted.test(endpoint)
      ? [{ property: "endpoint", reason: `not an address for protocol ${String(inputs["protocol"])}` }]
      : [];
  },
  verify: (inputs, world) => {
    if (typeof inputs["redrivePolicy"] === "string") {
      requireRedrive(world, mapOf(JSON.parse(inputs["redrivePolicy"]))["deadLetterTargetArn"]);
    }
  },
  make: (inputs, world) => {
    const arn = `${text(inputs, "topic")}:${ec2Id("sub").slice("sub-0".length)}`;
    return {
      id: arn,
      computed: {
        arn,
        ownerId: world.place.account,
        confirmationWasAuthenticated: inputs["protocol"] === "sms",
        // A person has to answer the mail; AWS keeps it pending until then.
        pendingConfirmation: inputs["protocol"] === "email",
      },
    };
  },
};

/** What of a topic's policy lets a service publish to it; whether its conditions hold is the service's matter. */
export function publishGrants(world: World, topicArn: string, service: string): Statement[] {
  return world
    .all(TOPIC_POLICY)
    .filter((it) => it.inputs["arn"] === topicArn)
    .flatMap((it) => readStatements(it.inputs["policy"]))
    .filter(
      ({ effect, services, actions }) =>
        effect === "Allow" &&
        services.includes(service) &&
        actions.some((pattern) => matchesPattern(pattern, "sns:Publish")),
    );
}

/** SNS takes a queue that it may not send to, and loses what it could not deliver: refused here. */
function requireRedrive(world: World, arn: unknown): void {
  const queue = world.resolve({ types: [QUEUE], by: "arn" }, String(arn));
  if (queue === undefined) {
    throw new AwsError(
      "InvalidParameter",
      `Invalid parameter: RedrivePolicy: there is no queue ${String(arn)}`,
    );
  }
  const documents = [
    queue.inputs["policy"],
    ...world
      .all(QUEUE_POLICY)
      .flatMap(({ inputs }) => (inputs["queueUrl"] === queue.id ? [inputs["policy"]] : [])),
  ].filter((it) => it !== undefined);
  const admits = documents
    .flatMap((it) => readStatements(it))
    .some(({ effect, services }) => effect === "Allow" && services.includes("sns.amazonaws.com"));
  if (!admits) {
    throw new AwsError(
      "InvalidParameter",
      `Invalid parameter: RedrivePolicy: sns.amazonaws.com may not send to ${String(arn)}`,
    );
  }
}

export const snsModels: readonly Model[] = [topic, topicPolicy, topicSubscription];
