import assert from "node:assert/strict";

import { Bucket } from "../../../components/bucket";
import { Canary, type CanaryArgs } from "../../../components/monitoring/canary";
import { record, type Registration } from "../mocks";
import { PLACE } from "../registrations";
import { statementsOf } from "../data-mocks";
import { ACCOUNT, type Case, DataAccount, NOTHING, refusal, REGION } from "../data-models-account";
import { S3 } from "../streaming-models-account";

const NAME = "streamflix-api-unit";
const BUCKET = "streamflix-canary-unit-111122223333-eu-central-1";

async function canary(changes: Partial<CanaryArgs> = {}): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    const accessLogs = new Bucket("logs", {
      ...PLACE,
      kind: "access-log",
      what: "access-logs",
      protect: false,
    });
    new Canary("canary", {
      ...PLACE,
      canary: { everyMinutes: 5 },
      url: "https://api.example",
      signs: true,
      keyArn: "key-logs",
      accessLogs,
      protect: false,
      ...changes,
    });
  });
  return registrations;
}

const the = (all: readonly Registration[], type: string) => {
  const [found, ...others] = all.filter(
    (it) => it.name === "canary" && /^aws:/.test(it.type) && it.type.endsWith(`:${type}`),
  );
  assert.ok(found && others.length === 0, `${type}: ${others.length}`);
  return found;
};

describe("Canary", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await canary();
  });

  it("asks every five minutes, as soon as its role may", () => {
    const { inputs, dependsOn } = the(all, "Canary");
    const { s3Key, ...rest } = inputs;
    assert.match(String(s3Key), /^code\/[0-9a-f]{64}\.zip$/);
    assert.deepEqual(rest, {
      name: NAME,
      runtimeVersion: "syn-nodejs-3.1",
      handler: "index.handler",
      s3Bucket: the(all, "BucketObjectv2").inputs["bucket"],
      executionRoleArn: "Role/canary#arn",
      artifactS3Location: `s3://${BUCKET}/runs`,
      artifactConfig: { s3Encryption: { encryptionMode: "SSE_KMS", kmsKeyArn: "key-logs" } },
      schedule: { expression: "rate(5 minutes)" },
      runConfig: {
        timeoutInSeconds: 120,
        activeTracing: true,
        environmentVariables: { API_URL: "https://api.example", SIGNS: "true" },
      },
      successRetentionPeriod: 7,
      failureRetentionPeriod: 7,
      startCanary: true,
      deleteLambda: true,
    });
    assert.deepEqual(dependsOn, ["RolePolicy canary"]);
  });

  it("may keep runs and its log, say how it went, and ask one route", () => {
    const statements = statementsOf(the(all, "RolePolicy").inputs["policy"]);
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(statements).map(([sid, { Action, Resource }]) => [sid, [Action, Resource]]),
      ),
      {
        KeepRuns: [["s3:PutObject", "s3:GetObject"], `arn:aws:s3:::${BUCKET}/*`],
        FindBucket: ["s3:GetBucketLocation", `arn:aws:s3:::${BUCKET}`],
        ListBuckets: ["s3:ListAllMyBuckets", "arn:aws:s3:::*"],
        UseLogsKey: [["kms:Decrypt", "kms:GenerateDataKey"], "arn:aws:kms:eu-central-1:111122223333:key/*"],
        WriteOwnLog: [
          ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          `arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/cwsyn-${NAME}-*`,
        ],
        SayHowItWent: ["cloudwatch:PutMetricData", "*"],
        Trace: ["xray:PutTraceSegments", "*"],
        AskGuardedRoute: [
          "execute-api:Invoke",
          "arn:aws:execute-api:eu-central-1:111122223333:*/live/GET/v1/profiles/*",
        ],
      },
    );
    assert.deepEqual(statements["SayHowItWent"]?.["Condition"], {
      StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" },
    });
  });

  it("asks without rights where callers bring a token", async () => {
    const unsigned = await canary({ signs: false });
    assert.equal(statementsOf(the(unsigned, "RolePolicy").inputs["policy"])["AskGuardedRoute"], undefined);
    const { environmentVariables } = the(unsigned, "Canary").inputs["runConfig"] as {
      environmentVariables: unknown;
    };
    assert.deepEqual(environmentVariables, { API_URL: "https://api.example", SIGNS: "false" });
  });

  it("never takes longer than until its next run", async () => {
    const { schedule, runConfig } = the(await canary({ canary: { everyMinutes: 1 } }), "Canary").inputs;
    assert.deepEqual(schedule, { expression: "rate(1 minute)" });
    assert.equal((runConfig as { timeoutInSeconds: number }).timeoutInSeconds, 60);
  });

  it("keeps its bucket in a stack that is protected", async () => {
    const kept = await canary({ protect: true });
    assert.deepEqual(
      [all, kept].map((them) => the(them, "Bucket").protect),
      [false, true],
    );
  });
});

