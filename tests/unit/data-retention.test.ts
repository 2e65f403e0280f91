import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { DataRetention, type DataRetentionArgs } from "../../components/data-retention";
import type { Database } from "../../components/database";
import { LogSweeper } from "../../components/log-sweeper";
import { NO_ERASURE_LOG } from "../../functions/data-retention/erasure-log";
import { readSettings } from "../../functions/data-retention/settings";
import { readSettings as readSweeperSettings } from "../../functions/log-sweeper/run";
import {
  countByType,
  ofType,
  only,
  registered,
  type Registered,
  section,
  stack,
  statementsOf,
} from "./data-mocks";

const NETWORK = {
  vpcId: "vpc",
  subnetIds: ["private-1", "private-2"],
  endpointsSecurityGroupId: "group-endpoints",
};
const ERASURE_LOG = { bucketName: "erasures", arn: "arn-of-erasures", s3PrefixListId: "addresses-of-s3" };
const KEYS = { logs: "key-logs", messaging: "key-messaging", secrets: "key-secrets" };

/** What a DataRetention registers with a shipped stack's configuration, some of it changed. */
function dataRetention(
  name: "dev" | "prod" = "dev",
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<DataRetentionArgs> = { erasureLog: ERASURE_LOG },
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  return registered(() => {
    const done = new aws.lambda.Invocation("roles", { functionName: "roles", input: "{}" });
    const database = {
      writerEndpoint: pulumi.output("writer.example"),
      securityGroupId: pulumi.output("group-data"),
      roles: { done },
      connectStatement: (user: string) => ({
        Sid: "SignInToDatabase",
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: `user-${user}`,
      }),
    } as unknown as Database;
    new DataRetention("data-retention", {
      ...place,
      ...NETWORK,
      retention: config.retention,
      dataRetention: section(config, "dataRetention"),
      database,
      keyArns: KEYS,
      ...more,
    });
  });
}

const ACCOUNT = "eu-central-1:111122223333";

describe("deletion of rows", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await dataRetention();
  });

  it("makes exactly these resources", () => {
    const counts = countByType(all.filter(({ name }) => name.startsWith("data-retention")));
    assert.deepEqual(counts, {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 3,
      "aws:lambda/function:Function": 1,
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": 1,
      "aws:scheduler/schedule:Schedule": 1,
      "aws:secretsmanager/secret:Secret": 1,
      "aws:secretsmanager/secretPolicy:SecretPolicy": 1,
      "aws:secretsmanager/secretVersion:SecretVersion": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("is done by a function whose environment the code understands, with classes as days", () => {
    const { code, environment, ...inputs } = only(all, "Function").inputs;
    assert.ok(code);
    assert.deepEqual(inputs, {
      name: "streamflix-data-retention-dev",
      description: "Deletes rows past their time and erases subjects",
      role: "Role/data-retention#arn",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      timeout: 840,
      memorySize: 512,
      vpcConfig: {
        subnetIds: ["private-1", "private-2"],
        securityGroupIds: ["SecurityGroup/data-retention#id"],
      },
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/data-retention" },
    });
    const { variables } = environment as { variables: Record<string, string> };
    assert.deepEqual(readSettings({ ...variables, AWS_REGION: "eu-central-1" }), {
      host: "writer.example",
      region: "eu-central-1",
      logBucket: "erasures",
      digestKeyArn: variables["DIGEST_KEY_ARN"],
      plan: {
        port: 5432,
        database: "streamflix",
        user: "streamflix_retention",
        schema: "streamflix",
        batchRows: 1000,
        subjectKeys: { table: "subject_keys", subjectColumn: "subject_id" },
        tables: [
          {
            table: "playback_positions",
            subjectColumn: "profile_id",
            expiry: {
              timeColumn: "recorded_at",
              days: stack("dev").config.retention["viewer-data"].maximumDays,
            },
          },
          { table: "profiles", subjectColumn: "id" },
        ],
        keptDays: {
          backup: stack("dev").config.retention.backup.maximumDays,
          events: stack("dev").config.retention["viewer-events"].maximumDays,
          evidence: stack("dev").config.retention.audit.maximumDays,
        },
      },
    });
  });

  it("reaches the database, the endpoints and S3, and nothing else", () => {
    const ways = ofType(all, "SecurityGroupEgressRule").map(({ inputs }) => [
      inputs["referencedSecurityGroupId"] ?? inputs["prefixListId"],
      inputs["fromPort"],
      inputs["toPort"],
    ]);
    assert.deepEqual(ways, [
      ["group-data", 5432, 5432],
      ["group-endpoints", 443, 443],
      ["addresses-of-s3", 443, 443],
    ]);
  });

  it("may sign in as its own user, read its key, and add to its log, no more", () => {
    const { WriteOwnLog, NetworkInterfaces, NotFromOwnCode, KeepFailures, UseMessagingKey, ...own } =
      statementsOf(only(all, "RolePolicy", "data-retention").inputs["policy"]);
    assert.ok(WriteOwnLog && NetworkInterfaces && NotFromOwnCode && KeepFailures && UseMessagingKey);
    assert.deepEqual(Object.keys(own), ["ReadSecrets", "UseSecretsKey", "UseAuditKey"]);
    assert.deepEqual(own["ReadSecrets"]?.["Resource"], [
      `arn:aws:secretsmanager:${ACCOUNT}:secret:streamflix/dev/retention/digest-key-*`,
    ]);
    assert.deepEqual(own["UseAuditKey"]?.["Condition"], {
      StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-audit-dev" },
    });
    const late = statementsOf(only(all, "RolePolicy", "data-retention-late").inputs["policy"]);
    const bucket = "arn-of-erasures";
    assert.deepEqual(
      Object.values(late).map((it) => [it["Action"], it["Resource"], it["Condition"]]),
      [
        ["rds-db:connect", "user-streamflix_retention", undefined],
        [["s3:GetObject", "s3:PutObject"], `${bucket}/erasures/*`, undefined],
        ["s3:ListBucket", bucket, { StringLike: { "s3:prefix": "erasures/*" } }],
      ],
    );
  });

  it("runs every quarter of an hour of its window, after its user exists", async () => {
    const schedule = only(all, "schedule:Schedule", "data-retention-schedule");
    assert.deepEqual(schedule.inputs, {
      name: "streamflix-data-retention-dev",
      description: "Deletes rows past their time, every night",
      scheduleExpression: "cron(0/15 2 * * ? *)",
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: "Function/data-retention#arn",
        roleArn: "Role/data-retention-schedule#arn",
        input: '{"action":"expire"}',
        retryPolicy: { maximumEventAgeInSeconds: 600, maximumRetryAttempts: 5 },
      },
    });
    const overMidnight = await dataRetention("dev", { "streamflix:dataRetention.window": "22:00-02:00" });
    const { scheduleExpression } = only(overMidnight, "schedule:Schedule", "data-retention-schedule").inputs;
    assert.equal(scheduleExpression, "cron(0/15 0,1,22,23 * * ? *)");
  });

  it("is started by a role that only the scheduler takes, and that can only do that", () => {
    const role = only(all, "Role", "data-retention-schedule").inputs["assumeRolePolicy"];
    assert.deepEqual((role as { Statement: unknown[] }).Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": `arn:aws:scheduler:${ACCOUNT}:schedule-group/default` },
        },
      },
    ]);
    const { Invoke, ...rest } = statementsOf(
      only(all, "RolePolicy", "data-retention-schedule").inputs["policy"],
    );
    assert.deepEqual(
      [Invoke?.["Action"], Invoke?.["Resource"], rest],
      ["lambda:InvokeFunction", `arn:aws:lambda:${ACCOUNT}:function:streamflix-data-retention-dev`, {}],
    );
  });

  it("protects the key of the digests where the stack is protected", async () => {
    const prod = await dataRetention("prod");
    const of = (them: readonly Registered[]) => {
      const { protect, inputs } = only(them, "Secret");
      return [protect, inputs["recoveryWindowInDays"]];
    };
    assert.deepEqual(
      [of(all), of(prod)],
      [
        [false, 7],
        [true, 30],
      ],
    );
  });

  it("can't reach S3 without a log, and then refuses to erase", async () => {
    const without = await dataRetention("dev", {}, {});
    const { variables } = only(without, "Function").inputs["environment"] as {
      variables: Record<string, string>;
    };
    assert.equal(readSettings({ ...variables, AWS_REGION: "eu-central-1" }).logBucket, undefined);
    assert.equal(ofType(without, "SecurityGroupEgressRule").length, 2);
    const late = statementsOf(only(without, "RolePolicy", "data-retention-late").inputs["policy"]);
    assert.deepEqual(Object.keys(late), ["SignInToDatabase"]);
    await assert.rejects(NO_ERASURE_LOG.digests(), { name: "ErasureLogUnusable" });
  });
});

