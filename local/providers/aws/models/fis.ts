import type { Props } from "../../../account/store";
import { oneOf, shaped, under } from "../checks";
import { type CheckFailure } from "../../frame";
import { AwsError, type Model, type Reference } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { hexOf, mapOf, mapsOf, strings, stringsAt, text, textOr, type World } from "../world";
import { COMPOSITE_ALARM } from "./cloudwatch";
import { SUBNET } from "./ec2";
import { REPLICATION_GROUP } from "./elasticache";
import { deliveryMayWrite, LOG_GROUP } from "./logs";
import { METRIC_ALARM } from "./monitoring";
import { CLUSTER } from "./rds-types";

/** What AWS knows of an action: the actions reference of Fault Injection Service. */
interface Action {
  /** What it calls its target, and of which type that is. */
  readonly target: readonly [key: string, resourceType: string];
  /** Parameters that it can't do without. */
  readonly parameters: readonly string[];
  /** Rights on each thing that it acts on, and others. */
  readonly onTarget: readonly string[];
  readonly elsewhere: readonly string[];
}

/** Actions that the simulation knows: an experiment with another is refused, not waved through. */
const ACTIONS: Readonly<Record<string, Action>> = {
  "aws:rds:failover-db-cluster": {
    target: ["Clusters", "aws:rds:cluster"],
    parameters: [],
    onTarget: ["rds:DescribeDBClusters", "rds:FailoverDBCluster"],
    elsewhere: [],
  },
  "aws:network:disrupt-connectivity": {
    target: ["Subnets", "aws:ec2:subnet"],
    parameters: ["duration", "scope"],
    onTarget: ["ec2:ReplaceNetworkAclAssociation"],
    elsewhere: [
      "ec2:CreateNetworkAcl",
      "ec2:CreateNetworkAclEntry",
      "ec2:CreateTags",
      "ec2:DeleteNetworkAcl",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
    ],
  },
  "aws:elasticache:replicationgroup-interrupt-az-power": {
    target: ["ReplicationGroups", "aws:elasticache:replicationgroup"],
    parameters: ["duration"],
    onTarget: ["elasticache:DescribeReplicationGroups", "elasticache:InterruptClusterAzPower"],
    elsewhere: [],
  },
  "aws:ecs:stop-task": {
    target: ["Tasks", "aws:ecs:task"],
    parameters: [],
    onTarget: [],
    elsewhere: ["ecs:DescribeTasks", "ecs:ListTasks", "ecs:StopTask", "tag:GetResources"],
  },
};

/** Types that a target has to be told a zone for. */
const ZONAL = "aws:elasticache:replicationgroup";

/** Things that one target may name. */
const MOST_ARNS = 5;

/** From a minute to twelve hours, as the API takes it. */
const DURATION = /^PT([1-9]\d*M|[1-9]H|1[0-2]H)$/;

const targets: Reference = { types: [CLUSTER, SUBNET, REPLICATION_GROUP], by: "arn" };

const experimentTemplate: Model = {
  type: "aws:fis/experimentTemplate:ExperimentTemplate",
  source: "internal/service/fis/experiment_template.go",
  forceNew: ["tags"],
  kept: ["experimentOptions"],
  seconds: 2,
  taggable: true,
  computed: [],
  references: {
    roleArn: { types: ["aws:iam/role:Role"], by: "arn" },
    "stopConditions.value": { types: [METRIC_ALARM, COMPOSITE_ALARM], by: "arn" },
    "targets.resourceArns": targets,
  },
  check: templateProblems,
  verify: verifyTemplate,
  make: (inputs, world, name) => ({
    id: `EXT${hexOf(`${world.place.account}/${world.place.region}/${name}/${JSON.stringify(inputs)}`, 14)}`,
    computed: {},
  }),
};

export const fisModels: readonly Model[] = [experimentTemplate];

/** What the provider finds wrong before it calls AWS. */
function templateProblems(inputs: Props): CheckFailure[] {
  return [
    ...shaped(inputs, "description", /^.{0,512}$/s, "up to 512 characters"),
    ...mapsOf(inputs["actions"]).flatMap((action, index) =>
      under(`actions[${index}]`, [
        ...shaped(action, "actionId", /^aws:[0-9a-z-]+:[0-9A-Za-z/-]+$/, "aws:service-name:action-name"),
        ...shaped(action, "name", /^.{0,64}$/, "up to 64 characters"),
      ]),
    ),
    ...mapsOf(inputs["stopConditions"]).flatMap((condition, index) =>
      under(`stopConditions[${index}]`, oneOf(condition, "source", ["aws:cloudwatch:alarm", "none"])),
    ),
    ...mapsOf(inputs["targets"]).flatMap((target, index) =>
      under(`targets[${index}]`, [
        ...shaped(
          target,
          "selectionMode",
          /^(ALL|COUNT\(\d+\)|PERCENT\(\d+\))$/,
          "ALL, COUNT(number) or PERCENT(number)",
        ),
        ...(strings(target["resourceArns"]).length > MOST_ARNS
          ? [{ property: "resourceArns", reason: `expected no more than ${MOST_ARNS} items` }]
          : []),
      ]),
    ),
  ];
}

