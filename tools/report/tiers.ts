import type { StackResource } from "../policy/stack-resources";

/** Where a resource is, from the internet inwards; what is in no subnet is a service of the region or of the account. */
export const TIERS = [
  { id: "edge", title: "Edge", means: "what the internet reaches", inVpc: false },
  { id: "public", title: "Public subnets", means: "ways out only", inVpc: true },
  { id: "private", title: "Private subnets", means: "tasks, functions, endpoints", inVpc: true },
  { id: "isolated", title: "Isolated subnets", means: "data, without a way out", inVpc: true },
  { id: "events", title: "Events and archive", means: "stream, delivery, buckets", inVpc: false },
  {
    id: "guard",
    title: "Keys, secrets, rights, audit",
    means: "who may do what, and what they did",
    inVpc: false,
  },
  { id: "operations", title: "Operations", means: "alarms, dashboards, schedules, parameters", inVpc: false },
] as const;

export type TierId = (typeof TIERS)[number]["id"];

/** Services by tier: `module`, or `module/type`, which goes first. */
const SERVICES: Readonly<Record<TierId, readonly string[]>> = {
  edge: ["apigateway", "apigatewayv2", "wafv2", "acm", "route53", "cloudfront", "synthetics"],
  public: ["ec2/natGateway", "ec2/eip", "ec2/internetGateway"],
  private: [
    "ecs",
    "lb",
    "lambda",
    "ec2/vpcEndpoint",
    "ec2/vpcBlockPublicAccessOptions",
    "appautoscaling",
    "ecr",
  ],
  isolated: ["rds", "elasticache", "efs"],
  events: ["kinesis", "s3", "glue"],
  guard: [
    "kms",
    "iam",
    "secretsmanager",
    "cloudtrail",
    "guardduty",
    "cfg",
    "accessanalyzer",
    "securityhub",
    "backup",
    "signer",
  ],
  operations: [
    "cloudwatch",
    "sns",
    "sqs",
    "scheduler",
    "ssm",
    "budgets",
    "costexplorer",
    "sfn",
    "arcregionswitch",
    "fis",
  ],
};

/** Tier of a resource of AWS; undefined for a part of the network that joins tiers, and for what nobody has sorted. */
export function tierOf({ type }: Pick<StackResource, "type">): TierId | undefined {
  const [, service = ""] = type.split(":");
  const [module = ""] = service.split("/");
  const holds = (name: string) => TIERS.find(({ id }) => SERVICES[id].includes(name))?.id;
  return holds(service) ?? holds(module);
}
