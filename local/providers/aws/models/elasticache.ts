import type { Props } from "../../../account/store";
import { exclusive, inRange, oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { vpcOf } from "../placement";
import { hexOf, strings, text, textOr, type World } from "../world";
import { SUBNET } from "./ec2";
import { cacheRelease, ENGINES, FAMILIES } from "./elasticache-engine";
import {
  CACHE_PARAMETER_GROUP,
  CACHE_SUBNET_GROUP,
  checkFailover,
  nodesOf,
  parameterGroupReference,
  verifyReplicationGroup,
} from "./elasticache-rules";
import { USER_GROUP } from "./elasticache-users";
import { LOG_GROUP } from "./logs";
import { SECURITY_GROUP } from "./vpc-access";

export const REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";

const subnetGroup: Model = {
  type: CACHE_SUBNET_GROUP,
  source: "internal/service/elasticache/subnet_group.go",
  forceNew: ["name"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn", "vpcId"],
  defaults: { description: "Managed by Pulumi" },
  references: { subnetIds: { types: [SUBNET], by: "id" } },
  keptWhileReferenced: true,
  verify: (inputs, world) => {
    vpcOf(world, strings(inputs["subnetIds"]));
  },
  make: (inputs, world) => {
    const name = text(inputs, "name").toLowerCase();
    return {
      id: name,
      computed: {
        arn: world.arn("elasticache", `subnetgroup:${name}`),
        vpcId: vpcOf(world, strings(inputs["subnetIds"])),
      },
    };
  },
};

const parameterGroup: Model = {
  type: CACHE_PARAMETER_GROUP,
  source: "internal/service/elasticache/parameter_group.go",
  forceNew: ["description", "family", "name"],
  autoName: "name",
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { description: "Managed by Pulumi" },
  keptWhileReferenced: true,
  verify: (inputs) => {
    if (!FAMILIES.includes(text(inputs, "family"))) {
      throw new AwsError(
        "InvalidParameterValue",
        `CacheParameterGroupFamily ${text(inputs, "family")} is not a valid parameter group family.`,
      );
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name").toLowerCase();
    return { id: name, computed: { arn: world.arn("elasticache", `parametergroup:${name}`) } };
  },
};

const replicationGroup: Model = {
  type: REPLICATION_GROUP,
  source: "internal/service/elasticache/replication_group.go",
  forceNew: [
    "atRestEncryptionEnabled",
    "dataTieringEnabled",
    "globalReplicationGroupId",
    "kmsKeyId",
    "networkType",
    "nodeGroupConfigurations",
    "port",
    "replicationGroupId",
    "securityGroupNames",
    "snapshotArns",
    "snapshotName",
    "subnetGroupName",
  ],
  forceNewIf: {
    engine: (from, to) => !(from["engine"] === "redis" && to["engine"] === "valkey"),
    engineVersion: (from, to) => Number(to["engineVersion"]) < Number(from["engineVersion"]),
    transitEncryptionEnabled: (from) => Number(from["engineVersion"] ?? 7.1) < 7,
  },
  kept: [
    "atRestEncryptionEnabled",
    "autoMinorVersionUpgrade",
    "clusterMode",
    "engine",
    "engineVersion",
    "maintenanceWindow",
    "networkType",
    "nodeType",
    "numCacheClusters",
    "parameterGroupName",
    "securityGroupIds",
    "snapshotWindow",
    "subnetGroupName",
    "transitEncryptionEnabled",
    "transitEncryptionMode",
  ],
  autoName: "replicationGroupId",
  seconds: 600,
  taggable: true,
  computed: [
    "arn",
    "clusterEnabled",
    "configurationEndpointAddress",
    "engineVersionActual",
    "memberClusters",
    "primaryEndpointAddress",
    "readerEndpointAddress",
  ],
  defaults: { automaticFailoverEnabled: false, engine: "redis", multiAzEnabled: false, port: 6379 },
  references: {
    "logDeliveryConfigurations.destination": { types: [LOG_GROUP], by: "id" },
    parameterGroupName: parameterGroupReference,
    securityGroupIds: { types: [SECURITY_GROUP], by: "id" },
    subnetGroupName: { types: [CACHE_SUBNET_GROUP], by: "id" },
    userGroupIds: { types: [USER_GROUP], by: "id" },
  },
  check: (inputs) => [
    ...shaped(
      inputs,
      "replicationGroupId",
      /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,38}[a-zA-Z0-9]$/,
      "1 to 40 letters, digits, single hyphens",
    ),
    ...oneOf(inputs, "engine", ENGINES),
    ...oneOf(inputs, "transitEncryptionMode", ["preferred", "required"]),
    ...oneOf(inputs, "clusterMode", ["enabled", "disabled", "compatible"]),
    ...inRange(inputs, "snapshotRetentionLimit", 0, 35),
    ...exclusive(inputs, "authToken", "userGroupIds"),
    ...exclusive(inputs, "numCacheClusters", "numNodeGroups"),
    ...checkFailover(inputs),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "replicationGroupId").toLowerCase(),
    taken: `ReplicationGroupAlreadyExists: Replication group ${text(inputs, "replicationGroupId")} already exists.`,
  }),
  verify: verifyReplicationGroup,
  windowed: { engineVersion: {}, nodeType: {} },
  change: (_from, to, world) => ({
    ...to,
    computed: { ...to.computed, ...shownBy(to.inputs, to.id, world) },
  }),
  make: (inputs, world) => {
    const id = text(inputs, "replicationGroupId").toLowerCase();
    return {
      id,
      computed: { arn: world.arn("elasticache", `replicationgroup:${id}`), ...shownBy(inputs, id, world) },
    };
  },
};

export const elasticacheModels: readonly Model[] = [subnetGroup, parameterGroup, replicationGroup];

/** Endpoints, nodes and version as they follow from the properties. */
function shownBy(inputs: Props, id: string, world: World): Props {
  const place = `${hexOf(`${world.place.account} cache`, 6)}.${shortRegion(world.place.region)}.cache.amazonaws.com`;
  const isClustered = Number(inputs["numNodeGroups"] ?? 1) > 1 || inputs["clusterMode"] === "enabled";
  const isSecured = inputs["transitEncryptionEnabled"] === true;
  const nodes = Array.from(
    { length: nodesOf(inputs) },
    (_, index) => `${id}-${String(index + 1).padStart(3, "0")}`,
  );
  const single = isSecured
    ? { primaryEndpointAddress: `master.${id}.${place}`, readerEndpointAddress: `replica.${id}.${place}` }
    : {
        primaryEndpointAddress: `${id}.${place.replace(".", ".ng.0001.")}`,
        readerEndpointAddress: `${id}-ro.${place.replace(".", ".ng.0001.")}`,
      };
  return {
    clusterEnabled: isClustered,
    engineVersionActual: cacheRelease(textOr(inputs, "engine", "redis"), inputs["engineVersion"]).release,
    memberClusters: nodes,
    ...(isClustered ? { configurationEndpointAddress: `clustercfg.${id}.${place}` } : single),
  };
}

/** `eu-central-1` → `euc1`, as cache host names have it. */
function shortRegion(region: string): string {
  const [area = "", direction = "", number = ""] = region.split("-");
  return `${area}${direction.charAt(0)}${number}`;
}
