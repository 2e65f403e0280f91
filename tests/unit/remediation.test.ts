import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";

import { Remediation } from "../../components/remediation";
import { parseSettings } from "../../functions/remediation/settings";
import { ofType, only, registered, type Registered, section, stack, statementsOf } from "./data-mocks";

const TOPICS = { critical: "alerts", warning: "warnings" };

/** What a Remediation registers with a shipped stack's configuration, some of it changed. */
function remediation(
  name: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
  topicNames: { critical: string; warning: string } | null = TOPICS,
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  return registered(
    () =>
      new Remediation("remediation", {
        ...place,
        tags: { project: "streamflix", environment: name },
        remediation: section(config, "remediation"),
        capacity: config.service?.capacity,
        topicNames: topicNames ?? undefined,
        dependsOn: [new aws.kms.Key("looked-after", {})],
        keyArns: { logs: "key-logs", messaging: "key-messaging" },
      }),
  );
}

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
const SERVICE = arn("ecs", "service/streamflix-services-dev/streamflix-service-dev");
const RULES = [
  "deployment-failed",
  "failover",
  "keys",
  "rotation",
  "shift-end",
  "spot-interruption",
  "spot-placement",
];
const ruleName = (what: string) => `streamflix-remediation-${what}-dev`;

const statementsIn = (all: readonly Registered[]) => statementsOf(only(all, "RolePolicy").inputs["policy"]);

