import { parseArn } from "./arn";
import { type Bag, holdsUnknown, isBag, readAny, type Tri, known } from "./tri";

/** One `Key: values` line below a condition operator; names are in lower case as AWS compares them. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Whom a statement speaks of. */
export interface Principal {
  /** `*` for everyone, also where the document says it without a kind. */
  readonly kind: "AWS" | "Service" | "Federated" | "CanonicalUser" | "*";
  /** As written: an account id, an ARN, a service's name, a star. */
  readonly value: string;
}

/** An IAM statement in one shape, whatever shorthand it was written in. */
export interface Statement {
  /** Where the statement stands, such as `policy.Statement[2]`. */
  readonly path: string;
  readonly allows: boolean;
  /** Every principal; `NotPrincipal` counts as everyone. None in an identity's policy. */
  readonly principals: readonly Principal[];
  /** Action patterns as written; none when the statement has `NotAction`. */
  readonly actions: readonly string[];
  /** Action patterns it leaves out. */
  readonly notActions: readonly string[];
  /** Resource patterns as written; none when the statement has `NotResource`, or none at all. */
  readonly resources: readonly string[];
  /** Resource patterns it leaves out. */
  readonly notResources: readonly string[];
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
export function isAnyone({ value }: Principal): boolean {
  const arn = parseArn(value);
  return /[*?]/.test(arn === undefined ? value : arn.account);
}

/** Whether an action pattern takes in an action, as IAM compares: without case, `*` for any run, `?` for one character. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

/** Whether a resource pattern takes in an ARN: with case, `*` for any run, `?` for one character. */
export function matchesPattern(pattern: string, text: string): boolean {
  // Two pointers instead of a regular expression: patterns of a stranger can't make this slow.
  let [at, seen] = [0, 0];
  let [star, resume] = [-1, 0];
  while (seen < text.length) {
    if (pattern[at] === "*") {
      [star, resume] = [at, seen];
      at += 1;
    } else if (pattern[at] === "?" || pattern[at] === text[seen]) {
      at += 1;
      seen += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      seen = resume;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Whether a statement speaks of an action, by `Action` or by leaving it out of `NotAction`. */
export function covers(statement: Statement, action: string): boolean {
  return statement.notActions.length > 0
    ? !statement.notActions.some((pattern) => matchesAction(pattern, action))
    : statement.actions.some((pattern) => matchesAction(pattern, action));
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
    principals:
      "NotPrincipal" in statement ? [{ kind: "*", value: "*" }] : principals(statement["Principal"]),
    actions: texts(statement["Action"]),
    notActions: texts(statement["NotAction"]),
    resources: texts(statement["Resource"]),
    notResources: texts(statement["NotResource"]),
    conditions: conditions(statement["Condition"]),
  };
}

function principals(value: unknown): readonly Principal[] {
  const kinds: readonly [string, unknown][] = isBag(value) ? Object.entries(value) : [["AWS", value]];
  return kinds.flatMap(([kind, list]) =>
    texts(list).map((text) => ({ kind: text === "*" ? "*" : (kind as Principal["kind"]), value: text })),
  );
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
