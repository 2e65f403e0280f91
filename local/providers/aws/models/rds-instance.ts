import { randomUUID } from "node:crypto";
import type { Accounts, Props, StoredObject } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { zonesOf } from "../placement";
import { requireTrust } from "../policy-documents";
import { hexOf, strings, text, textOr, World } from "../world";
import { ROLE } from "./iam";
import {
  CERTIFICATES,
  familyOf,
  isInsightsRetention,
  MONITORING_INTERVALS,
  releaseOf,
  requireInstanceClass,
} from "./rds-engine";
import { DB_SUBNET_GROUP, dbParameterGroupReference, requireFamily } from "./rds-groups";
import { requireGlobalClass } from "./rds-global";
import { globalIdentifierOf, isSecondary, membersOf } from "./rds-members";
import { CLUSTER, INSTANCE } from "./rds-types";

/** A writer and its readers. */
const INSTANCES_OF_CLUSTER = 16;

const instance: Model = {
  type: INSTANCE,
  source: "internal/service/rds/cluster_instance.go",
  forceNew: [
    "availabilityZone",
    "clusterIdentifier",
    "customIamInstanceProfile",
    "dbSubnetGroupName",
    "engine",
    "identifier",
    "identifierPrefix",
  ],
  kept: [
    "availabilityZone",
    "caCertIdentifier",
    "dbParameterGroupName",
    "dbSubnetGroupName",
    "engineVersion",
    "monitoringRoleArn",
    "performanceInsightsEnabled",
    "performanceInsightsKmsKeyId",
    "performanceInsightsRetentionPeriod",
    "preferredMaintenanceWindow",
    "publiclyAccessible",
  ],
  autoName: "identifier",
  seconds: 420,
  taggable: true,
  computed: [
    "arn",
    "dbiResourceId",
    "endpoint",
    "engineVersionActual",
    "identifier",
    "kmsKeyId",
    "networkType",
    "port",
    "storageEncrypted",
    "writer",
  ],
  defaults: {
    autoMinorVersionUpgrade: true,
    caCertIdentifier: "rds-ca-rsa2048-g1",
    copyTagsToSnapshot: false,
    monitoringInterval: 0,
    promotionTier: 0,
    publiclyAccessible: false,
  },
  references: {
    clusterIdentifier: { types: [CLUSTER], by: "id" },
    dbParameterGroupName: dbParameterGroupReference,
    dbSubnetGroupName: { types: [DB_SUBNET_GROUP], by: "id" },
    monitoringRoleArn: { types: [ROLE], by: "arn" },
  },
  check: (inputs) => [
    ...shaped(
      inputs,
      "identifier",
      /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/,
      "lowercase letters, digits, single hyphens",
    ),
    ...inRange(inputs, "promotionTier", 0, 15),
    ...oneOf(inputs, "caCertIdentifier", CERTIFICATES),
    ...oneOf(inputs, "monitoringInterval", MONITORING_INTERVALS),
    ...checkRetention(inputs),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "identifier").toLowerCase(),
    taken: `DBInstanceAlreadyExists: DB instance already exists: ${text(inputs, "identifier")}`,
  }),
  verify: verifyInstance,
  windowed: { instanceClass: {}, caCertIdentifier: {} },
  make: (inputs, world) => {
    const id = text(inputs, "identifier");
    const cluster = world.need({ types: [CLUSTER], by: "id" }, text(inputs, "clusterIdentifier"));
    return { id, computed: madeFor(cluster, id, inputs, world) };
  },
  beforeDelete: ({ inputs }, world) => {
    const clusterId = text(inputs, "clusterIdentifier");
    const cluster = world.resolve({ types: [CLUSTER], by: "id" }, clusterId);
    if (cluster && isSecondary(cluster) && membersOf(clusterId, world).length === 1) {
      throw new AwsError(
        "InvalidDBClusterStateFault",
        "Cannot delete the last instance of the read replica DB cluster",
      );
    }
  },
};

export const rdsInstanceModels: readonly Model[] = [instance];

/**
 * Adds a reader to a cluster as Application Auto Scaling does: no stack knows it, and it counts among the instances
 * that keep the cluster from being deleted. Returns the new instance.
 */
export function addAutoscaledReader(
  accounts: Accounts,
  {
    account,
    region,
    clusterId,
  }: { readonly account: string; readonly region: string; readonly clusterId: string },
): StoredObject {
  const world = new World(accounts, { account, region });
  const cluster = world.need({ types: [CLUSTER], by: "id" }, clusterId);
  const template = membersOf(clusterId, world).find(({ computed }) => computed["writer"] === true);
  const id = `application-autoscaling-${randomUUID()}`;
  const reader: StoredObject = {
    account,
    region,
    type: INSTANCE,
    id,
    importId: id,
    // Nobody asked for it by properties: all it is comes from the cluster.
    inputs: { region },
    computed: {
      ...madeFor(cluster, id, {}, world),
      clusterIdentifier: clusterId,
      engine: cluster.inputs["engine"],
      instanceClass: template?.inputs["instanceClass"],
      promotionTier: 15,
    },
    createdBy: "application-autoscaling",
    state: "available",
  };
  accounts.add(reader);
  return reader;
}

