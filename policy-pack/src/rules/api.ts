import { bad, good, propertyRule } from "../engine/demand";
import { hasForm, isFalse, isGiven, isOff, isOneOf, isTrue, isWithin, orLeftOut } from "../engine/must";
import { flag } from "../engine/setting";

// AWS's quota of an account and region: more can't be granted to one stage.
const MAX_RATE = 10_000;
const MODERN_TLS = hasForm(
  /^(TLS_1_2|SecurityPolicy_TLS1[23]_(?!2018_EDGE)\w+)$/,
  "TLS_1_2 or a SecurityPolicy_ of TLS 1.2 or newer",
);
const modern = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09";
const destinationArn = "arn:aws:logs:eu-central-1:111122223333:log-group:/streamflix/dev/api/access";

/** Every request to the API leaves a line, with nothing of the caller in it. */
export const apiAccessLog = propertyRule({
  id: "api-access-log",
  title: "API stages write an access log as JSON without addresses or identities, and are traced",
  severity: "high",
  type: "aws:apigateway/stage:Stage",
  refs: {
    checkov: ["CKV_AWS_73", "CKV_AWS_76", "CKV_AWS_120"],
    securityHub: ["APIGateway.1", "APIGateway.3"],
    cdkNag: ["AwsSolutions-APIG1"],
    prowler: ["apigateway_restapi_logging_enabled", "apigateway_restapi_tracing_enabled"],
  },
  gdpr: ["5(1)(c)", "32(1)(d)", "33"],
  rationale: "Without the log nobody sees an attack; an address in it makes each line personal data.",
  remediation:
    "set accessLogSettings with destinationArn and a JSON format without $context.identity, and xrayTracingEnabled",
  demands: [
    { finding: "no-log", at: "accessLogSettings.destinationArn", must: isGiven },
    {
      finding: "format",
      at: "accessLogSettings.format",
      must: hasForm(/^\s*\{[^]*\}\s*$/, "a JSON object of $context variables"),
    },
    {
      finding: "identity",
      at: "accessLogSettings.format",
      must: orLeftOut(
        hasForm(/^(?!.*\$context\.(identity|authorizer)\.)[^]*$/s, "no $context.identity and no claims"),
      ),
    },
    { finding: "not-traced", at: "xrayTracingEnabled", must: isTrue },
    { finding: "cached", at: "cacheClusterEnabled", must: isOff },
  ],
  examples: {
    good: {
      accessLogSettings: { destinationArn, format: '{"requestId":"$context.requestId"}' },
      xrayTracingEnabled: true,
    },
    fail: [
      bad("no log", { accessLogSettings: null }, ["no-log", "format"]),
      bad("no destination", { "accessLogSettings.destinationArn": null }, "no-log"),
      bad("plain text", { "accessLogSettings.format": "$context.requestId" }, "format"),
      bad(
        "caller's address",
        { "accessLogSettings.format": '{"ip":"$context.identity.sourceIp"}' },
        "identity",
      ),
      bad("not traced", { xrayTracingEnabled: null }, "not-traced"),
      bad("answers kept in a cache", { cacheClusterEnabled: true }, "cached"),
    ],
    unknown: ["xrayTracingEnabled", "cacheClusterEnabled"],
    made: ["accessLogSettings.destinationArn"],
  },
});

