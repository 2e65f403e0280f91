/** Service principals of the service-linked roles that the platform's services need, by the name in the configuration. */
const ALWAYS = {
  ecs: "ecs.amazonaws.com",
  ecsScaling: "ecs.application-autoscaling.amazonaws.com",
  rds: "rds.amazonaws.com",
  rdsScaling: "rds.application-autoscaling.amazonaws.com",
  elasticache: "elasticache.amazonaws.com",
  elasticFileSystem: "elasticfilesystem.amazonaws.com",
  loadBalancing: "elasticloadbalancing.amazonaws.com",
  apiGateway: "ops.apigateway.amazonaws.com",
  registryCopies: "pullthroughcache.ecr.amazonaws.com",
  registryReplication: "replication.ecr.amazonaws.com",
  firewall: "wafv2.amazonaws.com",
  backup: "backup.amazonaws.com",
  guardDuty: "guardduty.amazonaws.com",
  config: "config.amazonaws.com",
} as const;

/** Those of services that only some stacks use: a role that nobody needs is one more way into the account. */
export const SOMETIMES = {
  faultInjection: "fis.amazonaws.com",
  restoreTesting: "restore-testing.backup.amazonaws.com",
} as const;

export const SERVICE_LINKED_ROLES = { ...ALWAYS, ...SOMETIMES };
