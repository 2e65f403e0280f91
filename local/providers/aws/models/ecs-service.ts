import { isDeepStrictEqual } from "node:util";
import type { Accounts, Props, StoredObject } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { AwsError, type Model, type Settled } from "../model";
import { requireGroupsIn, vpcOf } from "../placement";
import { roleAllows } from "../policy-documents";
import { mapOf, mapsOf, strings, stringsAt, text, textOr, type World } from "../world";
import { SUBNET } from "./ec2";
import { CAPACITY_PROVIDERS, CLUSTER, SERVICE } from "./ecs";
import { containers, taskDefinitionOf } from "./ecs-task";
import { listenersOf, TARGET_GROUP } from "./lb";
import { LOG_GROUP } from "./logs";
import { SECURITY_GROUP } from "./vpc-access";

/** Marks an image whose containers end as soon as they start. */
const BROKEN_IMAGE = "simulation:ecs/brokenImage:BrokenImage";

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const PARAMETER = "aws:ssm/parameter:Parameter";

const service: Model = {
  type: SERVICE,
  source: "internal/service/ecs/service.go",
  forceNew: ["cluster", "iamRole", "launchType", "name", "schedulingStrategy"],
  kept: ["availabilityZoneRebalancing", "cluster", "iamRole", "launchType", "platformVersion", "triggers"],
  autoName: "name",
  readBack: ["taskDefinition"],
  sendsChangesOnly: true,
  seconds: 120,
  taggable: true,
  computed: ["arn", "iamRole", "launchType", "platformVersion", "triggers"],
  defaults: {
    deploymentMaximumPercent: 200,
    deploymentMinimumHealthyPercent: 100,
    enableEcsManagedTags: false,
    enableExecuteCommand: false,
    schedulingStrategy: "REPLICA",
    waitForSteadyState: false,
  },
  references: {
    cluster: { types: [CLUSTER], by: "id" },
    "networkConfiguration.securityGroups": { types: [SECURITY_GROUP], by: "id" },
    "networkConfiguration.subnets": { types: [SUBNET], by: "id" },
    "loadBalancers.targetGroupArn": { types: [TARGET_GROUP], by: "id" },
    "alarms.alarmNames": { types: [METRIC_ALARM], by: "id" },
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores"),
    ...oneOf(inputs, "availabilityZoneRebalancing", ["ENABLED", "DISABLED"]),
    ...oneOf(inputs, "propagateTags", ["SERVICE", "TASK_DEFINITION", "NONE"]),
    ...oneOf(inputs, "launchType", ["EC2", "FARGATE", "EXTERNAL"]),
    ...inRange(inputs, "healthCheckGracePeriodSeconds", 0, 2_147_483_647),
    ...mapsOf(inputs["capacityProviderStrategies"]).flatMap((item) => [
      ...inRange(item, "base", 0, 100_000),
      ...inRange(item, "weight", 0, 1000),
    ]),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "cluster")} ${text(inputs, "name")}`,
    taken: "InvalidParameterException: Creation of service was not idempotent.",
  }),
  verify: verifyService,
  verifyChange: (from, to) => {
    const isMoved = !isDeepStrictEqual(from["capacityProviderStrategies"], to["capacityProviderStrategies"]);
    if (isMoved && to["forceNewDeployment"] !== true) {
      throw new Error("force_new_deployment should be true when capacity_provider_strategy is being updated");
    }
  },
  make: (inputs, world) => {
    const [, clusterName = ""] = text(inputs, "cluster").split(":cluster/");
    const arn = world.arn("ecs", `service/${clusterName}/${text(inputs, "name")}`);
    return {
      id: arn,
      computed: { arn, launchType: "", platformVersion: "LATEST", triggers: {} },
    };
  },
  settle: deployed,
  importId: (inputs) => text(inputs, "arn").replace(/^.*:service\//, ""),
};

export const ecsServiceModels: readonly Model[] = [service];

/** Which image, in which account and region. */
interface ImagePlace {
  readonly account: string;
  readonly region: string;
  readonly image: string;
}

/** From now on containers of an image end as soon as they start. */
export function breakImage(accounts: Accounts, { account, region, image }: ImagePlace): void {
  const mark: StoredObject = {
    account,
    region,
    type: BROKEN_IMAGE,
    id: image,
    importId: image,
    inputs: {},
    computed: {},
    createdBy: "simulation",
    state: "available",
  };
  accounts.add(mark);
}

/** What Application Auto Scaling does with a service: another number of tasks, behind the back of every stack. */
export function scaleService(
  accounts: Accounts,
  place: { readonly account: string; readonly region: string; readonly arn: string },
  desiredCount: number,
): void {
  const found = accounts.find(place.account, place.region, SERVICE, place.arn);
  if (!found) {
    throw new Error(`there is no service ${place.arn}`);
  }
  accounts.replace({ ...found, inputs: { ...found.inputs, desiredCount } });
}

function refuse(problem: string): AwsError {
  return new AwsError("InvalidParameterException", problem);
}

function verifyService(inputs: Props, world: World): void {
  const definition = taskDefinitionOf(world, text(inputs, "taskDefinition"));
  verifyStrategy(inputs, world);
  verifyNetwork(inputs, definition, world);
  if (inputs["enableExecuteCommand"] === true && definition.inputs["taskRoleArn"] === undefined) {
    throw refuse(
      "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    );
  }
  const balancers = mapsOf(inputs["loadBalancers"]);
  if (balancers.length === 0 && inputs["healthCheckGracePeriodSeconds"] !== undefined) {
    throw refuse("Health check grace period is only valid for services configured to use load balancers");
  }
  for (const balancer of balancers) {
    verifyLoadBalancer(balancer, inputs, definition, world);
  }
}

function verifyStrategy(inputs: Props, world: World): void {
  const strategy = mapsOf(inputs["capacityProviderStrategies"]);
  if (strategy.length === 0) {
    return;
  }
  if (inputs["launchType"] !== undefined && inputs["launchType"] !== "") {
    throw refuse("Specifying both a launch type and capacity provider strategy is not supported.");
  }
  const offered = world
    .all(CAPACITY_PROVIDERS)
    .filter((it) => world.arn("ecs", `cluster/${it.id}`) === inputs["cluster"])
    .flatMap((it) => strings(it.inputs["capacityProviders"]));
  const missing = strategy.map((it) => text(it, "capacityProvider")).find((it) => !offered.includes(it));
  if (missing !== undefined) {
    throw refuse(`The capacity provider ${missing} is not associated with the cluster.`);
  }
  if (strategy.filter(({ base }) => Number(base ?? 0) > 0).length > 1) {
    throw refuse("Only one capacity provider in a capacity provider strategy can have a base.");
  }
  if (strategy.every(({ weight }) => Number(weight ?? 0) === 0)) {
    throw refuse("At least one capacity provider in a strategy has to have a weight greater than zero.");
  }
}

function verifyNetwork(inputs: Props, definition: StoredObject, world: World): void {
  if (definition.inputs["networkMode"] !== "awsvpc") {
    return;
  }
  const network = mapOf(inputs["networkConfiguration"]);
  const subnets = strings(network["subnets"]);
  if (subnets.length === 0) {
    throw refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  requireGroupsIn(world, vpcOf(world, subnets), strings(network["securityGroups"]));
}

function verifyLoadBalancer(balancer: Props, inputs: Props, definition: StoredObject, world: World): void {
  const arn = text(balancer, "targetGroupArn");
  const name = text(balancer, "containerName");
  const container = containers(definition.inputs)?.find((it) => it["name"] === name);
  if (!container) {
    throw refuse(`The container ${name} does not exist in the task definition.`);
  }
  const ports = mapsOf(container["portMappings"]).map(({ containerPort }) => containerPort);
  if (!ports.includes(balancer["containerPort"])) {
    throw refuse(
      `The container ${name} did not have a container port ${String(balancer["containerPort"])} defined.`,
    );
  }
  const group = world.need({ types: [TARGET_GROUP], by: "id" }, arn);
  if (group.inputs["targetType"] !== "ip") {
    throw refuse(
      `The provided target group ${arn} has target type ${textOr(group.inputs, "targetType", "instance")}, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  }
  if (listenersOf(world, arn).length === 0) {
    throw refuse(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`);
  }
  const subnets = stringsAt(inputs, "networkConfiguration.subnets");
  if (group.inputs["vpcId"] !== vpcOf(world, subnets)) {
    throw refuse(`The target group ${arn} is not in the VPC of the service's subnets.`);
  }
}

