import type { Names } from "../../config";

/**
 * Name of the cluster, fixed so that others can name it before it is there: the key of its tasks' disks, and the role
 * that lets people into a task.
 */
export function clusterName(names: Names): string {
  return names.fixed("ecsCluster", "services");
}

/** Name of the service, which events tell of it by. */
export function serviceName(names: Names): string {
  return names.fixed("ecsService", "service");
}
