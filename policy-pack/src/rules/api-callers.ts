import { bad, good, propertyRule } from "../engine/demand";
import { fail, notKnownYet } from "../engine/judge";
import { isOneOf } from "../engine/must";
import { placesAt } from "../engine/path";
import type { Finding } from "../engine/rule";
import { texts } from "../engine/setting";
import { type Bag, isBag } from "../engine/tri";

const METHODS = /^(get|put|post|delete|patch|head|x-amazon-apigateway-any-method)$/;

const signed = { security: [{ caller: [] }] };
const document = {
  openapi: "3.0.1",
  paths: { "/health": { get: {} }, "/v1/events": { post: signed } },
};

interface CallerConfig {
  readonly openPaths: readonly string[];
}

/** Every operation of the API knows who calls. */
export const apiCallers = propertyRule<CallerConfig>({
  id: "api-callers",
  title: "Every operation of an API's document asks who calls, but for the health check",
  severity: "critical",
  type: "aws:apigateway/restApi:RestApi",
  refs: {
    checkov: ["CKV_AWS_59", "CKV2_AWS_70"],
    securityHub: ["APIGateway.8"],
    cdkNag: ["AwsSolutions-APIG4"],
    prowler: ["apigateway_restapi_authorizers_enabled"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "One operation without a scheme is open to the Internet, and says so nowhere.",
  remediation: "give the operation a `security` list that names a scheme",
  configSchema: { openPaths: texts("Paths that anybody may call.", ["/health"]) },
  demands: [],
  also: {
    reads: ["body"],
    judge: (props, { openPaths }): readonly Finding[] =>
      placesAt(props, "body{}").flatMap(({ path, kind, raw }) => {
        if (kind === "unknown") {
          return [notKnownYet(path)];
        }
        const open = isBag(raw) ? openOperations(raw, openPaths) : 0;
        const problem = `${path} has operations that ask nobody who calls (${open})`;
        return open === 0 ? [] : [fail("open", problem, "Allowed: a security scheme, but for open paths")];
      }),
  },
  examples: {
    good: { body: document },
    pass: [
      good("as JSON text", { body: JSON.stringify(document) }),
      good("methods of their own", { body: null }),
      good("scheme for all", { body: { ...document, ...signed, paths: { "/v1/x": { get: {} } } } }),
    ],
    fail: [
      bad("no scheme", { body: { paths: { "/v1/events": { post: {} } } } }, "open"),
      bad(
        "scheme taken away",
        { body: { ...signed, paths: { "/v1/x": { get: { security: [] } } } } },
        "open",
      ),
      bad(
        "anonymous beside the scheme",
        { body: { paths: { "/v1/x": { get: { security: [{}] } } } } },
        "open",
      ),
      bad("no open path by configuration", {}, "open", { openPaths: [] }),
      bad("not JSON", { body: "openapi: 3.0.1" }, "rule-error"),
    ],
    unknown: ["body"],
  },
});

function openOperations(body: Bag, openPaths: readonly string[]): number {
  const paths = isBag(body["paths"]) ? body["paths"] : {};
  const operations = Object.entries(paths)
    .filter(([path]) => !openPaths.includes(path))
    .flatMap(([, item]) => (isBag(item) ? Object.entries(item) : []))
    .filter(([method]) => METHODS.test(method));
  return operations.filter(([, operation]) => {
    const own = isBag(operation) ? operation["security"] : undefined;
    return !namesScheme(own ?? body["security"]);
  }).length;
}

// An empty list, or an empty alternative in it, lets anybody in.
function namesScheme(security: unknown): boolean {
  return (
    Array.isArray(security) &&
    security.length > 0 &&
    security.every((entry: unknown) => isBag(entry) && Object.keys(entry).length > 0)
  );
}

/** The same for methods that are made one by one. */
export const apiMethodCallers = propertyRule({
  id: "api-method-callers",
  title: "Every method of an API asks who calls",
  severity: "critical",
  type: "aws:apigateway/method:Method",
  refs: {
    checkov: ["CKV_AWS_59", "CKV2_AWS_70"],
    securityHub: ["APIGateway.8"],
    cdkNag: ["AwsSolutions-APIG4"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A method without authorisation is open to the Internet.",
  remediation: "set authorization to AWS_IAM, CUSTOM or COGNITO_USER_POOLS",
  demands: [
    { finding: "open", at: "authorization", must: isOneOf(["AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"]) },
  ],
  examples: {
    good: { authorization: "AWS_IAM" },
    fail: [bad("open", { authorization: "NONE" }, "open"), bad("not said", { authorization: null }, "open")],
    unknown: ["authorization"],
  },
});
