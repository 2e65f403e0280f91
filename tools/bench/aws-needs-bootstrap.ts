/** What the types of `bootstrap/` and `organization/` need, which are deployed before the platform. */
import type { Need } from "./aws-edges";

const REPOSITORY = ["aws:ecr/repository:Repository"];
const KEY = ["aws:kms/key:Key"];

export const BOOTSTRAP_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:ecr/repository:Repository": [
    {
      property: "encryptionConfigurations.kmsKey",
      types: KEY,
      by: "arn",
      reason: "CreateRepository makes a grant on the key of its encryptionConfiguration",
    },
  ],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": [
    {
      property: "repository",
      types: REPOSITORY,
      reason: "PutLifecyclePolicy fails with RepositoryNotFoundException without it",
    },
  ],
  "aws:organizations/policyAttachment:PolicyAttachment": [
    {
      property: "policyId",
      types: ["aws:organizations/policy:Policy"],
      reason: "AttachPolicy takes PolicyId, which AWS gives the policy",
    },
  ],
  "aws:cloudformation/stackInstances:StackInstances": [
    {
      property: "stackSetName",
      types: ["aws:cloudformation/stackSet:StackSet"],
      reason: "CreateStackInstances: StackSetNotFoundException without it",
    },
  ],
  "aws:cloudformation/stackSet:StackSet": [],
  "aws:organizations/policy:Policy": [],
  // Settings of the registry, which every account has, and templates for repositories that AWS makes later.
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": [],
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": [],
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": [],
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": [],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": [],
  "aws:iam/policy:Policy": [],
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": [],
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": [],
};
