import { at, type Inventory, listAt, textAt } from "../checklist/inventory";
import type { StackResource } from "../policy/stack-resources";
import { regionOf } from "./facts";
import { type TierId, tierOf } from "./tiers";

/** A box of the diagram: a thing that somebody would name when asked what there is. */
export interface Box {
  readonly tier: TierId;
  /** Or `undefined` for what belongs to the account as a whole. */
  readonly region: string | undefined;
  readonly title: string;
  readonly detail: string;
}

/** A zone with its subnets by tier. */
export interface Zone {
  readonly name: string;
  readonly cidrs: Readonly<Record<"public" | "private" | "isolated", readonly string[]>>;
}

/** What a kind of resource is called, and what is worth saying of all of its kind. */
interface Kind {
  readonly type: string;
  readonly title: string;
  readonly detail: (resources: readonly StackResource[], stack: Inventory) => string;
}

const count = (one: string, many: string) => (resources: readonly StackResource[]) =>
  `${resources.length} ${resources.length === 1 ? one : many}`;
const each =
  (text: (resource: StackResource, stack: Inventory) => string) =>
  (resources: readonly StackResource[], stack: Inventory) =>
    resources.map((it) => text(it, stack)).join(" · ");
const field = (resource: StackResource, ...path: (string | number)[]) =>
  textAt(resource.outputs, ...path) ?? "?";

/** In the order in which they stand in their tier. */
const KINDS: readonly Kind[] = [
  { type: "route53/record:Record", title: "Route 53", detail: count("record", "records") },
  {
    type: "wafv2/webAcl:WebAcl",
    title: "Firewall",
    detail: each((it) => `${listAt(it.inputs, "rules").length} rules`),
  },
  { type: "apigateway/restApi:RestApi", title: "API Gateway", detail: each((it) => field(it, "name")) },
  {
    type: "synthetics/canary:Canary",
    title: "Canary",
    detail: each((it) => field(it, "schedule", "expression")),
  },
  {
    type: "acm/certificate:Certificate",
    title: "Certificate",
    detail: each((it) => field(it, "domainName")),
  },
  { type: "ec2/natGateway:NatGateway", title: "NAT gateways", detail: count("gateway", "gateways") },
  {
    type: "lb/loadBalancer:LoadBalancer",
    title: "Load balancer",
    detail: each((it) => (at(it.inputs, "internal") === true ? "internal" : "on the internet")),
  },
  { type: "ecs/service:Service", title: "Service on Fargate", detail: each((_, stack) => tasks(stack)) },
  { type: "lambda/function:Function", title: "Functions", detail: count("function", "functions") },
  { type: "ec2/vpcEndpoint:VpcEndpoint", title: "VPC endpoints", detail: endpoints },
  { type: "rds/cluster:Cluster", title: "Aurora PostgreSQL", detail: each(database) },
  {
    type: "elasticache/replicationGroup:ReplicationGroup",
    title: "Cache",
    detail: each(
      (it) => `${field(it, "engine")}, ${field(it, "numCacheClusters")} × ${field(it, "nodeType")}`,
    ),
  },
  {
    type: "efs/fileSystem:FileSystem",
    title: "Shared files",
    detail: each((it) => `EFS, ${field(it, "throughputMode")} throughput`),
  },
  {
    type: "kinesis/stream:Stream",
    title: "Stream",
    detail: each((it) =>
      at(it.inputs, "shardCount") === undefined ? "on demand" : `${field(it, "shardCount")} shards`,
    ),
  },
  {
    type: "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    title: "Firehose",
    detail: count("delivery", "deliveries"),
  },
  { type: "s3/bucket:Bucket", title: "Buckets", detail: (all) => all.map(({ name }) => name).join(", ") },
  {
    type: "kms/key:Key",
    title: "KMS keys",
    detail: (all) => all.map(({ name }) => name.replace(/^keys-/, "")).join(", "),
  },
  {
    type: "secretsmanager/secret:Secret",
    title: "Secrets",
    detail: (all, stack) =>
      `${all.length}, ${stack.of("secretsmanager/secretRotation:SecretRotation").length} of them rotated`,
  },
  { type: "iam/role:Role", title: "Roles", detail: count("role", "roles") },
  { type: "cloudtrail/trail:Trail", title: "CloudTrail", detail: count("trail", "trails") },
  { type: "guardduty/detector:Detector", title: "GuardDuty", detail: count("detector", "detectors") },
  { type: "cfg/rule:Rule", title: "AWS Config", detail: count("rule", "rules") },
  { type: "backup/vault:Vault", title: "Backup", detail: count("vault", "vaults") },
  {
    type: "cloudwatch/metricAlarm:MetricAlarm",
    title: "Alarms",
    detail: (all, stack) =>
      `${all.length}, ${stack.of("cloudwatch/compositeAlarm:CompositeAlarm").length} composites`,
  },
  { type: "cloudwatch/dashboard:Dashboard", title: "Dashboards", detail: count("dashboard", "dashboards") },
  {
    type: "sns/topic:Topic",
    title: "Topics",
    detail: (all, stack) =>
      `${all.length}, ${stack.of("sns/topicSubscription:TopicSubscription").length} subscriptions`,
  },
  { type: "cloudwatch/eventRule:EventRule", title: "Event rules", detail: count("rule", "rules") },
  { type: "cloudwatch/logGroup:LogGroup", title: "Log groups", detail: count("group", "groups") },
  {
    type: "budgets/budget:Budget",
    title: "Budget",
    detail: each((it) => `${field(it, "limitAmount")} ${field(it, "limitUnit")} a month`),
  },
];