/** What AWS refuses at once, and what every run would fail on. */
function verifyTemplate(inputs: Props, world: World): void {
  const role = text(inputs, "roleArn");
  requireTrust(world, role, "fis.amazonaws.com");
  if (mapsOf(inputs["stopConditions"]).length === 0) {
    invalid("A template has to have a stop condition, or say none.");
  }
  const named = new Map(mapsOf(inputs["targets"]).map((target) => [text(target, "name"), target]));
  for (const target of named.values()) verifyTarget(target);
  for (const action of mapsOf(inputs["actions"])) verifyAction(action, named, role, world);
  const { cloudwatchLogsConfiguration } = mapOf(inputs["logConfiguration"]);
  if (cloudwatchLogsConfiguration !== undefined) {
    verifyLog(textOr(mapOf(cloudwatchLogsConfiguration), "logGroupArn", ""), role, world);
  }
}

function verifyTarget(target: Props): void {
  const name = text(target, "name");
  const [byArn, byTag] = [target["resourceArns"], target["resourceTags"]].map((it) => it !== undefined);
  if (byArn && byTag) invalid(`Target ${name} has both resource ARNs and tags.`);
  if (!byArn && !byTag) invalid(`Target ${name} has neither resource ARNs nor tags.`);
  if (byArn && target["filters"] !== undefined) invalid(`Target ${name} has both resource ARNs and filters.`);
  if (
    target["resourceType"] === ZONAL &&
    mapOf(target["parameters"])["availabilityZoneIdentifier"] === undefined
  ) {
    invalid(`Target ${name} lacks the parameter availabilityZoneIdentifier.`);
  }
}

function verifyAction(action: Props, named: ReadonlyMap<string, Props>, role: string, world: World): void {
  const id = text(action, "actionId");
  const known = ACTIONS[id];
  if (known === undefined) invalid(`Action ${id} does not exist, or is not known to the simulation.`);
  const { key, value } = mapOf(action["target"]);
  const target = named.get(typeof value === "string" ? value : "");
  const [wantedKey, wantedType] = known.target;
  if (target === undefined) invalid(`Action ${id} has no target.`);
  if (key !== wantedKey || target["resourceType"] !== wantedType) {
    invalid(`Action ${id} takes a target ${wantedKey} of type ${wantedType}.`);
  }
  const given = new Map(mapsOf(action["parameters"]).map((it) => [it["key"], it["value"]]));
  for (const parameter of known.parameters) {
    if (!given.has(parameter)) invalid(`Action ${id} lacks the parameter ${parameter}.`);
  }
  const duration = given.get("duration");
  if (typeof duration === "string" && !DURATION.test(duration)) invalid(`Invalid duration: ${duration}`);
  for (const arn of stringsAt(target, "resourceArns")) {
    for (const right of known.onTarget) requireRight(world, role, right, arn);
  }
  for (const right of known.elsewhere) requireRight(world, role, right, undefined);
}

/** A right on a thing, or on some thing: which, only the run shows. */
function requireRight(world: World, role: string, right: string, arn: string | undefined): void {
  if (!roleAllows(world, role, right, arn)) {
    throw new AwsError(
      "AccessDeniedException",
      `${role} may not ${right}${arn === undefined ? "" : ` on ${arn}`}`,
    );
  }
}

/** The service writes through the log delivery service, which has to be let in; it wants an ARN with `:*`. */
function verifyLog(arn: string, role: string, world: World): void {
  if (!arn.endsWith(":*")) invalid(`The ARN of a log group has to end in ":*": ${arn}`);
  const group = arn.slice(0, -":*".length);
  world.need({ types: [LOG_GROUP], by: "arn" }, group);
  for (const right of ["logs:CreateLogDelivery", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"]) {
    requireRight(world, role, right, "*");
  }
  if (!deliveryMayWrite(world, group)) {
    throw new AwsError("AccessDeniedException", `The log delivery service may not write to ${group}.`);
  }
}

function invalid(problem: string): never {
  throw new AwsError("ValidationException", problem);
}
