import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringConfig, Names, RetentionConfig } from "../../config";
import { Bucket } from "../bucket";
import { lambdaBundle } from "../lambda-bundle";
import type { MetricSource } from "../metrics";
import { keyStatement } from "../policy";

export interface CanaryArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly canary: NonNullable<MonitoringConfig["canary"]>;
  /** Address of the API. */
  readonly url: pulumi.Input<string>;
  /** Whether callers sign with IAM; else the guarded route is only asked without rights. */
  readonly signs: boolean;
  readonly retention: RetentionConfig;
  readonly keyArn: pulumi.Input<string>;
  /** Bucket that keeps who reached the canary's. */
  readonly accessLogs: Bucket;
  /** Refuses to delete the bucket of code and runs. */
  readonly protect: boolean;
}

/** Runs JavaScript without a browser. */
const RUNTIME = "syn-nodejs-3.1";

const TIMEOUT_SECONDS = 120;
const RETENTION_DAYS = 7;

/** Asks the API from outside every few minutes, as a client would; its success is a figure like any other. */
export class Canary extends pulumi.ComponentResource {
  readonly metrics: MetricSource;
  readonly everyMinutes: number;

  constructor(name: string, args: CanaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:monitoring:Canary", name, {}, opts);
    const { names, accountId, retention, canary, signs } = args;
    const parent = { parent: this };
    const canaryName = names.fixed("canary", "api");
    const bundle = lambdaBundle("functions/canary/handler.ts");
    const bucket = new Bucket(
      name,
      {
        names,
        accountId,
        retention,
        kind: "data",
        what: "canary",
        classification: "internal",
        retentionClass: "operational",
        keyArn: args.keyArn,
        accessLogs: args.accessLogs,
        protect: args.protect,
      },
      parent,
    );

    const code = new aws.s3.BucketObjectv2(
      name,
      {
        bucket: bucket.bucketName,
        key: `code/${bundle.sha256}.zip`,
        source: bundle.archive,
        kmsKeyId: args.keyArn,
      },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", "canary"),
        description: `Canary ${canaryName}`,
        // Lambda, which runs it, sends no source condition when it assumes a role.
        assumeRolePolicy: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        },
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "ask-and-report",
        role: role.id,
        policy: { Version: "2012-10-17", Statement: statements(args, bucket, canaryName) },
      },
      parent,
    );
    const resource = new aws.synthetics.Canary(
      name,
      {
        name: canaryName,
        runtimeVersion: RUNTIME,
        handler: "index.handler",
        s3Bucket: code.bucket,
        s3Key: code.key,
        s3Version: code.versionId,
        executionRoleArn: role.arn,
        artifactS3Location: pulumi.interpolate`s3://${bucket.bucketName}/runs`,
        artifactConfig: { s3Encryption: { encryptionMode: "SSE_KMS", kmsKeyArn: args.keyArn } },
        schedule: {
          expression: canary.everyMinutes === 1 ? "rate(1 minute)" : `rate(${canary.everyMinutes} minutes)`,
        },
        runConfig: {
          timeoutInSeconds: Math.min(TIMEOUT_SECONDS, canary.everyMinutes * 60),
          activeTracing: true,
          environmentVariables: { API_URL: args.url, SIGNS: String(signs) },
        },
        successRetentionPeriod: RETENTION_DAYS,
        failureRetentionPeriod: RETENTION_DAYS,
        startCanary: true,
        deleteLambda: true,
      },
      { parent: this, dependsOn: [policy] },
    );
    this.metrics = { namespace: "CloudWatchSynthetics", dimensions: { CanaryName: resource.name } };
    this.everyMinutes = canary.everyMinutes;
    this.registerOutputs({ metrics: this.metrics, everyMinutes: this.everyMinutes });
  }
}

/** What the canary does in AWS: leave what a run left, write its log, say how it went, call one guarded route. */
function statements(args: CanaryArgs, bucket: Bucket, canaryName: string): aws.iam.PolicyStatement[] {
  const { accountId, region } = args;
  return [
    {
      Sid: "KeepRuns",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:GetObject"],
      Resource: `${bucket.plainArn}/*`,
    },
    { Sid: "FindBucket", Effect: "Allow", Action: "s3:GetBucketLocation", Resource: bucket.plainArn },
    // The service asks for it before a run; it lists names only.
    { Sid: "ListBuckets", Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "arn:aws:s3:::*" },
    keyStatement(args, {
      sid: "UseLogsKey",
      service: "s3",
      key: "logs",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    }),
    {
      Sid: "WriteOwnLog",
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/cwsyn-${canaryName}-*`,
    },
    {
      Sid: "SayHowItWent",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      // It knows no resource; the namespace stands for one.
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" } },
    },
    // X-Ray knows no resources for traces.
    { Sid: "Trace", Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" },
    ...(args.signs
      ? [
          {
            Sid: "AskGuardedRoute",
            Effect: "Allow" as const,
            Action: "execute-api:Invoke",
            Resource: `arn:aws:execute-api:${region}:${accountId}:*/live/GET/v1/profiles/*`,
          },
        ]
      : []),
  ];
}
