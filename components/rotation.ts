import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig, RotationConfig } from "../config";
import { databaseReaches } from "./database/reaches";
import { SECRETS } from "./database/secrets";
import { FailureQueue } from "./failure-queue";
import { lambdaBundle } from "./lambda-bundle";
import type { MetricSource } from "./metrics";
import { secretArnPattern, secretsKeyStatement } from "./secret";
import { VpcFunction } from "./vpc-function";
import type { FunctionMetrics } from "./function-parts";

export interface RotationArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly rotation: RotationConfig;
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone, with a way to the database and to the endpoints. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  readonly secretArns: { readonly master: pulumi.Input<string>; readonly service: pulumi.Input<string> };
  /** What makes the users: no schedule starts before it is done. */
  readonly roles: pulumi.Resource;
  readonly keyArns: Readonly<Record<"logs" | "messaging", pulumi.Input<string>>>;
  readonly retention: RetentionConfig;
}

/** A secret that is rotated. */
export interface RotatedSecret {
  readonly what: keyof typeof SECRETS;
  readonly arn: pulumi.Input<string>;
  readonly everyDays: number;
}

/** One step takes a second or two; the rest is for a database that is paused or failing over. */
const TIMEOUT_SECONDS = 60;
const MEMORY_MEGABYTES = 256;

/**
 * Rotation of the database's passwords: a function in the VPC, which Secrets Manager invokes for each step, and the
 * schedules. The service's two users take turns; the master sets its own.
 *
 * Nothing is rotated when a schedule starts: Secrets Manager only lets the function try the password that is there.
 */
export class Rotation extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** Keeps the events of invocations that failed. */
  readonly failureQueueName: pulumi.Output<string>;
  /** What it rotates, and how often. */
  readonly secrets: readonly RotatedSecret[];
  /** Figures of the function, and of what it failed on. */
  readonly metrics: { readonly function: FunctionMetrics; readonly failures: MetricSource };

  constructor(name: string, args: RotationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:rotation:Rotation", name, {}, opts);
    const { names, accountId, region, rotation } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };

    const failures = new FailureQueue(
      `${name}-failures`,
      { ...place, what: "rotation", keyArn: args.keyArns.messaging },
      parent,
    );
    const rotator = new VpcFunction(
      name,
      {
        ...place,
        what: "rotation",
        description: "Rotates the database's passwords",
        bundle: lambdaBundle("rotation/handler.ts", {
          "database-ca.pem": `components/database/certificates/${region}.pem`,
        }),
        runtime: rotation.runtime,
        environment: { CERTIFICATE_NAMES: JSON.stringify(rotation.hostAliases ?? {}) },
        failures,
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: databaseReaches(args, "the function that rotates passwords"),
        statements: rotateSecrets(place),
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
      },
      parent,
    );
    this.secrets = [
      { what: "master", arn: args.secretArns.master, everyDays: rotation.masterDays },
      { what: "service", arn: args.secretArns.service, everyDays: rotation.serviceDays },
    ];
    for (const { what, arn, everyDays } of this.secrets) {
      const permission = new aws.lambda.Permission(
        `${name}-${what}`,
        {
          function: rotator.functionName,
          statementId: `rotate-${what}`,
          action: "lambda:InvokeFunction",
          principal: "secretsmanager.amazonaws.com",
          sourceAccount: accountId,
          sourceArn: arn,
        },
        parent,
      );
      new aws.secretsmanager.SecretRotation(
        `${name}-${what}`,
        {
          secretId: arn,
          rotationLambdaArn: rotator.arn,
          // The first passwords are as good as later ones.
          rotateImmediately: false,
          rotationRules: { automaticallyAfterDays: everyDays },
        },
        { parent: this, dependsOn: [permission, args.roles] },
      );
    }
    this.functionName = rotator.functionName;
    this.failureQueueName = failures.queueName;
    this.metrics = { function: rotator.metrics, failures: failures.metrics };
    this.registerOutputs({
      functionName: this.functionName,
      failureQueueName: this.failureQueueName,
      secrets: this.secrets,
      metrics: this.metrics,
    });
  }
}

/** What a rotation does with a secret, and nothing that could replace or delete one. */
function rotateSecrets(place: {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
}): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "RotateSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: [secretArnPattern(place, SECRETS.master), secretArnPattern(place, SECRETS.service)],
    },
    secretsKeyStatement(place, ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}
