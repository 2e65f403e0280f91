import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Counterpart, DatabaseConfig, Names, RetentionConfig } from "../../config";
import type { AlertTopics } from "../alerts";
import { BreakGlass } from "./break-glass";
import { Cluster } from "./cluster";
import { globalDatabase } from "./global";
import { type DatabaseMetrics, databaseMetrics } from "./metrics";
import { DatabaseRoles } from "./roles";
import { readSecretStatements } from "../secret";
import { DatabaseSecrets, firstPassword, SECRETS } from "./secrets";
import { DATABASE_NAME, DATABASE_PORT } from "./users";

export interface DatabaseArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly availabilityZones: readonly string[];
  readonly database: DatabaseConfig;
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone for the instances. */
  readonly isolatedSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** One subnet per zone for the function that makes roles. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the isolated tier, which admits the private one. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"viewerData" | "secrets" | "logs", pulumi.Input<string>>>;
  /** Who is told about break-glass access. @default nobody */
  readonly alertTopics: AlertTopics | undefined;
  /** ECS cluster whose tasks break-glass tunnels go through. @default none */
  readonly ecsClusterName?: string;
  /** Whether AWS Backup owns the cluster's automated backups. */
  readonly backupsAreContinuous: boolean;
  /** Stack that gets copies of the secrets. @default no copies */
  readonly standby?: Counterpart | undefined;
  /** Refuses to delete or replace cluster, instances and secrets, and takes a final snapshot. */
  readonly protect: boolean;
}

const RECOVERY_DAYS = { protected: 30, unprotected: 7 } as const;

/**
 * Aurora PostgreSQL with its secrets, its roles and the way in for an emergency. It is ready for a service once
 * `roles` is done.
 */
export class Database extends pulumi.ComponentResource {
  /** Host that writes; it moves with the writer. */
  readonly writerEndpoint: pulumi.Output<string>;
  /** Host that spreads connections over the readers. */
  readonly readerEndpoint: pulumi.Output<string>;
  readonly port = DATABASE_PORT;
  readonly databaseName = DATABASE_NAME;
  readonly clusterIdentifier: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Where a restored cluster goes as well. */
  readonly subnetGroupName: pulumi.Output<string>;
  readonly secretArns: DatabaseSecrets["arns"];
  /** What gives the service its users. */
  readonly roles: DatabaseRoles;
  /** What a service that signs in has to wait for. */
  readonly serves: readonly pulumi.Resource[];
  readonly isCopy = false;
  readonly breakGlassRoleArn: pulumi.Output<string>;
  readonly metrics: DatabaseMetrics;
  /** Where others find the database: values by parameter name. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;
  readonly #clusterResourceId: pulumi.Output<string>;
  readonly #place: { readonly names: Names; readonly accountId: string; readonly region: string };

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:Database", name, {}, opts);
    const { names, accountId, region, database, protect } = args;
    const place = { names, accountId, region };
    const parent = { parent: this };

    const masterPassword = firstPassword(`${name}-master`, parent);
    const { cluster, withWriter, serverLogGroupName, subnetGroupName } = new Cluster(
      name,
      {
        ...place,
        availabilityZones: args.availabilityZones,
        database,
        retention: args.retention,
        subnetIds: args.isolatedSubnetIds,
        securityGroupId: args.securityGroupId,
        dataKeyArn: args.keyArns.viewerData,
        logsKeyArn: args.keyArns.logs,
        content: { masterPassword },
        backupsAreContinuous: args.backupsAreContinuous,
        protect,
      },
      parent,
    );
    if (database.global) {
      globalDatabase(name, { names, clusterArn: cluster.arn, instances: withWriter, protect }, parent);
    }
    this.secretArns = new DatabaseSecrets(
      `${name}-secrets`,
      {
        names,
        accountId,
        host: cluster.endpoint,
        masterPassword,
        keyArn: args.keyArns.secrets,
        standby: args.standby,
        recoveryWindowDays: protect ? RECOVERY_DAYS.protected : RECOVERY_DAYS.unprotected,
        protect,
      },
      parent,
    ).arns;
    this.roles = new DatabaseRoles(
      `${name}-roles`,
      {
        ...place,
        vpcId: args.vpcId,
        subnetIds: args.privateSubnetIds,
        databaseSecurityGroupId: args.securityGroupId,
        endpointsSecurityGroupId: args.endpointsSecurityGroupId,
        host: cluster.endpoint,
        secretArns: this.secretArns,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
        instances: withWriter,
      },
      parent,
    );
    this.serves = [this.roles.done];
    const breakGlass = new BreakGlass(
      `${name}-break-glass`,
      {
        ...place,
        host: cluster.endpoint,
        clusterResourceId: cluster.clusterResourceId,
        serverLogGroupName,
        alertTopics: args.alertTopics,
        ...(args.ecsClusterName === undefined ? {} : { ecsClusterName: args.ecsClusterName }),
      },
      parent,
    );

    this.writerEndpoint = cluster.endpoint;
    this.readerEndpoint = cluster.readerEndpoint;
    this.clusterIdentifier = cluster.clusterIdentifier;
    this.clusterArn = cluster.arn;
    this.securityGroupId = pulumi.output(args.securityGroupId);
    this.subnetGroupName = subnetGroupName;
    this.breakGlassRoleArn = breakGlass.roleArn;
    this.metrics = databaseMetrics({
      names,
      database,
      serverLogGroupName,
      rolesFunction: this.roles.metrics,
    });
    this.#clusterResourceId = cluster.clusterResourceId;
    this.#place = place;
    this.parameters = {
      "database/writer-endpoint": this.writerEndpoint,
      "database/reader-endpoint": this.readerEndpoint,
      "database/port": String(DATABASE_PORT),
      "database/name": DATABASE_NAME,
      "database/engine-version": database.engineVersion,
      "database/cluster-identifier": this.clusterIdentifier,
      "database/cluster-arn": this.clusterArn,
      "database/security-group-id": this.securityGroupId,
      "database/master-secret-arn": this.secretArns.master,
      "database/service-secret-arn": this.secretArns.service,
      "database/break-glass-role-arn": this.breakGlassRoleArn,
      "database/break-glass-document": breakGlass.documentName,
    };
    this.registerOutputs({
      writerEndpoint: this.writerEndpoint,
      readerEndpoint: this.readerEndpoint,
      port: this.port,
      databaseName: this.databaseName,
      clusterIdentifier: this.clusterIdentifier,
      clusterArn: this.clusterArn,
      securityGroupId: this.securityGroupId,
      subnetGroupName: this.subnetGroupName,
      secretArns: this.secretArns,
      roles: this.roles,
      breakGlassRoleArn: this.breakGlassRoleArn,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }

  /** Lets a role sign in as a user with IAM. In a policy of its own: the cluster's id is unknown before it exists. */
  connectStatement(user: string): aws.iam.PolicyStatement {
    const { accountId, region } = this.#place;
    return {
      Sid: "SignInToDatabase",
      Effect: "Allow",
      Action: "rds-db:connect",
      Resource: pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:${this.#clusterResourceId}/${user}`,
    };
  }

  /**
   * Lets a role read how the service signs in. The service does it by itself, and again when a sign-in is refused: a
   * value that a task gets at its start is out of date after the next rotation.
   */
  readServiceSecretStatements(): aws.iam.PolicyStatement[] {
    return readSecretStatements(this.#place, [SECRETS.service]);
  }
}
