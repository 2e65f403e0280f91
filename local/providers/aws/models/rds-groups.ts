import { oneOf, shaped, under } from "../checks";
import { AwsError, type Model, type Reference } from "../model";
import { vpcOf, zonesOf } from "../placement";
import { mapsOf, strings, text, type World } from "../world";
import { SUBNET } from "./ec2";
import { FAMILIES } from "./rds-engine";

export const DB_SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
export const CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
export const DB_PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";

/** AWS keeps a default parameter group for every family. */
export const DEFAULT_GROUP = /^default\./;

/** How a cluster or an instance names its parameter group. */
export const clusterParameterGroupReference: Reference = {
  types: [CLUSTER_PARAMETER_GROUP],
  by: "id",
  builtIn: DEFAULT_GROUP,
};
export const dbParameterGroupReference: Reference = {
  types: [DB_PARAMETER_GROUP],
  by: "id",
  builtIn: DEFAULT_GROUP,
};

const subnetGroup: Model = {
  type: DB_SUBNET_GROUP,
  source: "internal/service/rds/subnet_group.go",
  forceNew: ["name", "namePrefix"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "name", "supportedNetworkTypes", "vpcId"],
  defaults: { description: "Managed by Pulumi" },
  references: { subnetIds: { types: [SUBNET], by: "id" } },
  keptWhileReferenced: true,
  check: (inputs) =>
    shaped(inputs, "name", /^[a-z0-9 ._-]{1,255}$/, "lowercase letters, digits, spaces, dots, hyphens"),
  verify: (inputs, world) => {
    const subnetIds = strings(inputs["subnetIds"]);
    const zones = zonesOf(world, subnetIds);
    if (zones.length < 2) {
      throw new AwsError(
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
      );
    }
    vpcOf(world, subnetIds);
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return {
      id: name,
      computed: {
        arn: world.arn("rds", `subgrp:${name}`),
        supportedNetworkTypes: ["IPV4"],
        vpcId: vpcOf(world, strings(inputs["subnetIds"])),
      },
    };
  },
};

/** Parameter groups of clusters (`cluster-pg`) and of instances (`pg`). */
function parameterGroup(type: string, source: string, arnPart: string): Model {
  return {
    type,
    source,
    forceNew: ["description", "family", "name", "namePrefix"],
    seconds: 2,
    taggable: true,
    computed: ["arn", "name"],
    defaults: { description: "Managed by Pulumi" },
    keptWhileReferenced: true,
    check: (inputs) => [
      ...shaped(inputs, "name", /^[a-z][a-z0-9.-]{0,254}$/, "lowercase letters, digits, dots, hyphens"),
      ...mapsOf(inputs["parameters"]).flatMap((parameter) =>
        under("parameters", oneOf(parameter, "applyMethod", ["immediate", "pending-reboot"])),
      ),
    ],
    verify: (inputs) => {
      verifyFamily(text(inputs, "family"));
      const names = mapsOf(inputs["parameters"]).map(({ name }) => String(name));
      const twice = names.find((name, index) => names.indexOf(name) < index);
      if (twice !== undefined) {
        throw new AwsError("InvalidParameterValue", `Parameter ${twice} is given twice`);
      }
    },
    make: (inputs, world) => {
      const name = text(inputs, "name");
      return { id: name, computed: { arn: world.arn("rds", `${arnPart}:${name}`) } };
    },
  };
}

export const rdsGroupModels: readonly Model[] = [
  subnetGroup,
  parameterGroup(CLUSTER_PARAMETER_GROUP, "internal/service/rds/cluster_parameter_group.go", "cluster-pg"),
  parameterGroup(DB_PARAMETER_GROUP, "internal/service/rds/parameter_group.go", "pg"),
];

/** Refuses a parameter group of another family than the engine's. Built-in groups carry it in their name. */
export function requireFamily(world: World, reference: Reference, name: unknown, family: string): void {
  if (typeof name !== "string") {
    return;
  }
  const found = DEFAULT_GROUP.test(name)
    ? name.replace(DEFAULT_GROUP, "")
    : text(world.need(reference, name).inputs, "family");
  if (found !== family) {
    throw new AwsError(
      "InvalidParameterCombination",
      `The Parameter Group ${name} with DBParameterGroupFamily ${found} cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily ${family}`,
    );
  }
}

function verifyFamily(family: string): void {
  if (!FAMILIES.includes(family)) {
    throw new AwsError(
      "InvalidParameterValue",
      `ParameterGroupFamily ${family} is not a valid parameter group family`,
    );
  }
}