describe("remediation", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await remediation("dev");
  });

  it("is one function outside the VPC, made after all that it looks after", () => {
    const { code, environment, ...inputs } = only(all, "Function").inputs;
    assert.ok(code);
    assert.deepEqual(inputs, {
      name: "streamflix-remediation-dev",
      description: "Mends what events tell of",
      role: "Role/remediation#arn",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      timeout: 60,
      memorySize: 256,
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/remediation" },
    });
    assert.ok(only(all, "RolePolicy").dependsOn.includes("Key looked-after"));
    const { SETTINGS } = (environment as { variables: Record<string, string> }).variables;
    assert.deepEqual(parseSettings(SETTINGS), {
      accountId: "111122223333",
      region: "eu-central-1",
      tags: { project: "streamflix", environment: "dev" },
      topicArns: { critical: arn("sns", "alerts"), warning: arn("sns", "warnings") },
      cases: {
        keys: { mode: "act" },
        rotation: {
          mode: "act",
          coolDownMinutes: 360,
          parameter: "/streamflix/dev/remediation/rotation-retries",
        },
        capacity: {
          mode: "act",
          interruptions: 3,
          withinMinutes: 15,
          shiftMinutes: 120,
          clusterArn: arn("ecs", "cluster/streamflix-services-dev"),
          serviceArn: SERVICE,
          wanted: [
            { capacityProvider: "FARGATE", base: 1, weight: 1 },
            { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
          ],
          parameter: "/streamflix/dev/remediation/capacity-shift",
        },
        failover: { clusterArn: arn("rds", "cluster:streamflix-database-dev") },
      },
    });
  });

  it("is invoked by its own rules only, each of which keeps what it can't deliver", () => {
    assert.deepEqual(
      ofType(all, "EventRule")
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ inputs }) => inputs["name"]),
      RULES.map(ruleName),
    );
    assert.deepEqual(
      ofType(all, "Permission").map(({ inputs }) => inputs),
      RULES.map((what) => ({
        function: "streamflix-remediation-dev",
        statementId: `remediation-${what}`,
        action: "lambda:InvokeFunction",
        principal: "events.amazonaws.com",
        sourceArn: `EventRule/remediation-${what}#arn`,
      })),
    );
    assert.deepEqual(
      ofType(all, "EventTarget").map(({ inputs, dependsOn }) => ({ inputs, dependsOn })),
      RULES.map((what) => ({
        inputs: {
          rule: ruleName(what),
          targetId: `remediation-${what}`,
          arn: "Function/remediation#arn",
          deadLetterConfig: { arn: "Queue/remediation-failures#arn" },
          retryPolicy: { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 },
        },
        dependsOn: [`Permission remediation-${what}`, "FailureQueue remediation-failures"],
      })),
    );
  });

  it("keeps what it failed on beside what could not be delivered, encrypted", () => {
    assert.deepEqual(only(all, "FunctionEventInvokeConfig").inputs, {
      functionName: "streamflix-remediation-dev",
      destinationConfig: { onFailure: { destination: "Queue/remediation-failures#arn" } },
      maximumEventAgeInSeconds: 3600,
    });
    assert.equal(only(all, "Queue").inputs["kmsMasterKeyId"], "key-messaging");
    const { TlsOnly, ...rest } = statementsOf(only(all, "QueuePolicy").inputs["policy"]);
    const [KeepUndeliveredEvents, ...others] = Object.values(rest);
    assert.deepEqual(others, []);
    assert.equal(TlsOnly?.["Effect"], "Deny");
    assert.deepEqual(KeepUndeliveredEvents, {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arn("sqs", "streamflix-remediation-failures-dev"),
      Condition: {
        ArnLike: {
          "aws:SourceArn": [
            "keys",
            "rotation",
            "spot-interruption",
            "spot-placement",
            "deployment-failed",
            "shift-end",
            "failover",
          ].map((what) => arn("events", `rule/${ruleName(what)}`)),
        },
      },
    });
  });

  it("may change exactly this, on what is named or carries the stack's tags", () => {
    const changing = Object.entries(statementsIn(all)).filter(
      ([sid]) => !/^(See|WriteOwnLog|KeepFailures|UseMessagingKey|TellPeople)/.test(sid),
    );
    const secrets = ["master", "service"].map((what) =>
      arn("secretsmanager", `secret:streamflix/dev/database/${what}-*`),
    );
    const flag = (what: string) => arn("ssm", `parameter/streamflix/dev/remediation/${what}`);
    assert.deepEqual(
      Object.fromEntries(
        changing.map(([sid, { Action, Resource, Condition }]) => [
          sid,
          { Action, Resource, ...(Condition === undefined ? {} : { Condition }) },
        ]),
      ),
      {
        RescueKeys: {
          Action: ["kms:CancelKeyDeletion", "kms:EnableKey"],
          Resource: arn("kms", "key/*"),
          Condition: {
            StringEquals: {
              "aws:ResourceTag/project": "streamflix",
              "aws:ResourceTag/environment": "dev",
            },
          },
        },
        StartRotation: { Action: "secretsmanager:RotateSecret", Resource: secrets },
        InvokeRotation: {
          Action: "lambda:InvokeFunction",
          Resource: arn("lambda", "function:streamflix-rotation-dev"),
        },
        RotationRetries: {
          Action: ["ssm:GetParameter", "ssm:PutParameter"],
          Resource: flag("rotation-retries"),
        },
        ShiftService: { Action: "ecs:UpdateService", Resource: SERVICE },
        CapacityShift: {
          Action: ["ssm:GetParameter", "ssm:PutParameter"],
          Resource: flag("capacity-shift"),
        },
      },
    );
  });

  it("may otherwise look only, and never at a secret's value", () => {
    const looking = Object.entries(statementsIn(all)).filter(([sid]) => sid.startsWith("See"));
    assert.deepEqual(Object.fromEntries(looking.map(([sid, { Action }]) => [sid, Action])), {
      SeeKeys: ["kms:DescribeKey", "kms:ListResourceTags"],
      SeeSecrets: "secretsmanager:DescribeSecret",
      SeeService: "ecs:DescribeServices",
      SeeTasks: ["ecs:ListTasks", "ecs:DescribeTasks"],
      SeeDatabase: ["rds:DescribeDBClusters", "rds:ListTagsForResource"],
    });
    const { SeeTasks } = statementsIn(all);
    assert.deepEqual(SeeTasks?.["Condition"], {
      ArnEquals: { "ecs:cluster": arn("ecs", "cluster/streamflix-services-dev") },
    });
  });

  it("tells the topic, with the key that the topic is under", () => {
    const { TellPeople, UseMessagingKeyForTopic } = statementsIn(all);
    assert.deepEqual(
      [TellPeople?.["Action"], TellPeople?.["Resource"]],
      ["sns:Publish", [arn("sns", "alerts"), arn("sns", "warnings")]],
    );
    assert.deepEqual(UseMessagingKeyForTopic?.["Condition"], {
      StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-messaging-dev" },
    });
  });

  it("remembers in two parameters that no deployment writes to again", () => {
    assert.deepEqual(
      ofType(all, "Parameter").map(({ inputs, ignoreChanges }) => ({ inputs, ignoreChanges })),
      ["capacity-shift", "rotation-retries"].map((what) => ({
        inputs: { name: `/streamflix/dev/remediation/${what}`, type: "String", insecureValue: "none" },
        ignoreChanges: ["insecureValue", "value"],
      })),
    );
  });

  it("counts audit records by case and outcome", () => {
    assert.deepEqual(only(all, "LogMetricFilter").inputs, {
      name: "streamflix-remediation-outcomes-dev",
      logGroupName: "/streamflix/dev/remediation",
      pattern: '{ $.message.function = "remediation" }',
      metricTransformation: {
        namespace: "StreamFlix/Remediation",
        name: "Outcomes",
        value: "1",
        unit: "Count",
        dimensions: { Case: "$.message.record.case", Outcome: "$.message.record.outcome" },
      },
    });
  });

  it("can change nothing in a dry run, whatever its code would do", async () => {
    const prod = await remediation("prod");
    const actions = Object.values(statementsIn(prod)).flatMap(({ Action }) => Action as string | string[]);
    assert.deepEqual(
      actions.filter((action) => !/:(Describe|List|Get)/.test(action)).sort(),
      // Its own log, its own failures, and what it tells.
      [
        "kms:Decrypt",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sns:Publish",
        "sqs:SendMessage",
      ],
    );
    const names = ofType(prod, "EventTarget").map(({ name }) => name);
    assert.equal(names.length, 6);
    assert.ok(!names.includes("remediation-shift-end"));
  });

  it("has the parts of its cases only, and nobody to tell without a topic", async () => {
    const few = await remediation(
      "dev",
      { "streamflix:remediation.cases": { failover: {} }, "streamflix:remediation.trail": undefined },
      null,
    );
    assert.deepEqual(
      ofType(few, "EventTarget").map(({ name }) => name),
      ["remediation-failover"],
    );
    assert.deepEqual(Object.keys(statementsIn(few)), [
      "WriteOwnLog",
      "SeeDatabase",
      "KeepFailures",
      "UseMessagingKey",
    ]);
    assert.deepEqual(ofType(few, "Parameter"), []);
  });
});
