import type { Props, StoredObject } from "../../../account/store";
import { deliveryFault, putObject } from "../bucket-access";
import { inRange, oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { requireGroupsIn, vpcOf, zonesOf } from "../placement";
import { hexOf, mapOf, mapsOf, strings, text, type World } from "../world";
import { SUBNET, VPC } from "./ec2";
import { SECURITY_GROUP } from "./vpc-access";
import { randomBytes } from "node:crypto";

export const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const LISTENER = "aws:lb/listener:Listener";

const NAME = /^(?!internal-)[A-Za-z0-9](-?[A-Za-z0-9])*$/;

const loadBalancer: Model = {
  type: LOAD_BALANCER,
  source: "internal/service/elbv2/load_balancer.go",
  forceNew: ["customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix"],
  kept: ["ipAddressType", "securityGroups"],
  seconds: 150,
  taggable: true,
  computed: ["arn", "arnSuffix", "dnsName", "ipAddressType", "name", "vpcId", "zoneId"],
  defaults: {
    clientKeepAlive: 3600,
    desyncMitigationMode: "defensive",
    dropInvalidHeaderFields: false,
    enableDeletionProtection: false,
    enableHttp2: true,
    idleTimeout: 60,
    internal: false,
    loadBalancerType: "application",
    xffHeaderProcessingMode: "append",
  },
  references: {
    securityGroups: { types: [SECURITY_GROUP], by: "id" },
    subnets: { types: [SUBNET], by: "id" },
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^.{1,32}$/, "at most 32 characters"),
    ...shaped(inputs, "name", NAME, "letters, digits and single inner hyphens, not internal- in front"),
    ...shaped(inputs, "namePrefix", /^.{1,6}$/, "at most 6 characters"),
    ...oneOf(inputs, "loadBalancerType", ["application", "network", "gateway"]),
    ...oneOf(inputs, "desyncMitigationMode", ["monitor", "defensive", "strictest"]),
    ...oneOf(inputs, "xffHeaderProcessingMode", ["append", "preserve", "remove"]),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ELBv2 Load Balancer (${text(inputs, "name")}) already exists`,
  }),
  verify: (inputs, world) => {
    const subnets = strings(inputs["subnets"]);
    if (inputs["loadBalancerType"] === "application" && zonesOf(world, subnets).length < 2) {
      throw new AwsError(
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
      );
    }
    if (zonesOf(world, subnets).length < subnets.length) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      );
    }
    requireGroupsIn(world, vpcOf(world, subnets), strings(inputs["securityGroups"]));
    requireLogDelivery(inputs, world);
  },
  make: (inputs, world) => {
    const logs = logBucketOf(inputs);
    if (logs !== undefined) putObject(world, logs);
    const name = text(inputs, "name");
    const suffix = `app/${name}/${randomBytes(8).toString("hex")}`;
    const arn = world.arn("elasticloadbalancing", `loadbalancer/${suffix}`);
    const scheme = inputs["internal"] === true ? "internal-" : "";
    return {
      id: arn,
      computed: {
        arn,
        arnSuffix: suffix,
        dnsName: `${scheme}${name}-${String(Number.parseInt(hexOf(arn, 8), 16))}.${world.place.region}.elb.amazonaws.com`,
        ipAddressType: "ipv4",
        vpcId: vpcOf(world, strings(inputs["subnets"])),
        // The hosted zone of load balancers in eu-central-1.
        zoneId: "Z215JYRZR1TBD5",
      },
    };
  },
  beforeDelete: ({ id, inputs }) => {
    if (inputs["enableDeletionProtection"] === true) {
      throw new AwsError(
        "OperationNotPermitted",
        `Load balancer '${id}' cannot be deleted because deletion protection is enabled`,
      );
    }
  },
};

const targetGroup: Model = {
  type: TARGET_GROUP,
  source: "internal/service/elbv2/target_group.go",
  forceNew: [
    "ipAddressType",
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "targetControlPort",
    "targetType",
    "vpcId",
  ],
  kept: ["connectionTermination", "healthCheck", "ipAddressType", "loadBalancingAlgorithmType", "stickiness"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "arnSuffix", "ipAddressType", "loadBalancerArns", "name", "protocolVersion"],
  defaults: {
    deregistrationDelay: 300,
    loadBalancingAlgorithmType: "round_robin",
    slowStart: 0,
    targetType: "instance",
  },
  references: { vpcId: { types: [VPC], by: "id" } },
  check: (inputs) => [
    ...shaped(inputs, "name", /^.{1,32}$/, "at most 32 characters"),
    ...shaped(inputs, "namePrefix", /^.{1,6}$/, "at most 6 characters"),
    ...oneOf(inputs, "targetType", ["instance", "ip", "lambda", "alb"]),
    ...oneOf(inputs, "protocol", ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"]),
    ...inRange(inputs, "port", 1, 65_535),
    ...inRange(inputs, "deregistrationDelay", 0, 3600),
    ...(inputs["slowStart"] === 0 ? [] : inRange(inputs, "slowStart", 30, 900)),
    ...inRange(mapOf(inputs["healthCheck"]), "interval", 5, 300),
    ...inRange(mapOf(inputs["healthCheck"]), "timeout", 2, 120),
    ...inRange(mapOf(inputs["healthCheck"]), "healthyThreshold", 2, 10),
    ...inRange(mapOf(inputs["healthCheck"]), "unhealthyThreshold", 2, 10),
    ...shaped(mapOf(inputs["healthCheck"]), "path", /^\//, "a path from / on"),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ELBv2 Target Group (${text(inputs, "name")}) already exists`,
  }),
  verify: (inputs) => {
    const { interval = 30, timeout = 5 } = mapOf(inputs["healthCheck"]);
    if (Number(timeout) >= Number(interval)) {
      throw new AwsError("ValidationError", "Health check interval must be greater than the timeout.");
    }
    if (inputs["targetType"] !== "lambda" && inputs["vpcId"] === undefined) {
      throw new AwsError("ValidationError", "A VPC ID must be specified");
    }
    if (Number(inputs["slowStart"]) > 0 && inputs["loadBalancingAlgorithmType"] !== "round_robin") {
      throw new AwsError(
        "InvalidConfigurationRequest",
        "Slow start needs the round robin algorithm of load balancing",
      );
    }
  },
  make: (inputs, world) => {
    const suffix = `targetgroup/${text(inputs, "name")}/${randomBytes(8).toString("hex")}`;
    const arn = world.arn("elasticloadbalancing", suffix);
    return {
      id: arn,
      computed: { arn, arnSuffix: suffix, ipAddressType: "ipv4", protocolVersion: "HTTP1" },
    };
  },
  beforeDelete: ({ id }, world) => {
    if (listenersOf(world, id).length > 0) {
      throw new AwsError("ResourceInUse", `Target group '${id}' is currently in use by a listener or a rule`);
    }
  },
};

