import type { DescribeDBClustersCommandInput } from "@aws-sdk/client-rds";

import { awsFailure, OperatorError } from "../functions/shared/errors";
import { sameHost } from "./guards";

/** Where a cluster answers. */
export interface Cluster {
  readonly writer: string;
  readonly port: number;
  /** Reader endpoint and the instances' own endpoints: all hold the same users. */
  readonly others: readonly string[];
}

/** Finds out about clusters; asked only where the secrets themselves don't say enough. */
export interface ClusterDirectory {
  /** @param by a cluster's ARN, or its writer endpoint */
  find(by: { readonly arn: string } | { readonly writer: string }): Promise<Cluster | undefined>;
}

/** Asks Amazon RDS. The client is loaded when it is first needed, which most rotations never do. */
export const rdsDirectory: ClusterDirectory = {
  async find(by) {
    const { DescribeDBInstancesCommand, paginateDescribeDBClusters, RDSClient } =
      await import("@aws-sdk/client-rds");
    const client = new RDSClient({});
    const input: DescribeDBClustersCommandInput = "arn" in by ? { DBClusterIdentifier: by.arn } : {};
    try {
      for await (const { DBClusters: clusters = [] } of paginateDescribeDBClusters({ client }, input)) {
        const cluster = clusters.find(
          ({ Endpoint: writer }) => "arn" in by || (writer !== undefined && sameHost(writer, by.writer)),
        );
        if (cluster?.Endpoint === undefined) continue;
        const id = cluster.DBClusterIdentifier ?? "";
        const { DBInstances: instances = [] } = await client.send(
          new DescribeDBInstancesCommand({ Filters: [{ Name: "db-cluster-id", Values: [id] }] }),
        );
        return {
          writer: cluster.Endpoint,
          port: cluster.Port ?? 5432,
          others: [
            cluster.ReaderEndpoint,
            ...instances.map(({ Endpoint: endpoint }) => endpoint?.Address),
          ].filter((host) => host !== undefined),
        };
      }
      return undefined;
    } catch (error) {
      throw new OperatorError(
        "HostNotAllowed",
        `The cluster of the master's secret can't be looked up: ${awsFailure(error)}.`,
        "store the same host in both secrets, or let the function describe clusters and instances of Amazon RDS.",
      );
    }
  },
};
