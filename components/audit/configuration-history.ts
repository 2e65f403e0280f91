import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AuditConfig, Names, RegionFacts, RetentionConfig } from "../../config";
import { Bucket } from "../bucket";
import { GLOBAL_RULES, MANAGED_RULES } from "./managed-rules";

const SERVICE = "config.amazonaws.com";

export interface ConfigurationHistoryArgs {
  readonly names: Names;
  readonly accountId: string;
  /** What is the same in all regions is recorded in the home region only. */
  readonly role: RegionFacts["role"];
  readonly retention: RetentionConfig;
  readonly accessLogs: Bucket;
  /** Whether each change is recorded, or how things are once a day. @default daily */
  readonly recording: AuditConfig["recording"];
  readonly keyArn: pulumi.Input<string>;
  readonly protect: boolean;
}

/**
 * How every resource of the account was at any time, kept as evidence, and AWS's own rules on it: they see what was
 * changed by hand, which the policy pack doesn't.
 *
 * Its bucket has no lock: Config delivers to none that locks by default.
 */
export class ConfigurationHistory extends pulumi.ComponentResource {
  constructor(name: string, args: ConfigurationHistoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:audit:ConfigurationHistory", name, {}, opts);
    const { names, accountId, keyArn } = args;
    const isHome = args.role === "home";
    const parent = { parent: this };

    const bucket = new Bucket(
      name,
      {
        names,
        accountId,
        retention: args.retention,
        kind: "evidence",
        what: "configuration",
        keyArn,
        accessLogs: args.accessLogs,
        statements: (bucketArn) => delivery(bucketArn, accountId),
        protect: args.protect,
      },
      parent,
    );
    const recorder = new aws.cfg.Recorder(
      name,
      {
        name: names.fixed("configRecorder", "configuration"),
        // The service's own role, made once per account: it has all rights to look and none to write, so Config delivers
        // in its own name.
        roleArn: `arn:aws:iam::${accountId}:role/aws-service-role/${SERVICE}/AWSServiceRoleForConfig`,
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: isHome },
        recordingMode: { recordingFrequency: args.recording === "continuous" ? "CONTINUOUS" : "DAILY" },
      },
      parent,
    );
    const channel = new aws.cfg.DeliveryChannel(
      name,
      {
        name: names.fixed("configRecorder", "configuration"),
        s3BucketName: bucket.bucketName,
        s3KmsKeyArn: keyArn,
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      },
      { parent: this, dependsOn: [recorder] },
    );
    const running = new aws.cfg.RecorderStatus(
      name,
      { name: recorder.name, isEnabled: true },
      { parent: this, dependsOn: [channel] },
    );
    for (const identifier of [...(isHome ? GLOBAL_RULES : []), ...MANAGED_RULES]) {
      const what = identifier.toLowerCase().replaceAll("_", "-");
      new aws.cfg.Rule(
        `${name}-${what}`,
        {
          name: names.fixed("configRule", what),
          source: { owner: "AWS", sourceIdentifier: identifier },
        },
        { parent: this, dependsOn: [running] },
      );
    }
    this.registerOutputs({});
  }
}

/** Lets Config deliver for this account, and no other. */
function delivery(bucketArn: string, accountId: string): aws.iam.PolicyStatement[] {
  const ofAccount = { "aws:SourceAccount": accountId };
  return [
    {
      Sid: "ConfigChecksBucket",
      Effect: "Allow",
      Principal: { Service: SERVICE },
      Action: ["s3:GetBucketAcl", "s3:ListBucket"],
      Resource: bucketArn,
      Condition: { StringEquals: ofAccount },
    },
    {
      Sid: "ConfigDelivers",
      Effect: "Allow",
      Principal: { Service: SERVICE },
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${accountId}/Config/*`,
      Condition: { StringEquals: { ...ofAccount, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
  ];
}
