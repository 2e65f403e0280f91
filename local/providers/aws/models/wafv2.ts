import { randomUUID } from "node:crypto";
import type { Props } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { mapOf, mapsOf, shortType, strings, text, textOr, type World } from "../world";
import { STAGE } from "./apigateway";
import { deliveryMayWrite, LOG_GROUP } from "./logs";

const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation";
const LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";

/** Capacity units of one web ACL, beyond which AWS refuses it. */
const MOST_CAPACITY = 5000;

/** Capacity units of AWS's own rule groups (AWS WAF Developer Guide, "AWS Managed Rules rule groups list"). */
const MANAGED_GROUPS: Readonly<Record<string, number>> = {
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
};

const REDACTABLE = ["method", "queryString", "singleHeader", "uriPath"];

const webAcl: Model = {
  type: WEB_ACL,
  source: "internal/service/wafv2/web_acl.go",
  forceNew: ["name", "namePrefix", "scope"],
  seconds: 3,
  taggable: true,
  computed: ["applicationIntegrationUrl", "arn", "capacity", "lockToken"],
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w-]{1,128}$/, "1 to 128 letters, digits, _ and -"),
    ...oneOf(inputs, "scope", ["CLOUDFRONT", "REGIONAL"]),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "scope")} ${text(inputs, "name")}`,
    taken:
      "WAFDuplicateItemException: AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
  }),
  verify: (inputs, world) => {
    if (inputs["scope"] === "CLOUDFRONT" && world.place.region !== "us-east-1") {
      invalid("The scope is not valid.", "SCOPE_VALUE", "CLOUDFRONT");
    }
    requireRules(mapsOf(inputs["rules"]));
  },
  make: (inputs, world) => {
    const id = randomUUID();
    return {
      id,
      computed: {
        applicationIntegrationUrl: "",
        arn: world.arn("wafv2", `regional/webacl/${text(inputs, "name")}/${id}`),
        capacity: capacityOf(mapsOf(inputs["rules"])),
        lockToken: randomUUID(),
      },
    };
  },
  change: (_from, to) => ({
    ...to,
    computed: { ...to.computed, capacity: capacityOf(mapsOf(to.inputs["rules"])) },
  }),
  importId: (inputs, id) => `${id}/${text(inputs, "name")}/${text(inputs, "scope")}`,
  beforeDelete: (object, world) => {
    if (world.all(ASSOCIATION).some(({ inputs }) => inputs["webAclArn"] === object.computed["arn"])) {
      throw new AwsError(
        "WAFAssociatedItemException",
        "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
      );
    }
  },
};

const association: Model = {
  type: ASSOCIATION,
  source: "internal/service/wafv2/web_acl_association.go",
  forceNew: ["resourceArn", "webAclArn"],
  seconds: 5,
  taggable: false,
  computed: [],
  references: {
    resourceArn: { types: [STAGE, LOAD_BALANCER], by: "arn" },
    webAclArn: { types: [WEB_ACL], by: "arn" },
  },
  // AWS would move the resource to the new web ACL, and leave the first owner without one.
  unique: (inputs) => ({
    claim: text(inputs, "resourceArn"),
    taken: `${text(inputs, "resourceArn")} has a web ACL already: two resources would own one association`,
  }),
  make: (inputs) => ({ id: `${text(inputs, "webAclArn")},${text(inputs, "resourceArn")}`, computed: {} }),
};

const logging: Model = {
  type: LOGGING,
  source: "internal/service/wafv2/web_acl_logging_configuration.go",
  forceNew: ["logDestinationConfigs", "resourceArn"],
  seconds: 2,
  taggable: false,
  computed: [],
  references: {
    resourceArn: { types: [WEB_ACL], by: "arn" },
    logDestinationConfigs: { types: [LOG_GROUP], by: "arn" },
  },
  unique: (inputs) => ({
    claim: text(inputs, "resourceArn"),
    taken: `${text(inputs, "resourceArn")} has a logging configuration already: two resources would own it`,
  }),
  verify: (inputs, world) => {
    for (const field of mapsOf(inputs["redactedFields"])) {
      const kinds = Object.keys(field);
      if (kinds.length !== 1 || !REDACTABLE.includes(kinds[0] ?? "")) {
        invalid("The field can't be redacted.", "FIELD_TO_MATCH", kinds.join(", "));
      }
    }
    for (const destination of strings(inputs["logDestinationConfigs"])) requireDelivery(destination, world);
  },
  make: (inputs) => ({ id: text(inputs, "resourceArn"), computed: {} }),
};

export const wafModels: readonly Model[] = [webAcl, association, logging];

function requireRules(rules: readonly Props[]): void {
  const priorities = rules.map(({ priority }) => priority);
  if (new Set(priorities).size < rules.length) {
    invalid("Two rules have one priority.", "RULE", priorities.join(", "));
  }
  for (const rule of rules) {
    const statement = mapOf(rule["statement"]);
    const group = mapOf(statement["managedRuleGroupStatement"]);
    const isGroup = Object.keys(group).length > 0;
    // A group has actions of its own, of which the rule can only say that they count.
    if ((rule["overrideAction"] !== undefined) !== isGroup || (rule["action"] !== undefined) === isGroup) {
      invalid(
        "A rule needs an action, and a rule group an override action.",
        "RULE",
        textOr(rule, "name", ""),
      );
    }
    if (isGroup && !(textOr(group, "name", "") in MANAGED_GROUPS)) {
      invalid("There is no such managed rule group.", "MANAGED_RULE_GROUP", textOr(group, "name", ""));
    }
    const limit = mapOf(statement["rateBasedStatement"])["limit"];
    if (typeof limit === "number" && (limit < 10 || limit > 2_000_000_000)) {
      invalid("The rate limit is out of range.", "RATE_BASED_STATEMENT", String(limit));
    }
  }
  if (capacityOf(rules) > MOST_CAPACITY) {
    throw new AwsError("WAFLimitsExceededException", `The web ACL needs more than ${MOST_CAPACITY} WCUs.`);
  }
}

/** Groups and rate limits by AWS's table, other rules as one unit for each statement in them. */
function capacityOf(rules: readonly Props[]): number {
  return rules
    .map(({ statement }) => {
      const { managedRuleGroupStatement: group, rateBasedStatement: rate } = mapOf(statement);
      if (group !== undefined) return MANAGED_GROUPS[textOr(mapOf(group), "name", "")] ?? 0;
      return rate === undefined ? (JSON.stringify(statement).match(/Statement"/g) ?? []).length : 2;
    })
    .reduce((sum, units) => sum + units, 0);
}

/** WAF writes into groups of a certain name only, and through the log delivery service, which needs to be let in. */
function requireDelivery(destination: string, world: World): void {
  const group = world.need({ types: [LOG_GROUP], by: "arn" }, destination);
  if (!group.id.startsWith("aws-waf-logs-")) {
    invalid("The ARN isn't valid.", "LOG_DESTINATION", destination);
  }
  if (!deliveryMayWrite(world, destination)) {
    throw new AwsError(
      "WAFLogDestinationPermissionIssueException",
      `The log delivery service may not write to ${shortType(LOG_GROUP)} ${group.id}: no resource policy of CloudWatch Logs lets it`,
    );
  }
}

function invalid(reason: string, field: string, parameter: string): never {
  throw new AwsError(
    "WAFInvalidParameterException",
    `Error reason: ${reason}, field: ${field}, parameter: ${parameter}`,
  );
}
