import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig } from "../../config";
import type { DatabaseRolesEvent } from "../../functions/database-roles/event";
import { lambdaBundle } from "../lambda-bundle";
import { readSecretStatements } from "../secret";
import { VpcFunction } from "../vpc-function";
import type { FunctionMetrics } from "../function-parts";
import { databaseReaches } from "./reaches";
import { SECRETS } from "./secrets";
import {
  DATABASE_NAME,
  DATABASE_PORT,
  EXTENSIONS,
  OPERATOR_USER,
  OWNER_ROLE,
  READER_ROLE,
  RETENTION_USER,
  SCHEMAS,
  SERVICE_USERS,
  VERIFIER_USER,
} from "./users";

export interface DatabaseRolesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  /** Writer endpoint. */
  readonly host: pulumi.Input<string>;
  readonly secretArns: { readonly master: pulumi.Input<string>; readonly service: pulumi.Input<string> };
  readonly logsKeyArn: pulumi.Input<string>;
  readonly retention: RetentionConfig;
  /** With these there is a server to sign in to that writes. */
  readonly instances: readonly pulumi.Resource[];
}

const SOURCE = "functions/database-roles";

/** Room for an instance that was paused, and for migrations. */
const TIMEOUT_SECONDS = 300;
const MEMORY_MEGABYTES = 256;

/**
 * Makes roles, users, schemas and extensions in the database, and runs schema migrations: a function in the VPC that
 * the deployment invokes as soon as it can sign in, and again whenever the wanted roles or the function's code change.
 *
 * The function is idempotent. Its answer holds no secret and is kept in the state. When it fails, the deployment fails
 * with its words, and the next one invokes it again.
 */
export class DatabaseRoles extends pulumi.ComponentResource {
  /** The successful invocation: whatever signs in to the database depends on it. */
  readonly done: aws.lambda.Invocation;
  readonly metrics: FunctionMetrics;

  constructor(name: string, args: DatabaseRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:DatabaseRoles", name, {}, opts);
    const bundle = lambdaBundle(`${SOURCE}/handler.ts`, {
      "database-ca.pem": `components/database/certificates/${args.region}.pem`,
      "migrations/": `${SOURCE}/migrations/*`,
    });

    const worker = new VpcFunction(
      name,
      {
        names: args.names,
        accountId: args.accountId,
        region: args.region,
        what: "database-roles",
        description: "Makes roles and runs migrations in the database",
        bundle,
        vpcId: args.vpcId,
        subnetIds: args.subnetIds,
        reaches: databaseReaches(args, "the function that makes roles"),
        statements: readSecretStatements(args, [SECRETS.master, SECRETS.service]),
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        logsKeyArn: args.logsKeyArn,
        retention: args.retention,
      },
      { parent: this },
    );
    const input = pulumi
      .all([args.host, args.secretArns.master, args.secretArns.service])
      .apply(([host, master, service]) => JSON.stringify(event(bundle.sha256, host, master, service)));
    this.done = new aws.lambda.Invocation(
      name,
      { functionName: worker.functionName, input, triggers: { code: bundle.sha256 } },
      { parent: this, dependsOn: [worker, ...args.instances] },
    );
    this.metrics = worker.metrics;
    this.registerOutputs({ done: this.done, metrics: this.metrics });
  }
}

function event(version: string, host: string, master: string, service: string): DatabaseRolesEvent {
  return {
    version,
    cluster: { host, port: DATABASE_PORT, database: DATABASE_NAME },
    masterSecretArn: master,
    ownerRole: OWNER_ROLE,
    readerRole: READER_ROLE,
    schemas: [...SCHEMAS],
    applications: [{ users: [...SERVICE_USERS], secretArn: service }],
    iamUsers: [
      { user: OPERATOR_USER, access: "owner" },
      { user: RETENTION_USER, access: "granted" },
    ],
    verifier: { user: VERIFIER_USER },
    extensions: [...EXTENSIONS],
  };
}
