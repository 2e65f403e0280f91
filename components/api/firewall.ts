import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ApiConfig, Names, RetentionConfig } from "../../config";
import { logDelivery } from "../log-delivery";
import { logGroup } from "../log-group";
import type { MetricSource } from "../metrics";

export interface FirewallArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly waf: NonNullable<ApiConfig["waf"]>;
  /** ARN of the stage it stands before. */
  readonly stageArn: pulumi.Input<string>;
  readonly logsKeyArn: pulumi.Input<string>;
}

type Rule = aws.types.input.wafv2.WebAclRule & { readonly name: string };

/** Window of the rate limit; the configuration names it. */
const RATE_WINDOW_SECONDS = 300;

/** Label that AWS's common rules put on a request whose body is larger than 8 KB. */
const LARGE_BODY_LABEL = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body";

/** Where batches of events are sent: straight into the stream, and to the service. */
const BATCH_PATHS = ["/v1/events", "/v1/viewing-events"];

/** Headers that let somebody in. */
const REDACTED_HEADERS = ["authorization", "cookie"];

/**
 * Web ACL before the API: a rate limit per address, AWS's lists of bad addresses and AWS's rules against known attacks.
 * What is blocked or counted is logged without credentials; what passes is not, since the log would hold every address.
 */
export class Firewall extends pulumi.ComponentResource {
  readonly webAclArn: pulumi.Output<string>;
  /** Figures of all rules together. */
  readonly metrics: MetricSource;
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:api:Firewall", name, {}, opts);
    const { names, accountId, region } = args;
    const parent = { parent: this };
    const webAclName = names.fixed("webAcl", "api");
    const logGroupName = names.fixed("wafLogGroup", "api");

    const webAcl = new aws.wafv2.WebAcl(
      name,
      {
        name: webAclName,
        scope: "REGIONAL",
        description: "Before the API",
        defaultAction: { allow: {} },
        visibilityConfig: visibility(webAclName),
        rules: rulesOf(args.waf),
      },
      parent,
    );
    const group = logGroup(
      name,
      {
        logGroupName,
        classification: "personal",
        retentionClass: "access-log",
        retention: args.retention,
        keyArn: args.logsKeyArn,
      },
      parent,
    );
    const delivery = logDelivery(
      name,
      { names, accountId, region, what: "waf-logs", sid: "DeliverWafLogs", logGroupName },
      { parent: this, dependsOn: [group] },
    );
    const logging = new aws.wafv2.WebAclLoggingConfiguration(
      name,
      {
        resourceArn: webAcl.arn,
        logDestinationConfigs: [group.arn],
        redactedFields: REDACTED_HEADERS.map((header) => ({ singleHeader: { name: header } })),
        loggingFilter: {
          defaultBehavior: "DROP",
          filters: [
            {
              behavior: "KEEP",
              requirement: "MEETS_ANY",
              conditions: ["BLOCK", "COUNT"].map((action) => ({ actionCondition: { action } })),
            },
          ],
        },
      },
      { parent: this, dependsOn: [delivery] },
    );
    new aws.wafv2.WebAclAssociation(
      name,
      { resourceArn: args.stageArn, webAclArn: webAcl.arn },
      // Nothing is refused before it is logged.
      { parent: this, dependsOn: [logging] },
    );
    this.webAclArn = webAcl.arn;
    this.metrics = {
      namespace: "AWS/WAFV2",
      dimensions: { WebACL: webAclName, Region: region, Rule: "ALL" },
    };
    this.logGroupName = group.name;
    this.registerOutputs({
      webAclArn: this.webAclArn,
      metrics: this.metrics,
      logGroupName: this.logGroupName,
    });
  }
}

/** The rules, each with the next free priority: the cheapest and surest first. */
function rulesOf({ requestsPerIp, anonymousIps }: FirewallArgs["waf"]): Rule[] {
  const rules: Omit<Rule, "priority" | "visibilityConfig">[] = [
    {
      name: "rate-per-address",
      action: { block: {} },
      statement: {
        rateBasedStatement: {
          limit: requestsPerIp,
          aggregateKeyType: "IP",
          evaluationWindowSec: RATE_WINDOW_SECONDS,
        },
      },
    },
    managed("bad-addresses", "AWSManagedRulesAmazonIpReputationList"),
    ...(anonymousIps === undefined
      ? []
      : [
          {
            ...managed("anonymous-addresses", "AWSManagedRulesAnonymousIpList"),
            overrideAction: anonymousIps === "count" ? { count: {} } : { none: {} },
          },
        ]),
    managed("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    // Counted here, so that the next rule can admit batches of events, which are larger than 8 KB.
    managed("common-attacks", "AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),
    {
      name: "large-bodies-of-no-batch",
      action: { block: {} },
      statement: {
        andStatement: {
          statements: [
            { labelMatchStatement: { scope: "LABEL", key: LARGE_BODY_LABEL } },
            ...BATCH_PATHS.map((searchString) => ({
              notStatement: {
                statement: {
                  byteMatchStatement: {
                    fieldToMatch: { uriPath: {} },
                    // The stage stands before it where the API is called by its own address.
                    positionalConstraint: "ENDS_WITH",
                    searchString,
                    textTransformations: [{ priority: 0, type: "NONE" }],
                  },
                },
              },
            })),
          ],
        },
      },
    },
  ];
  return rules.map((rule, priority) => ({
    ...rule,
    priority,
    visibilityConfig: visibility(rule.name),
  }));
}

/** A rule group of AWS, as it is but for rules that only count. */
function managed(name: string, group: string, counted: readonly string[] = []) {
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name: group,
        ...(counted.length > 0 && {
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        }),
      },
    },
  };
}

function visibility(metricName: string) {
  // No samples: the console would show whole requests, with addresses and credentials.
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
