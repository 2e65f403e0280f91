import { outputsOf, type Props } from "../../../account/store";
import { inRange, oneOf } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapOf, text, textOr, type World } from "../world";
import { membersOf } from "./rds";
import { CLUSTER } from "./rds-types";

const TARGET = "aws:appautoscaling/target:Target";
const POLICY = "aws:appautoscaling/policy:Policy";

/** Readers that a cluster may have beside its writer. */
const MOST_READERS = 15;

const READER_METRICS = ["RDSReaderAverageCPUUtilization", "RDSReaderAverageDatabaseConnections"];

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

export const scalingModels: readonly Model[] = [target, policy];

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
  if (!world.resolve({ types: [CLUSTER], by: "id" }, id)) {
    throw refuse(`DB cluster: ${id} does not exist`);
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

function verifyPolicy(inputs: Props, world: World): void {
  if (!world.all(TARGET).some((it) => targetKey(it.inputs) === targetKey(inputs))) {
    throw new AwsError(
      "ObjectNotFoundException",
      `No scalable target registered for service namespace: ${targetKey(inputs)}`,
    );
  }
  const tracking = mapOf(inputs["targetTrackingScalingPolicyConfiguration"]);
  const metric = metricOf(inputs);
  if (inputs["policyType"] === "TargetTrackingScaling" && tracking["targetValue"] === undefined) {
    throw new AwsError(
      "ValidationException",
      "A target tracking policy needs a configuration with a target value.",
    );
  }
  if (inputs["serviceNamespace"] !== "rds" || metric === "") {
    return;
  }
  if (!READER_METRICS.includes(metric)) {
    throw new AwsError(
      "ValidationException",
      `Metric ${metric} is not valid for rds:cluster:ReadReplicaCount`,
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

function metricOf(inputs: Props): string {
  const tracking = mapOf(inputs["targetTrackingScalingPolicyConfiguration"]);
  return textOr(mapOf(tracking["predefinedMetricSpecification"]), "predefinedMetricType", "");
}
