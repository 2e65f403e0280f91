/**
 * The API's part of the list in `aws-needs.ts`: API Gateway, firewall, certificate, records.
 *
 * Left out, since AWS takes the request without them: the rights of a role, and what an OpenAPI document names in its
 * text (roles, links, load balancers); the bound is then too low, never too high.
 */
import type { Need } from "./aws-edges";

const REST_API = ["aws:apigateway/restApi:RestApi"];
const STAGE = ["aws:apigateway/stage:Stage"];
const WEB_ACL = ["aws:wafv2/webAcl:WebAcl"];
const LOG_GROUP = ["aws:cloudwatch/logGroup:LogGroup"];
const CERTIFICATE = ["aws:acm/certificate:Certificate"];
const ZONE = ["aws:route53/zone:Zone"];
const DOMAIN_NAME = ["aws:apigateway/domainName:DomainName"];

const apiNeed = (call: string): Need => ({
  property: "restApi",
  types: REST_API,
  reason: `${call} takes RestApiId`,
});

export const API_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:apigateway/restApi:RestApi": [],
  "aws:apigateway/deployment:Deployment": [apiNeed("CreateDeployment")],
  "aws:apigateway/stage:Stage": [
    apiNeed("CreateStage"),
    {
      property: "deployment",
      types: ["aws:apigateway/deployment:Deployment"],
      reason: "CreateStage takes DeploymentId",
    },
    {
      property: "accessLogSettings.destinationArn",
      types: LOG_GROUP,
      by: "arn",
      reason: "UpdateStage refuses a destination that is not there",
    },
  ],
  "aws:apigateway/methodSettings:MethodSettings": [
    apiNeed("UpdateStage"),
    {
      property: "stageName",
      types: STAGE,
      by: "stageName",
      reason: "UpdateStage takes StageName; NotFoundException without the stage",
    },
  ],
  "aws:apigateway/account:Account": [
    {
      property: "cloudwatchRoleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "UpdateAccount refuses a role that API Gateway can't assume",
    },
  ],
  "aws:apigateway/domainName:DomainName": [
    {
      property: "regionalCertificateArn",
      types: CERTIFICATE,
      by: "arn",
      reason: "CreateDomainName takes RegionalCertificateArn, of a certificate that is issued",
    },
  ],
  "aws:apigateway/basePathMapping:BasePathMapping": [
    apiNeed("CreateBasePathMapping"),
    { property: "domainName", types: DOMAIN_NAME, reason: "CreateBasePathMapping takes DomainName" },
    {
      property: "stageName",
      types: STAGE,
      by: "stageName",
      reason: "CreateBasePathMapping refuses a Stage that is not there",
    },
  ],
  "aws:apigatewayv2/vpcLink:VpcLink": [
    {
      property: "subnetIds",
      types: ["aws:ec2/subnet:Subnet"],
      reason: "CreateVpcLink takes SubnetIds",
    },
    {
      property: "securityGroupIds",
      types: ["aws:ec2/securityGroup:SecurityGroup"],
      reason: "CreateVpcLink takes SecurityGroupIds",
    },
  ],
  "aws:wafv2/webAcl:WebAcl": [],
  "aws:wafv2/webAclAssociation:WebAclAssociation": [
    { property: "webAclArn", types: WEB_ACL, by: "arn", reason: "AssociateWebACL takes WebACLArn" },
    { property: "resourceArn", types: STAGE, by: "arn", reason: "AssociateWebACL takes ResourceArn" },
  ],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [
    {
      property: "resourceArn",
      types: WEB_ACL,
      by: "arn",
      reason: "PutLoggingConfiguration takes ResourceArn",
    },
    {
      property: "logDestinationConfigs",
      types: LOG_GROUP,
      by: "arn",
      reason: "PutLoggingConfiguration refuses a log group that is not there",
    },
  ],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": [],
  "aws:acm/certificate:Certificate": [],
  "aws:acm/certificateValidation:CertificateValidation": [
    {
      property: "certificateArn",
      types: CERTIFICATE,
      by: "arn",
      reason: "The provider waits for this certificate to be issued",
    },
  ],
  "aws:route53/zone:Zone": [],
  "aws:route53/record:Record": [
    { property: "zoneId", types: ZONE, reason: "ChangeResourceRecordSets takes HostedZoneId" },
    {
      property: "healthCheckId",
      types: ["aws:route53/healthCheck:HealthCheck"],
      reason: "ChangeResourceRecordSets takes HealthCheckId, which Route 53 gives out",
    },
  ],
  "aws:route53/healthCheck:HealthCheck": [
    {
      property: "cloudwatchAlarmName",
      types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
      reason: "CreateHealthCheck refuses an alarm that is not there",
    },
  ],
};
