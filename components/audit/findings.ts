import * as pulumi from "@pulumi/pulumi";
import type { AuditConfig, Names } from "../../config";
import type { AlertTopics, Severity } from "../alerts";
import { eventNotice } from "../event-notice";
import { ruleArn } from "../event-rule";
import { FailureQueue } from "../failure-queue";
import type { MetricSource } from "../metrics";

export interface FindingsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Where findings come from: also from what another stack owns. */
  readonly audit: Pick<AuditConfig, "detector" | "recorder" | "analyzer">;
  readonly topics: AlertTopics;
  readonly keyArn: pulumi.Input<string>;
}

/** Findings of one kind, and what somebody reads of them. */
interface Route {
  readonly what: string;
  readonly from: keyof FindingsArgs["audit"];
  readonly severity: Severity;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly takes: Readonly<Record<string, string>>;
  readonly says: string;
}

const GUARDDUTY = {
  from: "detector",
  source: "aws.guardduty",
  detailType: "GuardDuty Finding",
  takes: { type: "$.detail.type", severity: "$.detail.severity", id: "$.detail.id" },
  says: "GuardDuty found <type>, severity <severity> of 10, finding <id>. Runbook: docs/runbooks/findings.md",
} as const;

/** GuardDuty calls 7 and more high, 4 and more medium; what is lower waits in the console. */
const ROUTES: readonly Route[] = [
  {
    ...GUARDDUTY,
    what: "threats",
    severity: "critical",
    detail: { severity: [{ numeric: [">=", 7] }] },
  },
  {
    ...GUARDDUTY,
    what: "suspicions",
    severity: "warning",
    detail: { severity: [{ numeric: [">=", 4, "<", 7] }] },
  },
  {
    what: "broken-rules",
    from: "recorder",
    severity: "warning",
    source: "aws.config",
    detailType: "Config Rules Compliance Change",
    detail: {
      messageType: ["ComplianceChangeNotification"],
      newEvaluationResult: { complianceType: ["NON_COMPLIANT"] },
    },
    takes: { rule: "$.detail.configRuleName", type: "$.detail.resourceType", id: "$.detail.resourceId" },
    says: "Rule <rule> is broken by <type> <id>. Runbook: docs/runbooks/findings.md",
  },
  {
    what: "open-access",
    from: "analyzer",
    severity: "warning",
    source: "aws.access-analyzer",
    detailType: "Access Analyzer Finding",
    detail: { status: ["ACTIVE"] },
    takes: { resource: "$.detail.resource", id: "$.detail.id" },
    says: "<resource> is open to others, finding <id>. Runbook: docs/runbooks/findings.md",
  },
];

/** Tells people what GuardDuty, Config and Access Analyzer find; what can't be told is kept. */
export class Findings extends pulumi.ComponentResource {
  /** Of the queue of what reached nobody. */
  readonly metrics: MetricSource;

  constructor(name: string, args: FindingsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:audit:Findings", name, {}, opts);
    const { names, accountId, region } = args;
    const parent = { parent: this };
    const routes = ROUTES.filter(({ from }) => args.audit[from] !== "off");

    const failures = new FailureQueue(
      name,
      {
        names,
        accountId,
        region,
        what: "findings",
        keyArn: args.keyArn,
        senders: [{ service: "events", sourceArns: routes.map(({ what }) => ruleArn(args, what)) }],
      },
      parent,
    );
    for (const { what, severity, takes, says, ...route } of routes) {
      eventNotice(
        `${name}-${what}`,
        {
          names,
          what,
          pattern: { source: [route.source], "detail-type": [route.detailType], detail: route.detail },
          topic: args.topics[severity],
          takes,
          says,
          failures,
        },
        parent,
      );
    }
    this.metrics = failures.metrics;
    this.registerOutputs({ metrics: this.metrics });
  }
}
