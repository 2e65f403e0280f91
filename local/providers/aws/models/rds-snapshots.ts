import type { Props, StoredObject } from "../../../account/store";
import { AwsError, type Model } from "../model";
import { text, type World } from "../world";
import { CLUSTER, CLUSTER_SNAPSHOT } from "./rds-types";

const snapshot: Model = {
  type: CLUSTER_SNAPSHOT,
  source: "internal/service/rds/cluster_snapshot.go",
  forceNew: ["dbClusterIdentifier", "dbClusterSnapshotIdentifier"],
  seconds: 120,
  taggable: true,
  computed: [
    "dbClusterSnapshotArn",
    "engine",
    "engineVersion",
    "kmsKeyId",
    "snapshotType",
    "status",
    "storageEncrypted",
  ],
  references: { dbClusterIdentifier: { types: [CLUSTER], by: "id" } },
  verify: (inputs, world) => {
    requireFreeName(text(inputs, "dbClusterSnapshotIdentifier"), world);
  },
  make: (inputs, world) => {
    const id = text(inputs, "dbClusterSnapshotIdentifier");
    const cluster = world.need({ types: [CLUSTER], by: "id" }, text(inputs, "dbClusterIdentifier"));
    return { id, computed: { ...copied(cluster, id, world), snapshotType: "manual" } };
  },
};

export const rdsSnapshotModels: readonly Model[] = [snapshot];

/** Makes the snapshot that a cluster leaves behind. No stack manages it: it stays until somebody deletes it. */
export function takeFinalSnapshot(cluster: StoredObject, world: World): void {
  const id = text(cluster.inputs, "finalSnapshotIdentifier");
  requireFreeName(id, world);
  const tags = cluster.inputs["copyTagsToSnapshot"] === true ? { tags: cluster.inputs["tags"] ?? {} } : {};
  world.accounts.add({
    account: cluster.account,
    region: cluster.region,
    type: CLUSTER_SNAPSHOT,
    id,
    importId: id,
    inputs: { region: cluster.region, ...tags },
    computed: {
      ...copied(cluster, id, world),
      dbClusterIdentifier: cluster.id,
      dbClusterSnapshotIdentifier: id,
      snapshotType: "manual",
    },
    createdBy: cluster.createdBy,
    state: "available",
  });
}

function copied(cluster: StoredObject, id: string, world: World): Props {
  const { kmsKeyId, storageEncrypted, engine } = cluster.inputs;
  return {
    arn: world.arn("rds", `cluster-snapshot:${id}`),
    dbClusterSnapshotArn: world.arn("rds", `cluster-snapshot:${id}`),
    engine,
    engineVersion: cluster.computed["engineVersionActual"],
    status: "available",
    storageEncrypted: storageEncrypted === true,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
}

function requireFreeName(id: string, world: World): void {
  if (world.accounts.find(world.place.account, world.place.region, CLUSTER_SNAPSHOT, id)) {
    throw new AwsError(
      "DBClusterSnapshotAlreadyExistsFault",
      `Cannot create the cluster snapshot because one with the identifier ${id} already exists.`,
    );
  }
}
