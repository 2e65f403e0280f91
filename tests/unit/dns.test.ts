import assert from "node:assert/strict";

import { DOMAIN, dns } from "./api-stack";
import { made, type Registration } from "./mocks";
import { countByType, ofType, only, TOPICS } from "./registrations";

const ZONE = "Z0123456789EXAMPLE00";
const REGIONAL = "eu-central-1.api.streamflix.example";

describe("Dns of the home region", () => {
  let all: readonly Registration[];
  let url: string;
  before(async () => {
    const recorded = await dns({ alertTopics: TOPICS });
    all = recorded.registrations;
    url = recorded.url;
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:acm/certificate:Certificate": 1,
      "aws:acm/certificateValidation:CertificateValidation": 1,
      "aws:apigateway/basePathMapping:BasePathMapping": 2,
      "aws:apigateway/domainName:DomainName": 2,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
      "aws:route53/healthCheck:HealthCheck": 1,
      "aws:route53/record:Record": 4,
      "streamflix:dns:Certificate": 1,
      "streamflix:dns:Dns": 1,
    });
  });

  it("has one certificate for both names, valid by records of its own", () => {
    assert.deepEqual(only(all, "aws:acm/certificate:Certificate").inputs, {
      domainName: DOMAIN.name,
      subjectAlternativeNames: [REGIONAL],
      validationMethod: "DNS",
      tags: { Name: DOMAIN.name },
    });
    const records = ofType(all, "Record").filter(({ name }) => name.startsWith("certificate-"));
    assert.deepEqual(
      records.map(({ inputs }) => inputs),
      [DOMAIN.name, REGIONAL].map((name) => ({
        zoneId: ZONE,
        name: `_asked.${name}.`,
        type: "CNAME",
        records: [`_answer.${name}.`],
        ttl: 300,
      })),
    );
    const validation = only(all, "CertificateValidation");
    assert.deepEqual(validation.inputs, { certificateArn: made("Certificate", "certificate", "arn") });
    assert.deepEqual(
      validation.dependsOn,
      records.map(({ name }) => `Record ${name}`),
    );
  });

  it("lets the API answer under both names, over TLS 1.2 or later", () => {
    const names = ofType(all, "DomainName");
    assert.deepEqual(
      names.map(({ inputs }) => inputs),
      [DOMAIN.name, REGIONAL].map((domainName) => ({
        domainName,
        regionalCertificateArn: made("Certificate", "certificate", "arn"),
        endpointConfiguration: { types: "REGIONAL", ipAddressType: "ipv4" },
        securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
        endpointAccessMode: "STRICT",
      })),
    );
    assert.deepEqual(
      ofType(all, "BasePathMapping").map(({ inputs }) => inputs),
      [DOMAIN.name, REGIONAL].map((domainName) => ({
        domainName,
        restApi: made("RestApi", "api", "id"),
        stageName: "live",
      })),
    );
  });

  it("points the region's name to the region, and the domain by failover", () => {
    const alias = (name: string) => [
      {
        name: made("DomainName", name, "regionalDomainName"),
        zoneId: made("DomainName", name, "regionalZoneId"),
        evaluateTargetHealth: false,
      },
    ];
    const regional = only(all, "Record", "dns-regional");
    assert.deepEqual(regional.inputs, {
      zoneId: ZONE,
      name: REGIONAL,
      type: "A",
      aliases: alias("dns-regional"),
    });
    assert.deepEqual(regional.dependsOn, ["BasePathMapping dns-regional"]);
    assert.deepEqual(only(all, "Record", "dns-failover").inputs, {
      zoneId: ZONE,
      name: DOMAIN.name,
      type: "A",
      aliases: alias("dns-failover"),
      setIdentifier: "eu-central-1",
      failoverRoutingPolicies: [{ type: "PRIMARY" }],
      healthCheckId: made("HealthCheck", "dns", "id"),
    });
    assert.equal(url, "https://api.streamflix.example");
  });

  it("takes silence for an outage, and asks nobody outside the home region", () => {
    const { alarmDescription, ...alarm } = only(all, "MetricAlarm").inputs;
    const settings = {
      namespace: "AWS/ApiGateway",
      metricName: "5XXError",
      dimensions: { ApiName: "streamflix-api-unit", Stage: "live" },
      statistic: "Average",
      period: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      threshold: 0.5,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      treatMissingData: "breaching",
    };
    assert.match(String(alarmDescription), /^The API fails or is silent in eu-central-1: /);
    assert.deepEqual(alarm, {
      name: "streamflix-api-down-unit",
      ...settings,
      alarmActions: ["topic"],
      okActions: ["topic"],
    });
    assert.deepEqual(only(all, "HealthCheck").inputs, {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: "streamflix-api-down-unit",
      cloudwatchAlarmRegion: "eu-central-1",
      insufficientDataHealthStatus: "Unhealthy",
      disabled: true,
      // A change of the alarm makes Route 53 read it again.
      triggers: { alarm: JSON.stringify(settings) },
      tags: { Name: "streamflix-api-home-unit" },
    });
  });

  it("leaves the decision to Route 53 where failover is automatic", async () => {
    const { registrations } = await dns({ domain: { ...DOMAIN, failover: "automatic" } });
    assert.equal(only(registrations, "HealthCheck").inputs["disabled"], false);
    assert.deepEqual(only(registrations, "MetricAlarm").inputs["alarmActions"], []);
  });
});

describe("Dns of a standby region", () => {
  it("answers last, without a check, and leaves the domain's validation record to its owner", async () => {
    const { registrations } = await dns({ role: "standby" });
    assert.deepEqual(countByType(registrations), {
      "aws:acm/certificate:Certificate": 1,
      "aws:acm/certificateValidation:CertificateValidation": 1,
      "aws:apigateway/basePathMapping:BasePathMapping": 2,
      "aws:apigateway/domainName:DomainName": 2,
      "aws:route53/record:Record": 3,
      "streamflix:dns:Certificate": 1,
      "streamflix:dns:Dns": 1,
    });
    const { failoverRoutingPolicies, healthCheckId } = only(registrations, "Record", "dns-failover").inputs;
    assert.deepEqual([failoverRoutingPolicies, healthCheckId], [[{ type: "SECONDARY" }], undefined]);
    assert.equal(
      only(registrations, "Record", `certificate-${REGIONAL}`).inputs["name"],
      `_asked.${REGIONAL}.`,
    );
  });
});
