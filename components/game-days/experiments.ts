import type * as pulumi from "@pulumi/pulumi";
import { type Experiment, type ExperimentPlace, FAULT_DURATION } from "./experiment";

/** The writer fails, and a reader takes over. */
export function databaseFailover(
  { accountId, region }: ExperimentPlace,
  database: pulumi.Resource & { readonly clusterArn: pulumi.Input<string> },
  identifier: string,
): Experiment {
  return {
    what: "database-failover",
    description: "The database's writer fails, and a reader takes over",
    actionId: "aws:rds:failover-db-cluster",
    targetKey: "Clusters",
    target: { resourceType: "aws:rds:cluster", selectionMode: "ALL", resourceArns: [database.clusterArn] },
    about: database,
    statements: [
      {
        Sid: "FailOver",
        Effect: "Allow",
        Action: ["rds:DescribeDBClusters", "rds:FailoverDBCluster"],
        Resource: `arn:aws:rds:${region}:${accountId}:cluster:${identifier}`,
      },
    ],
  };
}

/** A zone is cut off: nothing goes in or out of its subnets, and nothing from one thing in them to another. */
export function zoneNetwork(
  { accountId, region, zone }: ExperimentPlace,
  subnetIds: pulumi.Output<string[]>,
): Experiment {
  const ec2 = `arn:aws:ec2:${region}:${accountId}`;
  const acls = `${ec2}:network-acl/*`;
  const own = (key: string) => ({ StringEquals: { [`${key}/managedByFIS`]: "true" } });
  return {
    what: "zone-network",
    description: `Zone ${zone} is without network`,
    actionId: "aws:network:disrupt-connectivity",
    parameters: { duration: FAULT_DURATION, scope: "all" },
    targetKey: "Subnets",
    target: {
      resourceType: "aws:ec2:subnet",
      selectionMode: "ALL",
      resourceArns: subnetIds.apply((ids) => ids.map((id) => `${ec2}:subnet/${id}`)),
    },
    statements: [
      {
        Sid: "LookAtNetwork",
        Effect: "Allow",
        Action: [
          "ec2:DescribeManagedPrefixLists",
          "ec2:DescribeNetworkAcls",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        // These questions have no resource level.
        Resource: "*",
      },
      {
        // Access lists of its own only: each carries the service's tag from its creation on.
        Sid: "MakeAccessLists",
        Effect: "Allow",
        Action: "ec2:CreateNetworkAcl",
        Resource: acls,
        Condition: own("aws:RequestTag"),
      },
      {
        Sid: "MakeAccessListsInNetwork",
        Effect: "Allow",
        Action: "ec2:CreateNetworkAcl",
        Resource: `${ec2}:vpc/*`,
      },
      {
        Sid: "TagAccessLists",
        Effect: "Allow",
        Action: "ec2:CreateTags",
        Resource: acls,
        Condition: {
          StringEquals: { "ec2:CreateAction": "CreateNetworkAcl", "aws:RequestTag/managedByFIS": "true" },
        },
      },
      {
        Sid: "FillAndDeleteAccessLists",
        Effect: "Allow",
        Action: ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"],
        Resource: acls,
        Condition: own("ec2:ResourceTag"),
      },
      {
        // The subnets' ids are not known before they are there, and would hide the document from a preview.
        Sid: "SwapAccessLists",
        Effect: "Allow",
        Action: "ec2:ReplaceNetworkAclAssociation",
        Resource: [`${ec2}:subnet/*`, acls],
      },
      {
        Sid: "ReadPrefixLists",
        Effect: "Allow",
        Action: "ec2:GetManagedPrefixListEntries",
        Resource: `${ec2}:prefix-list/*`,
      },
    ],
  };
}

/** The cache's node in a zone loses its power; if it was the primary, a replica takes over. */
export function cachePower(
  { accountId, region, zone }: ExperimentPlace,
  cache: pulumi.Resource & { readonly replicationGroupId: string; readonly arn: pulumi.Input<string> },
): Experiment {
  return {
    what: "cache-power",
    description: `The cache's node in ${zone} is without power; a replica takes over where it was the primary`,
    actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
    parameters: { duration: FAULT_DURATION },
    targetKey: "ReplicationGroups",
    target: {
      resourceType: "aws:elasticache:replicationgroup",
      selectionMode: "ALL",
      resourceArns: [cache.arn],
      parameters: { availabilityZoneIdentifier: zone },
    },
    about: cache,
    statements: [
      {
        Sid: "InterruptPower",
        Effect: "Allow",
        Action: ["elasticache:DescribeReplicationGroups", "elasticache:InterruptClusterAzPower"],
        Resource: `arn:aws:elasticache:${region}:${accountId}:replicationgroup:${cache.replicationGroupId}`,
      },
    ],
  };
}

/** What the tasks of the service are found by. */
export interface Tasks {
  readonly clusterName: string;
  readonly serviceName: string;
  /** Tags that every task carries. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One task is stopped, as a crash would. */
export function taskKill(place: ExperimentPlace, tasks: Tasks): Experiment {
  return stopTasks(place, tasks, {
    what: "task-kill",
    description: "One task of the service is stopped",
    selectionMode: "COUNT(1)",
  });
}

/**
 * All tasks on Spot are stopped at once. The service has no action that interrupts Fargate Spot; like an interruption
 * this one ends with SIGTERM and the task's stop timeout, but without the warning two minutes before.
 */
export function spotInterruption(place: ExperimentPlace, tasks: Tasks): Experiment {
  return stopTasks(place, tasks, {
    what: "spot-interruption",
    description: "All tasks on Spot are stopped at once",
    selectionMode: "ALL",
    // The attribute as DescribeTasks gives it. A path that FIS knows no value of finds no task, and the run fails.
    filters: [{ path: "capacityProviderName", values: ["FARGATE_SPOT"] }],
  });
}

function stopTasks(
  { accountId, region }: ExperimentPlace,
  { clusterName, serviceName, tags }: Tasks,
  which: Pick<Experiment, "what" | "description"> & Pick<Experiment["target"], "selectionMode" | "filters">,
): Experiment {
  const { what, description, ...selection } = which;
  const ecs = `arn:aws:ecs:${region}:${accountId}`;
  return {
    what,
    description,
    actionId: "aws:ecs:stop-task",
    targetKey: "Tasks",
    target: {
      resourceType: "aws:ecs:task",
      resourceTags: tags,
      parameters: { cluster: clusterName, service: serviceName },
      ...selection,
    },
    statements: [
      {
        Sid: "StopTasks",
        Effect: "Allow",
        Action: ["ecs:DescribeTasks", "ecs:StopTask"],
        Resource: `${ecs}:task/${clusterName}/*`,
      },
      {
        Sid: "FindTasks",
        Effect: "Allow",
        Action: ["ecs:ListTasks", "tag:GetResources"],
        // Asking for tags has no resource level, nor has listing the tasks of a cluster on Fargate.
        Resource: "*",
      },
    ],
  };
}
