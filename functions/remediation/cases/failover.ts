import { DescribeDBClustersCommand, type DBCluster, type RDSClient } from "@aws-sdk/client-rds";
import { z } from "zod";

import { type Decision, isOurs, type RemediationCase } from "../case";
import { parseDetail, type RemediationEvent } from "../event";
import { FAILOVER_ENDS, FAILOVER_EVENT_IDS } from "./failover-events";

const detail = z.object({ SourceArn: z.string(), EventID: z.enum(FAILOVER_EVENT_IDS) });

export interface FailoverSettings {
  readonly clusterArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Aurora fails over by itself; people are told what it did, who writes now, and what to look at. */
export function failover(client: RDSClient, settings: FailoverSettings): RemediationCase {
  return {
    name: "failover",
    // There is nothing to change, so nothing to hold back.
    mode: "act",
    matches: ({ source, detailType }) => source === "aws.rds" && detailType === "RDS DB Cluster Event",
    decide: (event) => decide(client, settings, event),
  };
}

async function decide(
  client: RDSClient,
  settings: FailoverSettings,
  event: RemediationEvent,
): Promise<Decision> {
  const { SourceArn: resource, EventID } = parseDetail(detail, event);
  if (resource !== settings.clusterArn) return { kind: "outOfScope", resource, why: "another cluster" };
  const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: resource }));
  const cluster = DBClusters?.[0];
  const tags = (cluster?.TagList ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
  if (!cluster || !isOurs(tags, settings.tags)) {
    return { kind: "outOfScope", resource, why: "the cluster has no tags of this stack" };
  }
  return {
    kind: "announce",
    resource,
    why: `a failover ${FAILOVER_ENDS[EventID]}. ${stateOf(cluster)}. ${TO_CHECK}`,
    severity: "critical",
  };
}

const TO_CHECK =
  "To check: errors of the service in the last minutes, whether its tasks have reconnected, the log of the instance that wrote before, and whether one reader at least is left";

function stateOf({ Status, DBClusterMembers = [] }: DBCluster): string {
  const names = (isWriter: boolean) =>
    DBClusterMembers.filter((member) => (member.IsClusterWriter ?? false) === isWriter)
      .map((member) => member.DBInstanceIdentifier ?? "an instance without a name")
      .sort();
  const [writers, readers] = [names(true), names(false)];
  const list = (found: string[]) => (found.length === 0 ? "nobody" : found.join(", "));
  return `The cluster is ${Status ?? "in no known state"}; writer: ${list(writers)}; readers: ${list(readers)}`;
}
