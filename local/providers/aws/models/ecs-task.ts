import type { Props, StoredObject } from "../../../account/store";
import { FARGATE_MEMORY } from "../../../../config/service-facts";
import { inRange, oneOf, shaped, under } from "../checks";
import { UNKNOWN } from "../../frame";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";
import { ROLE } from "./iam";

export const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";

const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const ACCESS_POINT = "aws:efs/accessPoint:AccessPoint";

/** Seconds that Fargate leaves a container between SIGTERM and SIGKILL at most. */
const LONGEST_STOP = 120;

const taskDefinition: Model = {
  type: TASK_DEFINITION,
  source: "internal/service/ecs/task_definition.go",
  forceNew: [
    "containerDefinitions",
    "cpu",
    "enableFaultInjection",
    "ephemeralStorage",
    "executionRoleArn",
    "family",
    "ipcMode",
    "memory",
    "networkMode",
    "pidMode",
    "placementConstraints",
    "proxyConfiguration",
    "requiresCompatibilities",
    "runtimePlatform",
    "taskRoleArn",
    "volumes",
  ],
  kept: ["enableFaultInjection", "networkMode"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "arnWithoutRevision", "revision"],
  defaults: { skipDestroy: false, trackLatest: false },
  references: {
    executionRoleArn: { types: [ROLE], by: "arn" },
    taskRoleArn: { types: [ROLE], by: "arn" },
    "volumes.efsVolumeConfiguration.fileSystemId": { types: [FILE_SYSTEM], by: "id" },
    "volumes.efsVolumeConfiguration.authorizationConfig.accessPointId": { types: [ACCESS_POINT], by: "id" },
  },
  check: (inputs) => [
    ...shaped(inputs, "family", /^[\w-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores"),
    ...oneOf(inputs, "networkMode", ["bridge", "host", "awsvpc", "none"]),
    ...oneOf(inputs, "requiresCompatibilities", ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]),
    ...oneOf(mapOf(inputs["runtimePlatform"]), "cpuArchitecture", ["X86_64", "ARM64"]),
    ...(inputs["containerDefinitions"] === UNKNOWN || containers(inputs) !== undefined
      ? []
      : [
          {
            property: "containerDefinitions",
            reason: "ECS Task Definition container_definitions is invalid",
          },
        ]),
    ...(containers(inputs) ?? []).flatMap((container, index) =>
      under(`containerDefinitions[${index}]`, checkContainer(container)),
    ),
  ],
  verify: (inputs, world) => {
    for (const role of ["taskRoleArn", "executionRoleArn"]) {
      if (inputs[role] !== undefined) {
        requireTrust(world, text(inputs, role), "ecs-tasks.amazonaws.com");
      }
    }
    verifyContainers(inputs);
    if (strings(inputs["requiresCompatibilities"]).includes("FARGATE")) {
      verifyFargate(inputs);
    }
    verifyVolumes(inputs, world);
  },
  make: (inputs, world) => {
    const family = text(inputs, "family");
    const earlier = world
      .all(TASK_DEFINITION)
      .filter((other) => other.inputs["family"] === family)
      .map(({ computed }) => Number(computed["revision"]));
    const revision = Math.max(0, ...earlier) + 1;
    const arnWithoutRevision = world.arn("ecs", `task-definition/${family}`);
    return {
      // The provider's id is the family; here it has to tell revisions apart.
      id: `${family}:${revision}`,
      computed: { arn: `${arnWithoutRevision}:${revision}`, arnWithoutRevision, revision },
    };
  },
  importId: (inputs) => text(inputs, "arn"),
};

export const ecsTaskModels: readonly Model[] = [taskDefinition];

/** Containers of a task definition; undefined where the text is no list of them. */
export function containers({ containerDefinitions }: Props): Props[] | undefined {
  if (typeof containerDefinitions !== "string" || containerDefinitions === UNKNOWN) {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(containerDefinitions);
    return Array.isArray(parsed) ? mapsOf(parsed) : undefined;
  } catch {
    return undefined;
  }
}

/** The revision that an ARN names. */
export function taskDefinitionOf(world: World, arn: string): StoredObject {
  const found = world.resolve({ types: [TASK_DEFINITION], by: "arn" }, arn);
  if (!found) {
    throw new AwsError("ClientException", "TaskDefinition is inactive");
  }
  return found;
}

function checkContainer(container: Props) {
  const healthCheck = mapOf(container["healthCheck"]);
  return [
    ...inRange(container, "stopTimeout", 0, LONGEST_STOP),
    ...inRange(mapOf(container["restartPolicy"]), "restartAttemptPeriod", 60, 1800),
    ...inRange(healthCheck, "interval", 5, 300),
    ...inRange(healthCheck, "timeout", 2, 60),
    ...inRange(healthCheck, "retries", 1, 10),
    ...inRange(healthCheck, "startPeriod", 0, 300),
  ];
}

function refuse(problem: string): AwsError {
  return new AwsError("ClientException", problem);
}

function verifyContainers(inputs: Props): void {
  const all = containers(inputs) ?? [];
  const names = all.map((container) => text(container, "name"));
  if (!all.some(({ essential }) => essential !== false)) {
    throw refuse("A task definition must have at least one essential container.");
  }
  if (new Set(names).size < names.length) {
    throw refuse("Container names must be unique within a task definition.");
  }
  for (const container of all) {
    if (typeof container["image"] !== "string" || container["image"] === "") {
      throw refuse("Container.image should not be null or empty.");
    }
    const unknown = stringsAt(container["dependsOn"], "containerName").find((it) => !names.includes(it));
    if (unknown !== undefined) {
      throw refuse(`Container dependency ${unknown} does not exist in the task definition.`);
    }
  }
}

function verifyFargate(inputs: Props): void {
  const memory = Number(inputs["memory"]);
  const sizes = (FARGATE_MEMORY as Readonly<Record<number, readonly number[]>>)[Number(inputs["cpu"])];
  if (sizes?.includes(memory) !== true) {
    throw refuse("No Fargate configuration exists for given values.");
  }
  if (inputs["networkMode"] !== "awsvpc") {
    throw refuse("Fargate only supports network mode 'awsvpc'.");
  }
  const all = containers(inputs) ?? [];
  const reserved = all.reduce((sum, container) => sum + Number(container["memory"] ?? 0), 0);
  if (reserved > memory) {
    throw refuse("Total memory of the containers is greater than the memory of the task.");
  }
  for (const container of all) {
    const linux = mapOf(container["linuxParameters"]);
    if (container["privileged"] === true) {
      throw refuse("Fargate does not support privileged containers.");
    }
    if (linux["tmpfs"] !== undefined || linux["devices"] !== undefined) {
      throw refuse("Fargate supports neither tmpfs nor devices in linuxParameters.");
    }
    const added = strings(mapOf(linux["capabilities"])["add"]).filter((it) => it !== "SYS_PTRACE");
    if (added.length > 0) {
      throw refuse(`Fargate adds no capability but SYS_PTRACE: ${added.join(", ")}`);
    }
    const needsRole =
      mapOf(container["logConfiguration"])["logDriver"] === "awslogs" ||
      mapsOf(container["secrets"]).length > 0;
    if (needsRole && inputs["executionRoleArn"] === undefined) {
      throw refuse(
        "Fargate requires task definition to have execution role ARN to support log driver awslogs and secrets.",
      );
    }
  }
}

function verifyVolumes(inputs: Props, world: World): void {
  const volumes = mapsOf(inputs["volumes"]);
  const names = volumes.map((volume) => text(volume, "name"));
  for (const container of containers(inputs) ?? []) {
    const unknown = stringsAt(container["mountPoints"], "sourceVolume").find((it) => !names.includes(it));
    if (unknown !== undefined) {
      throw refuse(`Unknown volume '${unknown}'.`);
    }
  }
  for (const volume of volumes) {
    const efs = mapOf(volume["efsVolumeConfiguration"]);
    const { accessPointId, iam } = mapOf(efs["authorizationConfig"]);
    if ((accessPointId !== undefined || iam === "ENABLED") && efs["transitEncryption"] !== "ENABLED") {
      throw refuse("EFS transit encryption must be enabled to use an access point or IAM authorization.");
    }
    if (typeof accessPointId === "string") {
      const point = world.need({ types: [ACCESS_POINT], by: "id" }, accessPointId);
      if (point.inputs["fileSystemId"] !== efs["fileSystemId"]) {
        throw refuse(`Access point ${accessPointId} does not belong to ${String(efs["fileSystemId"])}.`);
      }
    }
  }
}
