import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapOf, strings, text, textOr } from "../world";

const STACK_SET = "aws:cloudformation/stackSet:StackSet";
const INSTANCES = "aws:cloudformation/stackInstances:StackInstances";

/** Bytes of a template that goes with the request itself. */
const TEMPLATE_BYTES = 51_200;

const stackSet: Model = {
  type: STACK_SET,
  source: "internal/service/cloudformation/stack_set.go",
  forceNew: ["autoDeployment", "name"],
  seconds: 3,
  taggable: true,
  computed: ["arn", "stackSetId"],
  defaults: { callAs: "SELF", permissionModel: "SELF_MANAGED" },
  check: (inputs) => [
    ...shaped(
      inputs,
      "name",
      /^[A-Za-z][0-9A-Za-z-]{0,127}$/,
      "a letter, then up to 127 letters, digits and hyphens",
    ),
    ...oneOf(inputs, "permissionModel", ["SELF_MANAGED", "SERVICE_MANAGED"]),
    ...oneOf(inputs, "callAs", ["SELF", "DELEGATED_ADMIN"]),
    ...["administrationRoleArn", "executionRoleName"]
      .filter((property) => inputs[property] !== undefined && inputs["autoDeployment"] !== undefined)
      .map((property) => ({ property, reason: "conflicts with autoDeployment" })),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `NameAlreadyExistsException: StackSet ${text(inputs, "name")} already exists`,
  }),
  verify: (inputs) => {
    const isManaged = text(inputs, "permissionModel") === "SERVICE_MANAGED";
    if (isManaged !== (inputs["autoDeployment"] !== undefined)) {
      throw new AwsError(
        "ValidationError",
        isManaged
          ? "You must specify AutoDeployment when PermissionModel is SERVICE_MANAGED"
          : "AutoDeployment is for PermissionModel SERVICE_MANAGED only",
      );
    }
    const body = textOr(inputs, "templateBody", "");
    if (Buffer.byteLength(body) > TEMPLATE_BYTES) {
      throw new AwsError("ValidationError", `Template may not exceed ${TEMPLATE_BYTES} bytes`);
    }
    const resources = Object.values(mapOf(mapOf(JSON.parse(body))["Resources"])).map(mapOf);
    if (resources.length === 0) {
      throw new AwsError("ValidationError", "At least one Resources member must be defined.");
    }
    const makesRoles = resources.some(({ Type }) => String(Type).startsWith("AWS::IAM::"));
    if (makesRoles && !strings(inputs["capabilities"]).some((it) => it.endsWith("_IAM"))) {
      throw new AwsError(
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_NAMED_IAM]",
      );
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const stackSetId = `${name}:${hexOf(name, 8)}-0000-4000-8000-000000000000`;
    return { id: name, computed: { arn: world.arn("cloudformation", `stackset/${stackSetId}`), stackSetId } };
  },
  // StackSetNotEmptyException
  heldBy: ({ id }, world) =>
    world
      .all(INSTANCES)
      .filter(({ inputs }) => inputs["stackSetName"] === id)
      .map((it) => it.id),
};

const instances: Model = {
  type: INSTANCES,
  source: "internal/service/cloudformation/stack_instances.go",
  forceNew: ["stackSetName"],
  kept: ["accounts", "regions"],
  seconds: 60,
  taggable: false,
  computed: ["accounts", "stackInstanceSummaries", "stackSetId"],
  defaults: { callAs: "SELF", retainStacks: false },
  references: { stackSetName: { types: [STACK_SET], by: "id" } },
  check: (inputs) =>
    strings(mapOf(inputs["deploymentTargets"])["organizationalUnitIds"])
      .filter((it) => !/^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/.test(it))
      .map((it) => ({
        property: "deploymentTargets.organizationalUnitIds",
        reason: `expected ids of units or a root, got "${it}"`,
      })),
  verify: (inputs, world) => {
    const set = world.all(STACK_SET).find(({ id }) => id === inputs["stackSetName"]);
    const units = strings(mapOf(inputs["deploymentTargets"])["organizationalUnitIds"]);
    if (
      textOr(set?.inputs ?? {}, "permissionModel", "SELF_MANAGED") === "SERVICE_MANAGED" &&
      units.length === 0
    ) {
      throw new AwsError(
        "ValidationError",
        "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target",
      );
    }
  },
  make: (inputs, world) => {
    const stackSetName = text(inputs, "stackSetName");
    const set = world.all(STACK_SET).find(({ id }) => id === stackSetName);
    const byUnit = inputs["deploymentTargets"] === undefined ? "" : "OU";
    return {
      id: `${stackSetName},${text(inputs, "callAs")},${byUnit}`,
      // Which accounts are in a unit is not simulated.
      computed: { accounts: [], stackInstanceSummaries: [], stackSetId: set?.computed["stackSetId"] ?? "" },
    };
  },
};

export const stackSetModels: readonly Model[] = [stackSet, instances];
