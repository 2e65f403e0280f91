/** Type tokens that the account's bootstrap brings in. */
export const T = {
  CacheRule: "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
  LifecyclePolicy: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  OidcProvider: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  Policy: "aws:iam/policy:Policy",
  PublicAccessBlock: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
  Replication: "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  Repository: "aws:ecr/repository:Repository",
  Scanning: "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  ServiceLinkedRole: "aws:iam/serviceLinkedRole:ServiceLinkedRole",
  Template: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
} as const;
