import { DescribeReplicationGroupsCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";

/** Zone of the cache's primary. @returns undefined when AWS names none */
export async function primaryZone(region: string, replicationGroupId: string): Promise<string | undefined> {
  const client = new ElastiCacheClient({ region });
  const { ReplicationGroups: [group] = [] } = await client.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: replicationGroupId }),
  );
  const members = group?.NodeGroups?.flatMap(({ NodeGroupMembers = [] }) => NodeGroupMembers) ?? [];
  return members.find(({ CurrentRole }) => CurrentRole === "primary")?.PreferredAvailabilityZone;
}
