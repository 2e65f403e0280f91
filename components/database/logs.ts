import * as pulumi from "@pulumi/pulumi";
import type { RetentionConfig } from "../../config";
import { logGroup } from "../log-group";

export interface DatabaseLogsArgs {
  readonly clusterIdentifier: string;
  readonly retention: RetentionConfig;
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
      logGroup(
        `${name}-${log}`,
        {
          logGroupName: `/aws/rds/cluster/${args.clusterIdentifier}/${log}`,
          classification: "personal",
          // Both say who signed in, and the server's log who changed structure or rights.
          retentionClass: "access-log",
          retention: args.retention,
          keyArn: args.keyArn,
        },
        { parent: this },
      ).name;

    this.serverLogGroupName = group("postgresql");
    group("iam-db-auth-error");
    this.registerOutputs({ serverLogGroupName: this.serverLogGroupName });
  }
}
