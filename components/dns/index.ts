import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, RegionFacts } from "../../config";
import type { Api } from "../api";
import { TLS } from "../api/tls";
import type { AlertTopics } from "../alerts";
import { metric } from "../metrics";
import { type AlarmRow, alarmSettings, makeAlarm } from "../monitoring/alarm";
import type { Certificate, Domain } from "./certificate";

export interface DnsArgs {
  readonly names: Names;
  readonly region: string;
  /** Whether the region is the platform's home or its standby. */
  readonly role: RegionFacts["role"];
  readonly domain: Domain;
  readonly certificate: Certificate;
  readonly api: Api;
  /** Who hears of the alarm. @default nobody */
  readonly alertTopics: AlertTopics | undefined;
}

/** Minutes in a row that make an outage. */
const MINUTES_TO_FAILURE = 3;

/** Share of requests that have to fail for a minute to count as bad. */
const FAILING_SHARE = 0.5;

/**
 * The API under its names: the domain, with failover between regions, and this region's own name beside it.
 *
 * In the home region the domain hangs on a health check that looks at an alarm of that region, so nothing outside it is
 * asked; no data counts as failure, since a dark region is silent. `armed` switches the check off, which counts as
 * healthy; a person fails over by inverting it, and back by undoing that, once the home region's data is current again.
 */
export class Dns extends pulumi.ComponentResource {
  /** Address of the API for clients. */
  readonly url: pulumi.Output<string>;
  /** Address of the API in this region, whichever of them serves. */
  readonly regionalUrl: pulumi.Output<string>;

  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:dns:Dns", name, {}, opts);
    const { domain, certificate, region, role } = args;

    const regional = this.point(`${name}-regional`, certificate.regionalName, args, {});
    const record = this.point(`${name}-failover`, domain.name, args, {
      setIdentifier: region,
      failoverRoutingPolicies: [{ type: role === "home" ? "PRIMARY" : "SECONDARY" }],
      // A standby is the last resort: it answers however it is.
      ...(role === "home" && { healthCheckId: this.healthCheck(name, args).id }),
    });
    this.url = pulumi.interpolate`https://${record.name}`;
    this.regionalUrl = pulumi.interpolate`https://${regional.name}`;
    this.registerOutputs({ url: this.url, regionalUrl: this.regionalUrl });
  }

  /** Lets the API answer under a name, and points the name to it. */
  private point(
    name: string,
    domainName: string,
    { domain, certificate, api }: DnsArgs,
    routing: Pick<aws.route53.RecordArgs, "setIdentifier" | "failoverRoutingPolicies" | "healthCheckId">,
  ): aws.route53.Record {
    const parent = { parent: this };
    const custom = new aws.apigateway.DomainName(
      name,
      {
        domainName,
        regionalCertificateArn: certificate.arn,
        endpointConfiguration: { types: "REGIONAL", ipAddressType: "ipv4" },
        ...TLS,
      },
      parent,
    );
    const mapping = new aws.apigateway.BasePathMapping(
      name,
      { domainName: custom.domainName, restApi: api.restApiId, stageName: api.stageName },
      parent,
    );
    return new aws.route53.Record(
      name,
      {
        zoneId: domain.hostedZone.id,
        name: domainName,
        type: "A",
        aliases: [
          {
            name: custom.regionalDomainName,
            zoneId: custom.regionalZoneId,
            // API Gateway has no health of its own to look at.
            evaluateTargetHealth: false,
          },
        ],
        ...routing,
      },
      // Whoever finds the name should find the API behind it.
      { parent: this, dependsOn: [mapping] },
    );
  }

  private healthCheck(name: string, args: DnsArgs): aws.route53.HealthCheck {
    const { names, region, domain } = args;
    const row: AlarmRow = {
      what: "api-down",
      severity: "critical",
      means:
        `The API fails or is silent in ${region}: ${MINUTES_TO_FAILURE} minutes in a row half of all requests failed, ` +
        "or there were none. The domain's failover hangs on this.",
      runbook: "api#down",
      signal: metric(args.api.metrics.stage, "5XXError", "Average"),
      comparison: ">=",
      threshold: FAILING_SHARE,
      periods: { seconds: 60, wrong: MINUTES_TO_FAILURE, of: MINUTES_TO_FAILURE },
      missing: { as: "breaching", because: "a dark region is silent" },
    };
    const alarm = makeAlarm(name, row, { names, topics: args.alertTopics }, { parent: this });
    return new aws.route53.HealthCheck(
      name,
      {
        type: "CLOUDWATCH_METRIC",
        cloudwatchAlarmName: alarm.name,
        cloudwatchAlarmRegion: region,
        insufficientDataHealthStatus: "Unhealthy",
        disabled: domain.failover === "armed",
        // Route 53 copies the alarm's settings when the check is made, and looks again only when these change.
        triggers: { alarm: JSON.stringify(alarmSettings(row)) },
        tags: { Name: names.fixed("nameTag", "api-home") },
      },
      { parent: this },
    );
  }
}
