import { DescribeTasksCommand, type ECSClient, paginateListTasks } from "@aws-sdk/client-ecs";

/** A task that its service lost for want of Spot capacity. */
export interface StoppedTask {
  /** When it stopped or was told to; milliseconds since 1970. */
  readonly stoppedAt: number;
  readonly reason: "interrupted" | "noCapacity";
}

/** As many as DescribeTasks takes at once. */
const PAGE = 100;

/** What ECS writes where Fargate had no room for a task. */
const NO_CAPACITY = /^Capacity is unavailable at this time/;

/**
 * Tasks that the service has lost for want of Spot capacity, as far as ECS remembers: about an hour. Counting what
 * stopped needs no memory of our own, and an event that comes twice counts once.
 */
export async function stoppedTasks(
  client: ECSClient,
  { clusterArn, serviceArn }: { readonly clusterArn: string; readonly serviceArn: string },
): Promise<StoppedTask[]> {
  const serviceName = serviceArn.split("/").at(-1);
  const found: StoppedTask[] = [];
  const pages = paginateListTasks(
    { client, pageSize: PAGE },
    { cluster: clusterArn, serviceName, desiredStatus: "STOPPED" },
  );
  for await (const { taskArns = [] } of pages) {
    if (taskArns.length === 0) continue;
    const { tasks = [] } = await client.send(
      new DescribeTasksCommand({ cluster: clusterArn, tasks: taskArns }),
    );
    for (const { stopCode, stoppedReason, stoppingAt, stoppedAt } of tasks) {
      const at = (stoppingAt ?? stoppedAt)?.getTime();
      if (at === undefined) continue;
      if (stopCode === "SpotInterruption") found.push({ stoppedAt: at, reason: "interrupted" });
      else if (NO_CAPACITY.test(stoppedReason ?? "")) found.push({ stoppedAt: at, reason: "noCapacity" });
    }
  }
  return found;
}
