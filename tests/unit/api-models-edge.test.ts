import assert from "node:assert/strict";

import { ApiAccount, type ApiCase, T, ZONE_ID } from "./api-models-account";
import { ACCOUNT, document, NOTHING, refusal, REGION, T as DATA } from "./data-models-account";

const waf = (reason: string, field: string, parameter: string) =>
  `WAFInvalidParameterException: Error reason: ${reason}, field: ${field}, parameter: ${parameter}`;
const managed = (name: string, changes: object = {}) => ({
  name: "group",
  priority: 0,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: "AWS", name } },
  ...changes,
});
const batch = (text: string) => `InvalidChangeBatch: [${text}]`;
const DOMAIN = "api.streamflix.example";

const FIREWALL: readonly ApiCase[] = [
  ["AWS's own rules", NOTHING, (it) => it.webAcl({ rules: [managed("AWSManagedRulesCommonRuleSet")] })],
  [
    "a rule group that AWS does not have",
    waf("There is no such managed rule group.", "MANAGED_RULE_GROUP", "AWSManagedRulesBestRuleSet"),
    (it) => it.webAcl({ rules: [managed("AWSManagedRulesBestRuleSet")] }),
  ],
  [
    "a rule group with an action",
    waf("A rule needs an action, and a rule group an override action.", "RULE", "group"),
    (it) => it.webAcl({ rules: [managed("AWSManagedRulesCommonRuleSet", { action: { block: {} } })] }),
  ],
  [
    "a rule without an action",
    waf("A rule needs an action, and a rule group an override action.", "RULE", "rate"),
    (it) => it.webAcl({ rules: [{ name: "rate", priority: 0, statement: {} }] }),
  ],
  [
    "two rules of one priority",
    waf("Two rules have one priority.", "RULE", "0, 0"),
    (it) =>
      it.webAcl({
        rules: [managed("AWSManagedRulesCommonRuleSet"), managed("AWSManagedRulesSQLiRuleSet")],
      }),
  ],
  [
    "a rate below ten",
    waf("The rate limit is out of range.", "RATE_BASED_STATEMENT", "9"),
    (it) =>
      it.webAcl({
        rules: [{ name: "rate", priority: 0, action: {}, statement: { rateBasedStatement: { limit: 9 } } }],
      }),
  ],
  [
    "more rules than a web ACL takes",
    "WAFLimitsExceededException: The web ACL needs more than 5000 WCUs.",
    (it) =>
      it.webAcl({
        rules: Array.from({ length: 8 }, (_, priority) =>
          managed("AWSManagedRulesCommonRuleSet", { priority }),
        ),
      }),
  ],
  [
    "the scope of CloudFront outside its region",
    waf("The scope is not valid.", "SCOPE_VALUE", "CLOUDFRONT"),
    (it) => it.webAcl({ scope: "CLOUDFRONT" }),
  ],
  [
    "a second web ACL of one name",
    "WAFDuplicateItemException: AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
    async (it) => {
      await it.webAcl();
      await it.webAcl();
    },
  ],
  [
    "a stage that is not there",
    `Stage or LoadBalancer.NotFound: Stage or LoadBalancer "arn:aws:apigateway:x" does not exist in account ${ACCOUNT}, ${REGION}`,
    async (it) => associate(it, "arn:aws:apigateway:x"),
  ],
  [
    "a second web ACL for one stage",
    "<stage> has a web ACL already: two resources would own one association",
    async (it) => {
      const stageArn = (await it.stage()).outputs["arn"];
      await associate(it, stageArn);
      await associate(it, stageArn, "second");
    },
  ],
  [
    "deletion of a web ACL in use",
    "WAFAssociatedItemException: AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
    async (it) => it.delete(await associate(it, (await it.stage()).outputs["arn"])),
  ],
  ["logs to a group of WAF's", NOTHING, async (it) => log(it, (await it.wafLogs()).outputs["arn"])],
  [
    "logs to a group of another name",
    waf("The ARN isn't valid.", "LOG_DESTINATION", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:waf`),
    async (it) => log(it, (await it.wafLogs("waf")).outputs["arn"]),
  ],
  [
    "logs that nobody may deliver",
    "WAFLogDestinationPermissionIssueException: The log delivery service may not write to LogGroup aws-waf-logs-acl: " +
      "no resource policy of CloudWatch Logs lets it",
    async (it) => {
      const group = await it.make(DATA.LogGroup, { name: "aws-waf-logs-acl" });
      await log(it, group.outputs["arn"]);
    },
  ],
  [
    "logs that may be delivered elsewhere",
    "WAFLogDestinationPermissionIssueException: The log delivery service may not write to LogGroup aws-waf-logs-acl: " +
      "no resource policy of CloudWatch Logs lets it",
    async (it) => log(it, (await it.wafLogs("aws-waf-logs-acl", "other-*:*")).outputs["arn"]),
  ],
  [
    "a body to be redacted",
    waf("The field can't be redacted.", "FIELD_TO_MATCH", "body"),
    async (it) => log(it, (await it.wafLogs()).outputs["arn"], { redactedFields: [{ body: {} }] }),
  ],
];

const LOG_POLICIES: readonly ApiCase[] = [
  [
    "an eleventh resource policy",
    "LimitExceededException: Resource limit exceeded.",
    async (it) => {
      for (let number = 1; number <= 11; number += 1) await logPolicy(it, { policyName: `p${number}` });
    },
  ],
  [
    "a policy for a group that is not there",
    `MissingResource: policyDocument names arn:aws:logs:${REGION}:${ACCOUNT}:log-group:none, which does not exist (yet). ` +
      "A string ARN makes no dependency: take the ARN from the resource that has it, or add dependsOn",
    (it) => logPolicy(it, {}, `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:none:*`),
  ],
  [
    "a policy of the account and of a group at once",
    "policyName: exactly one of policyName, resourceArn must be set",
    (it) => logPolicy(it, { resourceArn: "arn:aws:logs:x" }),
  ],
  [
    "a policy of more characters than AWS takes",
    "InvalidParameterException: Policy document length limit exceeded",
    (it) => logPolicy(it, {}, `arn:aws:logs:*:*:${"x".repeat(5120)}*`),
  ],
];

const CERTIFICATES: readonly ApiCase[] = [
  [
    "a first name of 65 characters",
    "ValidationException: The first domain name can be no longer than 64 characters.",
    (it) => it.certificate({ domainName: `${"a".repeat(57)}.example` }),
  ],
  [
    "eleven names",
    "LimitExceededException: Error: the certificate has too many domain names.",
    (it) =>
      it.certificate({
        subjectAlternativeNames: Array.from({ length: 10 }, (_, index) => `n${index}.streamflix.example`),
      }),
  ],
  [
    "a validation without its record",
    `timeout: ACM Certificate (<certificate>) is still PENDING_VALIDATION after 75 minutes: no record answers for ${DOMAIN}`,
    async (it) => it.make(T.CertificateValidation, { certificateArn: (await it.certificate()).id }),
  ],
  [
    "a validation with another answer in DNS",
    `timeout: ACM Certificate (<certificate>) is still PENDING_VALIDATION after 75 minutes: no record answers for ${DOMAIN}`,
    async (it) => {
      const certificate = await it.certificate();
      await it.validationRecord(certificate, { records: ["_other.acm-validations.aws."] });
      await it.make(T.CertificateValidation, { certificateArn: certificate.id });
    },
  ],
  [
    "a record for two certificates of one name",
    "InvalidChangeBatch: [Tried to create resource record set [name='_<token>.api.streamflix.example.', type='CNAME'] but it already exists]",
    async (it) => {
      await it.validationRecord(await it.certificate());
      await it.validationRecord(await it.certificate());
    },
  ],
  [
    "a domain on a certificate that is not issued",
    `BadRequestException: Unable to associate certificate <certificate> with ${DOMAIN}: the certificate is not issued`,
    async (it) =>
      it.make(T.DomainName, { domainName: DOMAIN, regionalCertificateArn: (await it.certificate()).id }),
  ],
  [
    "a domain on a certificate for another name",
    "BadRequestException: The specified SSL certificate does not match the domain name: www.streamflix.example",
    (it) => it.domain({ domainName: "www.streamflix.example" }),
  ],
  [
    "a certificate of another region",
    `Certificate.NotFound: Certificate "<certificate>" does not exist in account ${ACCOUNT}, ${REGION}`,
    async (it) => {
      const certificate = await it.certificate({ region: "eu-west-1" });
      await it.validationRecord(certificate);
      await it.make(T.DomainName, { domainName: DOMAIN, regionalCertificateArn: certificate.id });
    },
  ],
  [
    "deletion of a certificate in use",
    `DependencyViolation: Certificate <certificate> has dependent objects and cannot be deleted: ${DOMAIN}`,
    async (it) => {
      const { inputs } = await it.domain();
      const id = String(inputs["regionalCertificateArn"]);
      await it.delete({ type: T.Certificate, id, inputs: {}, outputs: {} });
    },
  ],
];

const NAMES: readonly ApiCase[] = [
  [
    "a name that is taken",
    "BadRequestException: The domain name you provided already exists.",
    async (it) => {
      const { inputs } = await it.domain();
      await it.make(T.DomainName, inputs);
    },
  ],
  [
    "a mapping to a stage that is not there",
    "NotFoundException: Invalid stage identifier specified",
    async (it) => map(it, { stageName: "other" }),
  ],
  [
    "a second mapping of one path",
    "ConflictException: Base path already exists for this domain name",
    async (it) => {
      const { inputs } = await map(it);
      await it.make(T.BasePathMapping, inputs);
    },
  ],
  [
    "deletion of an API that a name maps to",
    "BadRequestException: Deleting REST API failed. Please remove all base path mappings related to the REST API in your domains.",
    async (it) => {
      const { inputs } = await map(it);
      await it.delete({ type: T.RestApi, id: String(inputs["restApi"]), inputs: {}, outputs: {} });
    },
  ],
  ["an alias of a name", NOTHING, async (it) => it.record({ aliases: [await alias(it)] })],
  [
    "an alias of a name that is not there",
    batch(
      "Tried to create an alias that targets d-1.execute-api.eu-central-1.amazonaws.com., type A in zone Z1U9ULNL0V5AJ3, " +
        "but that target was not found",
    ),
    (it) =>
      it.record({
        aliases: [{ name: "d-1.execute-api.eu-central-1.amazonaws.com", zoneId: "Z1U9ULNL0V5AJ3" }],
      }),
  ],
  [
    "an alias in the zone of another region",
    batch(
      "Tried to create an alias that targets <target>., type A in zone ZLY8HYME6SFDD, but that target was not found",
    ),
    async (it) => it.record({ aliases: [{ ...(await alias(it)), zoneId: "ZLY8HYME6SFDD" }] }),
  ],
  [
    "a record that exists",
    batch(`Tried to create resource record set [name='${DOMAIN}.', type='A'] but it already exists`),
    async (it) => {
      await it.record();
      await it.record({ name: `${DOMAIN.toUpperCase()}.` });
    },
  ],
  [
    "two primaries",
    batch(
      `RRSet with DNS name ${DOMAIN}., type A cannot be created as a PRIMARY failover record exists already`,
    ),
    async (it) => {
      await it.record(failover("PRIMARY", "eu-central-1"));
      await it.record(failover("PRIMARY", "eu-west-1"));
    },
  ],
  [
    "a primary and a secondary",
    NOTHING,
    async (it) => {
      await it.record(failover("PRIMARY", "eu-central-1"));
      await it.record(failover("SECONDARY", "eu-west-1"));
    },
  ],
  [
    "failover beside a simple record",
    batch(
      `RRSet with DNS name ${DOMAIN}., type A cannot be created as other RRSets exist with the same name and type and another routing`,
    ),
    async (it) => {
      await it.record();
      await it.record(failover("PRIMARY", "eu-central-1"));
    },
  ],
  [
    "failover without an identifier",
    "failoverRoutingPolicies: setIdentifier must be set with a routing policy",
    (it) => it.record({ failoverRoutingPolicies: [{ type: "PRIMARY" }] }),
  ],
  [
    "a record with neither answer",
    "records: exactly one of aliases, records must be set; ttl: records and ttl must be set together, and neither with aliases",
    (it) => it.record({ records: undefined }),
  ],
  [
    "a record of another zone",
    batch("RRSet with DNS name api.streamflix.test. is not permitted in zone streamflix.example."),
    async (it) => {
      const zoneId = (await it.make(T.Zone, { name: "streamflix.example" })).id;
      await it.record({ zoneId, name: "api.streamflix.test" });
    },
  ],
  [
    "deletion of a zone with records",
    "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
    async (it) => {
      const zone = await it.make(T.Zone, { name: "streamflix.example" });
      await it.record({ zoneId: zone.id });
      await it.delete(zone);
    },
  ],
];

const HEALTH: readonly ApiCase[] = [
  [
    "an alarm that is not there",
    "InvalidInput: The CloudWatch alarm down does not exist in eu-central-1",
    (it) => it.healthCheck(),
  ],
  [
    "an alarm of another region",
    "InvalidInput: The CloudWatch alarm down does not exist in us-east-1",
    async (it) => {
      await it.alarm();
      await it.healthCheck({ cloudwatchAlarmRegion: "us-east-1" });
    },
  ],
  [
    "an alarm on a percentile",
    "InvalidInput: The CloudWatch alarm down can't be used: Route 53 reads one metric of standard resolution, without metric math or percentile",
    async (it) => {
      await it.alarm({ statistic: undefined, extendedStatistic: "p99" });
      await it.healthCheck();
    },
  ],
  [
    "an alarm of high resolution",
    "InvalidInput: The CloudWatch alarm down can't be used: Route 53 reads one metric of standard resolution, without metric math or percentile",
    async (it) => {
      await it.alarm({ period: 10 });
      await it.healthCheck();
    },
  ],
  [
    "silence that is nothing",
    "insufficientDataHealthStatus: expected one of Healthy, LastKnownStatus, Unhealthy, got Unknown",
    async (it) => {
      await it.alarm();
      await it.healthCheck({ insufficientDataHealthStatus: "Unknown" });
    },
  ],
  [
    "a record on a check that is not there",
    'HealthCheck.NotFound: HealthCheck "none" does not exist in account 111122223333, global',
    (it) => it.record({ ...failover("PRIMARY", "a"), healthCheckId: "none" }),
  ],
];

function failover(type: string, setIdentifier: string) {
  return { failoverRoutingPolicies: [{ type }], setIdentifier };
}

async function associate(it: ApiAccount, resourceArn: unknown, name = "acl") {
  const webAcl = await it.webAcl({ name });
  await it.make(T.WebAclAssociation, { resourceArn, webAclArn: webAcl.outputs["arn"] });
  return webAcl;
}

async function log(it: ApiAccount, destination: unknown, changes: object = {}) {
  const resourceArn = (await it.webAcl()).outputs["arn"];
  return it.make(T.WebAclLogging, { resourceArn, logDestinationConfigs: [destination], ...changes });
}

function logPolicy(it: ApiAccount, changes: object, Resource = "*") {
  const Principal = { Service: "delivery.logs.amazonaws.com" };
  return it.make(T.LogResourcePolicy, {
    policyName: "p",
    policyDocument: document({ Principal, Action: "logs:PutLogEvents", Resource }),
    ...changes,
  });
}

async function map(it: ApiAccount, changes: object = {}) {
  const [{ inputs: stage }, { id: domainName }] = [await it.stage(), await it.domain()];
  return it.make(T.BasePathMapping, { domainName, restApi: stage["restApi"], stageName: "live", ...changes });
}

async function alias(it: ApiAccount) {
  const { regionalDomainName, regionalZoneId } = (await it.domain()).outputs;
  return { name: regionalDomainName, zoneId: regionalZoneId, evaluateTargetHealth: false };
}

/** Generated parts of names and ARNs in words. */
function generic(text: string): string {
  return text
    .replaceAll(
      /arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/\S{36}|arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/#/g,
      "<certificate>",
    )
    .replaceAll(/arn:aws:apigateway:[a-z0-9-]+::\/restapis\/\w+\/stages\/live/g, "<stage>")
    .replaceAll(/_[0-9a-f]{32}/g, "_<token>")
    .replaceAll(/d-[0-9a-f]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g, "<target>");
}

for (const [title, cases] of Object.entries({
  firewall: FIREWALL,
  "resource policies of logs": LOG_POLICIES,
  certificates: CERTIFICATES,
  "names and records": NAMES,
  "health checks": HEALTH,
})) {
  describe(`API models: ${title}`, () => {
    for (const [what, answer, attempt] of cases) {
      it(what, async () => {
        assert.equal(generic(await refusal(() => attempt(new ApiAccount()))), answer);
      });
    }
  });
}

describe("API models: what AWS makes", () => {
  it("counts the capacity of a web ACL, also after a change", async () => {
    const account = new ApiAccount();
    const webAcl = await account.webAcl({ rules: [managed("AWSManagedRulesCommonRuleSet")] });
    assert.equal(webAcl.outputs["capacity"], 700);
    const rate = {
      name: "rate",
      priority: 1,
      action: { block: {} },
      statement: { rateBasedStatement: { limit: 10 } },
    };
    await account.change(webAcl, { rules: [managed("AWSManagedRulesCommonRuleSet"), rate] });
    assert.equal(account.stored(webAcl)?.computed["capacity"], 702);
    assert.equal(account.stored(webAcl)?.importId, `${webAcl.id}/acl/REGIONAL`);
  });

  it("gives a name the address and zone of its region", async () => {
    const { outputs } = await new ApiAccount().domain();
    assert.match(
      String(outputs["regionalDomainName"]),
      /^d-[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/,
    );
    assert.equal(outputs["regionalZoneId"], "Z1U9ULNL0V5AJ3");
  });

  it("tells records apart by name, type and identifier", async () => {
    const account = new ApiAccount();
    const record = await account.record(failover("PRIMARY", "eu-central-1"));
    assert.equal(record.id, `${ZONE_ID}_${DOMAIN}_A_eu-central-1`);
    assert.equal(record.outputs["fqdn"], DOMAIN);
  });
});
