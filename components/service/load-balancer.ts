import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import { LOG_PREFIXES } from "../bucket/statements";
import type { MetricSource } from "../metrics";
import { allow } from "../reach";

export interface LoadBalancerArgs {
  readonly names: Names;
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets, one per zone. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the tasks. */
  readonly taskSecurityGroupId: pulumi.Input<string>;
  /** Port that tasks listen on. */
  readonly taskPort: number;
  /** Path that answers 200 while a task can serve. */
  readonly healthPath: string;
  /** Certificate of the name that callers use. @default HTTP, in clear inside the VPC */
  readonly certificateArn: pulumi.Input<string> | undefined;
  /** Bucket for access logs. @default none are kept */
  readonly accessLogsBucket: pulumi.Input<string> | undefined;
  /** Refuses to delete the load balancer. */
  readonly protect: boolean;
}

/** Ports that callers connect to. */
const LISTENER_PORTS = { HTTP: 8080, HTTPS: 443 } as const;

/** TLS 1.2 with forward secrecy and authenticated encryption only, and TLS 1.3. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/**
 * Seconds in which a task that goes gets no new requests and finishes the open ones: well within its `stopTimeout` of
 * 120, and longer than the 29 that API Gateway waits for an answer.
 */
const DEREGISTRATION_SECONDS = 60;

/** Seconds in which a new task gets more and more of its share; the shortest time that AWS takes. */
const SLOW_START_SECONDS = 30;

/** Out after 15 seconds without a good answer, in after 10: quicker than a caller gives up. */
const HEALTH_CHECK = { interval: 5, timeout: 4, healthyThreshold: 2, unhealthyThreshold: 3, matcher: "200" };

/**
 * The internal load balancer of the service, in the private subnets. It reaches the tasks and nothing else, and nobody
 * reaches it before its group gets a rule.
 *
 * The way on to the tasks is HTTP in clear inside the VPC.
 */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** Part of its ARN that metrics are kept under. */
  readonly arnSuffix: pulumi.Output<string>;
  readonly listenerPort: number;
  readonly dnsName: pulumi.Output<string>;
  /** Group to open for callers. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Where tasks register, known once the listener sends requests there. */
  readonly targetGroupArn: pulumi.Output<string>;
  readonly targetGroupArnSuffix: pulumi.Output<string>;
  /** Figures of the whole, and of the tasks behind it. */
  readonly metrics: { readonly balancer: MetricSource; readonly tasks: MetricSource };

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:LoadBalancer", name, {}, opts);
    const { names, certificateArn } = args;
    const parent = { parent: this };
    const Name = names.fixed("nameTag", "service");
    const protocol = certificateArn === undefined ? "HTTP" : "HTTPS";

    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      {
        namePrefix: names.prefix("securityGroup", "service-lb"),
        description: "Internal load balancer of the service",
        vpcId: args.vpcId,
        tags: { Name: names.fixed("nameTag", "service-lb") },
      },
      parent,
    );
    allow(
      name,
      securityGroup.id,
      {
        to: "tasks",
        securityGroupId: args.taskSecurityGroupId,
        port: args.taskPort,
        description: "Requests from the load balancer to tasks",
      },
      parent,
    );
    const loadBalancer = new aws.lb.LoadBalancer(
      name,
      {
        name: names.fixed("loadBalancer", "service"),
        internal: true,
        loadBalancerType: "application",
        securityGroups: [securityGroup.id],
        subnets: args.subnetIds,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "strictest",
        enableDeletionProtection: args.protect,
        ...(args.accessLogsBucket === undefined
          ? {}
          : {
              accessLogs: {
                bucket: args.accessLogsBucket,
                prefix: LOG_PREFIXES.loadBalancers,
                enabled: true,
              },
            }),
        tags: { Name },
      },
      parent,
    );
    const targetGroup = new aws.lb.TargetGroup(
      name,
      {
        namePrefix: names.prefix("targetGroup", "sflix"),
        vpcId: args.vpcId,
        targetType: "ip",
        protocol: "HTTP",
        port: args.taskPort,
        deregistrationDelay: DEREGISTRATION_SECONDS,
        slowStart: SLOW_START_SECONDS,
        healthCheck: { protocol: "HTTP", path: args.healthPath, ...HEALTH_CHECK },
        tags: { Name },
      },
      parent,
    );
    const listener = new aws.lb.Listener(
      name,
      {
        loadBalancerArn: loadBalancer.arn,
        port: LISTENER_PORTS[protocol],
        protocol,
        ...(certificateArn === undefined ? {} : { certificateArn, sslPolicy: TLS_POLICY }),
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: { Name },
      },
      parent,
    );
    this.arn = loadBalancer.arn;
    this.arnSuffix = loadBalancer.arnSuffix;
    this.listenerPort = LISTENER_PORTS[protocol];
    this.dnsName = loadBalancer.dnsName;
    this.securityGroupId = securityGroup.id;
    // ECS refuses a group without a load balancer.
    this.targetGroupArn = pulumi.all([targetGroup.arn, listener.arn]).apply(([arn]) => arn);
    this.targetGroupArnSuffix = targetGroup.arnSuffix;
    const namespace = "AWS/ApplicationELB";
    const dimensions = { LoadBalancer: this.arnSuffix };
    this.metrics = {
      balancer: { namespace, dimensions },
      tasks: { namespace, dimensions: { ...dimensions, TargetGroup: this.targetGroupArnSuffix } },
    };
    this.registerOutputs({
      arn: this.arn,
      arnSuffix: this.arnSuffix,
      listenerPort: this.listenerPort,
      dnsName: this.dnsName,
      securityGroupId: this.securityGroupId,
      targetGroupArn: this.targetGroupArn,
      targetGroupArnSuffix: this.targetGroupArnSuffix,
      metrics: this.metrics,
    });
  }
}
