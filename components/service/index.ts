import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RetentionConfig, ServiceConfig } from "../../config";
import type { Cache } from "../cache";
import type { Files } from "../files";
import type { EventStream } from "../streaming";
import { logGroup } from "../log-group";
import type { AlertTopics } from "../alerts";
import type { MetricSource } from "../metrics";
import { ServiceAutoscaling } from "./autoscaling";
import { ServiceCluster } from "./cluster";
import { clusterName } from "./cluster-name";
import { collectorConfig, collectorText } from "./collector";
import { environmentOf, grants, parameterArn, type ServiceDatabase, startValuesOf } from "./connections";
import { DeploymentAlarms } from "./deployment-alarms";
import { FargateService } from "./fargate-service";
import { LoadBalancer } from "./load-balancer";
import { ServiceRoles } from "./roles";
import { APPLICATION, TaskDefinition } from "./task-definition";

export interface ServiceArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly service: ServiceConfig;
  /** Whether what it runs on belongs to remediation, which moves it off Spot and back; else it is the program's. */
  readonly capacityIsShifted: boolean;
  readonly vpcId: pulumi.Input<string>;
  /** One subnet per zone, for tasks and load balancer. */
  readonly privateSubnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the private tier, which may reach data and endpoints. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArns: Readonly<Record<"viewerData" | "logs", pulumi.Input<string>>>;
  /** What the service uses; each is left out where the stack has none. */
  readonly database: ServiceDatabase | undefined;
  readonly cache: Cache | undefined;
  readonly files: Files | undefined;
  /** Stream that viewing events go to. */
  readonly stream: EventStream | undefined;
  /** Parameters that tell tasks where database and cache are. */
  readonly parameters: pulumi.Resource;
  /** Certificate of the name that callers of the load balancer use. @default HTTP inside the VPC */
  readonly certificateArn?: pulumi.Input<string>;
  /** Bucket for the load balancer's access logs. @default none are kept */
  readonly accessLogsBucket?: pulumi.Input<string>;
  /** Who is told when the service fails. @default nobody */
  readonly alertTopics: AlertTopics | undefined;
  /** Refuses to delete the load balancer. */
  readonly protect: boolean;
}

/** Figures of the service: of all its tasks, of how many there are, of the load balancer; and its log. */
export interface ServiceMetrics {
  readonly balancer: MetricSource;
  readonly tasks: MetricSource;
  readonly service: MetricSource;
  readonly counts: MetricSource;
  readonly logGroupName: pulumi.Output<string>;
}

/** Path that answers 200 while a task can serve. */
const HEALTH_PATH = "/health";

/**
 * The service on ECS Fargate: cluster, tasks, internal load balancer and scaling. It starts when the database has its
 * roles, and a deployment that goes wrong is taken back and reported as failed.
 */
