import { outputsOf, type Props } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapOf, text, textOr, type World } from "../world";
import { SERVICE } from "./ecs";
import { isSecondary, membersOf } from "./rds-members";
import { CLUSTER } from "./rds-types";

const TARGET = "aws:appautoscaling/target:Target";
const POLICY = "aws:appautoscaling/policy:Policy";
const SCHEDULED_ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction";

/** Readers that a cluster may have beside its writer. */
const MOST_READERS = 15;

/** Predefined metrics by scalable dimension. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  "rds:cluster:ReadReplicaCount": ["RDSReaderAverageCPUUtilization", "RDSReaderAverageDatabaseConnections"],
  "ecs:service:DesiredCount": [
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    "ALBRequestCountPerTarget",
  ],
};

const target: Model = {
  type: TARGET,
  source: "internal/service/appautoscaling/target.go",
  forceNew: ["resourceId", "scalableDimension", "serviceNamespace"],
  kept: ["roleArn", "suspendedState"],
  seconds: 2,
  taggable: true,
  computed: ["arn", "roleArn"],
  check: (inputs) =>
    oneOf(inputs, "serviceNamespace", ["rds", "ecs", "elasticache", "dynamodb", "lambda", "kafka"]),
  unique: (inputs) => ({
    claim: targetKey(inputs),
    taken: `ValidationException: ${text(inputs, "resourceId")} is registered as a scalable target for ${text(inputs, "scalableDimension")} already`,
  }),
  verify: (inputs, world) => {
    const [least, most] = [Number(inputs["minCapacity"]), Number(inputs["maxCapacity"])];
    if (least > most) {
      throw new AwsError(
        "ValidationException",
        `Maximum capacity ${most} can't be smaller than minimum capacity ${least}`,
      );
    }
    if (inputs["serviceNamespace"] === "rds") {
      verifyReaders(inputs, world);
    }
    if (inputs["serviceNamespace"] === "ecs") {
      verifyTasks(inputs, world);
    }
  },
  make: (inputs, world) => {
    const id = text(inputs, "resourceId");
    const namespace = text(inputs, "serviceNamespace");
    const role = namespace === "rds" ? "RDSCluster" : "ECSService";
    return {
      id,
      computed: {
        arn: world.arn("application-autoscaling", `scalable-target/${hexOf(targetKey(inputs), 32)}`),
        ...(inputs["roleArn"] === undefined
          ? {
              roleArn: `arn:aws:iam::${world.place.account}:role/aws-service-role/${namespace}.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_${role}`,
            }
          : {}),
      },
    };
  },
  importId: (inputs) =>
    ["serviceNamespace", "resourceId", "scalableDimension"].map((it) => text(inputs, it)).join("/"),
};

const policy: Model = {
  type: POLICY,
  source: "internal/service/appautoscaling/policy.go",
  forceNew: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  autoName: "name",
  seconds: 2,
  taggable: false,
  computed: ["alarmArns", "arn"],
  defaults: { policyType: "StepScaling" },
  check: (inputs) => [
    ...oneOf(inputs, "policyType", ["StepScaling", "TargetTrackingScaling", "PredictiveScaling"]),
    ...inRange(mapOf(inputs["targetTrackingScalingPolicyConfiguration"]), "scaleInCooldown", 0, 86_400),
    ...inRange(mapOf(inputs["targetTrackingScalingPolicyConfiguration"]), "scaleOutCooldown", 0, 86_400),
  ],
  verify: verifyPolicy,
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const [namespace, id] = [text(inputs, "serviceNamespace"), text(inputs, "resourceId")];
    const scaling = `scalingPolicy:${hexOf(`${targetKey(inputs)} ${name}`, 32)}`;
    const alarm = (what: string) =>
      world.arn("cloudwatch", `alarm:TargetTracking-${id}-${what}-${hexOf(`${scaling} ${what}`, 32)}`);
    return {
      // The provider's id is the name alone; here it has to tell the policies of two targets apart.
      id: `${namespace}/${id}/${text(inputs, "scalableDimension")}/${name}`,
      computed: {
        arn: world.arn("autoscaling", `${scaling}:resource/${namespace}/${id}:policyName/${name}`),
        alarmArns:
          inputs["policyType"] === "TargetTrackingScaling" ? [alarm("AlarmHigh"), alarm("AlarmLow")] : [],
      },
    };
  },
  unique: (inputs) => ({
    claim: `${targetKey(inputs)} ${text(inputs, "name")}`,
    taken: `ValidationException: scaling policy ${text(inputs, "name")} exists already`,
  }),
};

const scheduledAction: Model = {
  type: SCHEDULED_ACTION,
  source: "internal/service/appautoscaling/scheduled_action.go",
  forceNew: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  autoName: "name",
  seconds: 1,
  taggable: false,
  computed: ["arn"],
  defaults: { timezone: "UTC" },
  check: (inputs) => shaped(inputs, "schedule", /^(at|cron|rate)\(.+\)$/, "at(…), cron(…) or rate(…)"),
  unique: (inputs) => ({
    claim: `${targetKey(inputs)} ${text(inputs, "name")}`,
    taken: `ValidationException: scheduled action ${text(inputs, "name")} exists already`,
  }),
  verify: (inputs, world) => {
    requireTarget(inputs, world);
    const { minCapacity, maxCapacity } = mapOf(inputs["scalableTargetAction"]);
    if (minCapacity === undefined && maxCapacity === undefined) {
      throw new AwsError("ValidationException", "A scheduled action sets a minimum or a maximum at least.");
    }
    if (Number(minCapacity ?? 0) > Number(maxCapacity ?? Infinity)) {
      throw new AwsError(
        "ValidationException",
        `Maximum capacity ${String(maxCapacity)} can't be smaller than minimum capacity ${String(minCapacity)}`,
      );
    }
  },
  make: (inputs, world) => {
    const [namespace, id, name] = [
      text(inputs, "serviceNamespace"),
      text(inputs, "resourceId"),
      text(inputs, "name"),
    ];
    const action = `scheduledAction:${hexOf(`${targetKey(inputs)} ${name}`, 32)}`;
    const arn = world.arn("autoscaling", `${action}:resource/${namespace}/${id}:scheduledActionName/${name}`);
    return { id: `${name}-${namespace}-${id}`, computed: { arn } };
  },
  importId: (inputs) =>
    ["serviceNamespace", "resourceId", "scalableDimension", "name"].map((it) => text(inputs, it)).join("/"),
};

export const scalingModels: readonly Model[] = [target, policy, scheduledAction];

function targetKey(inputs: Props): string {
  return ["serviceNamespace", "resourceId", "scalableDimension"]
    .map((property) => text(inputs, property))
    .join(" ");
}

/** Aurora Auto Scaling adds provisioned readers to a cluster that has one already, and to no other cluster. */
function verifyReaders(inputs: Props, world: World): void {
  const refuse = (problem: string) => new AwsError("ValidationException", problem);
  const [, id] = /^cluster:([a-z][a-z0-9-]*)$/.exec(text(inputs, "resourceId")) ?? [];
  if (id === undefined || text(inputs, "scalableDimension") !== "rds:cluster:ReadReplicaCount") {
    throw refuse(
      "Unsupported service namespace, resource type or scalable dimension: cluster:<identifier> and rds:cluster:ReadReplicaCount are asked for",
    );
  }
  const cluster = world.resolve({ types: [CLUSTER], by: "id" }, id);
  if (cluster === undefined) {
    throw refuse(`DB cluster: ${id} does not exist`);
  }
  if (isSecondary(cluster)) {
    throw refuse(`Aurora Auto Scaling isn't supported for secondary clusters of a global database: ${id}`);
  }
  if (Number(inputs["minCapacity"]) < 0 || Number(inputs["maxCapacity"]) > MOST_READERS) {
    throw refuse(`A cluster has 0 to ${MOST_READERS} readers`);
  }
  const readers = membersOf(id, world)
    .map(outputsOf)
    .filter(({ writer }) => writer !== true);
  if (readers.length === 0) {
    throw refuse(
      `DB cluster ${id} has no Aurora Replica: the first reader has to exist before the others can be scaled`,
    );
  }
  if (readers.some(({ instanceClass }) => instanceClass === "db.serverless")) {
    throw refuse(
      `Aurora Auto Scaling isn't supported for Aurora Serverless v2: cluster ${id} has db.serverless readers`,
    );
  }
}

