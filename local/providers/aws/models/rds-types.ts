/** Type tokens that the models of clusters, instances, snapshots and global databases share. */
export const CLUSTER = "aws:rds/cluster:Cluster";
export const INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
export const CLUSTER_SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot";
export const GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster";