const listener: Model = {
  type: LISTENER,
  source: "internal/service/elbv2/listener.go",
  forceNew: ["loadBalancerArn"],
  kept: ["sslPolicy", "tcpIdleTimeoutSeconds", "mutualAuthentication"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "sslPolicy"],
  defaults: { protocol: "HTTP" },
  references: {
    loadBalancerArn: { types: [LOAD_BALANCER], by: "id" },
    "defaultActions.targetGroupArn": { types: [TARGET_GROUP], by: "id" },
  },
  check: (inputs) => [
    ...oneOf(inputs, "protocol", ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"]),
    ...inRange(inputs, "port", 1, 65_535),
    ...mapsOf(inputs["defaultActions"]).flatMap((action) =>
      oneOf(action, "type", [
        "forward",
        "redirect",
        "fixed-response",
        "authenticate-cognito",
        "authenticate-oidc",
      ]),
    ),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "loadBalancerArn")} ${String(inputs["port"])}`,
    taken: "DuplicateListener: A listener already exists on this port for this load balancer",
  }),
  verify: (inputs, world) => {
    if (inputs["protocol"] === "HTTPS" && inputs["certificateArn"] === undefined) {
      throw new AwsError("ValidationError", "A certificate must be specified for HTTPS listeners");
    }
    if (inputs["protocol"] === "HTTP" && inputs["certificateArn"] !== undefined) {
      throw new AwsError("ValidationError", "You cannot specify a certificate for HTTP listeners");
    }
    const balancer = world.need({ types: [LOAD_BALANCER], by: "id" }, text(inputs, "loadBalancerArn"));
    for (const arn of targetGroupsOf(inputs)) {
      const group = world.need({ types: [TARGET_GROUP], by: "id" }, arn);
      if (group.inputs["vpcId"] !== balancer.computed["vpcId"]) {
        throw new AwsError(
          "InvalidConfigurationRequest",
          `The load balancer '${balancer.id}' and the target group '${arn}' are in different VPCs`,
        );
      }
    }
  },
  make: (inputs, world) => {
    const [, suffix = ""] = text(inputs, "loadBalancerArn").split(":loadbalancer/");
    const arn = world.arn("elasticloadbalancing", `listener/${suffix}/${randomBytes(8).toString("hex")}`);
    return { id: arn, computed: { arn } };
  },
};

export const lbModels: readonly Model[] = [loadBalancer, targetGroup, listener];

/** Where access logs go; undefined where none are kept. */
function logBucketOf(loadBalancerInputs: Props): string | undefined {
  const { enabled, bucket } = mapOf(loadBalancerInputs["accessLogs"]);
  return enabled === true ? String(bucket) : undefined;
}

/** When logs are switched on, ELB tries to write a first object. */
function requireLogDelivery(inputs: Props, world: World): void {
  const bucket = logBucketOf(inputs);
  if (bucket === undefined) return;
  const { prefix } = mapOf(inputs["accessLogs"]);
  const key = `AWSLogs/${world.place.account}/ELBAccessLogTestFile`;
  const fault = deliveryFault(world, {
    bucket,
    service: "logdelivery.elasticloadbalancing.amazonaws.com",
    key: typeof prefix === "string" ? `${prefix}/${key}` : key,
  });
  if (fault !== undefined) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      `Access Denied for bucket: ${bucket}. Please check S3bucket permission (${fault})`,
    );
  }
}

/** Listeners that send requests to a target group: without one a group has no load balancer. */
export function listenersOf(world: World, targetGroupArn: string): StoredObject[] {
  return world.all(LISTENER).filter(({ inputs }) => targetGroupsOf(inputs).includes(targetGroupArn));
}

function targetGroupsOf(listenerInputs: Props): string[] {
  return mapsOf(listenerInputs["defaultActions"]).flatMap((action) => strings(action["targetGroupArn"]));
}