/**
 * The deployment that every create and change starts. When tasks of the new revision can't start, the circuit breaker
 * ends it: AWS goes back to the revision before, where there is one. The provider, if it waits, fails with ECS's words.
 */
function deployed(from: StoredObject | undefined, to: StoredObject, world: World): Settled {
  const definition = taskDefinitionOf(world, text(to.inputs, "taskDefinition"));
  const problem = whyTasksEnd(definition, world);
  if (problem === undefined) {
    return { object: to };
  }
  const breaker = mapOf(to.inputs["deploymentCircuitBreaker"]);
  const goesBack = breaker["enable"] === true && breaker["rollback"] === true && from !== undefined;
  const object = goesBack
    ? { ...to, inputs: { ...to.inputs, taskDefinition: from.inputs["taskDefinition"] } }
    : to;
  if (to.inputs["waitForSteadyState"] !== true) {
    return { object };
  }
  const verb = from === undefined ? "create" : "update";
  const end =
    breaker["enable"] !== true
      ? "timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s)"
      : goesBack
        ? "Service deployment rolled back because the circuit breaker threshold was exceeded."
        : "Service deployment failed because the circuit breaker threshold was exceeded.";
  return { object, failure: `waiting for ECS Service (${to.id}) ${verb}: ${end} (${problem})` };
}

