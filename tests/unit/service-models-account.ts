import type { Props } from "../../local/account/store";
import { ACCOUNT, type DataAccount, document, type Made, REGION, T } from "./data-models-account";

/** Image of the account's own registry. */
export const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/app@sha256:${"a".repeat(64)}`;

/** One container that ECS takes, some of it changed. */
export const container = (changes: Props = {}) => ({
  name: "app",
  image: IMAGE,
  essential: true,
  portMappings: [{ containerPort: 8080 }],
  ...changes,
});

/** The role of a task, with the given inline statements. */
export async function role(
  data: DataAccount,
  name: string,
  ...statements: readonly Props[]
): Promise<string> {
  const arn = await data.role("ecs-tasks.amazonaws.com", name);
  if (statements.length > 0) {
    await data.make(T.RolePolicy, { role: name, name: "it", policy: document(...statements) });
  }
  return arn;
}

/** A task definition that Fargate takes, some of it changed. */
export async function task(
  data: DataAccount,
  changes: Props = {},
  containers: readonly Props[] = [container()],
) {
  const executionRoleArn =
    "executionRoleArn" in changes
      ? changes["executionRoleArn"]
      : await role(data, "start", { Action: "ecr:*", Resource: "*" });
  return data.make(T.TaskDefinition, {
    family: "app",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    containerDefinitions: JSON.stringify(containers),
    ...changes,
    executionRoleArn,
  });
}

/** A cluster with capacity providers. */
export async function cluster(data: DataAccount, ...providers: readonly string[]): Promise<Made> {
  const made = await data.make(T.EcsCluster, { name: "main" });
  if (providers.length > 0) {
    await data.make(T.CapacityProviders, { clusterName: "main", capacityProviders: providers });
  }
  return made;
}

/** A service of one revision in a cluster, some of it changed. */
export async function service(data: DataAccount, changes: Props = {}, definition?: Made): Promise<Made> {
  const { subnetIds, groupId } = await data.network();
  const revision = definition ?? (await task(data));
  const place = "cluster" in changes ? changes["cluster"] : (await cluster(data, "FARGATE")).id;
  return data.make(T.EcsService, {
    name: "app",
    taskDefinition: revision.outputs["arn"],
    desiredCount: 2,
    networkConfiguration: { subnets: subnetIds, securityGroups: [groupId] },
    ...changes,
    cluster: place,
  });
}

/** An internal load balancer over two zones. */
export async function balancer(data: DataAccount, changes: Props = {}): Promise<Made> {
  const { subnetIds, groupId } = await data.network();
  return data.make(T.LoadBalancer, {
    name: "main",
    internal: true,
    subnets: subnetIds,
    securityGroups: [groupId],
    ...changes,
  });
}

/** A target group for tasks, in the VPC of the network. */
export async function targets(data: DataAccount, changes: Props = {}): Promise<Made> {
  const [subnet] = (await data.network()).subnetIds;
  const vpcId = data.stored({ type: T.Subnet, id: String(subnet) })?.inputs["vpcId"];
  return data.make(T.TargetGroup, {
    name: "app",
    targetType: "ip",
    port: 8080,
    protocol: "HTTP",
    vpcId,
    ...changes,
  });
}

/** A listener that sends requests to a group. */
export const listen = (data: DataAccount, to: Made, group: Made, changes: Props = {}) =>
  data.make(T.Listener, {
    loadBalancerArn: to.id,
    port: 80,
    defaultActions: [{ type: "forward", targetGroupArn: group.id }],
    ...changes,
  });

/** What puts a service behind a target group. */
export const behind = (group: Made, changes: Props = {}) => ({
  loadBalancers: [{ targetGroupArn: group.id, containerName: "app", containerPort: 8080, ...changes }],
});

/** The text of a refusal, random ends of ARNs as `…`. */
export function withoutEnds(text: string): string {
  return text.replaceAll(/\/[0-9a-f]{16}(?=[' ])/g, "/…");
}