function madeFor(cluster: StoredObject, id: string, inputs: Props, world: World): Props {
  const members = membersOf(cluster.id, world);
  const group = world.need({ types: [DB_SUBNET_GROUP], by: "id" }, text(cluster.inputs, "dbSubnetGroupName"));
  const zones = zonesOf(world, strings(group.inputs["subnetIds"]));
  const { kmsKeyId } = cluster.inputs;
  return {
    arn: world.arn("rds", `db:${id}`),
    // AWS spreads instances without a zone of their own over those of the subnet group.
    ...(inputs["availabilityZone"] === undefined
      ? { availabilityZone: zones[members.length % zones.length] }
      : {}),
    dbiResourceId: `db-${hexOf(`${id} ${String(Date.now())}`, 26).toUpperCase()}`,
    dbSubnetGroupName: group.id,
    endpoint: `${id}.${text(cluster.computed, "endpoint").replace(/^.*?\.cluster-/, "")}`,
    engineVersionActual: cluster.computed["engineVersionActual"],
    identifier: id,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    networkType: "IPV4",
    port: cluster.inputs["port"] ?? 5432,
    storageEncrypted: cluster.inputs["storageEncrypted"] === true,
    writer: members.length === 0 && !isSecondary(cluster),
  };
}

function checkRetention(inputs: Props) {
  const days = inputs["performanceInsightsRetentionPeriod"];
  return typeof days === "number" && !isInsightsRetention(days)
    ? [
        {
          property: "performanceInsightsRetentionPeriod",
          reason: `expected 7, 731 or a multiple of 31, got ${days}`,
        },
      ]
    : [];
}

function verifyInstance(inputs: Props, world: World): void {
  const cluster = world.need({ types: [CLUSTER], by: "id" }, text(inputs, "clusterIdentifier"));
  const [engine, own] = [text(cluster.inputs, "engine"), text(inputs, "engine")];
  if (own !== engine) {
    throw new AwsError(
      "InvalidParameterCombination",
      `The engine name requested for your DB instance (${own}) doesn't match the engine name of your DB cluster (${engine}).`,
    );
  }
  const running = text(cluster.computed, "engineVersionActual");
  requireVersion(textOr(inputs, "engineVersion", ""), cluster, running);
  requireFamily(world, dbParameterGroupReference, inputs["dbParameterGroupName"], familyOf(engine, running));
  const instanceClass = text(inputs, "instanceClass");
  requireInstanceClass(instanceClass);
  if (globalIdentifierOf(cluster) !== undefined) {
    requireGlobalClass(instanceClass, text(inputs, "identifier"));
  }
  if (instanceClass === "db.serverless" && cluster.inputs["serverlessv2ScalingConfiguration"] === undefined) {
    throw new AwsError(
      "InvalidParameterValue",
      "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.",
    );
  }
  requireZone(inputs["availabilityZone"], cluster, world);
  requireMonitoring(inputs, world);
  if (inputs["preferredBackupWindow"] !== undefined) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The requested DB Instance will be a member of a DB Cluster. Set backup window for the DB Cluster.",
    );
  }
  if (membersOf(cluster.id, world).length >= INSTANCES_OF_CLUSTER) {
    throw new AwsError("InstanceQuotaExceeded", `${cluster.id} has as many instances as a cluster may have`);
  }
}

/** An instance runs its cluster's version: the one in effect, or the one that waits for the window. */
function requireVersion(version: string, cluster: StoredObject, running: string): void {
  const wanted = cluster.inputs["engineVersion"];
  const versions = [running, wanted === undefined ? running : releaseOf("aurora-postgresql", wanted)];
  if (version !== "" && !versions.includes(releaseOf("aurora-postgresql", version))) {
    throw new AwsError(
      "InvalidParameterCombination",
      `The engine version ${version} doesn't match the version ${running} of DB cluster ${cluster.id}.`,
    );
  }
}

function requireZone(zone: unknown, cluster: StoredObject, world: World): void {
  const group = world.need({ types: [DB_SUBNET_GROUP], by: "id" }, text(cluster.inputs, "dbSubnetGroupName"));
  const zones = zonesOf(world, strings(group.inputs["subnetIds"]));
  if (typeof zone === "string" && !zones.includes(zone)) {
    throw new AwsError(
      "InvalidVPCNetworkStateFault",
      `DB subnet group ${group.id} has no subnet in ${zone}, only in ${zones.join(", ")}.`,
    );
  }
}

function requireMonitoring(inputs: Props, world: World): void {
  const role = inputs["monitoringRoleArn"];
  if (Number(inputs["monitoringInterval"] ?? 0) > 0 && typeof role !== "string") {
    throw new AwsError(
      "InvalidParameterCombination",
      "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
    );
  }
  if (typeof role === "string") {
    requireTrust(world, role, "monitoring.rds.amazonaws.com");
  }
  if (typeof inputs["performanceInsightsKmsKeyId"] === "string") {
    requireKeyUse(world, inputs["performanceInsightsKmsKeyId"], "rds");
  }
}
