import { KEY } from "./keys";
import type { Model } from "../model";
import { ec2Id, text } from "../world";

const TOPIC = "aws:sns/topic:Topic";

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

const topicPolicy: Model = {
  type: "aws:sns/topicPolicy:TopicPolicy",
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

export const snsModels: readonly Model[] = [topic, topicPolicy, topicSubscription];
