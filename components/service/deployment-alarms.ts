import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";

export interface DeploymentAlarmsArgs {
  readonly names: Names;
  /** Parts of their ARNs that metrics are kept under. */
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly targetGroupArnSuffix: pulumi.Input<string>;
  /** Who is told. @default nobody: a deployment still goes back */
  readonly alertsTopicArn: pulumi.Input<string> | undefined;
}

const NAMESPACE = "AWS/ApplicationELB";
const PERIOD_SECONDS = 60;

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
    const { names } = args;
    const parent = { parent: this };
    const dimensions = {
      LoadBalancer: args.loadBalancerArnSuffix,
      TargetGroup: args.targetGroupArnSuffix,
    };
    const told = args.alertsTopicArn === undefined ? [] : [args.alertsTopicArn];
    const metric = (metricName: string) => ({
      namespace: NAMESPACE,
      metricName,
      stat: "Sum",
      period: PERIOD_SECONDS,
      dimensions,
    });

    const errors = new aws.cloudwatch.MetricAlarm(
      `${name}-errors`,
      {
        name: names.fixed("alarm", "service-errors"),
        alarmDescription: `More than ${ERROR_PERCENT} % of requests end in an error of the service. A running deployment is taken back; without one, read the service's log.`,
        metricQueries: [
          {
            id: "share",
            expression: "IF(requests > 0, 100 * errors / requests, 0)",
            label: "Errors in percent of requests",
            returnData: true,
          },
          { id: "errors", metric: metric("HTTPCode_Target_5XX_Count") },
          { id: "requests", metric: metric("RequestCount") },
        ],
        evaluationPeriods: 2,
        comparisonOperator: "GreaterThanThreshold",
        threshold: ERROR_PERCENT,
        // No requests, no figures.
        treatMissingData: "notBreaching",
        alarmActions: told,
      },
      parent,
    );
    const unhealthy = new aws.cloudwatch.MetricAlarm(
      `${name}-unhealthy`,
      {
        name: names.fixed("alarm", "service-unhealthy"),
        alarmDescription:
          "A task has failed its health check for minutes. A running deployment is taken back; without one, read the service's log.",
        namespace: NAMESPACE,
        metricName: "UnHealthyHostCount",
        dimensions,
        statistic: "Maximum",
        period: PERIOD_SECONDS,
        evaluationPeriods: UNHEALTHY_MINUTES,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: told,
      },
      parent,
    );
    this.alarmNames = pulumi.all([errors.name, unhealthy.name]);
    this.registerOutputs({ alarmNames: this.alarmNames });
  }
}
