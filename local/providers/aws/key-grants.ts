import { AwsError } from "./model";
import { matchesPattern, readStatements, type Statement } from "./policy-documents";
import type { World } from "./world";

/** What a service needs on a key to encrypt and decrypt with it. */
const USE = ["kms:Decrypt", "kms:GenerateDataKey"] as const;

/**
 * Refuses unless a key exists here and its policy lets a service use it.
 *
 * Only Allow statements for the service itself count, with string and ARN conditions on the given context;
 * that is all such grants are made of.
 *
 * @param context condition keys in lower case
 */
export function requireKeyGrant(
  world: World,
  keyArn: string,
  service: string,
  context: Readonly<Record<string, string>>,
): void {
  const key = world.need({ types: ["aws:kms/key:Key"], by: "arn" }, keyArn);
  const statements = readStatements(key.inputs["policy"]);
  const missing = USE.filter(
    (action) => !statements.some((statement) => grants(statement, service, action, context)),
  );
  if (missing.length > 0) {
    throw new AwsError(
      "InvalidParameterException",
      `The specified KMS key ${keyArn} does not exist or is not allowed to be used by ${service} (${missing.join(", ")})`,
    );
  }
}

function grants(
  statement: Statement,
  service: string,
  action: string,
  context: Readonly<Record<string, string>>,
): boolean {
  return (
    statement.effect === "Allow" &&
    statement.services.includes(service) &&
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
      return pattern === value;
    case "StringLike":
    case "ArnLike":
      return matchesPattern(pattern, value);
    default:
      throw new AwsError("NotSimulated", `condition operator ${operator} in a key policy has no model here`);
  }
}
