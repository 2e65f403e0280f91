/** What the provider and AWS refuse of a replication group. */
import type { Props } from "../../../account/store";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Reference } from "../model";
import { requireGroupsIn, zonesOf } from "../placement";
import { mapsOf, strings, text, type World } from "../world";
import { cacheRelease } from "./elasticache-engine";
import { USER_GROUP } from "./elasticache-users";

export const CACHE_SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup";
export const CACHE_PARAMETER_GROUP = "aws:elasticache/parameterGroup:ParameterGroup";

const NODE_TYPE = /^cache\.(t3|t4g|m5|m6g|m7g|r5|r6g|r6gd|r7g|c7gn)\.(micro|small|medium|large|\d*xlarge)$/;

export const parameterGroupReference: Reference = {
  types: [CACHE_PARAMETER_GROUP],
  by: "id",
  builtIn: /^default\./,
};

/** Nodes of a group: given as a whole, or as shards with replicas each. */
export function nodesOf(inputs: Props): number {
  const shards = Number(inputs["numNodeGroups"] ?? 1);
  return Number(inputs["numCacheClusters"] ?? shards * (1 + Number(inputs["replicasPerNodeGroup"] ?? 0)));
}

/** The provider refuses these two before it calls AWS. */
export function checkFailover(inputs: Props) {
  const { automaticFailoverEnabled, multiAzEnabled } = inputs;
  if (multiAzEnabled === true && automaticFailoverEnabled !== true) {
    return [
      {
        property: "multiAzEnabled",
        reason: "automaticFailoverEnabled must be true if multiAzEnabled is true",
      },
    ];
  }
  return automaticFailoverEnabled === true &&
    nodesOf(inputs) < 2 &&
    inputs["globalReplicationGroupId"] === undefined
    ? [{ property: "numCacheClusters", reason: "must be at least 2 if automaticFailoverEnabled is true" }]
    : [];
}

export function verifyReplicationGroup(inputs: Props, world: World): void {
  const engine = text(inputs, "engine");
  const { family } = cacheRelease(engine, inputs["engineVersion"]);
  requireFamily(inputs["parameterGroupName"], family, world);
  if (!NODE_TYPE.test(text(inputs, "nodeType"))) {
    throw new AwsError("InvalidParameterValue", `Invalid Cache Node Type: ${text(inputs, "nodeType")}.`);
  }
  const groupName = inputs["subnetGroupName"];
  if (typeof groupName !== "string") {
    throw new AwsError("CacheSubnetGroupNotFoundFault", "Cache subnet group 'default' does not exist.");
  }
  const group = world.need({ types: [CACHE_SUBNET_GROUP], by: "id" }, groupName);
  requireGroupsIn(world, text(group.computed, "vpcId"), strings(inputs["securityGroupIds"]));
  if (inputs["multiAzEnabled"] === true && zonesOf(world, strings(group.inputs["subnetIds"])).length < 2) {
    throw new AwsError(
      "InvalidParameterCombination",
      `Multi-AZ needs subnets in two Availability Zones at least: ${groupName} lies in one.`,
    );
  }
  if (typeof inputs["kmsKeyId"] === "string") {
    if (String(inputs["atRestEncryptionEnabled"]) !== "true") {
      throw new AwsError(
        "InvalidParameterCombination",
        "A KMS key needs encryption at rest: set atRestEncryptionEnabled.",
      );
    }
    requireKeyUse(world, inputs["kmsKeyId"], "elasticache");
  }
  requireUsers(inputs, engine, world);
  requireLogs(inputs);
}

function requireFamily(name: unknown, family: string, world: World): void {
  if (typeof name !== "string") {
    return;
  }
  const found = name.startsWith("default.")
    ? name.replace(/^default\.|\.cluster\.on$/g, "")
    : text(world.need(parameterGroupReference, name).inputs, "family");
  if (found !== family) {
    throw new AwsError(
      "InvalidParameterCombination",
      `Expected a parameter group of family ${family} but found one of family ${found}`,
    );
  }
}

function requireUsers(inputs: Props, engine: string, world: World): void {
  const groups = strings(inputs["userGroupIds"]);
  const isSecured = inputs["transitEncryptionEnabled"] === true;
  if ((groups.length > 0 || inputs["authToken"] !== undefined) && !isSecured) {
    throw new AwsError(
      "InvalidParameterCombination",
      "Access control by users or by a token needs encryption in transit: set transitEncryptionEnabled.",
    );
  }
  const foreign = groups.find(
    (id) => world.need({ types: [USER_GROUP], by: "id" }, id).inputs["engine"] !== engine,
  );
  if (foreign !== undefined) {
    throw new AwsError(
      "InvalidParameterCombination",
      `User group ${foreign} is for another engine than ${engine}.`,
    );
  }
}

function requireLogs(inputs: Props): void {
  const kinds = mapsOf(inputs["logDeliveryConfigurations"]).map(({ logType }) => logType);
  if (new Set(kinds).size < kinds.length) {
    throw new AwsError("InvalidParameterValue", "There can be one log delivery for each log type.");
  }
}
