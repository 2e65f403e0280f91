import assert from "node:assert/strict";

import { answerInvocations } from "../../local/providers/aws/models/lambda-invocation";
import { rotateSecret, stagesOf } from "../../local/providers/aws/models/secret-versions";
import {
  ACCOUNT,
  archive,
  type Case,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  subjectOf,
  T,
} from "./data-models-account";

const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const secret = (data: DataAccount, changes: object = {}) =>
  data.make(T.Secret, { name: "db/app", ...changes });
const version = async (data: DataAccount, changes: object = {}) =>
  data.make(T.SecretVersion, { secretId: (await secret(data)).id, secretString: "first", ...changes });
const parameter = (changes: object) => (data: DataAccount) =>
  data.make(T.Parameter, { name: "/streamflix/dev/x", type: "String", value: "x", ...changes });
/** A function whose failures go to a queue, with a role that may do one thing with queues. */
const failuresTo = async (data: DataAccount, action: string) => {
  const worker = await data.function();
  const queue = await data.make(T.Queue, { name: "failures" });
  const destination = queue.outputs["arn"];
  const policy = document({ Action: action, Resource: destination });
  await data.make(T.RolePolicy, { name: "queues", role: "lambda", policy });
  return data.make(T.EventInvokeConfig, {
    functionName: worker.id,
    destinationConfig: { onFailure: { destination } },
  });
};
const rotation = async (data: DataAccount, permission?: object) => {
  const made = await version(data);
  const worker = await data.function();
  if (permission) {
    const inputs = {
      function: worker.id,
      action: "lambda:InvokeFunction",
      statementId: "rotate",
      ...permission,
    };
    await data.make(T.Permission, inputs);
  }
  return data.make(T.SecretRotation, {
    secretId: made.inputs["secretId"],
    rotationLambdaArn: worker.outputs["arn"],
    rotationRules: { automaticallyAfterDays: 30 },
  });
};
const DENIED =
  "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.";