export class Service extends pulumi.ComponentResource {
  /** Where callers inside the VPC reach it. Its group is to be opened for them. */
  readonly loadBalancer: {
    readonly arn: pulumi.Output<string>;
    readonly dnsName: pulumi.Output<string>;
    readonly securityGroupId: pulumi.Output<string>;
    readonly listenerPort: number;
  };
  readonly clusterName: pulumi.Output<string>;
  /** Name of the service, known once the wanted tasks run. */
  readonly serviceName: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;
  readonly metrics: ServiceMetrics;
  /** Where others find the service: values by parameter name. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:Service", name, {}, opts);
    const { names, service } = args;
    const parent = { parent: this };

    const cluster = new ServiceCluster(
      name,
      {
        names,
        storageKeyArn: args.keyArns.viewerData,
        logsKeyArn: args.keyArns.logs,
        retention: args.retention,
      },
      parent,
    );
    const output = this.ownLog(`${name}-output`, args, "service/output", "personal");
    const collector =
      service.collectorImage === undefined ? undefined : this.collector(name, args, service.collectorImage);
    const startValues = startValuesOf(args);
    const roles = new ServiceRoles(
      name,
      {
        names,
        accountId: args.accountId,
        region: args.region,
        images: [service.image, ...(collector ? [collector.image] : [])],
        logGroupNames: {
          output: output.plainName,
          ...(collector && { metrics: collector.metricsLogGroupName }),
          sessions: cluster.sessionLogGroupName,
        },
        startParameterArns: [...(collector ? [collector.parameterArn] : []), ...Object.values(startValues)],
        statements: grants(args),
        dependsOn: [
          cluster,
          output.group,
          ...(collector ? collector.resources : []),
          args.parameters,
          ...(args.stream ? [args.stream.resource] : []),
        ],
      },
      parent,
    );
    const taskDefinition = new TaskDefinition(
      name,
      {
        names,
        region: args.region,
        service,
        taskRoleArn: roles.taskRoleArn,
        executionRoleArn: roles.executionRoleArn,
        logGroupName: output.plainName,
        ...(collector && { collector }),
        environment: environmentOf(args),
        startValues,
        files: args.files,
      },
      parent,
    );
    const loadBalancer = new LoadBalancer(
      name,
      {
        names,
        vpcId: args.vpcId,
        subnetIds: args.privateSubnetIds,
        taskSecurityGroupId: args.securityGroupId,
        taskPort: APPLICATION.port,
        healthPath: HEALTH_PATH,
        certificateArn: args.certificateArn,
        accessLogsBucket: args.accessLogsBucket,
        protect: args.protect,
      },
      parent,
    );
    const alarms = new DeploymentAlarms(
      name,
      {
        names,
        tasks: loadBalancer.metrics.tasks,
        alertTopics: args.alertTopics,
      },
      parent,
    );
    this.serviceName = new FargateService(
      name,
      {
        names,
        service,
        capacityIsShifted: args.capacityIsShifted,
        clusterArn: cluster.arn,
        taskDefinitionArn: taskDefinition.arn,
        subnetIds: args.privateSubnetIds,
        securityGroupId: args.securityGroupId,
        targetGroupArn: loadBalancer.targetGroupArn,
        alarmNames: alarms.alarmNames,
        // It signs in to the database as soon as it runs.
        dependsOn: args.database?.serves ?? [],
      },
      parent,
    ).serviceName;
    this.clusterName = cluster.clusterName;
    new ServiceAutoscaling(
      name,
      {
        clusterName: this.clusterName,
        serviceName: this.serviceName,
        tasks: service.tasks,
        scaling: service.scaling,
        requestCountLabel: pulumi.interpolate`${loadBalancer.arnSuffix}/${loadBalancer.targetGroupArnSuffix}`,
      },
      parent,
    );
    const { arn, dnsName, securityGroupId, listenerPort } = loadBalancer;
    this.loadBalancer = { arn, dnsName, securityGroupId, listenerPort };
    this.taskRoleArn = roles.taskRoleArn;
    const dimensions = {
      ClusterName: clusterName(names),
      ServiceName: names.fixed("ecsService", "service"),
    };
    this.metrics = {
      ...loadBalancer.metrics,
      service: { namespace: "AWS/ECS", dimensions },
      counts: { namespace: "ECS/ContainerInsights", dimensions },
      logGroupName: output.group.name,
    };
    this.parameters = {
      "service/cluster-name": this.clusterName,
      "service/service-name": this.serviceName,
      "service/load-balancer-dns-name": dnsName,
      "service/load-balancer-port": String(listenerPort),
      "service/load-balancer-security-group-id": securityGroupId,
    };
    this.registerOutputs({
      loadBalancer: this.loadBalancer,
      clusterName: this.clusterName,
      serviceName: this.serviceName,
      taskRoleArn: this.taskRoleArn,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }

  private ownLog(name: string, args: ServiceArgs, what: string, classification: "personal" | "internal") {
    const plainName = args.names.fixed("logGroup", what);
    const group = logGroup(
      name,
      {
        logGroupName: plainName,
        classification,
        retentionClass: "operational",
        retention: args.retention,
        keyArn: args.keyArns.logs,
      },
      { parent: this },
    );
    return { group, plainName };
  }

  /** What the collector beside the application needs: its configuration, and a log that its metrics go through. */
  private collector(name: string, args: ServiceArgs, image: string) {
    const metrics = this.ownLog(`${name}-metrics`, args, "service/metrics", "internal");
    const what = "service/collector-config";
    const parameter = new aws.ssm.Parameter(
      `${name}-collector`,
      {
        name: args.names.fixed("ssmParameter", what),
        type: "String",
        insecureValue: collectorText(collectorConfig(args.region, metrics.plainName)),
      },
      { parent: this },
    );
    return {
      image,
      parameterArn: parameterArn(args, what),
      metricsLogGroupName: metrics.plainName,
      resources: [metrics.group, parameter],
    };
  }
}
