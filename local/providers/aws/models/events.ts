import type { Props } from "../../../account/store";
import { exclusive, inRange, oneOf, shaped, under } from "../checks";
import { requireKeyGrant } from "../key-grants";
import { AwsError, type Model } from "../model";
import { matchesPattern, readStatements, requireTrust, roleAllows } from "../policy-documents";
import { mapOf, text, type World } from "../world";
import { patternProblems } from "./event-patterns";
import { requirePermission } from "./lambda-types";
import { publishGrants, TOPIC } from "./sns";
import { QUEUE } from "./sqs";
import { STATE_MACHINE } from "./state-machines";

export const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

/** Principal of EventBridge. */
const EVENTS = "events.amazonaws.com";

/** Targets that a rule can have. */
const MOST_TARGETS = 5;

const SCHEDULE =
  /^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\))$/;

const rule: Model = {
  type: EVENT_RULE,
  source: "internal/service/events/rule.go",
  forceNew: ["eventBusName", "name", "namePrefix"],
  kept: ["isEnabled", "state"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { eventBusName: "default", forceDestroy: false },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w.-]{1,64}$/, "1 to 64 letters, digits and _.-"),
    ...shaped(inputs, "scheduleExpression", SCHEDULE, "rate(…) or cron(…)"),
    ...oneOf(inputs, "state", ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]),
    ...exclusive(inputs, "isEnabled", "state"),
    ...(inputs["eventPattern"] === undefined && inputs["scheduleExpression"] === undefined
      ? [{ property: "eventPattern", reason: "one of eventPattern, scheduleExpression must be set" }]
      : []),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "eventBusName")} ${text(inputs, "name")}`,
    taken: `ResourceAlreadyExistsException: Rule ${text(inputs, "name")} already exists.`,
  }),
  verify: (inputs) => {
    const [problem] =
      inputs["eventPattern"] === undefined ? [] : patternProblems(text(inputs, "eventPattern"));
    if (problem !== undefined) {
      throw new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${problem}`);
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return { id: name, computed: { arn: world.arn("events", `rule/${name}`) } };
  },
  // PutTargets and DeleteRule know each other: a rule with targets stays.
  keptWhileReferenced: true,
};

const target: Model = {
  type: EVENT_TARGET,
  source: "internal/service/events/target.go",
  forceNew: ["eventBusName", "rule", "targetId"],
  autoName: "targetId",
  seconds: 1,
  taggable: false,
  computed: [],
  defaults: { eventBusName: "default", forceDestroy: false },
  references: { rule: { types: [EVENT_RULE], by: "id" } },
  check: (inputs) => [
    ...shaped(inputs, "targetId", /^[\w.-]{1,64}$/, "1 to 64 letters, digits and _.-"),
    ...exclusive(inputs, "input", "inputPath", "inputTransformer"),
    ...under("retryPolicy", [
      ...inRange(mapOf(inputs["retryPolicy"]), "maximumEventAgeInSeconds", 60, 86_400),
      ...inRange(mapOf(inputs["retryPolicy"]), "maximumRetryAttempts", 0, 185),
    ]),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "rule")} ${text(inputs, "targetId")}`,
    taken: `the rule ${text(inputs, "rule")} has a target ${text(inputs, "targetId")} already`,
  }),
  verify: verifyTarget,
  make: (inputs) => ({ id: `${text(inputs, "rule")}-${text(inputs, "targetId")}`, computed: {} }),
  importId: (inputs) => `${text(inputs, "rule")}/${text(inputs, "targetId")}`,
};

export const eventModels: readonly Model[] = [rule, target];

/**
 * AWS would accept a target that it may not invoke and a queue that it may not write to, and then lose events without a
 * word. A program that makes one works by no intention of its author, so it is refused here.
 */
function verifyTarget(inputs: Props, world: World): void {
  const name = text(inputs, "rule");
  const ruleArn = world.arn("events", `rule/${name}`);
  const others = world.all(EVENT_TARGET).filter((it) => it.inputs["rule"] === name);
  if (others.length >= MOST_TARGETS) {
    throw new AwsError(
      "LimitExceededException",
      "The requested resource exceeds the maximum number allowed.",
    );
  }
  const arn = text(inputs, "arn");
  if (arn.startsWith("arn:aws:sns:")) {
    verifyTopic(arn, name, world);
  } else if (arn.startsWith("arn:aws:lambda:")) {
    requirePermission(world, arn, EVENTS, {
      sourceArn: ruleArn,
      code: "AccessDeniedException",
      problem: `EventBridge could not invoke ${arn} for rule ${name}: no permission of the function names it.`,
    });
  } else if (arn.startsWith("arn:aws:states:")) {
    verifyStateMachine(arn, text(inputs, "roleArn"), world);
  } else {
    throw new AwsError(
      "NotSimulated",
      `a rule's target has to be a function, a topic or a state machine here, not ${arn}`,
    );
  }
  verifyTransformer(mapOf(inputs["inputTransformer"]));
  const queueArn = mapOf(inputs["deadLetterConfig"])["arn"];
  if (typeof queueArn === "string") {
    verifyQueue(queueArn, ruleArn, world);
  }
}

