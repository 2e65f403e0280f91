import { bad, good, propertyRule } from "../engine/demand";
import { fail, notKnownYet } from "../engine/judge";
import { isFalse, isGiven, isTrue } from "../engine/must";
import { placesAt } from "../engine/path";
import type { Props } from "../engine/resource";
import type { Finding } from "../engine/rule";
import { texts } from "../engine/setting";

const visibilityConfig = { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
const managed = (name: string) => ({
  statement: { managedRuleGroupStatement: { name, vendorName: "AWS" } },
  visibilityConfig,
});
const KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet";
const BAD_ADDRESSES = "AWSManagedRulesAmazonIpReputationList";

interface FirewallConfig {
  readonly managedGroups: readonly string[];
}

/** The firewall has rules, counts, and keeps no sample of what callers sent. */
export const firewallRules = propertyRule<FirewallConfig>({
  id: "firewall-rules",
  title: "Web ACLs have AWS's groups against known attacks, a limit per address, and keep no samples",
  severity: "high",
  type: "aws:wafv2/webAcl:WebAcl",
  refs: {
    checkov: ["CKV_AWS_175", "CKV_AWS_192"],
    securityHub: ["WAF.10", "WAF.12"],
    prowler: ["wafv2_webacl_with_rules", "wafv2_webacl_rule_logging_enabled"],
  },
  gdpr: ["5(1)(c)", "32(1)(b)"],
  rationale:
    "A web ACL without rules lets all pass; samples hold callers' addresses and headers for three hours.",
  remediation:
    "add the managed rule groups and a rate-based rule, and set cloudwatchMetricsEnabled to true and sampledRequestsEnabled to false",
  configSchema: { managedGroups: texts("AWS's rule groups that must be there.", [BAD_ADDRESSES, KNOWN_BAD]) },
  demands: [
    { finding: "no-rules", at: "rules", must: isGiven },
    { finding: "not-counted", at: "visibilityConfig.cloudwatchMetricsEnabled", must: isTrue },
    { finding: "samples", at: "visibilityConfig.sampledRequestsEnabled", must: isFalse },
    { finding: "not-counted", at: "rules[].visibilityConfig.cloudwatchMetricsEnabled", must: isTrue },
    { finding: "samples", at: "rules[].visibilityConfig.sampledRequestsEnabled", must: isFalse },
  ],
  also: {
    reads: ["rules"],
    judge: (props, { managedGroups }) => {
      const has = (path: string, name?: string) =>
        placesAt(props, path).some(
          ({ kind, raw }) => kind === "known" && (name === undefined || raw === name),
        );
      if (placesAt(props, "rules[].statement").some(({ kind }) => kind === "unknown")) {
        return [notKnownYet("rules")];
      }
      return [
        ...managedGroups
          .filter((name) => !has("rules[].statement.managedRuleGroupStatement?.name", name))
          .map((name) => lacks("managed-group", `the managed group ${name}`)),
        ...(has("rules[].statement.rateBasedStatement?.limit") ? [] : [lacks("rate", "a rate-based rule")]),
      ];
    },
  },
  examples: {
    good: {
      visibilityConfig,
      rules: [
        managed(BAD_ADDRESSES),
        managed(KNOWN_BAD),
        { statement: { rateBasedStatement: { limit: 1000 } }, visibilityConfig },
      ],
    },
    pass: [
      good("fewer groups by configuration", { "rules[1].statement": {} }, { managedGroups: [BAD_ADDRESSES] }),
    ],
    fail: [
      bad("no rules", { rules: [] }, ["no-rules", "managed-group", "managed-group", "rate"]),
      bad("a group is missing", { "rules[1].statement": {} }, "managed-group"),
      bad("no limit", { "rules[2].statement": {} }, "rate"),
      bad("not counted", { "visibilityConfig.cloudwatchMetricsEnabled": false }, "not-counted"),
      bad("a rule keeps samples", { "rules[0].visibilityConfig.sampledRequestsEnabled": true }, "samples"),
      bad("the ACL keeps samples", { "visibilityConfig.sampledRequestsEnabled": true }, "samples"),
    ],
    unknown: ["rules[0].statement", "visibilityConfig.cloudwatchMetricsEnabled"],
  },
});

function lacks(id: string, what: string): Finding {
  return fail(
    id,
    `rules lack ${what}`,
    "Required: AWS's groups against known attacks, and a limit per address",
  );
}

interface LogConfig {
  readonly redactedHeaders: readonly string[];
}

/** What the firewall logs holds no credentials. */
export const firewallLog = propertyRule<LogConfig>({
  id: "firewall-log",
  title: "Logs of web ACLs leave credentials and cookies out",
  severity: "high",
  type: "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
  refs: { checkov: ["CKV2_AWS_31"], securityHub: ["WAF.11"], prowler: ["wafv2_webacl_logging_enabled"] },
  gdpr: ["5(1)(c)", "32(1)(a)"],
  rationale: "The log holds every header of a blocked request; a credential in it can be used.",
  remediation: "add redactedFields with the single headers authorization and cookie",
  configSchema: {
    redactedHeaders: texts("Headers that the log must leave out.", ["authorization", "cookie"]),
  },
  demands: [{ finding: "destination", at: "logDestinationConfigs", must: isGiven }],
  also: {
    reads: ["redactedFields"],
    judge: (props, { redactedHeaders }) => missingHeaders(props, redactedHeaders),
  },
  examples: {
    good: {
      logDestinationConfigs: ["arn:aws:logs:eu-central-1:111122223333:log-group:aws-waf-logs-x"],
      redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
    },
    fail: [
      bad("nothing left out", { redactedFields: null }, ["header", "header"]),
      bad("cookies kept", { "redactedFields[1].singleHeader.name": "accept" }, "header"),
      bad("nowhere to write", { logDestinationConfigs: [] }, "destination"),
    ],
    unknown: ["redactedFields"],
    made: ["logDestinationConfigs"],
  },
});

function missingHeaders(props: Props, wanted: readonly string[]): readonly Finding[] {
  const names = placesAt(props, "redactedFields[].singleHeader?.name");
  if (names.some(({ kind }) => kind === "unknown")) {
    return [notKnownYet("redactedFields")];
  }
  const found = names.map(({ raw }) => String(raw).toLowerCase());
  return wanted
    .filter((name) => !found.includes(name))
    .map((name) =>
      fail("header", `redactedFields leave the header ${name} in the log`, `Required: ${wanted.join(", ")}`),
    );
}
