/** Who belongs to whom: instances to a cluster, clusters of several regions to a global database. */
import type { Props, StoredObject } from "../../../account/store";
import { AwsError } from "../model";
import { mapsOf, textOr, type World } from "../world";
import { CLUSTER, GLOBAL_CLUSTER, INSTANCE } from "./rds-types";

/** The instances of a cluster, also those that autoscaling made. */
export function membersOf(clusterId: string, world: World): StoredObject[] {
  return world
    .all(INSTANCE)
    .filter(
      ({ inputs, computed }) => (inputs["clusterIdentifier"] ?? computed["clusterIdentifier"]) === clusterId,
    );
}

/** A cluster of a global database. */
export interface GlobalMember {
  readonly dbClusterArn: string;
  /** Of all members one is written to. */
  readonly isWriter: boolean;
}

/** A global database of the account: every region shows it. */
export function findGlobalCluster(world: World, identifier: string): StoredObject | undefined {
  return world.accounts
    .listEverywhere(world.place.account, GLOBAL_CLUSTER)
    .find(({ id, state }) => id === identifier && state === "available");
}

/** @throws AwsError where there is none of that name */
export function needGlobalCluster(world: World, identifier: string): StoredObject {
  const found = findGlobalCluster(world, identifier);
  if (found === undefined) {
    throw new AwsError("GlobalClusterNotFoundFault", `Global cluster ${identifier} not found`);
  }
  return found;
}

export function globalMembers({ computed }: StoredObject): GlobalMember[] {
  return mapsOf(computed["globalClusterMembers"]) as unknown as GlobalMember[];
}

/** The global database with other members. */
export function withMembers(globalCluster: StoredObject, members: readonly GlobalMember[]): StoredObject {
  return { ...globalCluster, computed: { ...globalCluster.computed, globalClusterMembers: members } };
}

/** The cluster of an ARN, in whatever region it is. */
export function clusterOf(world: World, arn: string): StoredObject {
  const [, , , region = "", , , id = ""] = arn.split(":");
  return world.in(region).need({ types: [CLUSTER], by: "id" }, id);
}

/** The global database that a cluster belongs to by its properties; undefined where it stands alone. */
export function globalIdentifierOf({ inputs, computed }: Pick<StoredObject, "inputs" | "computed">) {
  return textOr({ ...computed, ...inputs }, "globalClusterIdentifier", "") || undefined;
}

/** Whether a cluster is a copy of another region's. */
export function isSecondary({ computed }: Pick<StoredObject, "computed">): boolean {
  return computed["replicationSourceIdentifier"] !== undefined;
}

/**
 * Takes a cluster out of its global database, as RemoveFromGlobalCluster does: it stands alone then, and can be written
 * to. Gives the cluster as it is afterwards.
 *
 * @throws AwsError for the cluster that others are copies of
 */
export function removeFromGlobal(cluster: StoredObject, identifier: string, world: World): StoredObject {
  const globalCluster = needGlobalCluster(world, identifier);
  const { arn } = cluster.computed;
  const [own, others] = [true, false].map((isOwn) =>
    globalMembers(globalCluster).filter(({ dbClusterArn }) => (dbClusterArn === arn) === isOwn),
  );
  if (own?.[0]?.isWriter === true && others?.length !== 0) {
    throw new AwsError(
      "InvalidGlobalClusterStateFault",
      `The primary cluster ${cluster.id} can't be removed from ${identifier} before its secondary clusters`,
    );
  }
  world.accounts.replace(withMembers(globalCluster, others ?? []));
  return alone(cluster);
}

/** A cluster of no global database. */
export function alone(cluster: StoredObject): StoredObject {
  const without = (properties: Props) =>
    Object.fromEntries(
      Object.entries(properties).filter(
        ([property]) => !["globalClusterIdentifier", "replicationSourceIdentifier"].includes(property),
      ),
    );
  return { ...cluster, inputs: without(cluster.inputs), computed: without(cluster.computed) };
}
