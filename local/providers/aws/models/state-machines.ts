import { createRequire } from "node:module";
import type validate from "asl-validator";

import type { Props } from "../../../account/store";
import { oneOf, shaped, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { mapOf, text, textOr, type World } from "../world";
import { functionNamed } from "./lambda-types";

export const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";

/** What the role of a state machine needs for its log, on everything: deliveries have no ARNs. */
const DELIVERY = [
  "CreateLogDelivery",
  "DeleteLogDelivery",
  "DescribeLogGroups",
  "DescribeResourcePolicies",
  "GetLogDelivery",
  "ListLogDeliveries",
  "PutResourcePolicy",
  "UpdateLogDelivery",
];

const stateMachine: Model = {
  type: STATE_MACHINE,
  source: "internal/service/sfn/state_machine.go",
  forceNew: ["name", "namePrefix", "type"],
  kept: ["encryptionConfiguration", "loggingConfiguration", "tracingConfiguration"],
  autoName: "name",
  seconds: 5,
  taggable: true,
  computed: [
    "arn",
    "creationDate",
    "description",
    "revisionId",
    "stateMachineVersionArn",
    "status",
    "versionDescription",
  ],
  defaults: { publish: false, type: "STANDARD" },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w-]{1,80}$/, "1 to 80 letters, digits, _ and -"),
    ...oneOf(inputs, "type", ["STANDARD", "EXPRESS"]),
    ...under(
      "loggingConfiguration",
      oneOf(mapOf(inputs["loggingConfiguration"]), "level", ["ALL", "ERROR", "FATAL", "OFF"]),
    ),
    ...under(
      "encryptionConfiguration",
      oneOf(mapOf(inputs["encryptionConfiguration"]), "type", ["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]),
    ),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `StateMachineAlreadyExists: State Machine Already Exists: '${text(inputs, "name")}'`,
  }),
  verify: (inputs, world) => {
    requireTrust(world, text(inputs, "roleArn"), "states.amazonaws.com");
    verifyDefinition(inputs, world);
    verifyLog(inputs, world);
    if (mapOf(inputs["tracingConfiguration"])["enabled"] === true) {
      requireRight(inputs, world, "xray:PutTraceSegments", "*");
    }
    verifyKey(mapOf(inputs["encryptionConfiguration"]), inputs, world);
  },
  make: (inputs, world) => {
    const arn = world.arn("states", `stateMachine:${text(inputs, "name")}`);
    return {
      id: arn,
      computed: {
        arn,
        creationDate: "2026-01-01T00:00:00Z",
        description: "",
        revisionId: "",
        stateMachineVersionArn: "",
        status: "ACTIVE",
        versionDescription: "",
      },
    };
  },
};

export const stateMachineModels: readonly Model[] = [stateMachine];

/** AWS would find out only when the state is reached that a function is not there, or that the role may not run it. */
function verifyDefinition(inputs: Props, world: World): void {
  const definition = parsed(text(inputs, "definition"));
  const problem = problemOf(text(inputs, "definition"));
  if (problem !== undefined) {
    throw new AwsError("InvalidDefinition", `Invalid State Machine Definition: '${problem}'`);
  }
  for (const state of Object.values(mapOf(definition["States"])).map(mapOf)) {
    const resource = textOr(state, "Resource", "");
    if (state["Type"] !== "Task") continue;
    if (!resource.includes(":lambda:")) {
      throw new AwsError("NotSimulated", `a task has to be a function here, not ${resource}`);
    }
    functionNamed(world, resource);
    requireRight(inputs, world, "lambda:InvokeFunction", resource);
  }
}

const load = createRequire(__filename);
const judged = new Map<string, string | undefined>();

/** What the language's schema finds wrong first. A definition is judged once: the library compiles the schema each time. */
function problemOf(definition: string): string | undefined {
  if (!judged.has(definition)) {
    // Loaded with the first definition, since it takes a third of the time that all models take.
    const judge = load("asl-validator") as typeof validate;
    judged.set(definition, judge(parsed(definition)).errors[0]?.Message);
  }
  return judged.get(definition);
}

function parsed(definition: string): Props {
  try {
    return JSON.parse(definition) as Props;
  } catch {
    throw new AwsError("InvalidDefinition", "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION'");
  }
}

function verifyLog(inputs: Props, world: World): void {
  const { level, logDestination } = mapOf(inputs["loggingConfiguration"]);
  if (level === undefined || level === "OFF") return;
  const destination = typeof logDestination === "string" ? logDestination : "";
  if (!destination.endsWith(":*")) {
    throw new AwsError(
      "InvalidLoggingConfiguration",
      `Invalid Logging Configuration: Log Destination ${destination} has to end with :*`,
    );
  }
  world.need({ types: ["aws:cloudwatch/logGroup:LogGroup"], by: "arn" }, destination.slice(0, -2));
  for (const action of DELIVERY) requireRight(inputs, world, `logs:${action}`, "*");
}

function verifyKey({ type, kmsKeyId }: Props, inputs: Props, world: World): void {
  if (type !== "CUSTOMER_MANAGED_KMS_KEY") return;
  const key = String(kmsKeyId);
  requireKeyUse(world, key, "states");
  for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) requireRight(inputs, world, action, key);
}

function requireRight(inputs: Props, world: World, action: string, resource: string): void {
  const role = text(inputs, "roleArn");
  if (!roleAllows(world, role, action, resource)) {
    throw new AwsError("AccessDeniedException", `${role} is not authorized: ${action} on ${resource}`);
  }
}