describe("log groups that AWS made by itself", () => {
  let all: readonly Registered[];
  before(async () => {
    const { config, ...place } = stack("dev");
    const { sweptLogGroups: prefixes } = section(config, "dataRetention");
    all = await registered(
      () =>
        new LogSweeper("log-sweeper", {
          ...place,
          ...NETWORK,
          retention: config.retention,
          prefixes,
          keyArns: KEYS,
        }),
    );
  });

  it("are looked after by a function that reaches nothing but the endpoints", () => {
    const { name, vpcConfig, environment } = only(all, "Function").inputs;
    assert.deepEqual(
      [name, vpcConfig],
      [
        "streamflix-log-sweeper-dev",
        { subnetIds: ["private-1", "private-2"], securityGroupIds: ["SecurityGroup/log-sweeper#id"] },
      ],
    );
    const variables = (environment as { variables: Record<string, string> }).variables;
    assert.throws(() => readSweeperSettings(variables), { name: "InvalidEnvironment" });
    assert.deepEqual(readSweeperSettings({ ...variables, KEY_ARN: "arn:aws:kms:key" }), {
      prefixes: ["/aws/", "API-Gateway-Execution-Logs_", "RDSOSMetrics"],
      retentionDays: stack("dev").config.retention.operational.maximumDays,
      keyArn: "arn:aws:kms:key",
    });
    assert.deepEqual(
      ofType(all, "SecurityGroupEgressRule").map(({ inputs }) => inputs["referencedSecurityGroupId"]),
      ["group-endpoints"],
    );
  });

  it("get a key and an end, and can't be deleted by it", () => {
    const { ListGroups, MendGroups } = statementsOf(only(all, "RolePolicy", "log-sweeper").inputs["policy"]);
    assert.deepEqual(
      [ListGroups?.["Action"], MendGroups?.["Action"]],
      ["logs:DescribeLogGroups", ["logs:AssociateKmsKey", "logs:PutRetentionPolicy"]],
    );
    assert.deepEqual(
      MendGroups?.["Resource"],
      ["/aws/", "API-Gateway-Execution-Logs_", "RDSOSMetrics"].map(
        (start) => `arn:aws:logs:${ACCOUNT}:log-group:${start}*`,
      ),
    );
    assert.equal(
      only(all, "schedule:Schedule", "log-sweeper-schedule").inputs["scheduleExpression"],
      "cron(30 4 * * ? *)",
    );
  });
});
