import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConfig, Names } from "../../config";

export interface ParameterGroupsArgs {
  readonly names: Names;
  readonly database: Pick<DatabaseConfig, "engineVersion" | "auditClasses">;
}

/** Milliseconds from which on a statement is worth a line in the log. */
const SLOW_STATEMENT_MILLISECONDS = 1000;

type Parameter = readonly [name: string, value: string, applied?: "pending-reboot"];

/** Settings of every cluster. The log says what was done and how long it took, never with which values. */
function clusterParameters(auditClasses: readonly string[]): readonly Parameter[] {
  return [
    ["rds.force_ssl", "1"],
    ["rds.accepted_password_auth_method", "scram"],
    ["timezone", "UTC"],
    ["shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"],
    ["pgaudit.log", auditClasses.join(",")],
    ["pgaudit.log_parameter", "0"],
    // Who signed in, from where and how: the alarm on break-glass access reads it.
    ["log_connections", "1"],
    ["log_disconnections", "1"],
    ["log_min_duration_statement", String(SLOW_STATEMENT_MILLISECONDS)],
    // A zero leaves parameter values out of the lines of slow and of failed statements.
    ["log_parameter_max_length", "0"],
    ["log_parameter_max_length_on_error", "0"],
    ["log_statement", "none"],
    // A failed statement is quoted in full otherwise, with any value or password in it.
    ["log_min_error_statement", "panic"],
  ];
}

/**
 * The cluster's settings, and a group for the instances that sets nothing yet: instances on AWS's default group would
 * need a restart each to get their first setting.
 */
export class ParameterGroups extends pulumi.ComponentResource {
  readonly clusterGroupName: pulumi.Output<string>;
  readonly instanceGroupName: pulumi.Output<string>;

  constructor(name: string, args: ParameterGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:ParameterGroups", name, {}, opts);
    const family = parameterGroupFamily(args.database.engineVersion);

    this.clusterGroupName = new aws.rds.ClusterParameterGroup(
      name,
      {
        namePrefix: args.names.prefix("dbParameterGroup", "database"),
        family,
        description: "TLS, audit and logging of the database",
        parameters: clusterParameters(args.database.auditClasses).map(
          ([parameter, value, applyMethod = "immediate"]) => ({ name: parameter, value, applyMethod }),
        ),
      },
      { parent: this },
    ).name;
    this.instanceGroupName = new aws.rds.ParameterGroup(
      name,
      {
        namePrefix: args.names.prefix("dbParameterGroup", "database"),
        family,
        description: "Instances of the database",
      },
      { parent: this },
    ).name;
    this.registerOutputs({
      clusterGroupName: this.clusterGroupName,
      instanceGroupName: this.instanceGroupName,
    });
  }
}

/** Such as `aurora-postgresql17` for version 17.7. */
export function parameterGroupFamily(engineVersion: string): string {
  return `aurora-postgresql${engineVersion.split(".", 1).join("")}`;
}
