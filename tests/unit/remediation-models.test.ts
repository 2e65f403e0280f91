import assert from "node:assert/strict";

import {
  type Case,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  ACCOUNT,
  T,
} from "./data-models-account";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const EVENTS = { Service: "events.amazonaws.com" };
const RULE_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:rule/it`;

const pattern = (more: object = {}) => JSON.stringify({ source: ["aws.kms"], ...more });
const rule = (data: DataAccount, changes: object = {}) =>
  data.make(RULE, { name: "it", eventPattern: pattern(), ...changes });
const refused = (what: string, eventPattern: string, reason: string): Case => [
  what,
  `InvalidEventPatternException: Event pattern is not valid. Reason: ${reason}`,
  (data) => rule(data, { eventPattern }),
];

/** A rule with a function that admits it, and a queue that does. */
async function delivery(
  data: DataAccount,
  { permission = {}, policy = {} }: { permission?: object | null; policy?: object | null } = {},
): Promise<{ worker: Made; queue: Made }> {
  await rule(data);
  const worker = await data.function();
  if (permission !== null) {
    await data.make(T.Permission, {
      function: worker.id,
      action: "lambda:InvokeFunction",
      statementId: "it",
      principal: "events.amazonaws.com",
      sourceArn: RULE_ARN,
      ...permission,
    });
  }
  const queue = await data.make(T.Queue, { name: "dead" });
  if (policy !== null) {
    await data.make(T.QueuePolicy, {
      queueUrl: queue.id,
      policy: document({
        Principal: EVENTS,
        Action: "sqs:SendMessage",
        Resource: queue.outputs["arn"],
        Condition: { ArnEquals: { "aws:SourceArn": [RULE_ARN] } },
        ...policy,
      }),
    });
  }
  return { worker, queue };
}
const target = (data: DataAccount, { worker, queue }: { worker: Made; queue: Made }, changes: object = {}) =>
  data.make(TARGET, {
    rule: "it",
    targetId: "it",
    arn: worker.outputs["arn"],
    deadLetterConfig: { arn: queue.outputs["arn"] },
    ...changes,
  });
const NOT_ADMITTED = `AccessDeniedException: EventBridge could not keep undelivered events of ${RULE_ARN} in arn:aws:sqs:${REGION}:${ACCOUNT}:dead: the queue's policy does not admit the rule.`;
const NOT_PERMITTED = `AccessDeniedException: EventBridge could not invoke arn:aws:lambda:${REGION}:${ACCOUNT}:function:worker for rule it: no permission of the function names it.`;

const CASES: readonly Case[] = [
  [
    "a rule with neither pattern nor schedule",
    "eventPattern: one of eventPattern, scheduleExpression must be set",
    (data) => data.make(RULE, { name: "it" }),
  ],
  [
    "a schedule in the plural of one",
    'scheduleExpression: expected rate(…) or cron(…), got "rate(1 minutes)"',
    (data) => data.make(RULE, { name: "it", scheduleExpression: "rate(1 minutes)" }),
  ],
  [
    "a name of 65 characters",
    `name: expected 1 to 64 letters, digits and _.-, got "${"a".repeat(65)}"`,
    (data) => rule(data, { name: "a".repeat(65) }),
  ],
  [
    "a second rule of a name",
    "ResourceAlreadyExistsException: Rule it already exists.",
    async (data) => {
      await rule(data);
      await rule(data);
    },
  ],
  refused("a pattern that is no JSON", "{", "the pattern is no JSON"),
  refused("an empty pattern", "{}", "the pattern has to be an object with a field"),
  refused("a text in place of a list", '{"source":"aws.kms"}', '"source" must be an object or an array'),
  refused("an empty list", '{"source":[]}', '"source" must not be an empty array'),
  refused("an empty object", '{"detail":{}}', '"detail" must not be empty'),
  refused(
    "a field that no event has",
    '{"detailType":["x"]}',
    "no event has a field detailType, so nothing would match",
  ),
  refused(
    "a comparison that there is not",
    '{"source":[{"starts-with":"aws"}]}',
    'Unrecognized match type starts-with in "source"',
  ),
  refused(
    "an alternative alone",
    '{"$or":[{"source":["a"]}]}',
    "no event has a field $or, so nothing would match",
  ),
  refused(
    "a pattern that is too long",
    pattern({ resources: ["a".repeat(2048)] }),
    "it has 2087 characters, more than 2048",
  ),
  [
    "a target of a rule that is not there",
    'EventRule.NotFound: EventRule "other" does not exist in account 111122223333, eu-central-1',
    async (data) => target(data, await delivery(data), { rule: "other" }),
  ],
  [
    "a function without a permission",
    NOT_PERMITTED,
    async (data) => target(data, await delivery(data, { permission: null })),
  ],
  [
    "a permission of another rule",
    NOT_PERMITTED,
    async (data) => target(data, await delivery(data, { permission: { sourceArn: `${RULE_ARN}-2` } })),
  ],
  [
    "a permission of another service",
    NOT_PERMITTED,
    async (data) => target(data, await delivery(data, { permission: { principal: "sns.amazonaws.com" } })),
  ],
  [
    "a queue without a policy",
    NOT_ADMITTED,
    async (data) => target(data, await delivery(data, { policy: null })),
  ],
  [
    "a queue that admits another rule",
    NOT_ADMITTED,
    async (data) =>
      target(
        data,
        await delivery(data, { policy: { Condition: { ArnEquals: { "aws:SourceArn": `${RULE_ARN}-2` } } } }),
      ),
  ],
  [
    "a queue that admits another service",
    NOT_ADMITTED,
    async (data) =>
      target(data, await delivery(data, { policy: { Principal: { Service: "sns.amazonaws.com" } } })),
  ],
  [
    "more retries than EventBridge makes",
    "retryPolicy.maximumRetryAttempts: expected to be in the range (0 - 185), got 186",
    async (data) => target(data, await delivery(data), { retryPolicy: { maximumRetryAttempts: 186 } }),
  ],
  [
    "a sixth target",
    "LimitExceededException: The requested resource exceeds the maximum number allowed.",
    async (data) => {
      const to = await delivery(data);
      for (const id of ["1", "2", "3", "4", "5", "6"]) await target(data, to, { targetId: id });
    },
  ],
  [
    "the deletion of a rule that has a target",
    "DependencyViolation: EventRule it has dependent objects and cannot be deleted: it-it",
    async (data) => {
      await target(data, await delivery(data));
      await data.delete({ type: RULE, id: "it", inputs: {}, outputs: {} });
    },
  ],
];

