import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type DataClassification, dataTags, type LogClass, type RetentionConfig } from "../config";

export interface LogGroupArgs {
  readonly logGroupName: pulumi.Input<string>;
  readonly classification: DataClassification;
  readonly retentionClass: LogClass;
  readonly retention: RetentionConfig;
  readonly keyArn: pulumi.Input<string>;
}

/** The one way this program makes a log group: encrypted, and emptied when its data class has to be gone. */
export function logGroup(
  name: string,
  args: LogGroupArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: args.logGroupName,
      retentionInDays: args.retention[args.retentionClass].maximumDays,
      kmsKeyId: args.keyArn,
      tags: dataTags(args.classification, args.retentionClass),
    },
    opts,
  );
}
