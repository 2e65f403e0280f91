import { combine, type Range, scaled } from "../money";
import type { StackResource } from "../stack";
import {
  type Charge,
  HOURS,
  listOf,
  numberOf,
  type Pricing,
  standing,
  type Subject,
  textOf,
  tiered,
  used,
} from "./charge";

/** How many of some tasks run on Fargate and how many on Spot. */
function split(service: StackResource, tasks: number): { readonly onDemand: number; readonly spot: number } {
  const strategy = listOf(service, "capacityProviderStrategies");
  if (strategy.length === 0) return { onDemand: tasks, spot: 0 };
  const weights = strategy.reduce((sum, { weight }) => sum + Number(weight ?? 0), 0);
  const bases = strategy.reduce((sum, { base }) => sum + Number(base ?? 0), 0);
  const beyond = Math.max(0, tasks - bases);
  const onSpot = strategy
    .filter(({ capacityProvider }) => capacityProvider === "FARGATE_SPOT")
    .reduce(
      (sum, { base, weight }) =>
        sum + Number(base ?? 0) + (weights > 0 ? (beyond * Number(weight ?? 0)) / weights : 0),
      0,
    );
  const spot = Math.min(tasks, onSpot);
  return { onDemand: tasks - spot, spot };
}

const service: Pricing = (subject) => {
  const { resource, stack, usage } = subject;
  const target = stack
    .ofType("aws:appautoscaling/target:Target")
    .find((it) => textOf(it, "serviceNamespace") === "ecs");
  const min = target ? numberOf(target, "minCapacity", 0) : numberOf(resource, "desiredCount", 1);
  const max = target ? numberOf(target, "maxCapacity", min) : min;
  const tasks = combine((count) => Math.min(Math.max(count, min), max), usage.service.tasks);
  return [...capacity(subject, tasks, min), ...insights(subject)];
};

/** Processors and memory of the running tasks. */
function capacity(subject: Subject, tasks: Range, min: number): readonly Charge[] {
  const { resource, stack } = subject;
  const task = stack.ofType("aws:ecs/taskDefinition:TaskDefinition")[0];
  if (task === undefined) return [];
  const platform = task.inputs["runtimePlatform"] as { readonly cpuArchitecture?: string } | undefined;
  const machine = platform?.cpuArchitecture === "ARM64" ? "Linux/ARM" : "Linux/x86";
  const size = { vCPU: numberOf(task, "cpu", 0) / 1024, memory: numberOf(task, "memory", 0) / 1024 };
  return (["onDemand", "spot"] as const).flatMap((kind) =>
    (["vCPU", "memory"] as const).map((part) => {
      const hours = (count: number) => split(resource, count)[kind] * size[part] * HOURS;
      const dimension = `${kind === "spot" ? "Spot " : ""}${part}, ${machine}`;
      return used(subject, "fargate", dimension, combine(hours, tasks), hours(min));
    }),
  );
}

function insights(subject: Subject): readonly Charge[] {
  const cluster = subject.stack.ofType("aws:ecs/cluster:Cluster")[0];
  const setting = cluster && listOf(cluster, "settings").find(({ name }) => name === "containerInsights");
  const dimension =
    setting?.["value"] === "enhanced"
      ? "ECS Container Insights with enhanced observability metric"
      : "ECS Container Insights (standard mode): metrics billed as custom metrics";
  const isOn = setting !== undefined && setting["value"] !== "disabled";
  return isOn ? [used(subject, "cloudwatch", dimension, subject.usage.service.metrics)] : [];
}

const tracing: Pricing = (subject) => [
  used(subject, "xray", "Traces recorded (first 100k/month free)", subject.usage.service.millionTraces),
];

const loadBalancer: Pricing = (subject) => [
  standing(subject, "other", "ALB hour", HOURS),
  used(subject, "other", "ALB LCU", scaled(subject.usage.service.loadBalancerUnits, HOURS)),
];

const api: Pricing = (subject) => [
  ...tiered(subject, "apigateway", subject.usage.api.millionRequests, [
    ["REST requests, first 333M/month", 333],
    ["REST requests, next 667M", 667],
    ["REST requests, next 19B", 19_000],
    ["REST requests, over 20B", Infinity],
  ]),
  ...tiered(subject, "data_transfer", subject.usage.api.egressGb, [
    ["Internet egress, first 10 TB (first 100 GB/month free)", 10_240],
    ["Internet egress, next 40 TB", 40_960],
    ["Internet egress, next 100 TB", 102_400],
    ["Internet egress, over 150 TB", Infinity],
  ]),
];

const firewall: Pricing = (subject) => [
  standing(subject, "wafv2", "Web ACL", 1),
  standing(subject, "wafv2", "Rule or rule group in a web ACL", listOf(subject.resource, "rules").length),
  used(
    subject,
    "wafv2",
    "Requests inspected (<=1500 WCU, default body size)",
    subject.usage.api.millionRequests,
  ),
];

const lambda: Pricing = (subject) => {
  const { thousandInvocations, secondsEach } = subject.usage.functions;
  const gigabytes = numberOf(subject.resource, "memorySize", 128) / 1024;
  const architectures = subject.resource.inputs["architectures"];
  const isArm = Array.isArray(architectures) && architectures.includes("arm64");
  const duration = isArm ? "Duration ARM, first 7.5B GB-s" : "Duration x86, first 6B GB-s";
  const seconds = combine((thousands, each) => thousands * 1000 * each, thousandInvocations, secondsEach);
  return [
    used(subject, "lambda", "Requests (x86 and ARM)", scaled(thousandInvocations, 1 / 1000)),
    used(subject, "lambda", duration, scaled(seconds, gigabytes)),
  ];
};

const registry: Pricing = (subject) => [
  used(subject, "other", "ECR private storage", subject.usage.storage.imagesGb),
];

const healthCheck: Pricing = (subject) => [
  standing(subject, "route53", "Calculated and CLOUDWATCH_METRIC health check", 1),
];

/** Service, API and what stands before them. */
export const servicePricing: Readonly<Record<string, Pricing>> = {
  "aws:ecs/service:Service": service,
  "aws:ecs/taskDefinition:TaskDefinition": tracing,
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:apigateway/stage:Stage": api,
  "aws:wafv2/webAcl:WebAcl": firewall,
  "aws:lambda/function:Function": lambda,
  "aws:ecr/repository:Repository": registry,
  "aws:route53/healthCheck:HealthCheck": healthCheck,
};
