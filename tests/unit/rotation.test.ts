import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";

import { Rotation } from "../../components/rotation";
import { ofType, only, registered, type Registered, section, stack, statementsOf } from "./data-mocks";

/** What a Rotation registers with a shipped stack's configuration, some of it changed. */
function rotation(changes: Readonly<Record<string, unknown>> = {}): Promise<readonly Registered[]> {
  const { config, ...place } = stack("dev", changes);
  return registered(
    () =>
      new Rotation("rotation", {
        ...place,
        rotation: section(config, "rotation"),
        vpcId: "vpc",
        subnetIds: ["private-1", "private-2"],
        databaseSecurityGroupId: "group-data",
        endpointsSecurityGroupId: "group-endpoints",
        secretArns: { master: "arn-of-master", service: "arn-of-service" },
        roles: new aws.lambda.Invocation("roles", { functionName: "roles", input: "{}" }),
        keyArns: { logs: "key-logs", messaging: "key-messaging" },
      }),
  );
}

const ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:streamflix/dev/database";

describe("rotation of the database's passwords", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await rotation();
  });

  it("is done by a function in the private subnets", () => {
    const { code, ...inputs } = only(all, "Function").inputs;
    assert.ok(code);
    assert.deepEqual(inputs, {
      name: "streamflix-rotation-dev",
      description: "Rotates the database's passwords",
      role: "Role/rotation#arn",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      timeout: 60,
      memorySize: 256,
      environment: { variables: { CERTIFICATE_NAMES: "{}" } },
      vpcConfig: { subnetIds: ["private-1", "private-2"], securityGroupIds: ["SecurityGroup/rotation#id"] },
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/rotation" },
    });
    const { kmsKeyId, retentionInDays } = only(all, "LogGroup").inputs;
    assert.deepEqual([kmsKeyId, retentionInDays], ["key-logs", 7]);
  });

  it("takes the older runtime and aliases of hosts from the configuration", async () => {
    const changed = await rotation({
      "streamflix:rotation.runtime": "nodejs22.x",
      "streamflix:rotation.hostAliases": { "global.example": "writer.example" },
    });
    const { runtime, environment } = only(changed, "Function").inputs;
    assert.equal(runtime, "nodejs22.x");
    assert.deepEqual(environment, {
      variables: { CERTIFICATE_NAMES: '{"global.example":"writer.example"}' },
    });
  });

  it("reaches the database and the endpoints, and nothing else", () => {
    const ways = ofType(all, "SecurityGroupEgressRule").map(({ inputs }) => [
      inputs["securityGroupId"],
      inputs["referencedSecurityGroupId"],
      inputs["fromPort"],
      inputs["toPort"],
    ]);
    assert.deepEqual(ways, [
      ["SecurityGroup/rotation#id", "group-data", 5432, 5432],
      ["SecurityGroup/rotation#id", "group-endpoints", 443, 443],
    ]);
  });

  it("may rotate two secrets, and neither replace nor delete them", () => {
    const {
      WriteOwnLog,
      NetworkInterfaces,
      NotFromOwnCode,
      RotateSecrets,
      UseSecretsKey,
      KeepFailures,
      UseMessagingKey,
      ...rest
    } = statementsOf(only(all, "RolePolicy").inputs["policy"]);
    assert.deepEqual(rest, {});
    assert.ok(WriteOwnLog && NetworkInterfaces && NotFromOwnCode);
    assert.deepEqual(RotateSecrets?.["Action"], [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:ListSecretVersionIds",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]);
    assert.deepEqual(RotateSecrets["Resource"], [`${ARN}/master-*`, `${ARN}/service-*`]);
    assert.deepEqual(UseSecretsKey?.["Action"], ["kms:Decrypt", "kms:GenerateDataKey"]);
    assert.deepEqual(UseSecretsKey["Condition"], {
      StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-secrets-dev" },
    });
    assert.deepEqual(
      [KeepFailures?.["Action"], KeepFailures?.["Resource"]],
      ["sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:streamflix-rotation-failures-dev"],
    );
    assert.deepEqual(UseMessagingKey?.["Condition"], {
      StringEquals: { "kms:ViaService": "sqs.eu-central-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-messaging-dev" },
    });
  });

  it("keeps what it failed on, encrypted", () => {
    assert.deepEqual(only(all, "Queue").inputs, {
      name: "streamflix-rotation-failures-dev",
      kmsMasterKeyId: "key-messaging",
      messageRetentionSeconds: 1_209_600,
    });
    assert.deepEqual(only(all, "FunctionEventInvokeConfig").inputs["destinationConfig"], {
      onFailure: { destination: "Queue/rotation-failures#arn" },
    });
  });

  it("may be invoked by Secrets Manager for these secrets only", () => {
    assert.deepEqual(
      ofType(all, "Permission").map(({ inputs }) => inputs),
      ["master", "service"].map((what) => ({
        function: "streamflix-rotation-dev",
        statementId: `rotate-${what}`,
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        sourceAccount: "111122223333",
        sourceArn: `arn-of-${what}`,
      })),
    );
  });

  it("starts after the users exist, with intervals of its own, and rotates nothing at once", async () => {
    const changed = await rotation({
      "streamflix:rotation.masterDays": 7,
      "streamflix:rotation.serviceDays": 14,
    });
    assert.deepEqual(
      ofType(changed, "SecretRotation").map(({ inputs, dependsOn }) => ({ inputs, dependsOn })),
      (
        [
          ["master", 7],
          ["service", 14],
        ] as const
      ).map(([what, days]) => ({
        inputs: {
          secretId: `arn-of-${what}`,
          rotationLambdaArn: "Function/rotation#arn",
          rotateImmediately: false,
          rotationRules: { automaticallyAfterDays: days },
        },
        dependsOn: [`Permission rotation-${what}`, "Invocation roles"],
      })),
    );
  });
});
