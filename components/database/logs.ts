import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface DatabaseLogsArgs {
  readonly clusterIdentifier: string;
  /** Days the logs are kept, one of CloudWatch's values. */
  readonly retentionDays: number;
  readonly keyArn: pulumi.Input<string>;
}

/** Logs that the cluster sends to CloudWatch: the server's own, and why IAM sign-ins fail. */
export const LOG_EXPORTS = ["postgresql", "iam-db-auth-error"] as const;

/**
 * The cluster's log groups, to be made before it: RDS would make them itself otherwise, without encryption and kept
 * for ever. Their names are RDS's choice.
 */
export class DatabaseLogs extends pulumi.ComponentResource {
  /** Group of the server's log, with the lines of pgaudit. */
  readonly serverLogGroupName: pulumi.Output<string>;

  constructor(name: string, args: DatabaseLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:DatabaseLogs", name, {}, opts);
    const group = (log: (typeof LOG_EXPORTS)[number]) =>
      new aws.cloudwatch.LogGroup(
        `${name}-${log}`,
        {
          name: `/aws/rds/cluster/${args.clusterIdentifier}/${log}`,
          retentionInDays: args.retentionDays,
          kmsKeyId: args.keyArn,
          tags: { "data-classification": "personal", "retention-class": "database-logs" },
        },
        { parent: this },
      ).name;

    this.serverLogGroupName = group("postgresql");
    group("iam-db-auth-error");
    this.registerOutputs({ serverLogGroupName: this.serverLogGroupName });
  }
}
