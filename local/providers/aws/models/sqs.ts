import { exclusive, inRange, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { mapOf, text } from "../world";

export const QUEUE = "aws:sqs/queue:Queue";

const queue: Model = {
  type: QUEUE,
  source: "internal/service/sqs/queue.go",
  forceNew: ["fifoQueue", "name", "namePrefix"],
  kept: [
    "kmsDataKeyReusePeriodSeconds",
    "policy",
    "redriveAllowPolicy",
    "redrivePolicy",
    "sqsManagedSseEnabled",
  ],
  // The provider waits until the attributes have reached every node.
  seconds: 25,
  taggable: true,
  computed: ["arn", "name", "url"],
  defaults: {
    delaySeconds: 0,
    fifoQueue: false,
    maxMessageSize: 262_144,
    messageRetentionSeconds: 345_600,
    receiveWaitTimeSeconds: 0,
    visibilityTimeoutSeconds: 30,
  },
  documents: [{ property: "policy", kind: "resource" }],
  check: (inputs) => [
    ...(inputs["fifoQueue"] === true
      ? shaped(inputs, "name", /^[\w-]{1,75}\.fifo$/, "up to 75 letters, digits, _ and -, then .fifo")
      : shaped(inputs, "name", /^[\w-]{1,80}$/, "up to 80 letters, digits, _ and -")),
    ...inRange(inputs, "delaySeconds", 0, 900),
    ...inRange(inputs, "messageRetentionSeconds", 60, 1_209_600),
    ...inRange(inputs, "maxMessageSize", 1024, 1_048_576),
    ...inRange(inputs, "visibilityTimeoutSeconds", 0, 43_200),
    ...exclusive(inputs, "kmsMasterKeyId", "sqsManagedSseEnabled"),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `QueueNameExists: A queue already exists with the same name and a different value for attributes: ${text(inputs, "name")}`,
  }),
  verify: (inputs, world) => {
    const key = inputs["kmsMasterKeyId"];
    if (typeof key === "string" && !key.startsWith("alias/aws/")) {
      requireKeyUse(world, key, "sqs");
    }
    if (typeof inputs["redrivePolicy"] === "string") {
      const target = mapOf(JSON.parse(inputs["redrivePolicy"]))["deadLetterTargetArn"];
      if (!world.resolve({ types: [QUEUE], by: "arn" }, String(target))) {
        throw new AwsError("InvalidParameterValue", `Dead letter target ${String(target)} does not exist.`);
      }
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const url = `https://sqs.${world.place.region}.amazonaws.com/${world.place.account}/${name}`;
    return { id: url, computed: { arn: world.arn("sqs", name), url } };
  },
};

export const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

const queuePolicy: Model = {
  type: QUEUE_POLICY,
  source: "internal/service/sqs/queue_policy.go",
  forceNew: ["queueUrl"],
  seconds: 25,
  taggable: false,
  computed: [],
  references: { queueUrl: { types: [QUEUE], by: "id" } },
  documents: [{ property: "policy", kind: "resource" }],
  make: (inputs) => ({ id: text(inputs, "queueUrl"), computed: {} }),
};

export const sqsModels: readonly Model[] = [queue, queuePolicy];
