import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Counterpart, DatabaseConfig, Names, RetentionConfig } from "../../config";
import { readSecretStatements } from "../secret";
import { Cluster } from "./cluster";
import { globalDatabaseName } from "./global";
import { type DatabaseMetrics, databaseMetrics } from "./metrics";
import { SECRETS } from "./secrets";
import { DATABASE_NAME, DATABASE_PORT } from "./users";

export interface DatabaseReplicaArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly availabilityZones: readonly string[];
  readonly database: DatabaseConfig;
  /** The stack that has the primary. */
  readonly primary: Counterpart;
  /** One subnet per zone for the instances. */
  readonly isolatedSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the isolated tier, which admits the private one. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"viewerData" | "logs", pulumi.Input<string>>>;
  /** Refuses to delete or replace cluster and instances. */
  readonly protect: boolean;
}

/**
 * The copy of another region's database, under a key of this region. Data, roles and passwords arrive by replication;
 * until it takes over all its instances only read. Secrets are copies too, which the primary's stack sends here; what
 * writes is its business.
 */
export class DatabaseReplica extends pulumi.ComponentResource {
  /** Host that writes once the copy has taken over; until then it leads nowhere. */
  readonly writerEndpoint: pulumi.Output<string>;
  /** Host that spreads connections over the instances that read. */
  readonly readerEndpoint: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  /** What a service that signs in has to wait for; its users are the primary's. */
  readonly serves: readonly pulumi.Resource[];
  readonly isCopy = true;
  readonly metrics: DatabaseMetrics;
  /** Where others find the database: values by parameter name, as {@link Database} has them. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;
  readonly #place: { readonly names: Names; readonly accountId: string; readonly region: string };
  readonly #primary: Counterpart;

  constructor(name: string, args: DatabaseReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:DatabaseReplica", name, {}, opts);
    const { names, accountId, region, database, primary } = args;
    const serviceSecretArn = database.global?.serviceSecretArn;

    const { cluster, withWriter, serverLogGroupName } = new Cluster(
      name,
      {
        names,
        accountId,
        region,
        availabilityZones: args.availabilityZones,
        database,
        retention: args.retention,
        subnetIds: args.isolatedSubnetIds,
        securityGroupId: args.securityGroupId,
        dataKeyArn: args.keyArns.viewerData,
        logsKeyArn: args.keyArns.logs,
        content: {
          globalClusterIdentifier: globalDatabaseName(primary.names),
          sourceRegion: primary.region,
        },
        backupsAreContinuous: false,
        protect: args.protect,
      },
      { parent: this },
    );
    this.#place = { names, accountId, region };
    this.#primary = primary;
    this.serves = withWriter;
    this.writerEndpoint = cluster.endpoint;
    this.readerEndpoint = cluster.readerEndpoint;
    this.clusterArn = cluster.arn;
    this.metrics = databaseMetrics({ names, database, serverLogGroupName });
    this.parameters = {
      "database/writer-endpoint": cluster.endpoint,
      "database/reader-endpoint": cluster.readerEndpoint,
      "database/port": String(DATABASE_PORT),
      "database/name": DATABASE_NAME,
      "database/engine-version": database.engineVersion,
      "database/cluster-identifier": cluster.clusterIdentifier,
      "database/cluster-arn": cluster.arn,
      "database/security-group-id": args.securityGroupId,
      ...(serviceSecretArn !== undefined && { "database/service-secret-arn": serviceSecretArn }),
    };
    this.registerOutputs({
      writerEndpoint: this.writerEndpoint,
      readerEndpoint: this.readerEndpoint,
      clusterArn: this.clusterArn,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }

  /** Lets a role read how the service signs in: the copy of the primary's secret, under the key of this region. */
  readServiceSecretStatements(): aws.iam.PolicyStatement[] {
    return readSecretStatements(this.#place, [SECRETS.service], this.#primary);
  }
}
