import { type Fault, faultIf, prodOnly, type Rule } from "./rules";

/** Cross-field rules about monitoring. */
export const MONITORING_RULES: readonly Rule[] = [
  prodOnly(
    "prod-is-monitored",
    { path: ["monitoring"], allowed: "a section in prod", why: "what nobody watches fails unseen" },
    ({ monitoring }) => monitoring !== undefined,
  ),
  {
    id: "alarms-above-scaling",
    check({ service, monitoring }) {
      const { targetCpuPercent, targetMemoryPercent } = service?.scaling ?? {};
      const above = (
        field: "serviceCpuPercent" | "serviceMemoryPercent",
        target: number | undefined,
      ): Fault[] => {
        const value = monitoring?.thresholds?.[field];
        return faultIf(value !== undefined && target !== undefined && value <= target, {
          path: ["monitoring", "thresholds", field],
          allowed: `more than ${target ?? 0}, where streamflix:service.scaling keeps it`,
          why: "scaling holds the figure at its target, and the alarm would never end",
        });
      };
      return [
        ...above("serviceCpuPercent", targetCpuPercent),
        ...above("serviceMemoryPercent", targetMemoryPercent),
      ];
    },
  },
  {
    id: "objectives-of-an-api",
    check({ api, monitoring }) {
      return faultIf(monitoring?.objectives !== undefined && api === undefined, {
        path: ["monitoring", "objectives"],
        hint: "remove it: without streamflix:api there is nobody to promise anything",
      });
    },
  },
  {
    id: "canary-of-an-api",
    check({ api, monitoring }) {
      return faultIf(monitoring?.canary !== undefined && api === undefined, {
        path: ["monitoring", "canary"],
        hint: "remove it: without streamflix:api there is nobody to ask",
      });
    },
  },
  {
    id: "costs-tell-somebody",
    check({ alerts, monitoring }) {
      return faultIf(monitoring?.costs !== undefined && alerts === undefined, {
        path: ["monitoring", "costs"],
        hint: "remove it, or say in streamflix:alerts who is told",
      });
    },
  },
  {
    id: "monitor-of-own-account",
    check({ aws, monitoring }) {
      const account = monitoring?.costs?.anomalies?.adoptMonitorArn?.split(":")[4];
      return faultIf(account !== undefined && aws?.accountId !== undefined && account !== aws.accountId, {
        path: ["monitoring", "costs", "anomalies", "adoptMonitorArn"],
        allowed: `a monitor of account ${aws?.accountId ?? ""}`,
        why: "another account's monitor sees other costs",
      });
    },
  },
  {
    id: "erasures-in-order",
    check({ monitoring }) {
      const { erasureLateDays: late, erasureOverdueDays: overdue } = monitoring?.thresholds ?? {};
      return faultIf(late !== undefined && overdue !== undefined && overdue <= late, {
        path: ["monitoring", "thresholds", "erasureOverdueDays"],
        allowed: `more than erasureLateDays, ${late ?? 0}`,
        why: "whoever is to look has to hear of it before whoever has to act",
      });
    },
  },
  {
    id: "latencies-in-order",
    check({ monitoring }) {
      const { apiLatencyP90Milliseconds: p90, apiLatencyP99Milliseconds: p99 } = monitoring?.thresholds ?? {};
      return faultIf(p90 !== undefined && p99 !== undefined && p99 < p90, {
        path: ["monitoring", "thresholds", "apiLatencyP99Milliseconds"],
        allowed: `at least apiLatencyP90Milliseconds, ${p90 ?? 0}`,
        why: "99 of 100 requests take at least as long as nine of ten",
      });
    },
  },
];
