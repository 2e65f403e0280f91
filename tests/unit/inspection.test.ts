import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";

import { Inspection, type InspectionArgs } from "../../components/inspection";
import { parseSettings } from "../../functions/inspection/settings";
import { ofType, only, registered, type Registered, stack, statementsOf } from "./data-mocks";

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;
const KEYS = { logs: arn("kms", "key/logs"), messaging: arn("kms", "key/messaging") };
const secret = (what: string) => arn("secretsmanager", `secret:streamflix/dev/database/${what}-1-AbCdEf`);
const ROTATION = {
  secrets: [
    { what: "master", arn: secret("master"), everyDays: 30 },
    { what: "service", arn: secret("service"), everyDays: 7 },
  ],
} as const;

/** What an Inspection registers, and what it says of its figures. */
async function inspection(changes: Partial<InspectionArgs> = {}): Promise<{
  readonly all: readonly Registered[];
  readonly made: Inspection;
}> {
  const { config, ...place } = stack("dev");
  let made: Inspection | undefined;
  const all = await registered(() => {
    made = new Inspection("inspection", {
      ...place,
      retention: config.retention,
      tags: { project: "streamflix", environment: "dev" },
      keyArns: KEYS,
      rotation: ROTATION,
      watchesService: true,
      dependsOn: [new aws.kms.Key("looked-at", {})],
      ...changes,
    });
  });
  assert.ok(made);
  return { all, made };
}

describe("inspection", () => {
  let all: readonly Registered[];
  let made: Inspection;
  before(async () => {
    ({ all, made } = await inspection());
  });

  it("is one function outside the VPC, which knows what there is to look at", () => {
    const { code, environment, ...inputs } = only(all, "Function").inputs;
    assert.ok(code);
    assert.deepEqual(inputs, {
      name: "streamflix-inspection-dev",
      description: "Publishes figures that AWS has none of",
      role: "Role/inspection#arn",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      timeout: 60,
      memorySize: 256,
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/inspection" },
    });
    const { SETTINGS } = (environment as { variables: Record<string, string> }).variables;
    assert.deepEqual(parseSettings(SETTINGS), {
      secrets: { master: secret("master"), service: secret("service") },
      keys: KEYS,
    });
    assert.ok(only(all, "RolePolicy", "inspection").dependsOn.includes("Key looked-at"));
  });

  it("may see dates and states, and nothing else of AWS", () => {
    const { WriteOwnLog, KeepFailures, UseMessagingKey, ...rest } = statementsOf(
      only(all, "RolePolicy", "inspection").inputs["policy"],
    );
    assert.ok(WriteOwnLog && KeepFailures && UseMessagingKey);
    assert.deepEqual(Object.values(rest), [
      {
        Sid: "SeeKeys",
        Effect: "Allow",
        Action: "kms:DescribeKey",
        Resource: arn("kms", "key/*"),
        Condition: {
          StringEquals: { "aws:ResourceTag/project": "streamflix", "aws:ResourceTag/environment": "dev" },
        },
      },
      {
        Sid: "SeeSecrets",
        Effect: "Allow",
        Action: "secretsmanager:DescribeSecret",
        Resource: ["master", "service"].map((what) =>
          arn("secretsmanager", `secret:streamflix/dev/database/${what}-*`),
        ),
      },
    ]);
  });

  it("looks four times an hour", () => {
    const { scheduleExpression, target } = only(all, "schedule:Schedule").inputs;
    assert.equal(scheduleExpression, "rate(15 minutes)");
    assert.equal((target as { input: string }).input, '{"action":"look"}');
  });

  it("is told of stopped tasks and failed deployments of the service, and of no others", () => {
    const rules = ofType(all, "EventRule").filter(({ type }) => type.startsWith("aws:"));
    const service = "streamflix-service-dev";
    assert.deepEqual(
      rules.map(({ inputs }) => [inputs["name"], JSON.parse(String(inputs["eventPattern"])) as unknown]),
      [
        [
          "streamflix-inspection-deployments-dev",
          {
            source: ["aws.ecs"],
            "detail-type": ["ECS Deployment State Change"],
            resources: [arn("ecs", `service/streamflix-services-dev/${service}`)],
            detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
          },
        ],
        [
          "streamflix-inspection-stops-dev",
          {
            source: ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            detail: {
              clusterArn: [arn("ecs", "cluster/streamflix-services-dev")],
              group: [`service:${service}`],
              lastStatus: ["STOPPED"],
            },
          },
        ],
      ],
    );
    assert.deepEqual(
      ofType(all, "EventTarget").map(({ inputs }) => inputs["deadLetterConfig"]),
      [1, 2].map(() => ({ arn: "Queue/inspection-failures#arn" })),
    );
    const admitted = Object.values(statementsOf(only(all, "QueuePolicy").inputs["policy"])).find(
      ({ Effect }) => Effect === "Allow",
    );
    assert.deepEqual(admitted?.["Condition"], {
      ArnLike: {
        "aws:SourceArn": ["stops", "deployments"].map((what) =>
          arn("events", `rule/streamflix-inspection-${what}-dev`),
        ),
      },
    });
  });

  it("says how often each secret is to be rotated", () => {
    assert.deepEqual(
      made.metrics.secrets.map(({ what, everyDays, daysSinceRotation: { namespace, name, statistic } }) => [
        what,
        everyDays,
        `${namespace} ${name} ${statistic}`,
      ]),
      [
        ["master", 30, "StreamFlix/Inspection DaysSinceRotation Maximum"],
        ["service", 7, "StreamFlix/Inspection DaysSinceRotation Maximum"],
      ],
    );
  });

  it("looks at keys alone where nothing is rotated and no service runs", async () => {
    const { all: few, made: little } = await inspection({ rotation: undefined, watchesService: false });
    assert.equal(ofType(few, "EventRule").length, 0);
    assert.equal(Object.keys(statementsOf(only(few, "QueuePolicy").inputs["policy"])).length, 1);
    assert.equal(
      statementsOf(only(few, "RolePolicy", "inspection").inputs["policy"])["SeeSecrets"],
      undefined,
    );
    const { secrets, service } = little.metrics;
    assert.deepEqual([secrets, service], [[], undefined]);
  });
});
