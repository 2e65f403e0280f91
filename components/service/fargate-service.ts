import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, ServiceConfig } from "../../config";
import { serviceName } from "./cluster-name";
import { strategy } from "./strategy";
import { APPLICATION } from "./task-definition";

export interface FargateServiceArgs {
  readonly names: Names;
  readonly service: ServiceConfig;
  /** Whether what it runs on belongs to remediation, which moves it off Spot and back; else it is the program's. */
  readonly capacityIsShifted: boolean;
  readonly clusterArn: pulumi.Input<string>;
  readonly taskDefinitionArn: pulumi.Input<string>;
  /** Private subnets, one per zone. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Where tasks register. */
  readonly targetGroupArn: pulumi.Input<string>;
  /** Alarms that take a deployment back. */
  readonly alarmNames: pulumi.Input<pulumi.Input<string>[]>;
  /** What the code of the service needs from its first moment on. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Seconds in which a new task may fail the load balancer's check: it starts, and warms up. */
const HEALTH_GRACE_SECONDS = 60;

/** All old tasks stay until as many new ones serve. `DEPLOYMENT_FACTOR` of the configuration counts on the second. */
const DEPLOYMENT_PERCENT = { leastHealthy: 100, most: 200 } as const;

/**
 * Keeps the wanted number of tasks running and rolls new revisions out. A deployment that goes wrong is taken back by
 * ECS, and fails here.
 */
export class FargateService extends pulumi.ComponentResource {
  /** Name of the service, known once the tasks that were asked for run. */
  readonly serviceName: pulumi.Output<string>;

  constructor(name: string, args: FargateServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:FargateService", name, {}, opts);
    const { service } = args;

    const running = new aws.ecs.Service(
      name,
      {
        name: serviceName(args.names),
        cluster: args.clusterArn,
        taskDefinition: args.taskDefinitionArn,
        // Where it starts; then it is Application Auto Scaling's.
        desiredCount: service.tasks.min,
        capacityProviderStrategies: strategy(service.capacity),
        // Without it the provider refuses a change of the strategy.
        forceNewDeployment: true,
        networkConfiguration: {
          subnets: args.subnetIds,
          securityGroups: [args.securityGroupId],
          assignPublicIp: false,
        },
        loadBalancers: [
          {
            targetGroupArn: args.targetGroupArn,
            containerName: APPLICATION.container,
            containerPort: APPLICATION.port,
          },
        ],
        healthCheckGracePeriodSeconds: HEALTH_GRACE_SECONDS,
        deploymentMinimumHealthyPercent: DEPLOYMENT_PERCENT.leastHealthy,
        deploymentMaximumPercent: DEPLOYMENT_PERCENT.most,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: { alarmNames: args.alarmNames, enable: true, rollback: true },
        availabilityZoneRebalancing: "ENABLED",
        enableExecuteCommand: true,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: true,
      },
      {
        parent: this,
        ignoreChanges: ["desiredCount", ...(args.capacityIsShifted ? ["capacityProviderStrategies"] : [])],
        dependsOn: [...args.dependsOn],
      },
    );
    // The provider fails when ECS takes a deployment back while it waits. It keeps what was asked for as done, though:
    // asked again, it finds nothing to change and the old version steady. So what AWS says is running decides.
    this.serviceName = pulumi
      .all([running.name, running.taskDefinition, args.taskDefinitionArn])
      .apply(([name, is, wanted]) => (is === wanted ? name : takenBack(name, is, wanted)));
    this.registerOutputs({ serviceName: this.serviceName });
  }
}

function takenBack(service: string, is: string | undefined, wanted: string): never {
  throw new pulumi.RunError(
    `Service ${service} runs ${is ?? "nothing"}, not ${wanted}: ECS took the deployment back. ` +
      "Its events and its log say why; correct that (most often the image's digest) and deploy again.",
  );
}
