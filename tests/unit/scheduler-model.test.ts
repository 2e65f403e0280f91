import assert from "node:assert/strict";

import { ACCOUNT, DataAccount, document, NOTHING, refusal, REGION, T } from "./data-models-account";

interface Changes {
  readonly inputs?: object;
  readonly target?: object;
  /** What the schedule's role may invoke. */
  readonly mayInvoke?: string;
  readonly trusted?: string;
}

async function schedule(data: DataAccount, { inputs, target, mayInvoke = "*", trusted }: Changes = {}) {
  const worker = await data.function();
  const role = await data.make(T.Role, {
    name: "runs-worker",
    assumeRolePolicy: document({
      Principal: { Service: trusted ?? "scheduler.amazonaws.com" },
      Action: "sts:AssumeRole",
    }),
  });
  await data.make(T.RolePolicy, {
    name: "invoke",
    role: role.id,
    policy: document({ Action: "lambda:InvokeFunction", Resource: mayInvoke }),
  });
  return data.make(T.Schedule, {
    name: "nightly",
    scheduleExpression: "cron(0/15 2,3 * * ? *)",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: worker.outputs["arn"], roleArn: role.outputs["arn"], ...target },
    ...inputs,
  });
}

const CASES: readonly (readonly [string, Changes, string])[] = [
  [
    "a name of 65 characters",
    { inputs: { name: "x".repeat(65) } },
    `name: expected 1 to 64 letters, digits and _.-, got "${"x".repeat(65)}"`,
  ],
  [
    "an expression of five fields",
    { inputs: { scheduleExpression: "cron(0 2 * * ?)" } },
    'scheduleExpression: expected at(…), rate(…) or cron(…) with six fields, got "cron(0 2 * * ?)"',
  ],
  ["an unknown state", { inputs: { state: "ON" } }, "state: expected one of ENABLED, DISABLED, got ON"],
  [
    "an unknown action afterwards",
    { inputs: { actionAfterCompletion: "STOP" } },
    "actionAfterCompletion: expected one of NONE, DELETE, got STOP",
  ],
  [
    "a flexible window without its length",
    { inputs: { flexibleTimeWindow: { mode: "FLEXIBLE" } } },
    "flexibleTimeWindow.maximumWindowInMinutes: has to be set where mode is FLEXIBLE",
  ],
  [
    "186 attempts",
    { target: { retryPolicy: { maximumRetryAttempts: 186 } } },
    "target.retryPolicy.maximumRetryAttempts: expected to be in the range (0 - 185), got 186",
  ],
  [
    "retries for less than a minute",
    { target: { retryPolicy: { maximumEventAgeInSeconds: 59 } } },
    "target.retryPolicy.maximumEventAgeInSeconds: expected to be in the range (60 - 86400), got 59",
  ],
  [
    "an event that is no JSON",
    { target: { input: "{" } },
    "ValidationException: Provided Input is not valid JSON.",
  ],
  [
    "a role that the scheduler can't take",
    { trusted: "events.amazonaws.com" },
    `AccessDenied: scheduler.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/runs-worker: its trust policy does not name it`,
  ],
  [
    "a role that may not invoke the function",
    { mayInvoke: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:other-*` },
    `AccessDenied: arn:aws:iam::${ACCOUNT}:role/runs-worker may not invoke arn:aws:lambda:${REGION}:${ACCOUNT}:function:worker`,
  ],
];

describe("models: schedules", () => {
  for (const [what, changes, answer] of CASES) {
    it(`refuse ${what}`, async () => {
      assert.equal(await refusal(() => schedule(new DataAccount(), changes)), answer);
    });
  }

  it("refuse a function or a queue that is not there, and a second schedule of a name", async () => {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:gone`;
    assert.match(await refusal(() => schedule(new DataAccount(), { target: { arn } })), /gone/);
    const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:gone`;
    const dead = { deadLetterConfig: { arn: queue } };
    assert.match(await refusal(() => schedule(new DataAccount(), { target: dead })), /gone/);
    const data = new DataAccount();
    const made = await schedule(data);
    assert.equal(
      await refusal(() => data.make(T.Schedule, made.inputs)),
      "ConflictException: Schedule nightly already exists.",
    );
  });

  it("take what is right, with the provider's defaults; a new name is a new schedule", async () => {
    const data = new DataAccount();
    const { outputs, inputs, id } = await schedule(data, { target: { input: "{}" } });
    assert.deepEqual(
      [id, outputs["arn"], outputs["groupName"], outputs["state"], outputs["scheduleExpressionTimezone"]],
      [
        "default/nightly",
        `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/nightly`,
        "default",
        "ENABLED",
        "UTC",
      ],
    );
    assert.deepEqual(data.replaces(T.Schedule, inputs, { ...inputs, name: "daily" }), ["name"]);
    assert.deepEqual(data.replaces(T.Schedule, inputs, { ...inputs, scheduleExpression: "rate(1 day)" }), []);
    assert.equal(await refusal(() => data.make(T.Schedule, { ...inputs, name: "daily" })), NOTHING);
  });
});
