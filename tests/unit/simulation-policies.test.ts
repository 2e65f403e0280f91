import assert from "node:assert/strict";

import { matchesPattern } from "../../local/providers/aws/policy-documents";
import { ACCOUNT, type Made, policy, refusal, REGION, Sandbox, T } from "./sandbox";

const NOTHING = "nothing was refused";
const MALFORMED = "MalformedPolicyDocument: ";

const key = (document: unknown) => (box: Sandbox) => box.make(T.Key, { policy: document });
const rolePolicy = (statement: object) => async (box: Sandbox) =>
  box.make(T.RolePolicy, { role: (await box.role()).id, name: "it", policy: policy({ ...statement }) });
const keyFor = (principal: unknown) =>
  key(policy({ Principal: principal, Action: "kms:Decrypt", Resource: "*" }));

const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:alerts`;
const missing = (property: string, arn = topicArn) =>
  `MissingResource: ${property} names ${arn}, which does not exist (yet). ` +
  "A string ARN makes no dependency: take the ARN from the resource that has it, or add dependsOn";

const standbyTopic = topicArn.replace(REGION, "eu-west-1");
const publishes = (Resource: string) => rolePolicy({ Action: "sns:Publish", Resource });

const DOCUMENTS: readonly (readonly [string, string, (box: Sandbox) => Promise<unknown>])[] = [
  ["text that is no JSON", `${MALFORMED}This policy contains invalid Json`, key("{")],
  ["JSON that is no document", `${MALFORMED}This policy contains invalid Json`, key("null")],
  ["a document without statements", `${MALFORMED}a statement needs Effect Allow or Deny`, key("{}")],
  [
    "an unknown effect",
    `${MALFORMED}a statement needs Effect Allow or Deny`,
    key(policy({ Effect: "Permit" })),
  ],
  [
    "a resource policy without principal",
    `${MALFORMED}policy: a statement needs a Principal`,
    key(policy({ Action: "kms:*" })),
  ],
  [
    "a trust policy without principal",
    `${MALFORMED}assumeRolePolicy: a statement needs a Principal`,
    (box) => box.make(T.Role, { assumeRolePolicy: policy({ Action: "sts:AssumeRole" }) }),
  ],
  [
    "an identity policy with a principal",
    `${MALFORMED}policy: Policy document should not specify a principal.`,
    rolePolicy({ Principal: "*", Action: "s3:GetObject", Resource: "*" }),
  ],
  [
    "a principal that is no service",
    `${MALFORMED}policy: Invalid principal in policy: "SERVICE":"logs.amazonaws"`,
    keyFor({ Service: "logs.amazonaws" }),
  ],
  [
    "a role of the account that does not exist",
    `${MALFORMED}policy: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/none" (no such role yet)`,
    keyFor({ AWS: "arn:aws:iam::111122223333:role/none" }),
  ],
  [
    "an ARN of the account that names nothing",
    missing("policy"),
    rolePolicy({ Action: "sns:Publish", Resource: topicArn }),
  ],
  [
    "one of several ARNs",
    missing("policy"),
    rolePolicy({ Action: "sns:Publish", Resource: ["arn:aws:s3:::other", topicArn] }),
  ],
  ["the account's root", NOTHING, keyFor({ AWS: "arn:aws:iam::111122223333:root" })],
  ["a role of another account", NOTHING, keyFor({ AWS: "arn:aws:iam::999999999999:role/none" })],
  ["a role that exists", NOTHING, async (box) => keyFor({ AWS: (await box.role()).outputs["arn"] })(box)],
  ["a pattern of ARNs", NOTHING, rolePolicy({ Action: "sns:Publish", Resource: `${topicArn}*` })],
  ...[
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`,
    `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/a/*`,
    `arn:aws:kms:${REGION}:${ACCOUNT}:key/*`,
    `arn:aws:sns:${REGION}:${ACCOUNT}:*`,
    `arn:aws:iam::${ACCOUNT}:role/a/*`,
  ].map((pattern) => [pattern, NOTHING, rolePolicy({ Action: "x:y", Resource: pattern })] as const),
  [
    "an ARN of another account",
    NOTHING,
    rolePolicy({ Action: "sns:Publish", Resource: "arn:aws:sns:eu-central-1:999999999999:x" }),
  ],
  [
    "the streams of a log group that exists",
    NOTHING,
    async (box) => {
      const group = await box.make(T.LogGroup, { name: "logs" });
      await rolePolicy({ Action: "logs:PutLogEvents", Resource: `${String(group.outputs["arn"])}:*` })(box);
    },
  ],
  [
    "the streams of a log group that does not exist",
    missing("policy", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:logs`),
    rolePolicy({
      Action: "logs:PutLogEvents",
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:logs:*`,
    }),
  ],
  [
    "more than 10,240 characters for a role",
    "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role role",
    rolePolicy({ Action: Array.from({ length: 1100 }, () => "s3:GetObj"), Resource: "*" }),
  ],
];

describe("simulation: policy documents", () => {
  it("holds a standby region to what is there once a stack was deployed in it", async () => {
    const box = new Sandbox();
    assert.equal(await refusal(() => publishes(standbyTopic)(box)), NOTHING);
    const other = new Sandbox();
    await other.vpc({ region: "eu-west-1" });
    assert.equal(await refusal(() => publishes(standbyTopic)(other)), missing("policy", standbyTopic));
  });

  for (const [what, answer, attempt] of DOCUMENTS) {
    it(`${answer === NOTHING ? "takes" : "refuses"} ${what}`, async () => {
      assert.equal(await refusal(() => attempt(new Sandbox())), answer);
    });
  }

  it("checks them on an update too", async () => {
    const box = new Sandbox();
    const made = await box.logsKey();
    assert.equal(
      await refusal(() => box.change(made, { policy: "{" })),
      `${MALFORMED}This policy contains invalid Json`,
    );
  });
});

describe("simulation: patterns of policies", () => {
  for (const [pattern, value, matches] of [
    ["kms:Decrypt*", "kms:Decrypt", true],
    ["kms:*", "kms:Decrypt", true],
    ["kms:Decrypt", "kms:DecryptAll", false],
    ["a.c", "abc", false],
    ["a?c", "abc", true],
    ["log-group:/x/*", "log-group:/x/a/b", true],
  ] as const) {
    it(`${pattern} ${matches ? "matches" : "does not match"} ${value}`, () => {
      assert.equal(matchesPattern(pattern, value), matches);
    });
  }
});

describe("simulation: what services are allowed", () => {
  const refused = (keyMade: Made, actions: string) =>
    `InvalidParameterException: The specified KMS key ${String(keyMade.outputs["arn"])} does not exist or is not allowed ` +
    `to be used by logs.eu-central-1.amazonaws.com (${actions})`;
  const logGroup = (box: Sandbox, keyMade: Made) =>
    refusalOf(() => box.make(T.LogGroup, { name: "/a/logs", kmsKeyId: keyMade.outputs["arn"] }));

  it("a log group takes a key that lets CloudWatch Logs use it", async () => {
    const box = new Sandbox();
    assert.equal(await logGroup(box, await box.logsKey()), NOTHING);
  });

  it("a log group refuses a key whose policy names no logs service", async () => {
    const box = new Sandbox();
    const made = await box.make(T.Key, {
      policy: policy({ Principal: { AWS: "*" }, Action: "kms:*", Resource: "*" }),
    });
    assert.equal(await logGroup(box, made), refused(made, "kms:Decrypt, kms:GenerateDataKey"));
  });

  it("a log group refuses a key for other log groups", async () => {
    const box = new Sandbox();
    const made = await box.logsKey(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/b/*`);
    assert.equal(await logGroup(box, made), refused(made, "kms:Decrypt, kms:GenerateDataKey"));
  });

  it("a log group refuses a key with a condition that it says nothing about", async () => {
    const box = new Sandbox();
    const made = await box.make(T.Key, {
      policy: logsPolicy({ StringLike: { "kms:EncryptionContext:x": "*" } }),
    });
    assert.equal(await logGroup(box, made), refused(made, "kms:Decrypt, kms:GenerateDataKey"));
  });

  it("a condition operator without a model names itself", async () => {
    const box = new Sandbox();
    const condition = { Null: { "kms:EncryptionContext:aws:logs:arn": "false" } };
    assert.equal(
      await logGroup(box, await box.make(T.Key, { policy: logsPolicy(condition) })),
      "NotSimulated: condition operator Null in a key policy has no model here",
    );
  });

  it("a log group names the action that is missing", async () => {
    const box = new Sandbox();
    const made = await box.make(T.Key, {
      policy: policy({
        Principal: { Service: `logs.${REGION}.amazonaws.com` },
        Action: "kms:Decrypt",
        Resource: "*",
      }),
    });
    assert.equal(await logGroup(box, made), refused(made, "kms:GenerateDataKey"));
  });

  it("a log group that exists refuses to change to such a key", async () => {
    const box = new Sandbox();
    const group = await box.make(T.LogGroup, { name: "/a/logs" });
    const made = await box.logsKey(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/b/*`);
    assert.equal(
      await refusalOf(() => box.change(group, { kmsKeyId: made.outputs["arn"] })),
      refused(made, "kms:Decrypt, kms:GenerateDataKey"),
    );
  });

  for (const [service, answer] of [
    ["vpc-flow-logs.amazonaws.com", NOTHING],
    [
      "ec2.amazonaws.com",
      "AccessDenied: vpc-flow-logs.amazonaws.com may not assume arn:aws:iam::111122223333:role/role: its trust policy does not name it",
    ],
  ] as const) {
    it(`a flow log with a role that trusts ${service}`, async () => {
      const box = new Sandbox();
      const inputs = {
        vpcId: (await box.vpc()).id,
        iamRoleArn: (await box.role(service)).outputs["arn"],
        logDestination: (await box.make(T.LogGroup, { name: "logs" })).outputs["arn"],
      };
      assert.equal(await refusal(() => box.make(T.FlowLog, inputs)), answer);
    });
  }
});

function logsPolicy(condition: object) {
  return policy({
    Principal: { Service: `logs.${REGION}.amazonaws.com` },
    Action: "kms:*",
    Resource: "*",
    Condition: condition,
  });
}

/** The whole text: key ids are part of what is compared. */
async function refusalOf(attempt: () => Promise<unknown>): Promise<string> {
  return attempt().then(
    () => NOTHING,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
