/** Service principals of the service-linked roles that the platform's services need, by the name in the configuration. */
export const SERVICE_LINKED_ROLES = {
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
