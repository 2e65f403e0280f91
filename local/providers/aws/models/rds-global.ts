/** Global databases: what AWS refuses of them and of the clusters that join, and how the roles of members change. */
import type { Props, StoredObject } from "../../../account/store";
import { shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, text, type World } from "../world";
import { releaseOf } from "./rds-engine";
import {
  alone,
  clusterOf,
  findGlobalCluster,
  globalIdentifierOf,
  globalMembers,
  membersOf,
  needGlobalCluster,
  withMembers,
} from "./rds-members";
import { CLUSTER, GLOBAL_CLUSTER } from "./rds-types";

const refused = (problem: string) => new AwsError("InvalidParameterCombination", problem);

const globalCluster: Model = {
  type: GLOBAL_CLUSTER,
  source: "internal/service/rds/global_cluster.go",
  forceNew: [
    "databaseName",
    "engine",
    "engineLifecycleSupport",
    "globalClusterIdentifier",
    "sourceDbClusterIdentifier",
    "storageEncrypted",
  ],
  kept: [
    "databaseName",
    "engine",
    "engineLifecycleSupport",
    "engineVersion",
    "sourceDbClusterIdentifier",
    "storageEncrypted",
  ],
  seconds: 60,
  taggable: true,
  computed: [
    "arn",
    "databaseName",
    "endpoint",
    "engine",
    "engineVersion",
    "engineVersionActual",
    "globalClusterMembers",
    "globalClusterResourceId",
    "storageEncrypted",
  ],
  defaults: { deletionProtection: false },
  references: { sourceDbClusterIdentifier: { types: [CLUSTER], by: "arn" } },
  check: (inputs) => [
    ...shaped(
      inputs,
      "globalClusterIdentifier",
      /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/,
      "lowercase letters, digits, single hyphens",
    ),
    ...(inputs["sourceDbClusterIdentifier"] !== undefined && inputs["forceDestroy"] === undefined
      ? [{ property: "sourceDbClusterIdentifier", reason: "needs force_destroy to be specified, too" }]
      : []),
  ],
  make: (inputs, world) => {
    const id = text(inputs, "globalClusterIdentifier");
    if (findGlobalCluster(world, id) !== undefined) {
      throw new AwsError("GlobalClusterAlreadyExistsFault", `Global cluster ${id} already exists`);
    }
    const source = becomePrimary(inputs, id, world);
    const version = source.computed["engineVersionActual"];
    return {
      id,
      computed: {
        arn: `arn:aws:rds::${world.place.account}:global-cluster:${id}`,
        databaseName: source.inputs["databaseName"],
        endpoint: `${id}.global-${hexOf(world.place.account, 12)}.global.rds.amazonaws.com`,
        engine: source.inputs["engine"],
        engineVersion: version,
        engineVersionActual: version,
        globalClusterMembers: [{ dbClusterArn: source.computed["arn"], isWriter: true }],
        globalClusterResourceId: `cluster-${hexOf(`${id} ${String(Date.now())}`, 16)}`,
        storageEncrypted: source.inputs["storageEncrypted"] === true,
      },
    };
  },
  beforeDelete: (object, world) => {
    if (object.inputs["deletionProtection"] === true) {
      throw refused(
        "Cannot delete protected Global Cluster, please disable deletion protection and try again.",
      );
    }
    const members = globalMembers(object);
    if (members.length > 0 && object.inputs["forceDestroy"] !== true) {
      throw new AwsError(
        "InvalidGlobalClusterStateFault",
        `Global Cluster ${text(object.computed, "arn")} is not empty`,
      );
    }
    for (const { dbClusterArn } of members) {
      world.accounts.replace(alone(clusterOf(world, dbClusterArn)));
    }
  },
};

export const rdsGlobalModels: readonly Model[] = [globalCluster];

/** Makes an existing cluster the first member; the cluster as it was. */
function becomePrimary(inputs: Props, identifier: string, world: World): StoredObject {
  const inherited = ["databaseName", "engineVersion", "storageEncrypted"].filter(
    (property) => inputs[property] !== undefined,
  );
  const arn = inputs["sourceDbClusterIdentifier"];
  if (typeof arn !== "string") {
    throw new AwsError("NotSimulated", "a global cluster without a source cluster has no model here");
  }
  if (inherited.length > 0) {
    throw refused(`${inherited.join(", ")} can't be given: they are the source cluster's.`);
  }
  const source = clusterOf(world, arn);
  const other = globalIdentifierOf(source);
  if (other !== undefined) {
    throw new AwsError("InvalidDBClusterStateFault", `${source.id} is a member of global cluster ${other}`);
  }
  if (source.inputs["manageMasterUserPassword"] === true) {
    throw refused("A cluster whose password RDS manages in Secrets Manager can't join a global database.");
  }
  for (const { inputs: instance, id } of membersOf(source.id, world)) {
    requireGlobalClass(text(instance, "instanceClass"), id);
  }
  world.accounts.replace({
    ...source,
    computed: { ...source.computed, globalClusterIdentifier: identifier },
  });
  return source;
}