describe("data models: what EventBridge refuses", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      const data = new DataAccount();
      assert.equal(await refusal(() => attempt(data)), answer);
    });
  }
});

describe("data models: EventBridge", () => {
  it("takes patterns with every comparison, and alternatives", async () => {
    const data = new DataAccount();
    const detail = {
      a: [{ prefix: "x" }, { suffix: "y" }, { "anything-but": ["z"] }],
      b: [{ exists: false }, null, 1, true],
      c: {
        d: [
          { numeric: [">=", 7] },
          { wildcard: "a*b" },
          { "equals-ignore-case": "x" },
          { cidr: "10.0.0.0/8" },
        ],
      },
      $or: [{ e: ["1"] }, { f: ["2"] }],
    };
    const made = await rule(data, { eventPattern: pattern({ detail }) });
    assert.deepEqual([made.id, made.outputs["arn"]], ["it", RULE_ARN]);
    const clock = await data.make(RULE, { name: "clock", scheduleExpression: "rate(5 minutes)" });
    assert.equal(clock.outputs["eventBusName"], "default");
  });

  it("delivers to a function that admits the rule, with a queue that does", async () => {
    const data = new DataAccount();
    const made = await target(data, await delivery(data));
    assert.equal(made.id, "it-it");
    assert.equal(data.stored(made)?.importId, "it/it");
  });

  it("needs the key of an encrypted queue to admit it, too", async () => {
    const data = new DataAccount();
    const use = { Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" };
    const root = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, ...use };
    const to = await delivery(data);
    const encrypted = async (name: string, ...statements: object[]) => {
      const queue = await data.make(T.Queue, {
        name,
        kmsMasterKeyId: await data.key([root, ...statements] as never),
      });
      await data.make(T.QueuePolicy, {
        queueUrl: queue.id,
        policy: document({
          Principal: EVENTS,
          Action: "sqs:SendMessage",
          Resource: queue.outputs["arn"],
          Condition: { ArnEquals: { "aws:SourceArn": RULE_ARN } },
        }),
      });
      return refusal(() => target(data, { ...to, queue }, { targetId: name }));
    };
    assert.equal(await encrypted("open", { Principal: EVENTS, ...use }), NOTHING);
    assert.match(await encrypted("closed"), /is not allowed to be used by events\.amazonaws\.com/);
  });

  it("can't change what names a rule or a target", () => {
    const data = new DataAccount();
    assert.deepEqual(data.replaces(RULE, { name: "a" }, { name: "b" }), ["name"]);
    assert.deepEqual(data.replaces(RULE, { eventPattern: "a" }, { eventPattern: "b" }), []);
    assert.deepEqual(data.replaces(TARGET, { rule: "a", targetId: "a" }, { rule: "b", targetId: "b" }), [
      "rule",
      "targetId",
    ]);
    assert.deepEqual(data.replaces(TARGET, { arn: "a" }, { arn: "b" }), []);
  });
});
