import type { Names } from "../../config";

/** Name of the cluster, fixed so that others can name it before it is there: its log groups, and rules on its events. */
export function clusterIdentifier(names: Names): string {
  return names.fixed("dbCluster", "database");
}