/** What keeps the tasks of a revision from running; undefined where nothing does. */
function whyTasksEnd(definition: StoredObject, world: World): string | undefined {
  const role = definition.inputs["executionRoleArn"];
  const mayStart = (action: string, resource: string) =>
    typeof role === "string" && roleAllows(world, role, action, resource);
  for (const container of containers(definition.inputs) ?? []) {
    const problem = whyContainerFails(container, mayStart, world);
    if (problem !== undefined) {
      return problem;
    }
    const image = text(container, "image");
    const isBroken = world.accounts.find(world.place.account, world.place.region, BROKEN_IMAGE, image);
    if (container["essential"] !== false && isBroken) {
      return `Essential container in task exited: ${text(container, "name")}`;
    }
  }
  return undefined;
}

/** What keeps a container from starting. ECS stops the whole task for it, whether the container is essential or not. */
function whyContainerFails(
  container: Props,
  mayStart: (action: string, resource: string) => boolean,
  world: World,
): string | undefined {
  const { account, region } = world.place;
  const image = text(container, "image");
  const [, registry, where, repository = ""] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@:]+)[@:].+$/.exec(image) ?? [];
  if (registry !== account || where !== region) {
    return `CannotPullContainerError: ${image} is not an image of account ${account} in ${region}`;
  }
  if (!mayStart("ecr:BatchGetImage", world.arn("ecr", `repository/${repository}`))) {
    return `CannotPullContainerError: the execution role may not pull from ${repository}`;
  }
  for (const arn of stringsAt(container["secrets"], "valueFrom").filter((it) => it.includes(":ssm:"))) {
    if (!world.resolve({ types: [PARAMETER], by: "arn" }, arn)) {
      return `ResourceInitializationError: invalid ssm parameters: ${arn}`;
    }
    if (!mayStart("ssm:GetParameters", arn)) {
      return `ResourceInitializationError: the execution role may not read ${arn}`;
    }
  }
  const [group] = stringsAt(mapOf(container["logConfiguration"])["options"], "awslogs-group");
  if (group === undefined) {
    return undefined;
  }
  if (!world.resolve({ types: [LOG_GROUP], by: "id" }, group)) {
    return `ResourceInitializationError: The specified log group does not exist: ${group}`;
  }
  return mayStart("logs:CreateLogStream", `${world.arn("logs", `log-group:${group}`)}:log-stream:it`)
    ? undefined
    : `ResourceInitializationError: the execution role may not write to ${group}`;
}
