import { AwsError, type Model } from "../model";
import { hexOf, text, type World } from "../world";
import { ROLE } from "./iam";
import { releaseOf } from "./rds-engine";
import { clusterParameterGroupReference, DB_SUBNET_GROUP } from "./rds-groups";
import { joinAsSecondary, requireSameMembership } from "./rds-global";
import { globalIdentifierOf, membersOf, removeFromGlobal } from "./rds-members";
import { checkCluster, requireUpgradePath, verifyCluster } from "./rds-rules";
import { takeFinalSnapshot } from "./rds-snapshots";
import { CLUSTER } from "./rds-types";
import { SECURITY_GROUP } from "./vpc-access";

const cluster: Model = {
  type: CLUSTER,
  source: "internal/service/rds/cluster.go",
  forceNew: [
    "availabilityZones",
    "clusterIdentifier",
    "clusterIdentifierPrefix",
    "clusterScalabilityType",
    "databaseName",
    "dbSubnetGroupName",
    "dbSystemId",
    "engine",
    "engineMode",
    "kmsKeyId",
    "masterUsername",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "sourceRegion",
    "storageEncrypted",
  ],
  forceNewIf: { storageType: (_from, to) => !String(to["engine"]).startsWith("aurora") },
  kept: [
    "autoMinorVersionUpgrade",
    "availabilityZones",
    "backupRetentionPeriod",
    "caCertificateIdentifier",
    "databaseInsightsMode",
    "databaseName",
    "dbClusterParameterGroupName",
    "dbSubnetGroupName",
    "engineLifecycleSupport",
    "engineVersion",
    "kmsKeyId",
    "masterUserSecretKmsKeyId",
    "masterUsername",
    "monitoringInterval",
    "monitoringRoleArn",
    "networkType",
    "performanceInsightsKmsKeyId",
    "performanceInsightsRetentionPeriod",
    "port",
    "preferredBackupWindow",
    "preferredMaintenanceWindow",
    "serverlessv2ScalingConfiguration",
    "snapshotIdentifier",
    "storageEncrypted",
    "storageType",
    "vpcSecurityGroupIds",
  ],
  autoName: "clusterIdentifier",
  seconds: 60,
  taggable: true,
  computed: [
    "arn",
    "clusterIdentifier",
    "clusterResourceId",
    "databaseName",
    "endpoint",
    "engineVersionActual",
    "hostedZoneId",
    "masterUserSecrets",
    "masterUsername",
    "readerEndpoint",
    "replicationSourceIdentifier",
  ],
  defaults: {
    backtrackWindow: 0,
    backupRetentionPeriod: 1,
    copyTagsToSnapshot: false,
    deleteAutomatedBackups: true,
    deletionProtection: false,
    engineLifecycleSupport: "open-source-rds-extended-support",
    engineMode: "provisioned",
    port: 5432,
    skipFinalSnapshot: false,
    storageEncrypted: false,
  },
  references: {
    dbSubnetGroupName: { types: [DB_SUBNET_GROUP], by: "id" },
    dbClusterParameterGroupName: clusterParameterGroupReference,
    vpcSecurityGroupIds: { types: [SECURITY_GROUP], by: "id" },
    monitoringRoleArn: { types: [ROLE], by: "arn" },
  },
  check: checkCluster,
  unique: (inputs) => ({
    claim: text(inputs, "clusterIdentifier").toLowerCase(),
    taken: `DBClusterAlreadyExistsFault: DB Cluster already exists: ${text(inputs, "clusterIdentifier")}`,
  }),
  verify: verifyCluster,
  // Membership of a global database: AWS tells both, and a plan without them is one to leave it.
  readBack: ["globalClusterIdentifier", "replicationSourceIdentifier"],
  verifyChange: (from, to) => {
    requireSameMembership(from, to);
    requireUpgradePath(text(from, "engineVersionActual"), to);
  },
  windowed: { engineVersion: { actual: "engineVersionActual" }, iamDatabaseAuthenticationEnabled: {} },
  change: (from, to, world) => {
    const version = to.computed["engineVersionActual"];
    if (version !== from.computed["engineVersionActual"]) {
      upgradeMembers(to.id, version, world);
    }
    const left = globalIdentifierOf(from);
    return left === undefined || globalIdentifierOf(to) !== undefined
      ? to
      : removeFromGlobal(to, left, world);
  },
  make: (inputs, world) => {
    const id = text(inputs, "clusterIdentifier");
    const arn = world.arn("rds", `cluster:${id}`);
    const domain = `${hexOf(`${world.place.account} ${world.place.region}`, 12)}.${world.place.region}.rds.amazonaws.com`;
    return {
      id,
      computed: {
        arn,
        ...joinAsSecondary(inputs, arn, world),
        clusterIdentifier: id,
        clusterResourceId: `cluster-${hexOf(`${id} ${String(Date.now())}`, 26).toUpperCase()}`,
        endpoint: `${id}.cluster-${domain}`,
        readerEndpoint: `${id}.cluster-ro-${domain}`,
        engineVersionActual: releaseOf(text(inputs, "engine"), inputs["engineVersion"]),
        hostedZoneId: "Z1RLNUO7B9Q6NB",
        ...(inputs["engineVersion"] === undefined
          ? { engineVersion: releaseOf("aurora-postgresql", undefined) }
          : {}),
      },
    };
  },
  beforeDelete: (object, world) => {
    const { inputs, id } = object;
    if (inputs["skipFinalSnapshot"] !== true && typeof inputs["finalSnapshotIdentifier"] !== "string") {
      throw new Error("RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false");
    }
    if (inputs["deletionProtection"] === true) {
      throw new AwsError(
        "InvalidParameterCombination",
        "Cannot delete protected Cluster, please disable deletion protection and try again.",
      );
    }
    const members = membersOf(id, world).map((member) => member.id);
    if (members.length > 0) {
      throw new AwsError(
        "InvalidDBClusterStateFault",
        `Cluster cannot be deleted, it still contains DB instances in non-deleting state: ${members.join(", ")}`,
      );
    }
    const joined = inputs["globalClusterIdentifier"];
    if (typeof joined === "string") {
      removeFromGlobal(object, joined, world);
    } else if (globalIdentifierOf(object) !== undefined) {
      throw new AwsError(
        "InvalidDBClusterStateFault",
        "This cluster is a part of a global cluster, please remove it from globalcluster first",
      );
    }
    if (inputs["skipFinalSnapshot"] !== true) {
      takeFinalSnapshot(object, world);
    }
  },
};

export const rdsModels: readonly Model[] = [cluster];

/** The instances of a cluster run the cluster's version. */
function upgradeMembers(clusterId: string, version: unknown, world: World): void {
  for (const member of membersOf(clusterId, world)) {
    world.accounts.replace({ ...member, computed: { ...member.computed, engineVersionActual: version } });
  }
}
