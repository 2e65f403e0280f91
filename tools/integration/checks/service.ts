import { DescribeServicesCommand, ECSClient, type Service } from "@aws-sdk/client-ecs";

import { Broken, type Check, NotRun } from "../check";
import type { Target } from "../target";

/**
 * The service of a stack, as ECS has it.
 *
 * @throws NotRun when the stack has none, Broken when ECS has none
 */
export async function describeService(client: ECSClient, { outputs }: Target): Promise<Service> {
  const { serviceNames } = outputs;
  if (serviceNames === undefined) throw new NotRun("the stack has no service");
  const { cluster, service } = serviceNames;
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const [found] = services;
  if (found?.status !== "ACTIVE") throw new Broken("ECS has no active service of this name");
  return found;
}

/** The deployment of the service has come to an end, and all wanted tasks run. */
export function serviceCheck(target: Target): Check {
  return {
    name: "service",
    proves: "the last deployment is steady: one revision, and all of its tasks run",
    seconds: 30,
    look: async () => {
      const service = await describeService(new ECSClient({ region: target.region }), target);
      const { deployments = [], runningCount = 0, desiredCount = 0, taskDefinition = "" } = service;
      const states = deployments.map(({ status, rolloutState }) => `${status ?? "?"} ${rolloutState ?? "?"}`);
      if (states.length !== 1 || deployments[0]?.rolloutState !== "COMPLETED")
        throw new Broken(`deployments: ${states.join(", ") || "none"}`);
      if (desiredCount < 1) throw new Broken("no task is wanted");
      if (runningCount !== desiredCount) throw new Broken(`${runningCount} of ${desiredCount} tasks run`);
      return `${runningCount} of ${desiredCount} tasks run revision ${taskDefinition.split(":").at(-1) ?? "?"}`;
    },
  };
}
