import type { Props } from "../../../account/store";
import { UNKNOWN } from "../../frame";
import { inRange, oneOf, shaped, under } from "../checks";
import { AwsError, type Model } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { mapOf, text, textOr, type World } from "../world";
import { FUNCTION } from "./lambda-types";
import { QUEUE } from "./sqs";

const EXPRESSION =
  /^(rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/;

const schedule: Model = {
  type: "aws:scheduler/schedule:Schedule",
  source: "internal/service/scheduler/schedule.go",
  forceNew: ["groupName", "name", "namePrefix"],
  autoName: "name",
  seconds: 2,
  taggable: false,
  computed: ["arn"],
  defaults: {
    actionAfterCompletion: "NONE",
    groupName: "default",
    scheduleExpressionTimezone: "UTC",
    state: "ENABLED",
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w.-]{1,64}$/, "1 to 64 letters, digits and _.-"),
    ...shaped(inputs, "scheduleExpression", EXPRESSION, "at(…), rate(…) or cron(…) with six fields"),
    ...oneOf(inputs, "state", ["ENABLED", "DISABLED"]),
    ...oneOf(inputs, "actionAfterCompletion", ["NONE", "DELETE"]),
    ...under("flexibleTimeWindow", checkWindow(mapOf(inputs["flexibleTimeWindow"]))),
    ...under("target.retryPolicy", checkRetries(mapOf(mapOf(inputs["target"])["retryPolicy"]))),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "groupName")}/${text(inputs, "name")}`,
    taken: `ConflictException: Schedule ${text(inputs, "name")} already exists.`,
  }),
  verify: verifySchedule,
  make: (inputs, world) => {
    const id = `${text(inputs, "groupName")}/${text(inputs, "name")}`;
    return { id, computed: { arn: world.arn("scheduler", `schedule/${id}`) } };
  },
};

export const schedulerModels: readonly Model[] = [schedule];

function checkWindow(window: Props) {
  const minutes = window["maximumWindowInMinutes"];
  return [
    ...oneOf(window, "mode", ["OFF", "FLEXIBLE"]),
    ...inRange(window, "maximumWindowInMinutes", 1, 1440),
    ...(window["mode"] === "FLEXIBLE" && minutes === undefined
      ? [{ property: "maximumWindowInMinutes", reason: "has to be set where mode is FLEXIBLE" }]
      : []),
  ];
}

function checkRetries(policy: Props) {
  return [
    ...inRange(policy, "maximumEventAgeInSeconds", 60, 86_400),
    ...inRange(policy, "maximumRetryAttempts", 0, 185),
  ];
}

function verifySchedule(inputs: Props, world: World): void {
  const target = mapOf(inputs["target"]);
  const [arn, role] = [text(target, "arn"), text(target, "roleArn")];
  requireTrust(world, role, "scheduler.amazonaws.com");
  if (target["input"] !== undefined && target["input"] !== UNKNOWN && !isJson(text(target, "input"))) {
    throw new AwsError("ValidationException", "Provided Input is not valid JSON.");
  }
  if (arn.includes(":lambda:")) {
    world.need({ types: [FUNCTION], by: "arn" }, arn);
    // AWS would find that out when the time has come, and tell nobody.
    if (!roleAllows(world, role, "lambda:InvokeFunction", arn)) {
      throw new AwsError("AccessDenied", `${role} may not invoke ${arn}`);
    }
  }
  const queue = textOr(mapOf(target["deadLetterConfig"]), "arn", "");
  if (queue !== "") world.need({ types: [QUEUE], by: "arn" }, queue);
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