/** The diagram's boxes, by region and in the order of their kinds. */
export function boxesOf(stack: Inventory): readonly Box[] {
  return KINDS.flatMap(({ type, title, detail }) => {
    const all = stack.of(type);
    const tier = tierOf({ type: `aws:${type}` });
    const regions = [...new Set(all.map((it) => regionOf(it)))].sort();
    return tier === undefined
      ? []
      : regions.map((region) => ({
          tier,
          region,
          title,
          detail: detail(
            all.filter((it) => regionOf(it) === region),
            stack,
          ),
        }));
  });
}

/** Zones with their subnets. */
export function subnetsOf(stack: Inventory): readonly Zone[] {
  const subnets = stack.of("ec2/subnet:Subnet").map(({ outputs }) => ({
    zone: String(at(outputs, "availabilityZone")),
    tier: String(at(outputs, "tags", "SubnetType")).toLowerCase(),
    cidr: String(at(outputs, "cidrBlock")),
  }));
  const of = (zone: string, tier: string) =>
    subnets.filter((it) => it.zone === zone && it.tier === tier).map(({ cidr }) => cidr);
  return [...new Set(subnets.map(({ zone }) => zone))].sort().map((name) => ({
    name,
    cidrs: { public: of(name, "public"), private: of(name, "private"), isolated: of(name, "isolated") },
  }));
}

function tasks(stack: Inventory): string {
  const target = stack
    .of("appautoscaling/target:Target")
    .find(({ inputs }) => inputs["serviceNamespace"] === "ecs");
  return target === undefined
    ? "tasks"
    : `${field(target, "minCapacity")} to ${field(target, "maxCapacity")} tasks`;
}

function endpoints(all: readonly StackResource[]): string {
  const names = all.map((it) => String(at(it.inputs, "serviceName")).split(".").slice(3).join("."));
  return names.sort().join(", ");
}

function database(cluster: StackResource, stack: Inventory): string {
  const instances = stack.of("rds/clusterInstance:ClusterInstance");
  const classes = [...new Set(instances.map((it) => field(it, "instanceClass")))].join(", ");
  const range = at(cluster.inputs, "serverlessv2ScalingConfiguration");
  const size =
    range === undefined
      ? classes
      : `Serverless v2, ${String(at(range, "minCapacity"))} to ${String(at(range, "maxCapacity"))} ACU each`;
  return `${field(cluster, "engineVersion")}, ${instances.length} instances, ${size}`;
}
