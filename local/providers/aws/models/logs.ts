import { outputsOf } from "../../../account/store";
import { shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { requireKeyGrant } from "../key-grants";
import { matchesPattern, readStatements } from "../policy-documents";
import { text, textOr, type World } from "../world";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/** Days that PutRetentionPolicy takes; 0 in the provider means "never". */
const RETENTION_DAYS = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const logGroup: Model = {
  type: LOG_GROUP,
  source: "internal/service/logs/group.go",
  forceNew: ["name", "namePrefix", "logGroupClass"],
  seconds: 1,
  taggable: true,
  computed: ["arn"],
  defaults: { logGroupClass: "STANDARD" },
  check: (inputs) => {
    const days = inputs["retentionInDays"];
    return typeof days === "number" && !RETENTION_DAYS.includes(days)
      ? [{ property: "retentionInDays", reason: `expected one of ${RETENTION_DAYS.join(", ")}, got ${days}` }]
      : [];
  },
  verify: (inputs, world) => {
    if (inputs["kmsKeyId"] !== undefined) {
      const logGroupArn = world.arn("logs", `log-group:${text(inputs, "name")}`);
      requireKeyGrant(world, text(inputs, "kmsKeyId"), `logs.${world.place.region}.amazonaws.com`, {
        "kms:encryptioncontext:aws:logs:arn": logGroupArn,
      });
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return { id: name, computed: { arn: world.arn("logs", `log-group:${name}`) } };
  },
};

export const LOG_STREAM = "aws:cloudwatch/logStream:LogStream";

const logStream: Model = {
  type: LOG_STREAM,
  source: "internal/service/logs/stream.go",
  forceNew: ["logGroupName", "name"],
  autoName: "name",
  seconds: 1,
  taggable: false,
  computed: ["arn"],
  references: { logGroupName: { types: [LOG_GROUP], by: "id" } },
  check: (inputs) => shaped(inputs, "name", /^[^:*]{1,512}$/, "up to 512 characters, no colon or asterisk"),
  make: (inputs, world) => {
    const [group, name] = [text(inputs, "logGroupName"), text(inputs, "name")];
    return { id: name, computed: { arn: world.arn("logs", `log-group:${group}:log-stream:${name}`) } };
  },
  importId: (inputs) => `${text(inputs, "logGroupName")}:${text(inputs, "name")}`,
};

export const LOG_RESOURCE_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy";

/** Resource policies of an account in a region, and characters of one; neither limit can be raised. */
const RESOURCE_POLICIES = 10;
const RESOURCE_POLICY_CHARACTERS = 5120;

const logResourcePolicy: Model = {
  type: LOG_RESOURCE_POLICY,
  source: "internal/service/logs/resource_policy.go",
  forceNew: ["policyName", "resourceArn"],
  seconds: 1,
  taggable: false,
  computed: ["policyScope", "revisionId"],
  documents: [{ property: "policyDocument", kind: "resource" }],
  references: { resourceArn: { types: [LOG_GROUP], by: "arn" } },
  check: (inputs) =>
    (inputs["policyName"] === undefined) === (inputs["resourceArn"] === undefined)
      ? [{ property: "policyName", reason: "exactly one of policyName, resourceArn must be set" }]
      : [],
  verify: (inputs, world) => {
    if (text(inputs, "policyDocument").length > RESOURCE_POLICY_CHARACTERS) {
      throw new AwsError("InvalidParameterException", "Policy document length limit exceeded");
    }
    if (world.all(LOG_RESOURCE_POLICY).length >= RESOURCE_POLICIES) {
      throw new AwsError("LimitExceededException", "Resource limit exceeded.");
    }
  },
  make: (inputs) => ({
    id: textOr(inputs, "policyName", textOr(inputs, "resourceArn", "")),
    computed: {
      policyScope: inputs["policyName"] === undefined ? "RESOURCE" : "ACCOUNT",
      revisionId: "",
    },
  }),
};

/** Whether a resource policy lets the service that delivers other services' logs write into a group. */
export function deliveryMayWrite(world: World, groupArn: string): boolean {
  return world
    .all(LOG_RESOURCE_POLICY)
    .flatMap((policy) => readStatements(outputsOf(policy)["policyDocument"]))
    .some(
      ({ effect, services, actions, resources }) =>
        effect === "Allow" &&
        services.includes("delivery.logs.amazonaws.com") &&
        ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
          actions.some((pattern) => matchesPattern(pattern, action)),
        ) &&
        resources.some((pattern) => matchesPattern(pattern, `${groupArn}:*`)),
    );
}

export const logModels: readonly Model[] = [logGroup, logStream, logResourcePolicy];
