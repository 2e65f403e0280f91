import type { Props, StoredObject } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { readStatements } from "../policy-documents";
import { isUntried } from "../preparation";
import { mapOf, mapsOf, text, type World } from "../world";
import { FUNCTION, requirePermission } from "./lambda-types";
import { SECRET, versionsOf } from "./secret-versions";

const DAY_MS = 24 * 3600 * 1000;

/** Characters of the tail that makes a secret's ARN differ from that of an earlier one of the same name. */
const TAIL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const secret: Model = {
  type: SECRET,
  source: "internal/service/secretsmanager/secret.go",
  forceNew: ["name", "namePrefix"],
  kept: ["policy", "replicas"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "name"],
  defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
  documents: [{ property: "policy", kind: "resource" }],
  check: (inputs) => {
    const days = inputs["recoveryWindowInDays"];
    return [
      ...shaped(inputs, "name", /^[\w/+=.@-]{1,512}$/, "up to 512 letters, digits and /_+=.@-"),
      ...(typeof days === "number" && days !== 0 && (days < 7 || days > 30)
        ? [
            {
              property: "recoveryWindowInDays",
              reason: `expected 0 or to be in the range (7 - 30), got ${days}`,
            },
          ]
        : []),
    ];
  },
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ResourceExistsException: The operation failed because the secret ${text(inputs, "name")} already exists.`,
  }),
  verify: (inputs, world) => {
    const name = text(inputs, "name");
    if (world.buried(SECRET).some((object) => (object.computed["name"] ?? object.inputs["name"]) === name)) {
      throw new AwsError(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (typeof inputs["kmsKeyId"] === "string") {
      requireKeyUse(world, inputs["kmsKeyId"], "secretsmanager");
    }
    for (const replica of mapsOf(inputs["replicas"])) requireReplicaKey(replica, world);
    const own = mapsOf(inputs["replicas"]).find(({ region }) => region === world.place.region);
    if (own) {
      throw new AwsError(
        "InvalidParameterException",
        "Invalid replica region: a secret has no replica in its own region.",
      );
    }
  },
  make: (inputs, world) => {
    const arn = world.arn("secretsmanager", `secret:${text(inputs, "name")}-${tail()}`);
    return { id: arn, computed: { arn } };
  },
  beforeDelete: (object, world) => {
    for (const version of versionsOf(object.id, world)) {
      if (isBuried(object)) {
        world.accounts.replace(buried(version, object));
      } else {
        world.accounts.remove(version);
      }
    }
  },
  buries: isBuried,
  bury: (object) => buried(object, object),
};

const secretPolicy: Model = {
  type: "aws:secretsmanager/secretPolicy:SecretPolicy",
  source: "internal/service/secretsmanager/secret_policy.go",
  forceNew: ["secretArn"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: { secretArn: { types: [SECRET], by: "id" } },
  documents: [{ property: "policy", kind: "resource" }],
  verify: (inputs) => {
    const isOpen = readStatements(inputs["policy"]).some(
      ({ effect, awsPrincipals, conditions }) =>
        effect === "Allow" && awsPrincipals.includes("*") && Object.keys(conditions).length === 0,
    );
    if (inputs["blockPublicPolicy"] === true && isOpen) {
      throw new AwsError("PublicPolicyException", "The resource policy grants broad access to your secret.");
    }
  },
  make: (inputs) => ({ id: text(inputs, "secretArn"), computed: {} }),
};

const secretRotation: Model = {
  type: "aws:secretsmanager/secretRotation:SecretRotation",
  source: "internal/service/secretsmanager/secret_rotation.go",
  forceNew: ["secretId"],
  kept: ["rotationEnabled"],
  seconds: 1,
  taggable: false,
  computed: ["rotationEnabled"],
  defaults: { rotateImmediately: true },
  references: {
    secretId: { types: [SECRET], by: "id" },
    rotationLambdaArn: { types: [FUNCTION], by: "arn" },
  },
  check: (inputs) => {
    const rules = mapOf(inputs["rotationRules"]);
    const { automaticallyAfterDays: days, scheduleExpression } = rules;
    return [
      ...((days === undefined) === (scheduleExpression === undefined)
        ? [
            {
              property: "rotationRules",
              reason: "exactly one of automaticallyAfterDays, scheduleExpression must be set",
            },
          ]
        : []),
      ...(typeof days === "number" && (days < 1 || days > 1000)
        ? [
            {
              property: "rotationRules.automaticallyAfterDays",
              reason: `expected to be in the range (1 - 1000), got ${days}`,
            },
          ]
        : []),
      ...shaped(rules, "scheduleExpression", /^(rate|cron)\(.+\)$/, "rate(…) or cron(…)"),
      ...oneOf(inputs, "rotationEnabled", [true, false]),
    ];
  },
  verify: (inputs, world) => {
    requirePermission(world, text(inputs, "rotationLambdaArn"), "secretsmanager.amazonaws.com", {
      sourceArn: text(inputs, "secretId"),
      code: "AccessDeniedException",
      problem:
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    });
    if (inputs["rotateImmediately"] !== false && versionsOf(text(inputs, "secretId"), world).length === 0) {
      throw new AwsError(
        "ResourceNotFoundException",
        "Secrets Manager can't rotate a secret that has no value yet.",
      );
    }
  },
  make: (inputs) => ({ id: text(inputs, "secretId"), computed: { rotationEnabled: true } }),
};

export const secretModels: readonly Model[] = [secret, secretPolicy, secretRotation];

/** AWS would take it, and show in the replica's status only that it failed. */
function requireReplicaKey(replica: Props, world: World): void {
  const { region, kmsKeyId } = replica;
  if (typeof region !== "string" || typeof kmsKeyId !== "string" || isUntried(region, world)) return;
  requireKeyUse(world.in(region), kmsKeyId, "secretsmanager");
}

/** A secret without a recovery window goes at once, with all its versions. */
function isBuried({ inputs }: StoredObject): boolean {
  return inputs["recoveryWindowInDays"] !== 0;
}

function buried(object: StoredObject, { inputs }: StoredObject): StoredObject {
  const end = Date.now() + Number(inputs["recoveryWindowInDays"] ?? 30) * DAY_MS;
  return { ...object, state: "pendingDeletion", deletionDate: new Date(end).toISOString() };
}

function tail(): string {
  const letter = () => TAIL_LETTERS.charAt(Math.floor(Math.random() * TAIL_LETTERS.length));
  return Array.from({ length: 6 }, letter).join("");
}