/** A canary whose role, bucket and code are there. */
async function simulated(data: DataAccount, changes: object = {}): Promise<unknown> {
  const executionRoleArn = await data.role("lambda.amazonaws.com", "canary");
  await data.make(S3.Bucket, { bucket: "runs" });
  await data.make("aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "runs", key: "code.zip" });
  return data.make("aws:synthetics/canary:Canary", {
    name: "api",
    runtimeVersion: "syn-nodejs-3.1",
    handler: "index.handler",
    s3Bucket: "runs",
    s3Key: "code.zip",
    executionRoleArn,
    artifactS3Location: "s3://runs/runs",
    schedule: { expression: "rate(5 minutes)" },
    runConfig: { timeoutInSeconds: 120 },
    ...changes,
  });
}

const CASES: readonly Case[] = [
  ["a canary whose role, bucket and code are there", NOTHING, (it) => simulated(it)],
  [
    "a name in capitals",
    'name: expected lower-case letters, digits, hyphens, underscores, got "API"',
    (it) => simulated(it, { name: "API" }),
  ],
  [
    "a runtime that there is not",
    "ValidationException: Invalid runtime version: syn-nodejs-9.9",
    (it) => simulated(it, { runtimeVersion: "syn-nodejs-9.9" }),
  ],
  [
    "code that is not there",
    "ValidationException: Unable to fetch code from s3://runs/other.zip",
    (it) => simulated(it, { s3Key: "other.zip" }),
  ],
  [
    "a role for something else",
    `AccessDenied: lambda.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/other: its trust policy does not name it`,
    async (it) => simulated(it, { executionRoleArn: await it.role("ecs-tasks.amazonaws.com", "other") }),
  ],
  [
    "a run longer than the time to the next one",
    "ValidationException: The timeout can't be longer than the canary's frequency.",
    (it) => simulated(it, { schedule: { expression: "rate(1 minute)" } }),
  ],
  [
    "a run longer than Lambda's",
    "runConfig.timeoutInSeconds: expected to be in the range (3 - 840), got 900",
    (it) => simulated(it, { runConfig: { timeoutInSeconds: 900 } }),
  ],
  [
    "a schedule that is none",
    'schedule.expression: expected rate(…) or cron(…), got "hourly"',
    (it) => simulated(it, { schedule: { expression: "hourly" } }),
  ],
  [
    "runs that are kept for no day",
    "failureRetentionPeriod: expected to be in the range (1 - 455), got 0",
    (it) => simulated(it, { failureRetentionPeriod: 0 }),
  ],
  [
    "a second canary of a name",
    "ConflictException: A canary named api already exists",
    async (it) => {
      await simulated(it);
      await it.make("aws:synthetics/canary:Canary", {
        name: "api",
        runtimeVersion: "syn-nodejs-3.1",
        executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/canary`,
        schedule: { expression: "rate(5 minutes)" },
      });
    },
  ],
  [
    "code in a bucket that is not there",
    `Bucket.NotFound: Bucket "none" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) => it.make("aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "none", key: "code.zip" }),
  ],
];

describe("models of canaries and their code", () => {
  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }
});
