import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import type { AlertTopics } from "../alerts";
import { metric, type MetricSource } from "../metrics";
import { type AlarmRow, makeAlarm } from "../monitoring/alarm";

export interface DeploymentAlarmsArgs {
  readonly names: Names;
  /** Figures of the tasks behind the load balancer. */
  readonly tasks: MetricSource;
  /** Who is told. @default nobody: a deployment still goes back */
  readonly alertTopics: AlertTopics | undefined;
}

/** Share of requests that end in an error of the service, in percent: beyond it a deployment does harm. */
const ERROR_PERCENT = 5;

/** One bad task of several is replaced without anybody noticing; one that stays bad for so long is the version's fault. */
const UNHEALTHY_MINUTES = 3;

/**
 * Alarms that make ECS take a deployment back while it goes on: a version that starts and answers, and answers with
 * errors. Only alarms on the load balancer's figures; the service's other alarms are not a deployment's business.
 */
export class DeploymentAlarms extends pulumi.ComponentResource {
  /** Names of the alarms, known once they are there. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: DeploymentAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:DeploymentAlarms", name, {}, opts);
    const { names, tasks, alertTopics: topics } = args;
    const missing = { as: "notBreaching", because: "no requests, no figures" } as const;
    const make = (row: AlarmRow) =>
      makeAlarm(`${name}-${row.what.replace(/^service-/, "")}`, row, { names, topics }, { parent: this })
        .name;

    const errors = make({
      what: "service-errors",
      severity: "critical",
      means:
        `More than ${ERROR_PERCENT} % of requests end in an error of the service. A running deployment is taken back; ` +
        "without one, read the service's log.",
      runbook: "service#errors",
      signal: {
        expression: "IF(requests > 0, 100 * errors / requests, 0)",
        label: "Errors in percent of requests",
        metrics: {
          errors: metric(tasks, "HTTPCode_Target_5XX_Count", "Sum"),
          requests: metric(tasks, "RequestCount", "Sum"),
        },
      },
      comparison: ">",
      threshold: ERROR_PERCENT,
      periods: { seconds: 60, wrong: 2, of: 2 },
      missing,
    });
    const unhealthy = make({
      what: "service-unhealthy",
      severity: "critical",
      means:
        "A task has failed its health check for minutes. A running deployment is taken back; without one, read the " +
        "service's log.",
      runbook: "service#unhealthy",
      signal: metric(tasks, "UnHealthyHostCount", "Maximum"),
      comparison: ">",
      threshold: 0,
      periods: { seconds: 60, wrong: UNHEALTHY_MINUTES, of: UNHEALTHY_MINUTES },
      missing,
    });
    this.alarmNames = pulumi.all([errors, unhealthy]);
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
