import type { Props } from "../../local/account/store";
import { ACCOUNT, DataAccount, document, type Made, REGION, T as DATA } from "./data-models-account";

/** Type tokens of the API, its firewall and its names, by their last part. */
export const T = {
  Account: "aws:apigateway/account:Account",
  BasePathMapping: "aws:apigateway/basePathMapping:BasePathMapping",
  Certificate: "aws:acm/certificate:Certificate",
  CertificateValidation: "aws:acm/certificateValidation:CertificateValidation",
  Deployment: "aws:apigateway/deployment:Deployment",
  DomainName: "aws:apigateway/domainName:DomainName",
  HealthCheck: "aws:route53/healthCheck:HealthCheck",
  LogResourcePolicy: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
  MethodSettings: "aws:apigateway/methodSettings:MethodSettings",
  Record: "aws:route53/record:Record",
  RestApi: "aws:apigateway/restApi:RestApi",
  Stage: "aws:apigateway/stage:Stage",
  VpcLink: "aws:apigatewayv2/vpcLink:VpcLink",
  WebAcl: "aws:wafv2/webAcl:WebAcl",
  WebAclAssociation: "aws:wafv2/webAclAssociation:WebAclAssociation",
  WebAclLogging: "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
  Zone: "aws:route53/zone:Zone",
} as const;

export const LOG_FORMAT = '{"id":"$context.requestId"}';
export const ZONE_ID = "Z0123456789EXAMPLE00";

const MOCK: Props = {
  type: "mock",
  requestTemplates: { "application/json": '{"statusCode":200}' },
  responses: { default: { statusCode: "200" } },
};

/** An operation that anybody may call, some of it changed. */
export const operation = (changes: Props = {}): Props => ({
  security: [],
  responses: { "200": { description: "ok" } },
  "x-amazon-apigateway-integration": MOCK,
  ...changes,
});

/** The text of a document with one operation, `GET /health`, and more at its root. */
export function body(get: Props = operation(), more: Props = {}): string {
  return JSON.stringify({ openapi: "3.0.1", paths: { "/health": { get } }, ...more });
}

/** A simulated account with what an API needs in short words. */
export class ApiAccount extends DataAccount {
  restApi(changes: Props = {}): Promise<Made> {
    return this.make(T.RestApi, { name: "api", body: body(), ...changes });
  }

  deployment(api: Made): Promise<Made> {
    return this.make(T.Deployment, { restApi: api.id, triggers: { definition: "1" } });
  }

  /** The account's role for logs. */
  async logging(): Promise<Made> {
    const arn = await this.role("apigateway.amazonaws.com");
    await this.make(DATA.Attachment, {
      role: "apigateway",
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    return this.make(T.Account, { cloudwatchRoleArn: arn });
  }

  async stage(changes: Props = {}): Promise<Made> {
    const api = await this.restApi();
    const deployment = (await this.deployment(api)).id;
    return this.make(T.Stage, { restApi: api.id, deployment, stageName: "live", ...changes });
  }

  async link(changes: Props = {}): Promise<Made> {
    const { subnetIds, groupId } = await this.network();
    return this.make(T.VpcLink, { name: "link", subnetIds, securityGroupIds: [groupId], ...changes });
  }

  /** A load balancer, put into the account by hand: its own model is none of the API's business. */
  async loadBalancer(subnets?: readonly string[]): Promise<string> {
    const arn = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/service/50dc6c495c0c9188`;
    this.accounts.add({
      account: ACCOUNT,
      region: REGION,
      type: "aws:lb/loadBalancer:LoadBalancer",
      id: arn,
      importId: arn,
      inputs: { subnets: subnets ?? (await this.network()).subnetIds },
      computed: { arn },
      createdBy: "unit",
      state: "available",
    });
    return arn;
  }

  /** `ANY /health` through a link to a load balancer. */
  linked(link: Made, changes: Props): string {
    return body(
      operation({
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "ANY",
          uri: "http://service/health",
          connectionType: "VPC_LINK",
          connectionId: link.id,
          ...changes,
        },
      }),
    );
  }

  certificate(changes: Props = {}): Promise<Made> {
    return this.make(T.Certificate, {
      domainName: "api.streamflix.example",
      validationMethod: "DNS",
      ...changes,
    });
  }

  /** The record that ACM asks for. */
  validationRecord(certificate: Made, changes: Props = {}): Promise<Made> {
    const [asked] = certificate.outputs["domainValidationOptions"] as Record<string, string>[];
    return this.record({
      name: asked?.["resourceRecordName"],
      type: "CNAME",
      records: [asked?.["resourceRecordValue"]],
      ttl: 300,
      ...changes,
    });
  }

  record(changes: Props = {}): Promise<Made> {
    return this.make(T.Record, {
      zoneId: ZONE_ID,
      name: "api.streamflix.example",
      type: "A",
      ...(changes["aliases"] === undefined && { records: ["192.0.2.1"], ttl: 60 }),
      ...changes,
    });
  }

  /** A name with a valid certificate. */
  async domain(changes: Props = {}): Promise<Made> {
    const certificate = await this.certificate();
    await this.validationRecord(certificate);
    return this.make(T.DomainName, {
      domainName: "api.streamflix.example",
      regionalCertificateArn: certificate.id,
      endpointConfiguration: { types: "REGIONAL" },
      ...changes,
    });
  }

  alarm(changes: Props = {}): Promise<Made> {
    return this.make(DATA.MetricAlarm, {
      name: "down",
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 3,
      metricName: "5XXError",
      namespace: "AWS/ApiGateway",
      dimensions: { ApiName: "api", Stage: "live" },
      statistic: "Average",
      period: 60,
      threshold: 1,
      ...changes,
    });
  }

  healthCheck(changes: Props = {}): Promise<Made> {
    return this.make(T.HealthCheck, {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: "down",
      cloudwatchAlarmRegion: REGION,
      insufficientDataHealthStatus: "Unhealthy",
      ...changes,
    });
  }

  webAcl(changes: Props = {}): Promise<Made> {
    return this.make(T.WebAcl, {
      name: "acl",
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: {},
      rules: [],
      ...changes,
    });
  }

  /** A log group, and who of the log delivery service may write to it. */
  async wafLogs(name = "aws-waf-logs-acl", admitted = `${name}:*`): Promise<Made> {
    const group = await this.make(DATA.LogGroup, { name });
    await this.make(T.LogResourcePolicy, {
      policyName: "waf",
      policyDocument: document({
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${admitted}`,
      }),
    });
    return group;
  }
}

/** What is tried, and what the answer is, exactly. */
export type ApiCase = readonly [
  what: string,
  answer: string,
  attempt: (account: ApiAccount) => Promise<unknown>,
];
