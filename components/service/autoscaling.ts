import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceConfig } from "../../config";

export interface ServiceAutoscalingArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
  readonly tasks: ServiceConfig["tasks"];
  readonly scaling: ServiceConfig["scaling"];
  /** What requests are counted at: `<load balancer>/<target group>`, by the ends of their ARNs. */
  readonly requestCountLabel: pulumi.Input<string>;
}

/**
 * Moves the number of tasks between its limits: by CPU, by memory, by requests where a target is given, and ahead of
 * premieres. Of several the one that wants most tasks wins.
 *
 * From a premiere's start to its end AWS has a higher minimum than the program: `up --refresh` in between would set it
 * back.
 */
export class ServiceAutoscaling extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceAutoscalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:ServiceAutoscaling", name, {}, opts);
    const { tasks, scaling } = args;

    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: tasks.min,
        maxCapacity: tasks.max,
      },
      { parent: this },
    );
    const scaled = {
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
    };
    const track = (
      what: string,
      targetValue: number,
      metric: aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
    ) =>
      new aws.appautoscaling.Policy(
        `${name}-${what}`,
        {
          name: `service-${what}`,
          policyType: "TargetTrackingScaling",
          ...scaled,
          targetTrackingScalingPolicyConfiguration: {
            predefinedMetricSpecification: metric,
            targetValue,
            scaleInCooldown: scaling.scaleInCooldownSeconds,
            scaleOutCooldown: scaling.scaleOutCooldownSeconds,
          },
        },
        { parent: this },
      );
    track("cpu", scaling.targetCpuPercent, { predefinedMetricType: "ECSServiceAverageCPUUtilization" });
    track("memory", scaling.targetMemoryPercent, {
      predefinedMetricType: "ECSServiceAverageMemoryUtilization",
    });
    if (scaling.requestsPerTaskAndMinute !== undefined) {
      track("requests", scaling.requestsPerTaskAndMinute, {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: args.requestCountLabel,
      });
    }
    for (const premiere of scaling.premieres) {
      const action = (when: "start" | "end", minCapacity: number) =>
        new aws.appautoscaling.ScheduledAction(
          `${name}-${premiere.name}-${when}`,
          {
            name: `${premiere.name}-${when}`,
            ...scaled,
            schedule: premiere[when],
            timezone: premiere.timezone,
            scalableTargetAction: { minCapacity, maxCapacity: tasks.max },
          },
          { parent: this },
        );
      action("start", premiere.minTasks);
      action("end", tasks.min);
    }
    this.registerOutputs({});
  }
}
