import { oneOf, shaped } from "../checks";
import { requireKeyGrant } from "../key-grants";
import { AwsError, type Model } from "../model";
import { mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";
import { LOG_GROUP } from "./logs";

export const CLUSTER = "aws:ecs/cluster:Cluster";
export const CAPACITY_PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
export const SERVICE = "aws:ecs/service:Service";

const SESSIONS = "configuration.executeCommandConfiguration";

const cluster: Model = {
  type: CLUSTER,
  source: "internal/service/ecs/cluster.go",
  forceNew: ["name"],
  kept: ["settings"],
  autoName: "name",
  // The provider waits ten seconds before it looks for the first time.
  seconds: 12,
  taggable: true,
  computed: ["arn"],
  references: {
    [`${SESSIONS}.logConfiguration.cloudWatchLogGroupName`]: { types: [LOG_GROUP], by: "id" },
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores"),
    ...mapsOf(inputs["settings"]).flatMap((setting) => [
      ...oneOf(setting, "name", ["containerInsights"]),
      ...oneOf(setting, "value", ["enabled", "enhanced", "disabled"]),
    ]),
    ...oneOf(mapOf(mapOf(inputs["configuration"])["executeCommandConfiguration"]), "logging", [
      "NONE",
      "DEFAULT",
      "OVERRIDE",
    ]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ECS Cluster (${text(inputs, "name")}) already exists`,
  }),
  verify: (inputs, world) => {
    const session = mapOf(mapOf(inputs["configuration"])["executeCommandConfiguration"]);
    if (session["logging"] === "OVERRIDE" && session["logConfiguration"] === undefined) {
      throw new AwsError(
        "InvalidParameterException",
        "logConfiguration is required when logging is OVERRIDE in executeCommandConfiguration",
      );
    }
    const [storageKey] = stringsAt(
      inputs,
      "configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId",
    );
    if (storageKey !== undefined) {
      requireKeyGrant(
        world,
        storageKey,
        "fargate.amazonaws.com",
        {
          "kms:encryptioncontext:aws:ecs:clusteraccount": world.place.account,
          "kms:encryptioncontext:aws:ecs:clustername": text(inputs, "name"),
          "kms:grantoperations": "Decrypt",
        },
        ["kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"],
      );
    }
  },
  make: (inputs, world) => {
    const arn = world.arn("ecs", `cluster/${text(inputs, "name")}`);
    return { id: arn, computed: { arn } };
  },
  importId: (inputs) => text(inputs, "name"),
  beforeDelete: ({ id }, world) => {
    if (servicesOf(world, id).length > 0) {
      throw new AwsError(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
      );
    }
  },
};

const capacityProviders: Model = {
  type: CAPACITY_PROVIDERS,
  source: "internal/service/ecs/cluster_capacity_providers.go",
  forceNew: ["clusterName"],
  seconds: 5,
  taggable: false,
  computed: [],
  references: { clusterName: { types: [CLUSTER], by: "name" } },
  unique: (inputs) => ({
    claim: text(inputs, "clusterName"),
    taken: `The capacity providers of cluster ${text(inputs, "clusterName")} are managed already: two resources would undo each other`,
  }),
  verify: (inputs) => {
    const unknown = strings(inputs["capacityProviders"]).find((it) => !/^FARGATE(_SPOT)?$/.test(it));
    if (unknown !== undefined) {
      throw new AwsError(
        "InvalidParameterException",
        `The specified capacity provider '${unknown}' was not found. Specify a valid name or ARN and try again.`,
      );
    }
  },
  make: (inputs) => ({ id: text(inputs, "clusterName"), computed: {} }),
  beforeDelete: ({ inputs }, world) => {
    const users = servicesOf(world, world.arn("ecs", `cluster/${text(inputs, "clusterName")}`));
    if (users.some((service) => mapsOf(service.inputs["capacityProviderStrategies"]).length > 0)) {
      throw new AwsError(
        "ResourceInUseException",
        "The specified capacity provider is in use and cannot be removed.",
      );
    }
  },
};

export const ecsModels: readonly Model[] = [cluster, capacityProviders];

/** Services in a cluster. */
export function servicesOf(world: World, clusterArn: string) {
  return world.all(SERVICE).filter(({ inputs }) => inputs["cluster"] === clusterArn);
}