const CASES: readonly Case[] = [
  [
    "a second secret of a name",
    "ResourceExistsException: The operation failed because the secret db/app already exists.",
    async (data) => {
      await secret(data);
      await secret(data);
    },
  ],
  [
    "a secret whose name waits for its deletion",
    "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
    async (data) => {
      await data.delete(await secret(data));
      await secret(data);
    },
  ],
  [
    "a recovery window of three days",
    "recoveryWindowInDays: expected 0 or to be in the range (7 - 30), got 3",
    (data) => secret(data, { recoveryWindowInDays: 3 }),
  ],
  [
    "a key whose policy leaves Secrets Manager out",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:GenerateDataKey to account ${ACCOUNT} through secretsmanager`,
    async (data) =>
      secret(data, { kmsKeyId: await data.key([{ Principal: ROOT, Action: "kms:Decrypt", Resource: "*" }]) }),
  ],
  [
    "a replica under a key that the stack there does not have",
    `Alias.NotFound: Alias "arn:aws:kms:eu-west-1:${ACCOUNT}:alias/secrets" does not exist in account ${ACCOUNT}, eu-west-1`,
    async (data) => {
      await data.make(T.Vpc, { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
      await secret(data, {
        replicas: [{ region: "eu-west-1", kmsKeyId: `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/secrets` }],
      });
    },
  ],
  [
    "a replica in the secret's own region",
    "InvalidParameterException: Invalid replica region: a secret has no replica in its own region.",
    (data) => secret(data, { replicas: [{ region: REGION }] }),
  ],
  [
    "a version without a value",
    "InvalidRequestException: You must provide either SecretString or SecretBinary.",
    (data) => version(data, { secretString: undefined }),
  ],
  [
    "a policy open to everyone",
    "PublicPolicyException: The resource policy grants broad access to your secret.",
    async (data) =>
      data.make(T.SecretPolicy, {
        secretArn: (await secret(data)).id,
        blockPublicPolicy: true,
        policy: document({ Principal: { AWS: "*" }, Action: "secretsmanager:GetSecretValue", Resource: "*" }),
      }),
  ],
  ["a rotation without permission", DENIED, (data) => rotation(data)],
  [
    "a rotation permitted to another service",
    DENIED,
    (data) => rotation(data, { principal: "events.amazonaws.com" }),
  ],
  [
    "a rotation permitted for another secret",
    DENIED,
    (data) =>
      rotation(data, {
        principal: "secretsmanager.amazonaws.com",
        sourceArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:other-??????`,
      }),
  ],
  [
    "a rotation without schedule",
    "rotationRules: exactly one of automaticallyAfterDays, scheduleExpression must be set",
    async (data) => data.make(T.SecretRotation, { secretId: (await secret(data)).id, rotationRules: {} }),
  ],
  [
    "a parameter under AWS's own path",
    'ValidationException: Parameter name /aws/x: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    parameter({ name: "/aws/x" }),
  ],
  [
    "a path without a slash in front",
    "ValidationException: Parameter name streamflix/x: must be a fully qualified name, with a slash in front.",
    parameter({ name: "streamflix/x" }),
  ],
  [
    "a path of 16 levels",
    `ValidationException: Parameter name ${"/a".repeat(16)}: a hierarchy has 15 levels at most.`,
    parameter({ name: "/a".repeat(16) }),
  ],
  [
    "a standard parameter over 4 KB",
    "ValidationException: Standard tier parameters support a maximum parameter value of 4096 characters.",
    parameter({ value: "x".repeat(4097) }),
  ],
  [
    "a SecureString under a key that is not there",
    `Key.NotFound: Key "none" does not exist in account ${ACCOUNT}, ${REGION}`,
    parameter({ type: "SecureString", keyId: "none" }),
  ],
  [
    "a function whose role trusts another service",
    `AccessDenied: lambda.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/ec2: its trust policy does not name it`,
    async (data) => data.function({ role: await data.role("ec2.amazonaws.com") }),
  ],
  [
    "a retired runtime",
    "InvalidParameterValueException: The runtime parameter of nodejs18.x is no longer supported for creating or updating AWS Lambda functions.",
    (data) => data.function({ runtime: "nodejs18.x" }),
  ],
  [
    "a function in subnets without security group",
    "InvalidParameterValueException: SubnetIds and SecurityIds must coexist or be both empty list.",
    async (data) =>
      data.function({ vpcConfig: { subnetIds: (await data.network()).subnetIds, securityGroupIds: [] } }),
  ],
  [
    "a function in a subnet that is not there",
    `Subnet.NotFound: Subnet "subnet-none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.function({ vpcConfig: { subnetIds: ["subnet-none"], securityGroupIds: [] } }),
  ],
  [
    "a function that logs to a group that is not there",
    `LogGroup.NotFound: LogGroup "/none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.function({ loggingConfig: { logFormat: "JSON", logGroup: "/none" } }),
  ],
  [
    "more reserved concurrency than the account has",
    "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
    (data) => {
      data.grant({ "L-B99A9384": 10 });
      return data.function({ reservedConcurrentExecutions: 1 });
    },
  ],
  [
    "a function without code",
    "code: exactly one of code, imageUri, s3Bucket must be set",
    (data) => data.function({ code: undefined }),
  ],
  [
    "a permission on a function that is not there",
    "ResourceNotFoundException: Function not found: none",
    (data) =>
      data.make(T.Permission, {
        function: "none",
        action: "lambda:InvokeFunction",
        principal: "sns.amazonaws.com",
      }),
  ],
  [
    "an invocation that fails",
    "invoking Lambda Function (worker): no route to the database",
    async (data) => {
      await data.function();
      answerInvocations(
        data.accounts,
        { account: ACCOUNT, region: REGION, name: "worker" },
        { error: "no route to the database" },
      );
      await data.make(T.Invocation, { functionName: "worker", input: "{}" });
    },
  ],
  [
    "a failure destination that is not there",
    `InvalidParameterValueException: The destination ARN arn:aws:sqs:${REGION}:${ACCOUNT}:none is invalid.`,
    async (data) =>
      data.make(T.EventInvokeConfig, {
        functionName: (await data.function()).id,
        destinationConfig: { onFailure: { destination: `arn:aws:sqs:${REGION}:${ACCOUNT}:none` } },
      }),
  ],
  [
    "a failure destination that the function's role may not send to",
    `InvalidParameterValueException: The function's execution role does not have permissions to call SendMessage on arn:aws:sqs:${REGION}:${ACCOUNT}:failures`,
    (data) => failuresTo(data, "sqs:ReceiveMessage"),
  ],
  ["nothing of a failure destination that it may send to", NOTHING, (data) => failuresTo(data, "sqs:Send*")],
  [
    "a dead letter queue that is not there",
    `InvalidParameterValue: Dead letter target arn:aws:sqs:${REGION}:${ACCOUNT}:none does not exist.`,
    (data) =>
      data.make(T.Queue, {
        name: "events",
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:none`,
          maxReceiveCount: 3,
        }),
      }),
  ],
  [
    "an alarm to a topic that is not there",
    `Topic or Function.NotFound: Topic or Function "arn:aws:sns:${REGION}:${ACCOUNT}:none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) =>
      data.make(T.MetricAlarm, {
        name: "cpu",
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        metricName: "CPUUtilization",
        namespace: "AWS/RDS",
        dimensions: { DBClusterIdentifier: "database" },
        statistic: "Average",
        period: 60,
        alarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:none`],
      }),
  ],
  [
    "an alarm without statistic",
    "statistic: one of statistic or extendedStatistic must be set",
    (data) => data.make(T.MetricAlarm, { name: "cpu", evaluationPeriods: 1, metricName: "CPUUtilization" }),
  ],
  [
    "a metric of a log group that is not there",
    `LogGroup.NotFound: LogGroup "/none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.make(T.MetricFilter, { name: "errors", logGroupName: "/none", pattern: "ERROR" }),
  ],
  [
    "a managed policy of the account that is not there",
    `Policy.NotFound: Policy "arn:aws:iam::${ACCOUNT}:policy/none" does not exist in account ${ACCOUNT}, global`,
    async (data) => {
      await data.role("lambda.amazonaws.com");
      await data.make(T.Attachment, { role: "lambda", policyArn: `arn:aws:iam::${ACCOUNT}:policy/none` });
    },
  ],
];

describe("data models: what secrets, parameters, functions, queues and alarms refuse", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }
});

describe("data models: secrets", () => {
  const rotate = (data: DataAccount, made: Made, value: string) =>
    rotateSecret(
      data.accounts,
      { account: ACCOUNT, region: REGION, arn: String(made.inputs["secretId"]) },
      value,
    );
  const stages = (data: DataAccount) =>
    data.accounts
      .listType(ACCOUNT, REGION, T.SecretVersion)
      .map((it) => [it.inputs["secretString"] ?? it.computed["secretString"], stagesOf(it)]);

  it("three rotations leave the seed with its own label only, and nothing to write", async () => {
    const data = new DataAccount();
    const seed = await version(data, { versionStages: ["AWSCURRENT", "seed"] });
    for (const value of ["second", "third", "fourth"]) rotate(data, seed, value);
    assert.deepEqual(
      new Map(stages(data) as [string, string[]][]),
      new Map([
        ["first", ["seed"]],
        ["third", ["AWSPREVIOUS"]],
        ["fourth", ["AWSCURRENT"]],
      ]),
    );
    // A refresh reads the labels as they are; with ignoreChanges on value and labels the engine then sees no difference.
    const refreshed = data.read(seed);
    assert.deepEqual(refreshed?.inputs["versionStages"], ["seed"]);
    const ignored = { ...seed.inputs, versionStages: refreshed.inputs["versionStages"] };
    assert.deepEqual(data.aws.diff(subjectOf(T.SecretVersion), refreshed.inputs, ignored).changed, []);
  });

  it("a seed without a label of its own is pruned, and an up would restore the old password", async () => {
    const data = new DataAccount();
    const seed = await version(data);
    for (const value of ["second", "third"]) rotate(data, seed, value);
    assert.equal(data.read(seed), undefined);
  });

  it("labels that the program takes back really move the current value", async () => {
    const data = new DataAccount();
    const seed = await version(data, { versionStages: ["AWSCURRENT", "seed"] });
    rotate(data, seed, "second");
    await data.change(seed, { versionStages: ["AWSCURRENT", "seed"], region: REGION });
    assert.deepEqual(
      new Map(stages(data) as [string, string[]][]),
      new Map([
        ["first", ["AWSCURRENT", "seed"]],
        ["second", ["AWSPREVIOUS"]],
      ]),
    );
  });

  it("go with all versions after the recovery window, or at once", async () => {
    const data = new DataAccount();
    const made = await secret(data);
    await data.make(T.SecretVersion, { secretId: made.id, secretString: "x" });
    await data.delete(made);
    assert.equal(data.stored(made)?.state, "pendingDeletion");
    assert.deepEqual(
      data.accounts.listType(ACCOUNT, REGION, T.SecretVersion).map(({ state }) => state),
      ["pendingDeletion"],
    );
    const short = await secret(data, { name: "short", recoveryWindowInDays: 0 });
    await data.delete(short);
    assert.equal(await refusal(() => secret(data, { name: "short" })), NOTHING);
  });

  it("are rotated by a function that lets Secrets Manager in", async () => {
    const made = await rotation(new DataAccount(), {
      principal: "secretsmanager.amazonaws.com",
      sourceAccount: ACCOUNT,
      sourceArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:db/app-??????`,
    });
    assert.equal(made.outputs["rotationEnabled"], true);
    assert.match(made.id, /:secret:db\/app-[A-Za-z0-9]{6}$/);
  });
});

describe("data models: functions", () => {
  it("keep the hash of their code only, and differ by it", async () => {
    const data = new DataAccount();
    const made = await data.function();
    const code = data.stored(made)?.inputs["code"];
    assert.deepEqual(Object.keys(code as object), ["4dabf18193072939515e22adb298388d", "hash"]);
    const diff = (hash: string) =>
      data.aws.diff(subjectOf(T.Function), { code }, { code: archive(hash.repeat(64)) });
    assert.deepEqual(diff("a"), { changed: [], replaces: [] });
    assert.deepEqual(diff("b").changed, [{ path: "code", kind: "update" }]);
    const changed = await data.change(made, { code: archive("b".repeat(64)) });
    assert.notEqual(changed.outputs["codeSha256"], made.outputs["codeSha256"]);
  });

  it("keep subnets and security groups", async () => {
    const data = new DataAccount();
    const { subnetIds, groupId } = await data.network();
    await data.function({ vpcConfig: { subnetIds, securityGroupIds: [groupId] } });
    assert.equal(
      await refusal(() => data.aws.delete(subjectOf(T.SecurityGroup), groupId, {})),
      "DependencyViolation: SecurityGroup sg-# has dependent objects and cannot be deleted: worker",
    );
  });

  it("are invoked once for an input, with the answer that the account holds", async () => {
    const data = new DataAccount();
    const worker = await data.function();
    const first = await data.make(T.Invocation, { functionName: worker.id, input: '{"a":1}' });
    assert.equal(first.outputs["result"], "{}");
    answerInvocations(
      data.accounts,
      { account: ACCOUNT, region: REGION, name: "worker" },
      { result: '{"done":true}' },
    );
    const crud = await data.make(T.Invocation, {
      functionName: worker.id,
      input: '{"a":2}',
      lifecycleScope: "CRUD",
    });
    assert.equal(crud.outputs["result"], '{"done":true}');
    assert.deepEqual(data.replaces(T.Invocation, { input: "1" }, { input: "2" }), ["input"]);
    assert.deepEqual(data.replaces(T.Invocation, { input: "1" }, { input: "2", lifecycleScope: "CRUD" }), []);
  });
});

describe("data models: parameters, queues, alarms", () => {
  it("count versions of a parameter; the advanced tier can't be left", async () => {
    const data = new DataAccount();
    const made = await parameter({})(data);
    const changed = await data.change(made, { value: "y" });
    assert.deepEqual([made.outputs["version"], changed.outputs["version"]], [1, 2]);
    assert.deepEqual(data.replaces(T.Parameter, { tier: "Advanced" }, { tier: "Standard" }), ["tier"]);
    assert.deepEqual(data.replaces(T.Parameter, { tier: "Standard" }, { tier: "Advanced" }), []);
  });

  it("take what exists", async () => {
    const data = new DataAccount();
    const topic = await data.make(T.Topic, { name: "alerts" });
    const queue = await data.make(T.Queue, { name: "dead" });
    await data.make(T.QueuePolicy, {
      queueUrl: queue.id,
      policy: document({
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.outputs["arn"],
      }),
    });
    await data.make(T.LogGroup, { name: "/app" });
    const filter = {
      name: "errors",
      logGroupName: "/app",
      pattern: "ERROR",
      metricTransformation: { name: "Errors", namespace: "StreamFlix/App", value: "1" },
    };
    assert.equal(await refusal(() => data.make(T.MetricFilter, filter)), NOTHING);
    const alarm = await data.make(T.MetricAlarm, {
      name: "errors",
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      metricName: "Errors",
      namespace: "StreamFlix/App",
      statistic: "Sum",
      period: 60,
      alarmActions: [topic.outputs["arn"]],
    });
    assert.equal(alarm.outputs["arn"], `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`);
    await data.role("lambda.amazonaws.com");
    const policyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";
    assert.equal(await refusal(() => data.make(T.Attachment, { role: "lambda", policyArn })), NOTHING);
  });
});
