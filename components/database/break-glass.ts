import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import type { AlertTopics } from "../alerts";
import { countLines } from "../log-metric";
import { makeAlarm } from "../monitoring/alarm";
import { DATABASE_NAMESPACE } from "./metrics";
import { DATABASE_PORT, OPERATOR_USER } from "./users";

export interface BreakGlassArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Writer endpoint: the tunnel leads there and nowhere else. */
  readonly host: pulumi.Input<string>;
  /** Such as `cluster-ABC…`: what IAM calls the cluster. */
  readonly clusterResourceId: pulumi.Input<string>;
  /** The server's log, which names everyone who signs in. */
  readonly serverLogGroupName: pulumi.Input<string>;
  /** Who is told about every use. @default nobody: the alarm only shows in the console */
  readonly alertTopics: AlertTopics | undefined;
  /** ECS cluster whose tasks a tunnel can go through. @default none: the role can't open a tunnel yet */
  readonly ecsClusterName?: string;
}

/** Longest use of the role, and oldest second factor that it is given for; seconds. */
const SESSION_SECONDS = 3600;
const FACTOR_SECONDS = 900;

/**
 * The way for people into the database in an emergency: a role for an hour, only with a fresh second factor; a tunnel
 * to the writer and nothing else; a user of its own that signs in with IAM; an alarm whenever that user signs in.
 *
 * Session Manager can't record what goes through a tunnel. The database does: its log names the user, and pgaudit what
 * it changed.
 */
export class BreakGlass extends pulumi.ComponentResource {
  /** Role to assume. */
  readonly roleArn: pulumi.Output<string>;
  /** Session document to start the tunnel with. */
  readonly documentName: pulumi.Output<string>;

  constructor(name: string, args: BreakGlassArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:BreakGlass", name, {}, opts);
    const { names, accountId, region } = args;
    const parent = { parent: this };
    const documentName = names.fixed("ssmDocument", "database-tunnel");

    const document = new aws.ssm.Document(
      name,
      {
        name: documentName,
        documentType: "Session",
        documentFormat: "JSON",
        content: pulumi.jsonStringify({
          schemaVersion: "1.0",
          description: "Tunnel to the writer of the database",
          sessionType: "Port",
          parameters: {
            localPortNumber: {
              type: "String",
              description: "Port on the own machine; 0 picks a free one",
              allowedPattern: "^\\d{1,5}$",
              default: "0",
            },
          },
          properties: {
            type: "LocalPortForwarding",
            host: args.host,
            portNumber: String(DATABASE_PORT),
            localPortNumber: "{{ localPortNumber }}",
          },
        }),
      },
      parent,
    );
    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", "break-glass"),
        description: "People in the database in an emergency; every use raises an alarm",
        maxSessionDuration: SESSION_SECONDS,
        assumeRolePolicy: freshFactorTrust(accountId),
      },
      parent,
    );
    new aws.iam.RolePolicy(
      `${name}-tunnel`,
      {
        name: "open-tunnel",
        role: role.id,
        policy: { Version: "2012-10-17", Statement: tunnelStatements(args, documentName) },
      },
      { parent: this, dependsOn: [document] },
    );
    // Apart from the others: the cluster's id is not known before it exists, and would hide them from a preview.
    new aws.iam.RolePolicy(
      `${name}-sign-in`,
      {
        name: "sign-in",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "rds-db:connect",
              Resource: pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:${args.clusterResourceId}/${OPERATOR_USER}`,
            },
          ],
        },
      },
      parent,
    );
    this.alarm(name, args);
    this.roleArn = role.arn;
    this.documentName = document.name;
    this.registerOutputs({ roleArn: this.roleArn, documentName: this.documentName });
  }

  private alarm(name: string, args: BreakGlassArgs): void {
    const { filter, lines } = countLines(
      name,
      {
        names: args.names,
        namespace: DATABASE_NAMESPACE,
        what: "break-glass-sign-ins",
        logGroupName: args.serverLogGroupName,
        // Both texts have to be in the line, which log_connections makes the server write.
        pattern: `"connection authorized" "user=${OPERATOR_USER} "`,
      },
      { parent: this },
    );
    makeAlarm(
      name,
      {
        what: "break-glass",
        severity: "critical",
        means:
          "Somebody signed in to the database with the break-glass user. Ask who and why, and read the audit log.",
        runbook: "database#break-glass",
        signal: lines,
        publishedBy: filter,
        comparison: ">=",
        threshold: 1,
        periods: { seconds: 60, wrong: 1, of: 1 },
        missing: { as: "notBreaching", because: "a server that writes nothing lets nobody in" },
      },
      { names: args.names, topics: args.alertTopics },
      { parent: this },
    );
  }
}

/** Anybody of the account whose own policy allows it, after signing in with a second factor just now. */
function freshFactorTrust(accountId: string): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "sts:AssumeRole",
        Condition: {
          Bool: { "aws:MultiFactorAuthPresent": "true" },
          NumericLessThan: { "aws:MultiFactorAuthAge": String(FACTOR_SECONDS) },
        },
      },
    ],
  };
}

function tunnelStatements(args: BreakGlassArgs, documentName: string): aws.iam.PolicyStatement[] {
  const { accountId, region, ecsClusterName } = args;
  const tasks =
    ecsClusterName === undefined ? [] : [`arn:aws:ecs:${region}:${accountId}:task/${ecsClusterName}/*`];
  return [
    {
      Sid: "OpenTunnel",
      Effect: "Allow",
      Action: "ssm:StartSession",
      Resource: [`arn:aws:ssm:${region}:${accountId}:document/${documentName}`, ...tasks],
      // Without it a session that names no document would be a shell in the task.
      Condition: { BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" } },
    },
    {
      Sid: "EndOwnSessions",
      Effect: "Allow",
      Action: ["ssm:ResumeSession", "ssm:TerminateSession"],
      Resource: `arn:aws:ssm:${region}:${accountId}:session/\${aws:userid}-*`,
    },
  ];
}