/** No request's content is logged, and no caller takes all of the API. */
export const apiMethodSettings = propertyRule({
  id: "api-method-settings",
  title: "API methods log errors but no content, are throttled and cache nothing in clear",
  severity: "critical",
  type: "aws:apigateway/methodSettings:MethodSettings",
  refs: {
    checkov: ["CKV_AWS_276", "CKV_AWS_225", "CKV_AWS_308", "CKV2_AWS_4"],
    securityHub: ["APIGateway.5"],
    cdkNag: ["AwsSolutions-APIG6"],
    prowler: ["apigateway_restapi_cache_encrypted"],
  },
  gdpr: ["5(1)(c)", "32(1)(a)", "32(1)(b)"],
  rationale: "Data trace writes whole bodies and credentials into the log.",
  remediation:
    "set settings.dataTraceEnabled to false, loggingLevel to ERROR, and throttlingRateLimit and throttlingBurstLimit",
  demands: [
    { finding: "data-trace", at: "settings.dataTraceEnabled", must: isFalse },
    { finding: "log-level", at: "settings.loggingLevel", must: isOneOf(["ERROR", "INFO"]) },
    { finding: "rate", at: "settings.throttlingRateLimit", must: isWithin(1, MAX_RATE, "requests a second") },
    { finding: "burst", at: "settings.throttlingBurstLimit", must: isWithin(1, MAX_RATE, "requests") },
    { finding: "caching", at: "settings.cachingEnabled", must: isOff },
    { finding: "method", at: "methodPath", must: isOneOf(["*/*"]) },
  ],
  examples: {
    good: {
      methodPath: "*/*",
      settings: {
        dataTraceEnabled: false,
        loggingLevel: "ERROR",
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
      },
    },
    fail: [
      bad("content logged", { "settings.dataTraceEnabled": true }, "data-trace"),
      bad("left at its default", { "settings.dataTraceEnabled": null }, "data-trace"),
      bad("nothing logged", { "settings.loggingLevel": "OFF" }, "log-level"),
      bad("no rate", { "settings.throttlingRateLimit": null }, "rate"),
      bad("unlimited", { "settings.throttlingRateLimit": -1 }, "rate"),
      bad("no burst", { "settings.throttlingBurstLimit": -1 }, "burst"),
      bad("answers kept", { "settings.cachingEnabled": true }, "caching"),
      bad("one method only", { methodPath: "health/GET" }, "method"),
    ],
    unknown: [
      "settings.dataTraceEnabled",
      "settings.loggingLevel",
      "settings.throttlingRateLimit",
      "methodPath",
    ],
  },
});

interface EntryConfig {
  readonly ownDomain: boolean;
}

/** The API answers where its firewall is, with TLS of today. */
export const apiEntry = propertyRule<EntryConfig>({
  id: "api-entry",
  title: "APIs speak TLS 1.2 or newer, have a policy, and answer on their own domain alone",
  severity: "high",
  type: "aws:apigateway/restApi:RestApi",
  refs: {
    checkov: ["CKV_AWS_206"],
    securityHub: ["APIGateway.2"],
    prowler: ["apigateway_restapi_public_with_authorizer"],
  },
  gdpr: ["25", "32(1)(a)", "32(1)(b)"],
  rationale: "AWS's own name of the API goes around the domain's rules for TLS and failover.",
  remediation: "set securityPolicy, policy, and disableExecuteApiEndpoint where the API has a domain",
  configSchema: { ownDomain: flag("Whether the API has a domain of its own.", true) },
  demands: [
    { finding: "old-tls", at: "securityPolicy", must: MODERN_TLS },
    { finding: "no-policy", at: "policy", must: isGiven },
    {
      finding: "second-name",
      at: "disableExecuteApiEndpoint",
      must: ({ ownDomain }) => (ownDomain ? isTrue : undefined),
    },
  ],
  examples: {
    good: { securityPolicy: modern, policy: "{}", disableExecuteApiEndpoint: true },
    pass: [good("no domain by configuration", { disableExecuteApiEndpoint: false }, { ownDomain: false })],
    fail: [
      bad("AWS's default", { securityPolicy: null }, "old-tls"),
      bad("TLS 1.0", { securityPolicy: "TLS_1_0" }, "old-tls"),
      bad("no policy", { policy: null }, "no-policy"),
      bad("two names", { disableExecuteApiEndpoint: null }, "second-name"),
    ],
    unknown: ["securityPolicy", "disableExecuteApiEndpoint"],
    made: ["policy"],
  },
});

/** The domain speaks TLS of today. */
export const apiDomainTls = propertyRule({
  id: "api-domain-tls",
  title: "API domains speak TLS 1.2 or newer",
  severity: "high",
  type: "aws:apigateway/domainName:DomainName",
  refs: { checkov: ["CKV_AWS_206"] },
  gdpr: ["32(1)(a)"],
  rationale: "Old versions of TLS can be broken.",
  remediation: "set securityPolicy to TLS_1_2 or newer, and regionalCertificateArn",
  demands: [
    { finding: "old-tls", at: "securityPolicy", must: MODERN_TLS },
    { finding: "no-certificate", at: "regionalCertificateArn", must: isGiven },
  ],
  examples: {
    good: { securityPolicy: modern, regionalCertificateArn: "x" },
    pass: [good("older name of TLS 1.2", { securityPolicy: "TLS_1_2" })],
    fail: [
      bad("TLS 1.0", { securityPolicy: "TLS_1_0" }, "old-tls"),
      bad("left at its default", { securityPolicy: null }, "old-tls"),
      bad("no certificate of the region", { regionalCertificateArn: null }, "no-certificate"),
    ],
    unknown: ["securityPolicy"],
    made: ["regionalCertificateArn"],
  },
});
