import { metric } from "../../metrics";
import type { ServiceMetrics } from "../../service";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

const NOT_DEPLOYED = {
  as: "notBreaching",
  because: "without tasks there is no use, and another alarm tells of that",
} as const;

/** Alarms on the service's tasks and its load balancer, beside those that take a deployment back. */
export function serviceAlarms(metrics: ServiceMetrics, thresholds: Thresholds): AlarmRow[] {
  const { service, counts, balancer } = metrics;
  return [
    {
      what: "service-tasks",
      severity: "critical",
      means: "Not one task of the service runs.",
      runbook: "service#tasks",
      signal: metric(counts, "RunningTaskCount", "Minimum"),
      comparison: "<",
      threshold: 1,
      periods: inARow(60, 3),
      missing: {
        as: "breaching",
        because: "Container Insights counts tasks every minute while there are any",
      },
    },
    {
      what: "service-missing-tasks",
      severity: "warning",
      means:
        "For 15 minutes fewer tasks have run than the service wants: they fail to start, or there is no capacity.",
      runbook: "service#tasks",
      signal: {
        expression: "desired - running",
        label: "Missing tasks",
        metrics: {
          desired: metric(counts, "DesiredTaskCount", "Maximum"),
          running: metric(counts, "RunningTaskCount", "Minimum"),
        },
      },
      comparison: ">",
      threshold: 0,
      periods: inARow(60, 15),
      missing: NOT_DEPLOYED,
    },
    {
      what: "service-cpu",
      severity: "warning",
      means: `Tasks use more than ${thresholds.serviceCpuPercent} % of their CPU on average: scaling does not keep up.`,
      runbook: "service#saturation",
      signal: metric(service, "CPUUtilization", "Average"),
      comparison: ">",
      threshold: thresholds.serviceCpuPercent,
      periods: inARow(60, 5),
      missing: NOT_DEPLOYED,
    },
    {
      what: "service-memory",
      severity: "warning",
      means: `Tasks use more than ${thresholds.serviceMemoryPercent} % of their memory on average: beyond 100 % they are killed.`,
      runbook: "service#saturation",
      signal: metric(service, "MemoryUtilization", "Average"),
      comparison: ">",
      threshold: thresholds.serviceMemoryPercent,
      periods: inARow(60, 5),
      missing: NOT_DEPLOYED,
    },
    {
      what: "load-balancer-rejected",
      severity: "critical",
      means: "The load balancer turns connections away: it has reached its limit.",
      runbook: "service#load-balancer",
      signal: metric(balancer, "RejectedConnectionCount", "Sum"),
      comparison: ">",
      threshold: 0,
      periods: { seconds: 60, wrong: 3, of: 5 },
      missing: { as: "notBreaching", because: "it counts only when there is something to count" },
    },
    {
      what: "load-balancer-errors",
      severity: "critical",
      means:
        "The load balancer answers more than 5 % of requests with an error of its own: no task takes them.",
      runbook: "service#load-balancer",
      signal: {
        expression: "IF(requests > 0, 100 * FILL(errors, 0) / requests, 0)",
        label: "Errors of the load balancer in percent of requests",
        metrics: {
          errors: metric(balancer, "HTTPCode_ELB_5XX_Count", "Sum"),
          requests: metric(balancer, "RequestCount", "Sum"),
        },
      },
      comparison: ">",
      threshold: 5,
      periods: { seconds: 60, wrong: 3, of: 5 },
      missing: { as: "notBreaching", because: "no requests, no figures" },
    },
  ];
}
