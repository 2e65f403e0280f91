import type { Props } from "../../account/store";
import { AwsError, type DocumentProperty, type Model } from "./model";
import { holdsImages, isUntried } from "./preparation";
import { strings, text, type World } from "./world";

/** A statement with every list spelled out. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly services: readonly string[];
  readonly awsPrincipals: readonly string[];
  /** Identity providers whose tokens a trust policy takes. */
  readonly federated: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** operator → condition key (lower case) → values */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * Reads a policy document, refusing what IAM refuses.
 *
 * @param document JSON text, as the engine passes it to the provider
 */
export function readStatements(document: unknown): Statement[] {
  const parsed = parseJson(document);
  const list = [parsed["Statement"]].flat() as (Props | undefined)[];
  return list.map((statement) => {
    const effect = statement?.["Effect"];
    if (statement === undefined || (effect !== "Allow" && effect !== "Deny")) {
      throw new AwsError("MalformedPolicyDocument", "a statement needs Effect Allow or Deny");
    }
    const principal = statement["Principal"];
    const principals = typeof principal === "string" ? { AWS: principal } : ((principal ?? {}) as Props);
    return {
      effect,
      services: strings(principals["Service"]),
      awsPrincipals: strings(principals["AWS"]),
      federated: strings(principals["Federated"]),
      actions: strings(statement["Action"] ?? statement["NotAction"]),
      resources: strings(statement["Resource"] ?? statement["NotResource"]),
      conditions: readConditions((statement["Condition"] ?? {}) as Record<string, Props>),
    };
  });
}

/**
 * Checks every policy document of a resource against the account: a principal that does not exist is refused, as
 * AWS does; a resource ARN that names nothing is refused too. AWS would accept that one, but a string ARN makes no
 * dependency, so the program would work only by luck or not at all.
 */
export function verifyDocuments(model: Model, inputs: Props, world: World): void {
  for (const { property, kind } of model.documents ?? []) {
    if (inputs[property] !== undefined) {
      for (const statement of readStatements(inputs[property])) {
        verifyStatement(statement, { property, kind }, world);
      }
    }
  }
}

/** Refuses unless a role's trust policy lets a service assume it. */
export function requireTrust(world: World, roleArn: string, service: string): void {
  const role = world.need({ types: ["aws:iam/role:Role"], by: "arn" }, roleArn);
  const trusted = readStatements(text(role.inputs, "assumeRolePolicy")).some(
    (statement) => statement.effect === "Allow" && statement.services.includes(service),
  );
  if (!trusted) {
    throw new AwsError(
      "AccessDenied",
      `${service} may not assume ${roleArn}: its trust policy does not name it`,
    );
  }
}

/**
 * Whether the inline policies of a role allow an action on a resource. Conditions are taken to hold.
 *
 * @param resource @default whatever resource it is
 */
export function roleAllows(world: World, roleArn: string, action: string, resource?: string): boolean {
  const role = world.need({ types: ["aws:iam/role:Role"], by: "arn" }, roleArn);
  return world.accounts
    .listType(world.place.account, "global", "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => inputs["role"] === role.id)
    .flatMap(({ inputs }) => readStatements(inputs["policy"]))
    .some(
      ({ effect, actions, resources }) =>
        effect === "Allow" &&
        actions.some((pattern) => matchesPattern(pattern, action)) &&
        (resource === undefined || resources.some((pattern) => matchesPattern(pattern, resource))),
    );
}

/** Matches an IAM pattern, in which `*` stands for any text and `?` for one character. */
export function matchesPattern(pattern: string, value: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

function verifyStatement(statement: Statement, { property, kind }: DocumentProperty, world: World): void {
  const principals = [statement.services, statement.awsPrincipals, statement.federated].flat();
  if (kind !== "identity" && principals.length === 0) {
    throw new AwsError("MalformedPolicyDocument", `${property}: a statement needs a Principal`);
  }
  if (kind === "identity" && principals.length > 0) {
    throw new AwsError(
      "MalformedPolicyDocument",
      `${property}: Policy document should not specify a principal.`,
    );
  }
  for (const service of statement.services) {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/.test(service)) {
      throw new AwsError(
        "MalformedPolicyDocument",
        `${property}: Invalid principal in policy: "SERVICE":"${service}"`,
      );
    }
  }
  for (const principal of statement.awsPrincipals) {
    verifyPrincipal(principal, property, world);
  }
  for (const resource of kind === "trust" ? [] : statement.resources) {
    verifyResource(resource, property, world);
  }
}

function verifyPrincipal(principal: string, property: string, world: World): void {
  const role = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principal);
  if (role?.[1] === world.place.account && !exists(principal, world)) {
    throw new AwsError(
      "MalformedPolicyDocument",
      `${property}: Invalid principal in policy: "AWS":"${principal}" (no such role yet)`,
    );
  }
}

function verifyResource(resource: string, property: string, world: World): void {
  // What lies below an object is named by `:*` after its kind and name, such as the streams of a log group: the
  // object itself has to exist. A `*` after a kind or in a path (`key/*`, `role/a/*`) is a pattern and names no object.
  const arn = resource.replace(/^((?:[^:]*:){5}[^:/]+[:/].+):\*$/, "$1");
  const isExact = arn.startsWith("arn:") && !/[*?]|\$\{/.test(arn);
  if (isExact && arn.split(":")[4] === world.place.account && !exists(arn, world)) {
    throw new AwsError(
      "MissingResource",
      `${property} names ${arn}, which does not exist (yet). A string ARN makes no dependency: take the ARN from the resource that has it, or add dependsOn`,
    );
  }
}

function exists(arn: string, world: World): boolean {
  // A catalog belongs to the account itself.
  if (
    (arn.startsWith("arn:aws:ecr:") && holdsImages(arn, world)) ||
    isUntried(arn.split(":")[3] ?? "", world) ||
    /^arn:aws:glue:[^:]+:\d+:catalog$/.test(arn)
  ) {
    return true;
  }
  // A database user has no object: its cluster has to exist, which the ARN names by resource id.
  const database = /^arn:aws:rds-db:[a-z0-9-]+:\d{12}:dbuser:([^/]+)\/.+$/.exec(arn)?.[1];
  return world.accounts
    .list(world.place.account)
    .filter((object) => object.state === "available")
    .some(({ computed }) =>
      database === undefined ? computed["arn"] === arn : computed["clusterResourceId"] === database,
    );
}

function readConditions(conditions: Record<string, Props>): Statement["conditions"] {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), strings(values)])),
    ]),
  );
}

function parseJson(document: unknown): Props {
  try {
    const parsed: unknown = JSON.parse(String(document));
    if (typeof parsed === "object" && parsed !== null) {
      return parsed as Props;
    }
  } catch {
    // Refused below, as any other text that is no document.
  }
  throw new AwsError("MalformedPolicyDocument", "This policy contains invalid Json");
}
