import { parseArn } from "./arn";
import { type Bag, holdsUnknown, isBag, readAny, type Tri, known } from "./tri";

/** One `Key: values` line below a condition operator; names are in lower case as AWS compares them. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** An IAM statement in one shape, whatever shorthand it was written in. */
export interface Statement {
  /** Where the statement stands, such as `policy.Statement[2]`. */
  readonly path: string;
  readonly allows: boolean;
  /** Every principal as text without its kind; `NotPrincipal` counts as everyone. */
  readonly principals: readonly string[];
  readonly conditions: readonly Condition[];
}

/** A policy document: statements that are readable, and paths of those that hold something not known yet. */
export interface PolicyDocument {
  readonly statements: readonly Statement[];
  readonly unknownPaths: readonly string[];
}

/** Reads a document given as JSON text or as an object; text that is no policy gives `malformed`. */
export function readPolicyDocument(
  value: unknown,
  path: string,
): Tri<PolicyDocument> | { readonly kind: "malformed" } {
  const found = readAny(value);
  if (found.kind !== "known") {
    return found;
  }
  const document = typeof found.value === "string" ? parseJson(found.value) : found.value;
  const body = isBag(document) ? readAny(document["Statement"]) : undefined;
  if (body === undefined || body.kind === "absent") {
    return { kind: "malformed" };
  }
  if (body.kind === "unknown") {
    return body;
  }
  const list: readonly unknown[] = Array.isArray(body.value) ? body.value : [body.value];
  const statements: Statement[] = [];
  const unknownPaths: string[] = [];
  for (const [index, entry] of list.entries()) {
    const place = `${path}.Statement[${index}]`;
    if (holdsUnknown(entry)) {
      unknownPaths.push(place);
    } else if (isBag(entry)) {
      statements.push(normalise(entry, place));
    } else {
      return { kind: "malformed" };
    }
  }
  return known({ statements, unknownPaths });
}

/** Whether a principal stands for callers of any account: `*`, or an account field that is not a plain id. */
export function isAnyone(principal: string): boolean {
  const arn = parseArn(principal);
  return /[*?]/.test(arn === undefined ? principal : arn.account);
}

const ACCOUNT_KEYS = new Set(["kms:calleraccount", "aws:principalaccount", "aws:sourceaccount"]);
const ORGANIZATION_KEY = "aws:principalorgid";
// Operators of which a missing key is a refusal: no "IfExists", no set operators, nothing negated.
const EXACT_OPERATORS = new Set(["stringequals", "stringequalsignorecase", "stringlike"]);

/** Whether conditions hold the statement to named accounts or one organization. */
export function isHeldToAccounts(statement: Statement): boolean {
  return statement.conditions.some(({ operator, key, values }) => {
    const shape = ACCOUNT_KEYS.has(key)
      ? /^\d{12}$/
      : key === ORGANIZATION_KEY
        ? /^o-[a-z0-9]{10,32}$/
        : undefined;
    return (
      EXACT_OPERATORS.has(operator) &&
      shape !== undefined &&
      values.length > 0 &&
      values.every((v) => shape.test(v))
    );
  });
}

function normalise(statement: Bag, path: string): Statement {
  return {
    path,
    // Anything but a plain Deny is read as Allow: a misspelt effect must not hide a grant.
    allows: statement["Effect"] !== "Deny",
    principals: "NotPrincipal" in statement ? ["*"] : principals(statement["Principal"]),
    conditions: conditions(statement["Condition"]),
  };
}

function principals(value: unknown): readonly string[] {
  return isBag(value) ? Object.values(value).flatMap(texts) : texts(value);
}

function conditions(value: unknown): readonly Condition[] {
  if (!isBag(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([operator, block]) =>
    Object.entries(isBag(block) ? block : {}).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      values: texts(values),
    })),
  );
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((entry) => entry !== undefined && entry !== null).map(String);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