/** Application Auto Scaling sets the number of tasks of services that are there. */
function verifyTasks(inputs: Props, world: World): void {
  const [, path] = /^service\/([\w-]+\/[\w-]+)$/.exec(text(inputs, "resourceId")) ?? [];
  if (path === undefined || text(inputs, "scalableDimension") !== "ecs:service:DesiredCount") {
    throw new AwsError(
      "ValidationException",
      "Unsupported service namespace, resource type or scalable dimension: service/<cluster>/<service> and ecs:service:DesiredCount are asked for",
    );
  }
  if (!world.resolve({ types: [SERVICE], by: "id" }, world.arn("ecs", `service/${path}`))) {
    throw new AwsError("ValidationException", `ECS service doesn't exist: service/${path}`);
  }
}

function requireTarget(inputs: Props, world: World): void {
  if (!world.all(TARGET).some((it) => targetKey(it.inputs) === targetKey(inputs))) {
    throw new AwsError(
      "ObjectNotFoundException",
      `No scalable target registered for service namespace: ${targetKey(inputs)}`,
    );
  }
}

function verifyPolicy(inputs: Props, world: World): void {
  requireTarget(inputs, world);
  const tracking = mapOf(inputs["targetTrackingScalingPolicyConfiguration"]);
  const metric = metricOf(inputs);
  if (inputs["policyType"] === "TargetTrackingScaling" && tracking["targetValue"] === undefined) {
    throw new AwsError(
      "ValidationException",
      "A target tracking policy needs a configuration with a target value.",
    );
  }
  const dimension = text(inputs, "scalableDimension");
  const known = METRICS[dimension];
  if (known === undefined || metric === "") {
    return;
  }
  if (!known.includes(metric)) {
    throw new AwsError("ValidationException", `Metric ${metric} is not valid for ${dimension}`);
  }
  if (metric === "ALBRequestCountPerTarget" && !REQUEST_LABEL.test(labelOf(inputs))) {
    throw new AwsError(
      "ValidationException",
      "Invalid resource label: it has to be the ends of the ARNs of load balancer and target group, app/…/targetgroup/…",
    );
  }
  const rival = world
    .all(POLICY)
    .filter((it) => targetKey(it.inputs) === targetKey(inputs))
    .find(({ inputs: other }) => metricOf(other) === metric);
  if (rival) {
    throw new AwsError(
      "ValidationException",
      `Only one TargetTrackingScaling policy for a given metric specification is allowed: ${rival.id} has it`,
    );
  }
}

/** What ALBRequestCountPerTarget counts at. */
const REQUEST_LABEL = /^app\/[^/]+\/[0-9a-f]{16}\/targetgroup\/[^/]+\/[0-9a-f]{16}$/;

function metricOf(inputs: Props): string {
  return textOr(metricSpecification(inputs), "predefinedMetricType", "");
}

function labelOf(inputs: Props): string {
  return textOr(metricSpecification(inputs), "resourceLabel", "");
}

function metricSpecification(inputs: Props): Props {
  const tracking = mapOf(inputs["targetTrackingScalingPolicyConfiguration"]);
  return mapOf(tracking["predefinedMetricSpecification"]);
}
