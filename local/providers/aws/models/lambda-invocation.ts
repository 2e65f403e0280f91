import { createHash } from "node:crypto";
import type { Accounts, Props, StoredObject } from "../../../account/store";
import { UNKNOWN } from "../../frame";
import { inRange, oneOf } from "../checks";
import { AwsError, type Model } from "../model";
import { roleAllows } from "../policy-documents";
import { mapOf, stringsAt, text, textOr, type World } from "../world";
import { FUNCTION, functionNamed } from "./lambda-types";
import { QUEUE } from "./sqs";

const INVOCATION = "aws:lambda/invocation:Invocation";

/** Holds what an invocation of a function answers: a JSON text, or an error text. */
const ANSWER = "simulation:lambda/answer:Answer";

const invocation: Model = {
  type: INVOCATION,
  source: "internal/service/lambda/invocation.go",
  forceNew: ["functionName", "qualifier", "triggers"],
  forceNewIf: { input: (_from, to) => (to["lifecycleScope"] ?? "CREATE_ONLY") === "CREATE_ONLY" },
  seconds: 5,
  taggable: false,
  computed: ["result"],
  defaults: { lifecycleScope: "CREATE_ONLY", qualifier: "$LATEST", terraformKey: "tf" },
  check: (inputs) => [
    ...oneOf(inputs, "lifecycleScope", ["CREATE_ONLY", "CRUD"]),
    ...(isJson(inputs["input"], inputs["lifecycleScope"] === "CRUD")
      ? []
      : [{ property: "input", reason: "contains invalid JSON, or no JSON object with lifecycleScope CRUD" }]),
  ],
  verify: (inputs, world) => {
    functionNamed(world, text(inputs, "functionName"));
  },
  make: (inputs, world) => {
    const { name, hash, result } = invoke(inputs, world);
    const qualifier = text(inputs, "qualifier");
    return {
      id: `${name},${qualifier},${hash}`,
      // Every invocation is an event of its own, as AWS keeps none: the id says which input it had.
      computed: { result, invocations: [{ input: hash, at: new Date().toISOString() }] },
    };
  },
  change: (_from, to, world) => {
    const { hash, result } = invoke(to.inputs, world);
    const earlier = Array.isArray(to.computed["invocations"])
      ? (to.computed["invocations"] as unknown[])
      : [];
    const invocations = [...earlier, { input: hash, at: new Date().toISOString() }];
    return { ...to, computed: { ...to.computed, result, invocations } };
  },
};

/** Where a function's events may go, with the call that its role has to be allowed. */
const SENDING: Readonly<Record<string, readonly [service: string, call: string]>> = {
  [QUEUE]: ["sqs", "SendMessage"],
  "aws:sns/topic:Topic": ["sns", "Publish"],
  [FUNCTION]: ["lambda", "InvokeFunction"],
};

const eventInvokeConfig: Model = {
  type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  source: "internal/service/lambda/function_event_invoke_config.go",
  forceNew: ["functionName", "qualifier"],
  seconds: 1,
  taggable: false,
  computed: [],
  defaults: { maximumRetryAttempts: 2 },
  check: (inputs) => [
    ...inRange(inputs, "maximumEventAgeInSeconds", 60, 21_600),
    ...inRange(inputs, "maximumRetryAttempts", 0, 2),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "functionName")}:${textOr(inputs, "qualifier", "")}`,
    taken: `ResourceConflictException: ${text(inputs, "functionName")} has an asynchronous invocation configuration already`,
  }),
  verify: (inputs, world) => {
    const { role } = functionNamed(world, text(inputs, "functionName")).inputs;
    const targets = ["onFailure", "onSuccess"].flatMap((event) =>
      stringsAt(inputs, `destinationConfig.${event}.destination`),
    );
    for (const target of targets) {
      const found = world.resolve({ types: Object.keys(SENDING), by: "arn" }, target);
      const refuse = (problem: string) => new AwsError("InvalidParameterValueException", problem);
      if (!found) throw refuse(`The destination ARN ${target} is invalid.`);
      const [service, call] = SENDING[found.type] ?? ["", ""];
      if (!roleAllows(world, String(role), `${service}:${call}`, target)) {
        throw refuse(`The function's execution role does not have permissions to call ${call} on ${target}`);
      }
    }
  },
  make: (inputs) => {
    const qualifier = inputs["qualifier"];
    const name = text(inputs, "functionName");
    return { id: typeof qualifier === "string" ? `${name}:${qualifier}` : name, computed: {} };
  },
};

export const lambdaInvocationModels: readonly Model[] = [invocation, eventInvokeConfig];

/**
 * Says what a simulated function answers from now on when a program invokes it. Without this the answer is `{}`.
 *
 * @param answer `result`: JSON text; `error`: the invocation fails with this text
 */
export function answerInvocations(
  accounts: Accounts,
  { account, region, name }: { readonly account: string; readonly region: string; readonly name: string },
  answer: { readonly result: string } | { readonly error: string },
): void {
  const object: StoredObject = {
    account,
    region,
    type: ANSWER,
    id: name,
    importId: name,
    inputs: answer,
    computed: {},
    createdBy: "simulation",
    state: "available",
  };
  if (!accounts.add(object)) {
    accounts.replace(object);
  }
}

function invoke(inputs: Props, world: World): { name: string; hash: string; result: string } {
  const name = functionNamed(world, text(inputs, "functionName")).id;
  const answer = mapOf(world.accounts.find(world.place.account, world.place.region, ANSWER, name)?.inputs);
  if (typeof answer["error"] === "string") {
    throw new Error(`invoking Lambda Function (${name}): ${answer["error"]}`);
  }
  const hash = createHash("md5").update(text(inputs, "input")).digest("hex");
  return { name, hash, result: typeof answer["result"] === "string" ? answer["result"] : "{}" };
}

function isJson(value: unknown, hasToBeObject: boolean): boolean {
  if (typeof value !== "string" || value === UNKNOWN) {
    return true;
  }
  try {
    const parsed: unknown = JSON.parse(value);
    return !hasToBeObject || (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed));
  } catch {
    return false;
  }
}
