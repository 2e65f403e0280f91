import type { StoredObject } from "../../account/store";
import { AwsError } from "./model";
import { matchesPattern, readStatements, type Statement } from "./policy-documents";
import { text, type World } from "./world";

const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";

/** What a service needs on a key to encrypt and decrypt with it. */
const USE = ["kms:Decrypt", "kms:GenerateDataKey"] as const;

/**
 * Refuses unless a key exists here and its policy lets a service use it.
 *
 * Only Allow statements for the service itself count, with string and ARN conditions on the given context;
 * that is all such grants are made of.
 *
 * @param context condition keys in lower case
 * @param needed actions, by default those that encrypt and decrypt
 */
export function requireKeyGrant(
  world: World,
  keyArn: string,
  service: string,
  context: Readonly<Record<string, string>>,
  needed: readonly string[] = USE,
): void {
  const key = world.need({ types: [KEY], by: "arn" }, keyArn);
  const statements = readStatements(key.inputs["policy"]);
  const missing = needed.filter(
    (action) =>
      !statements.some(
        (statement) => statement.services.includes(service) && grants(statement, action, context),
      ),
  );
  if (missing.length > 0) {
    throw new AwsError(
      "InvalidParameterException",
      `The specified KMS key ${keyArn} does not exist or is not allowed to be used by ${service} (${missing.join(", ")})`,
    );
  }
}

/** What a service asks of a key in the name of its caller: most let KMS grant it lasting use, some call KMS each time. */
const ASKED = {
  backup: ["kms:CreateGrant", ...USE],
  ecr: ["kms:CreateGrant"],
  elasticache: ["kms:CreateGrant"],
  elasticfilesystem: ["kms:CreateGrant"],
  kinesis: USE,
  lambda: ["kms:CreateGrant", "kms:Encrypt"],
  rds: ["kms:CreateGrant"],
  s3: USE,
  secretsmanager: USE,
  sqs: USE,
  ssm: ["kms:Decrypt", "kms:Encrypt"],
  states: USE,
} as const;

/**
 * Refuses unless a key of this region is enabled and its policy lets principals of the account use it through a service.
 * A key made without a policy has AWS's own, which allows them everything.
 *
 * @param keyArn ARN or id of the key, or ARN of an alias of it
 */
export function requireKeyUse(world: World, keyArn: string, service: keyof typeof ASKED): void {
  const key = keyOf(world, keyArn);
  if (key.inputs["isEnabled"] === false) {
    throw new AwsError("KMSInvalidStateException", `${keyArn} is disabled.`);
  }
  const context = {
    "kms:viaservice": `${service}.${world.place.region}.amazonaws.com`,
    "kms:calleraccount": world.place.account,
    "kms:grantisforawsresource": "true",
  };
  const { account } = world.place;
  const callers = ["*", account, `arn:aws:iam::${account}:root`];
  const statements = key.inputs["policy"] === undefined ? undefined : readStatements(key.inputs["policy"]);
  const missing = ASKED[service].filter((action) =>
    statements?.every(
      (statement) =>
        !statement.awsPrincipals.some((principal) => callers.includes(principal)) ||
        !grants(statement, action, context),
    ),
  );
  if (missing.length > 0) {
    throw new AwsError(
      "KMSKeyNotAccessibleFault",
      `The policy of ${keyArn} does not allow ${missing.join(", ")} to account ${account} through ${service}`,
    );
  }
}

function keyOf(world: World, named: string): StoredObject {
  const target = /:alias\//.test(named)
    ? text(world.need({ types: [ALIAS], by: "arn" }, named).inputs, "targetKeyId")
    : named;
  return world.resolve({ types: [KEY], by: "id" }, target) ?? world.need({ types: [KEY], by: "arn" }, target);
}

function grants(statement: Statement, action: string, context: Readonly<Record<string, string>>): boolean {
  return (
    statement.effect === "Allow" &&
    statement.actions.some((pattern) => matchesPattern(pattern, action)) &&
    Object.entries(statement.conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, allowed]) => {
        const value = context[key];
        return value !== undefined && allowed.some((pattern) => conditionHolds(operator, pattern, value));
      }),
    )
  );
}

function conditionHolds(operator: string, pattern: string, value: string): boolean {
  switch (operator) {
    case "StringEquals":
    case "ArnEquals":
    case "Bool":
    case "ForAllValues:StringEquals":
      return pattern === value;
    case "StringLike":
    case "ArnLike":
      return matchesPattern(pattern, value);
    default:
      throw new AwsError("NotSimulated", `condition operator ${operator} in a key policy has no model here`);
  }
}
