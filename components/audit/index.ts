import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AuditConfig, Names, RegionFacts, RetentionConfig } from "../../config";
import type { Alerts } from "../alerts";
import type { Bucket } from "../bucket";
import type { MetricSource } from "../metrics";
import { ConfigurationHistory } from "./configuration-history";
import { Detection } from "./detection";
import { Findings } from "./findings";
import { type CountedEvents, Trail } from "./trail";

export interface AuditArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Whether what is the same in all regions is this stack's business. */
  readonly role: RegionFacts["role"];
  readonly audit: AuditConfig;
  readonly retention: RetentionConfig;
  readonly keyArns: Readonly<Record<"audit" | "logs" | "messaging", pulumi.Input<string>>>;
  /** Bucket that keeps who reached the evidence. */
  readonly accessLogs: Bucket;
  /** Who is told of findings. @default nobody: they show in the console only */
  readonly alerts: Pick<Alerts, "topics"> | undefined;
  /** Refuses to delete trail and evidence. */
  readonly protect: boolean;
}

/** What monitoring watches of it; each is left out where this stack does not own it. */
export interface AuditMetrics {
  /** How often the trail saw what should not pass unseen. */
  readonly events: CountedEvents | undefined;
  /** Where recent calls can be searched for. */
  readonly logGroupName: pulumi.Output<string> | undefined;
  /** Findings that reached nobody. */
  readonly failures: MetricSource | undefined;
}

/**
 * Who did what in the account, and what is wrong in it: trail, threat detection, history of the configuration, analysis of
 * what is open to others. AWS has one of each per account and region, or charges for a second: the stack owns those that
 * its configuration says `create` of.
 *
 * Made first after keys and buckets, so that the trail sees the rest being made.
 */
export class Audit extends pulumi.ComponentResource {
  /** Name of the stack's trail. */
  readonly trailName: pulumi.Output<string> | undefined;
  /** Id of GuardDuty's detector. */
  readonly detectorId: pulumi.Output<string> | undefined;
  readonly metrics: AuditMetrics;

  constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:audit:Audit", name, {}, opts);
    const { audit, keyArns, names, accountId, region } = args;
    const parent = { parent: this };
    const trail =
      audit.trail === "create"
        ? new Trail(
            `${name}-trail`,
            { ...args, lock: audit.lock, keyArn: keyArns.audit, logsKeyArn: keyArns.logs },
            parent,
          )
        : undefined;
    const detection =
      audit.detector === "create" ? new Detection(`${name}-detection`, {}, parent) : undefined;
    if (audit.recorder === "create") {
      new ConfigurationHistory(
        `${name}-configuration`,
        { ...args, recording: audit.recording, keyArn: keyArns.audit },
        parent,
      );
    }
    if (audit.analyzer === "create") {
      new aws.accessanalyzer.Analyzer(
        `${name}-analyzer`,
        { analyzerName: names.fixed("analyzer", "external-access"), type: "ACCOUNT" },
        parent,
      );
    }
    const findings =
      args.alerts &&
      new Findings(
        `${name}-findings`,
        { names, accountId, region, audit, topics: args.alerts.topics, keyArn: keyArns.messaging },
        parent,
      );

    this.trailName = trail?.trailName;
    this.detectorId = detection?.detectorId;
    this.metrics = {
      events: trail?.events,
      logGroupName: trail?.logGroupName,
      failures: findings?.metrics,
    };
    this.registerOutputs({
      trailName: this.trailName,
      detectorId: this.detectorId,
      metrics: this.metrics,
    });
  }
}
