import type { AuditMetrics } from "../../audit";
import type { TrailEvent } from "../../audit/trail-events";
import type { AlarmRow } from "../alarm";
import { inARow } from "../thresholds";

/** What an alarm says of a kind of event. */
interface Wording extends Pick<AlarmRow, "severity" | "means" | "runbook"> {
  /** So many within five minutes. @default 1 */
  readonly atLeast?: number;
}

/** Warnings about changes also come with each deployment that makes some: they say what to compare it with. */
const changed = (what: string, section: string): Wording => ({
  severity: "warning",
  means: `${what} changed: by a deployment, or by hand?`,
  runbook: `audit#${section}`,
});

const WORDINGS: Readonly<Record<TrailEvent, Wording>> = {
  "root-use": {
    severity: "critical",
    means: "Somebody uses the account's root user.",
    runbook: "audit#sign-ins",
  },
  "unauthorized-calls": {
    severity: "warning",
    means: "AWS refused ten calls or more within five minutes: a right is missing, or somebody tries.",
    runbook: "audit#refused-calls",
    // One now and then is normal: consoles ask for what their user may not see.
    atLeast: 10,
  },
  "sign-in-without-mfa": {
    severity: "critical",
    means: "An IAM user signed in to the console without a second factor.",
    runbook: "audit#sign-ins",
  },
  "iam-changes": changed("Rights of a role, user or group", "access-changes"),
  "trail-changes": {
    severity: "critical",
    means: "Somebody made, changed, stopped or deleted a trail.",
    runbook: "audit#audit-changes",
  },
  "failed-console-sign-ins": {
    severity: "warning",
    means: "Five sign-ins to the console or more failed within five minutes.",
    runbook: "audit#sign-ins",
    atLeast: 5,
  },
  "key-endangered": {
    severity: "critical",
    means: "A key was disabled, or is going to be deleted: what it encrypts can't be read any more.",
    runbook: "audit#keys",
  },
  "bucket-changes": changed("Policy, lifecycle, replication or sharing of a bucket", "access-changes"),
  "recorder-changes": {
    severity: "critical",
    means: "Somebody changed or stopped AWS Config's recorder, or where it delivers.",
    runbook: "audit#audit-changes",
  },
  "security-group-changes": changed("A security group", "network-changes"),
  "network-acl-changes": changed("A network ACL", "network-changes"),
  "gateway-changes": changed("A gateway to the internet", "network-changes"),
  "route-changes": changed("A route", "network-changes"),
  "vpc-changes": changed("A VPC, or a peering of one,", "network-changes"),
};

/** Alarm on each kind of event that the trail's log is searched for. */
export function auditAlarms(events: NonNullable<AuditMetrics["events"]>): AlarmRow[] {
  return (Object.keys(WORDINGS) as TrailEvent[]).map((event) => {
    const { atLeast = 1, ...wording } = WORDINGS[event];
    return {
      what: `audit-${event}`,
      ...wording,
      signal: events[event].lines,
      publishedBy: events[event].filter,
      comparison: ">=",
      threshold: atLeast,
      periods: inARow(300, 1),
      missing: { as: "notBreaching", because: "the log has had no event at all" },
    };
  });
}
