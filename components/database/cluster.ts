import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DatabaseConfig, dataTags, type Names, type RetentionConfig } from "../../config";
import { backupTag } from "../backup/tag";
import { clusterIdentifier } from "./cluster-identifier";
import { Instances } from "./instances";
import { DatabaseLogs, LOG_EXPORTS } from "./logs";
import { ParameterGroups } from "./parameter-groups";
import { ReaderScaling } from "./reader-scaling";
import { DATABASE_NAME, DATABASE_PORT, MASTER_USER } from "./users";

export interface ClusterArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  readonly database: DatabaseConfig;
  readonly retention: RetentionConfig;
  /** Isolated subnets, one per zone. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Encrypts storage, backups and Performance Insights. */
  readonly dataKeyArn: pulumi.Input<string>;
  readonly logsKeyArn: pulumi.Input<string>;
  /** A first password, which rotation changes later; or the global database that the cluster becomes a copy of. */
  readonly content:
    | { readonly masterPassword: pulumi.Input<string> }
    | { readonly globalClusterIdentifier: string; readonly sourceRegion: string };
  /** Whether AWS Backup owns the automated backups from the beginning on, and sets their days and window. */
  readonly backupsAreContinuous: boolean;
  readonly protect: boolean;
}

/** What AWS Backup sets where it owns the automated backups; AWS refuses a change by anybody else. */
const OF_AWS_BACKUP = ["backupRetentionPeriod", "preferredBackupWindow"];

/** AWS sets these when a cluster joins a global database and when somebody moves the primary; without them it leaves. */
const OF_GLOBAL_DATABASE = ["globalClusterIdentifier", "replicationSourceIdentifier"];

/** Days of load data by mode of Database Insights: AWS takes only these. */
const INSIGHTS_DAYS = { standard: 7, advanced: 465 } as const;

const TAGS = dataTags("personal", "viewer-data");

/** Aurora PostgreSQL cluster with instances, settings, logs and, where readers are provisioned, their scaling. */
export class Cluster extends pulumi.ComponentResource {
  readonly cluster: aws.rds.Cluster;
  /** Once these are there, somebody can sign in and write. */
  readonly withWriter: Instances["withWriter"];
  readonly serverLogGroupName: pulumi.Output<string>;
  /** Subnets of the isolated tier, for what is restored too. */
  readonly subnetGroupName: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:Cluster", name, {}, opts);
    const { names, database, protect } = args;
    const identifier = clusterIdentifier(names);
    const parent = { parent: this };

    const groups = new ParameterGroups(`${name}-parameters`, { names, database }, parent);
    const logs = new DatabaseLogs(
      `${name}-logs`,
      { clusterIdentifier: identifier, retention: args.retention, keyArn: args.logsKeyArn },
      parent,
    );
    const subnetGroup = new aws.rds.SubnetGroup(
      name,
      {
        namePrefix: names.prefix("dbSubnetGroup", "database"),
        description: "Isolated subnets",
        subnetIds: args.subnetIds,
      },
      parent,
    );
    this.cluster = new aws.rds.Cluster(
      name,
      {
        clusterIdentifier: identifier,
        engine: "aurora-postgresql",
        engineMode: "provisioned",
        engineVersion: database.engineVersion,
        engineLifecycleSupport: "open-source-rds-extended-support-disabled",
        allowMajorVersionUpgrade: database.allowMajorVersionUpgrade,
        // A major upgrade moves the instances to the new family's group; at other times AWS refuses the setting.
        ...(database.allowMajorVersionUpgrade
          ? { dbInstanceParameterGroupName: groups.instanceGroupName }
          : {}),
        ...scaling(database),
        port: DATABASE_PORT,
        // A copy has database and users of its primary.
        ...("masterPassword" in args.content
          ? { databaseName: DATABASE_NAME, masterUsername: MASTER_USER }
          : undefined),
        ...args.content,
        iamDatabaseAuthenticationEnabled: true,
        dbSubnetGroupName: subnetGroup.name,
        vpcSecurityGroupIds: [args.securityGroupId],
        dbClusterParameterGroupName: groups.clusterGroupName,
        storageEncrypted: true,
        kmsKeyId: args.dataKeyArn,
        backupRetentionPeriod: database.backupRetentionDays,
        preferredBackupWindow: database.backupWindow,
        preferredMaintenanceWindow: database.maintenanceWindow,
        applyImmediately: database.applyChanges === "now",
        copyTagsToSnapshot: true,
        deletionProtection: protect,
        deleteAutomatedBackups: !protect,
        skipFinalSnapshot: !protect,
        ...(protect ? { finalSnapshotIdentifier: names.fixed("dbSnapshot", "database-final") } : {}),
        enabledCloudwatchLogsExports: [...LOG_EXPORTS],
        databaseInsightsMode: database.insights,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: args.dataKeyArn,
        performanceInsightsRetentionPeriod: INSIGHTS_DAYS[database.insights],
        tags: { ...TAGS, ...backupTag(names) },
      },
      {
        parent: this,
        protect,
        dependsOn: [logs],
        // Rotation owns the password from here on.
        ignoreChanges: [
          "masterPassword",
          ...OF_GLOBAL_DATABASE,
          ...(args.backupsAreContinuous ? OF_AWS_BACKUP : []),
        ],
      },
    );
    const instances = new Instances(
      name,
      {
        names,
        accountId: args.accountId,
        region: args.region,
        availabilityZones: args.availabilityZones,
        database,
        clusterIdentifier: this.cluster.clusterIdentifier,
        subnetGroupName: subnetGroup.name,
        parameterGroupName: groups.instanceGroupName,
        keyArn: args.dataKeyArn,
        insightsRetentionDays: INSIGHTS_DAYS[database.insights],
        protect,
        tags: TAGS,
      },
      parent,
    );
    this.subnetGroupName = subnetGroup.name;
    this.withWriter = instances.withWriter;
    this.serverLogGroupName = logs.serverLogGroupName;
    if (database.readers.provisioned) {
      new ReaderScaling(
        `${name}-readers`,
        {
          clusterIdentifier: this.cluster.clusterIdentifier,
          readers: database.readers.provisioned,
          instances,
        },
        parent,
      );
    }
    this.registerOutputs({
      cluster: this.cluster,
      withWriter: this.withWriter,
      serverLogGroupName: this.serverLogGroupName,
      subnetGroupName: this.subnetGroupName,
    });
  }
}

/** The range of serverless instances; without it the cluster takes instances of a fixed class. */
function scaling({ engine: { serverless } }: DatabaseConfig): Partial<aws.rds.ClusterArgs> {
  if (serverless === undefined) return {};
  const { minCapacity, maxCapacity, secondsUntilAutoPause } = serverless;
  return {
    serverlessv2ScalingConfiguration: {
      minCapacity,
      maxCapacity,
      ...(secondsUntilAutoPause === undefined ? {} : { secondsUntilAutoPause }),
    },
  };
}
