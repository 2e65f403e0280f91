/**
 * What operators may do outside the platform's regions: the services without regions, whose requests all go to
 * us-east-1.
 *
 * It is AWS's own list of exceptions for its region-deny policies
 * (docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html), less what has
 * an endpoint in every region (KMS, ACM, Config, WAF …), less what could carry data out of the EU (CloudFront, Global
 * Accelerator, Multi-Region Access Points …), and less what the platform has no use for.
 */
export const GLOBAL_SERVICES: readonly string[] = [
  "account:*",
  "aws-portal:*",
  "billing:*",
  "budgets:*",
  "ce:*",
  "cloudtrail:LookupEvents",
  "consolidatedbilling:*",
  "cur:*",
  "ec2:DescribeRegions",
  "freetier:*",
  "health:*",
  "iam:*",
  "invoicing:*",
  "organizations:*",
  "payments:*",
  "pricing:*",
  "route53:*",
  "route53domains:*",
  "s3:GetAccountPublicAccessBlock",
  "s3:ListAllMyBuckets",
  "s3:PutAccountPublicAccessBlock",
  "servicequotas:Get*",
  "servicequotas:List*",
  "shield:*",
  "sts:*",
  "support:*",
  "tax:*",
  "trustedadvisor:*",
];