/** EventBridge brings nothing along that a condition could ask for. */
function verifyTopic(arn: string, rule: string, world: World): void {
  const topic = world.need({ types: [TOPIC], by: "arn" }, arn);
  const isAdmitted = publishGrants(world, arn, EVENTS).some(
    ({ conditions }) => Object.keys(conditions).length === 0,
  );
  if (!isAdmitted) {
    throw new AwsError(
      "AccessDeniedException",
      `EventBridge could not publish to ${arn} for rule ${rule}: the topic's policy does not admit it.`,
    );
  }
  const key = topic.inputs["kmsMasterKeyId"];
  if (typeof key === "string") {
    requireKeyGrant(world, key, EVENTS, {});
  }
}

/** EventBridge starts it with the rights of a role, which it would find out about only with the first event. */
function verifyStateMachine(arn: string, role: string, world: World): void {
  world.need({ types: [STATE_MACHINE], by: "arn" }, arn);
  requireTrust(world, role, EVENTS);
  if (!roleAllows(world, role, "states:StartExecution", arn)) {
    throw new AwsError("AccessDeniedException", `${role} may not start ${arn}`);
  }
}

/** What a template takes has to be among its paths; EventBridge refuses the target otherwise. */
function verifyTransformer({ inputPaths, inputTemplate }: Props): void {
  if (typeof inputTemplate !== "string") return;
  const unknown = [...inputTemplate.matchAll(/<([\w-]+)>/g)]
    .map(([, name = ""]) => name)
    .find((name) => !(name in mapOf(inputPaths)) && !name.startsWith("aws"));
  if (unknown !== undefined) {
    throw new AwsError(
      "ValidationException",
      `Invalid InputTemplate for target: template has a placeholder ${unknown} that no path names.`,
    );
  }
}

function verifyQueue(queueArn: string, ruleArn: string, world: World): void {
  const queue = world.need({ types: [QUEUE], by: "arn" }, queueArn);
  const documents = [
    queue.inputs["policy"],
    ...world
      .all(QUEUE_POLICY)
      .filter((it) => it.inputs["queueUrl"] === queue.id)
      .map((it) => it.inputs["policy"]),
  ].filter((it) => it !== undefined);
  const isAdmitted = documents.flatMap(readStatements).some(
    ({ effect, services, actions, conditions }) =>
      effect === "Allow" &&
      services.includes(EVENTS) &&
      actions.some((pattern) => matchesPattern(pattern, "sqs:SendMessage")) &&
      Object.values(conditions)
        .flatMap((keys) => keys["aws:sourcearn"] ?? [])
        .some((pattern) => matchesPattern(pattern, ruleArn)),
  );
  if (!isAdmitted) {
    throw new AwsError(
      "AccessDeniedException",
      `EventBridge could not keep undelivered events of ${ruleArn} in ${queueArn}: the queue's policy does not admit the rule.`,
    );
  }
  const key = queue.inputs["kmsMasterKeyId"];
  if (typeof key === "string") {
    requireKeyGrant(world, key, EVENTS, {});
  }
}
