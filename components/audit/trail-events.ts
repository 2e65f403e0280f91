/** An event that has one of these names. */
function named(...eventNames: readonly string[]): string {
  return eventNames.map((it) => `($.eventName = ${it})`).join(" || ");
}

/** An event of a service that has one of these names. */
function calls(service: string, ...eventNames: readonly string[]): string {
  return `{ ($.eventSource = ${service}.amazonaws.com) && (${named(...eventNames)}) }`;
}

/**
 * What should not pass unseen, as patterns of CloudWatch Logs, in the order of the CIS AWS Foundations Benchmark (Security
 * Hub's controls CloudWatch.1 to CloudWatch.14).
 */
export const TRAIL_EVENTS = {
  "root-use":
    '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
  "unauthorized-calls": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
  // Identity Center asks for the second factor itself, and CloudTrail then says none was used.
  "sign-in-without-mfa":
    '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
  "iam-changes": calls(
    "iam",
    "DeleteGroupPolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "DeletePolicyVersion",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "AttachUserPolicy",
    "DetachUserPolicy",
    "AttachGroupPolicy",
    "DetachGroupPolicy",
  ),
  "trail-changes": `{ ${named("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")} }`,
  "failed-console-sign-ins": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
  "key-endangered": calls("kms", "DisableKey", "ScheduleKeyDeletion"),
  "bucket-changes": calls(
    "s3",
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketCors",
    "PutBucketLifecycle",
    "PutBucketReplication",
    "DeleteBucketPolicy",
    "DeleteBucketCors",
    "DeleteBucketLifecycle",
    "DeleteBucketReplication",
  ),
  "recorder-changes": calls(
    "config",
    "StopConfigurationRecorder",
    "DeleteDeliveryChannel",
    "PutDeliveryChannel",
    "PutConfigurationRecorder",
  ),
  "security-group-changes": `{ ${named(
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
  )} }`,
  "network-acl-changes": `{ ${named(
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
  )} }`,
  "gateway-changes": `{ ${named(
    "CreateCustomerGateway",
    "DeleteCustomerGateway",
    "AttachInternetGateway",
    "CreateInternetGateway",
    "DeleteInternetGateway",
    "DetachInternetGateway",
  )} }`,
  "route-changes": calls(
    "ec2",
    "CreateRoute",
    "CreateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "DeleteRouteTable",
    "DeleteRoute",
    "DisassociateRouteTable",
  ),
  "vpc-changes": `{ ${named(
    "CreateVpc",
    "DeleteVpc",
    "ModifyVpcAttribute",
    "AcceptVpcPeeringConnection",
    "CreateVpcPeeringConnection",
    "DeleteVpcPeeringConnection",
    "RejectVpcPeeringConnection",
    "AttachClassicLinkVpc",
    "DetachClassicLinkVpc",
    "DisableVpcClassicLink",
    "EnableVpcClassicLink",
  )} }`,
} as const satisfies Readonly<Record<string, string>>;

/** A kind of event that is counted. */
export type TrailEvent = keyof typeof TRAIL_EVENTS;
