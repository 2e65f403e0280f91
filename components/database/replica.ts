import * as pulumi from "@pulumi/pulumi";
import type { Counterpart, DatabaseConfig, Names, RetentionConfig } from "../../config";
import { Cluster } from "./cluster";
import { globalDatabaseName } from "./global";
import { type DatabaseMetrics, databaseMetrics } from "./metrics";
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
 * until it takes over all its instances only read. Secrets and what writes are the primary's business.
 */
export class DatabaseReplica extends pulumi.ComponentResource {
  /** Host that writes once the copy has taken over; until then it leads nowhere. */
  readonly writerEndpoint: pulumi.Output<string>;
  /** Host that spreads connections over the instances that read. */
  readonly readerEndpoint: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  readonly metrics: DatabaseMetrics;
  /** Where others find the database: values by parameter name, as {@link Database} has them. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: DatabaseReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:DatabaseReplica", name, {}, opts);
    const { names, database } = args;

    const { cluster, serverLogGroupName } = new Cluster(
      name,
      {
        names,
        accountId: args.accountId,
        region: args.region,
        availabilityZones: args.availabilityZones,
        database,
        retention: args.retention,
        subnetIds: args.isolatedSubnetIds,
        securityGroupId: args.securityGroupId,
        dataKeyArn: args.keyArns.viewerData,
        logsKeyArn: args.keyArns.logs,
        content: {
          globalClusterIdentifier: globalDatabaseName(args.primary.names),
          sourceRegion: args.primary.region,
        },
        backupsAreContinuous: false,
        protect: args.protect,
      },
      { parent: this },
    );
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
    };
    this.registerOutputs({
      writerEndpoint: this.writerEndpoint,
      readerEndpoint: this.readerEndpoint,
      clusterArn: this.clusterArn,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }
}