/** Makes a new cluster the copy of a global database's primary: what AWS knows of it besides its arguments. */
export function joinAsSecondary(inputs: Props, arn: string, world: World): Props {
  const identifier = inputs["globalClusterIdentifier"];
  if (typeof identifier !== "string") {
    return {};
  }
  const joined = needGlobalCluster(world, identifier);
  const members = globalMembers(joined);
  const primary = clusterOf(world, members.find(({ isWriter }) => isWriter)?.dbClusterArn ?? "");
  requireJoinable(inputs, members, primary, world);
  world.accounts.replace(withMembers(joined, [...members, { dbClusterArn: arn, isWriter: false }]));
  const { databaseName, masterUsername } = { ...primary.computed, ...primary.inputs };
  return { databaseName, masterUsername, replicationSourceIdentifier: primary.computed["arn"] };
}

function requireJoinable(
  inputs: Props,
  members: readonly { readonly dbClusterArn: string }[],
  primary: StoredObject,
  world: World,
): void {
  const { region } = world.place;
  if (members.some(({ dbClusterArn }) => dbClusterArn.split(":")[3] === region)) {
    throw refused(`Global cluster ${text(inputs, "globalClusterIdentifier")} has a cluster in ${region}.`);
  }
  for (const [property, what] of Object.entries(OF_THE_PRIMARY)) {
    if (inputs[property] !== undefined) {
      throw refused(`Cannot specify ${what} for cross region replication cluster`);
    }
  }
  const arn = text(primary.computed, "arn");
  if (primary.inputs["storageEncrypted"] === true) {
    if (inputs["storageEncrypted"] !== true || inputs["kmsKeyId"] === undefined) {
      throw refused(`Source cluster ${arn} is encrypted; kmsKeyId should be explicitly specified`);
    }
    if (inputs["sourceRegion"] !== primary.region) {
      throw refused(`Source cluster ${arn} is encrypted; pre-signed URL has to be specified`);
    }
  }
  const [wanted, running] = [
    releaseOf(text(inputs, "engine"), inputs["engineVersion"]),
    text(primary.computed, "engineVersionActual"),
  ];
  if (wanted !== running) {
    throw refused(`The engine version ${wanted} doesn't match the version ${running} of the global cluster.`);
  }
  if (membersOf(primary.id, world.in(primary.region)).length === 0) {
    throw new AwsError(
      "InvalidGlobalClusterStateFault",
      `The primary cluster ${primary.id} has no instance.`,
    );
  }
}

/** What a copy has from its primary, in AWS's words. */
const OF_THE_PRIMARY: Readonly<Record<string, string>> = {
  databaseName: "database name",
  masterUsername: "user name",
  masterPassword: "password",
  manageMasterUserPassword: "password",
};

/** Global databases run on memory-optimised and serverless instances. */
export function requireGlobalClass(instanceClass: string, instance: string): void {
  if (instanceClass.startsWith("db.t")) {
    throw refused(`Instance ${instance} is of class ${instanceClass}, which a global database can't have.`);
  }
}

/** What AWS refuses of a member's new version: a major one on its own, and a primary ahead of its copies. */
export function requireVersionOrder(inputs: Props, wanted: string, world: World): void {
  const identifier = inputs["globalClusterIdentifier"];
  const joined = typeof identifier === "string" ? findGlobalCluster(world, identifier) : undefined;
  // A new cluster has no ARN yet; what joining asks for is another matter.
  if (joined === undefined || inputs["arn"] === undefined) {
    return;
  }
  const current = text(inputs, "engineVersionActual");
  if (current.split(".")[0] !== wanted.split(".")[0]) {
    throw new AwsError(
      "InvalidParameterValue",
      `A member of a global cluster can't be upgraded to another major version: modify ${joined.id} instead.`,
    );
  }
  const members = globalMembers(joined);
  const isPrimary = members.some(({ dbClusterArn, isWriter }) => isWriter && dbClusterArn === inputs["arn"]);
  const behind = members
    .filter(({ isWriter }) => !isWriter)
    .map(({ dbClusterArn }) => clusterOf(world, dbClusterArn))
    .filter(({ computed }) => computed["engineVersionActual"] !== wanted);
  if (isPrimary && wanted !== current && behind.length > 0) {
    throw new AwsError(
      "InvalidParameterValue",
      `${behind.map(({ id }) => id).join(", ")} would be behind: upgrade global replicas first`,
    );
  }
}

/** What the provider refuses of a change of membership, in its own words. */
export function requireSameMembership(from: Props, to: Props): void {
  const [before, after] = [from["globalClusterIdentifier"], to["globalClusterIdentifier"]];
  if (after !== undefined && before !== after) {
    throw new Error(
      before === undefined
        ? "existing RDS Clusters cannot be added to an existing RDS Global Cluster"
        : "existing RDS Clusters cannot be migrated between existing RDS Global Clusters",
    );
  }
  if (
    from["replicationSourceIdentifier"] !== undefined &&
    to["replicationSourceIdentifier"] === undefined &&
    after !== undefined
  ) {
    throw new AwsError(
      "InvalidDBClusterStateFault",
      `A member of global cluster ${text(to, "globalClusterIdentifier")} can't be promoted by itself: fail the global cluster over.`,
    );
  }
}
