import { randomBytes, randomUUID } from "node:crypto";
import { outputsOf, type Props, type StoredObject } from "../../../account/store";
import { oneOf } from "../checks";
import { AwsError, type Model } from "../model";
import { mapOf, mapsOf, text, textOr, type World } from "../world";

export const ZONE = "aws:route53/zone:Zone";
export const RECORD = "aws:route53/record:Record";
const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const GATEWAY_NAME = "aws:apigateway/domainName:DomainName";

const ROUTING_POLICIES = [
  ...["cidrRoutingPolicy", "failoverRoutingPolicies", "geolocationRoutingPolicies"],
  ...["geoproximityRoutingPolicy", "latencyRoutingPolicies", "multivalueAnswerRoutingPolicy"],
  "weightedRoutingPolicies",
];

/** What Route 53 can read of an alarm: one metric, and no percentile. */
const STATISTICS = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];

/** A record's name as DNS compares it. */
export function recordName(inputs: Props): string {
  return text(inputs, "name").toLowerCase().replace(/\.$/, "");
}

const zone: Model = {
  type: ZONE,
  source: "internal/service/route53/zone.go",
  scope: "global",
  forceNew: ["delegationSetId", "name"],
  seconds: 30,
  taggable: true,
  computed: ["arn", "nameServers", "primaryNameServer", "zoneId"],
  defaults: { comment: "Managed by Pulumi", forceDestroy: false },
  make: () => {
    const id = `Z${randomBytes(10).toString("hex").toUpperCase()}`;
    const nameServers = [1, 2, 3, 4].map((number) => `ns-${number}.awsdns-0${number}.org`);
    return {
      id,
      computed: {
        arn: `arn:aws:route53:::hostedzone/${id}`,
        nameServers,
        primaryNameServer: nameServers[0],
        zoneId: id,
      },
    };
  },
  beforeDelete: ({ id, inputs }, world) => {
    const records = world.all(RECORD).filter((record) => record.inputs["zoneId"] === id);
    if (records.length > 0 && inputs["forceDestroy"] !== true) {
      throw new AwsError(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
      );
    }
  },
};

const record: Model = {
  type: RECORD,
  source: "internal/service/route53/record.go",
  scope: "global",
  forceNew: ["name", "zoneId"],
  kept: ["allowOverwrite"],
  seconds: 30,
  taggable: false,
  computed: ["fqdn"],
  // A zone that no account here has is one that exists outside the program: what it is called can't be known.
  references: {
    zoneId: { types: [ZONE], by: "id", builtIn: /^Z[A-Z0-9]{1,31}$/ },
    healthCheckId: { types: [HEALTH_CHECK], by: "id" },
  },
  check: (inputs) => {
    const policies = ROUTING_POLICIES.filter((property) => inputs[property] !== undefined);
    const both = (inputs["aliases"] === undefined) === (inputs["records"] === undefined);
    return [
      ...oneOf(inputs, "type", ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]),
      ...(both ? [{ property: "records", reason: "exactly one of aliases, records must be set" }] : []),
      ...((inputs["records"] === undefined) === (inputs["ttl"] === undefined)
        ? []
        : [{ property: "ttl", reason: "records and ttl must be set together, and neither with aliases" }]),
      ...(policies.length > 0 && inputs["setIdentifier"] === undefined
        ? [{ property: policies[0] ?? "", reason: "setIdentifier must be set with a routing policy" }]
        : []),
    ];
  },
  unique: (inputs) => ({
    claim: recordId(inputs),
    taken:
      `InvalidChangeBatch: [Tried to create resource record set [name='${recordName(inputs)}.', ` +
      `type='${text(inputs, "type")}'] but it already exists]`,
  }),
  verify: (inputs, world) => {
    requireZoneOf(inputs, world);
    requireRoutingBeside(inputs, world);
    for (const alias of mapsOf(inputs["aliases"])) requireTarget(alias, inputs, world);
  },
  make: (inputs) => ({ id: recordId(inputs), computed: { fqdn: recordName(inputs) } }),
};

const healthCheck: Model = {
  type: HEALTH_CHECK,
  source: "internal/service/route53/health_check.go",
  scope: "global",
  forceNew: ["measureLatency", "referenceName", "requestInterval", "routingControlArn", "type"],
  kept: ["enableSni", "failureThreshold", "triggers"],
  seconds: 3,
  taggable: true,
  computed: ["arn"],
  defaults: { disabled: false, measureLatency: false },
  check: (inputs) => [
    ...oneOf(inputs, "type", [
      ...["CALCULATED", "CLOUDWATCH_METRIC", "HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH"],
      ...["RECOVERY_CONTROL", "TCP"],
    ]),
    ...oneOf(inputs, "insufficientDataHealthStatus", ["Healthy", "LastKnownStatus", "Unhealthy"]),
  ],
  verify: (inputs, world) => {
    if (inputs["type"] === "CLOUDWATCH_METRIC") requireAlarm(inputs, world);
  },
  make: () => {
    const id = randomUUID();
    return { id, computed: { arn: `arn:aws:route53:::healthcheck/${id}` } };
  },
};

export const route53Models: readonly Model[] = [zone, record, healthCheck];

function recordId(inputs: Props): string {
  const parts = [text(inputs, "zoneId"), recordName(inputs), text(inputs, "type")];
  return [...parts, ...(typeof inputs["setIdentifier"] === "string" ? [inputs["setIdentifier"]] : [])].join(
    "_",
  );
}

function requireZoneOf(inputs: Props, world: World): void {
  const found = world.resolve({ types: [ZONE], by: "id" }, text(inputs, "zoneId"));
  if (!found) return;
  const [name, zoneName] = [recordName(inputs), text(found.inputs, "name").replace(/\.$/, "")];
  if (name !== zoneName && !name.endsWith(`.${zoneName}`)) {
    refuse(`RRSet with DNS name ${name}. is not permitted in zone ${zoneName}.`);
  }
}

/** Records of one name and type have one kind of routing, and one PRIMARY. */
function requireRoutingBeside(inputs: Props, world: World): void {
  const failover = failoverOf(inputs);
  const beside = world
    .all(RECORD)
    .filter(
      (other) =>
        other.inputs["zoneId"] === inputs["zoneId"] &&
        other.inputs["type"] === inputs["type"] &&
        recordName(other.inputs) === recordName(inputs) &&
        recordId(other.inputs) !== recordId(inputs),
    );
  const name = `RRSet with DNS name ${recordName(inputs)}., type ${text(inputs, "type")}`;
  if (beside.some((other) => (failoverOf(other.inputs) === undefined) !== (failover === undefined))) {
    refuse(`${name} cannot be created as other RRSets exist with the same name and type and another routing`);
  }
  if (failover !== undefined && beside.some((other) => failoverOf(other.inputs) === failover)) {
    refuse(`${name} cannot be created as a ${failover} failover record exists already`);
  }
}

function failoverOf(inputs: Props): string | undefined {
  const { type } = mapOf(mapsOf(inputs["failoverRoutingPolicies"])[0]);
  return typeof type === "string" ? type : undefined;
}

/** Names of API Gateway have to be there; those of other services have models of their own, or none. */
function requireTarget(alias: Props, inputs: Props, world: World): void {
  const name = textOr(alias, "name", "");
  const isThere = (target: StoredObject) => {
    const { regionalDomainName, regionalZoneId } = outputsOf(target);
    return regionalDomainName === name && regionalZoneId === alias["zoneId"];
  };
  const targets = world.accounts.list(world.place.account).filter(({ type }) => type === GATEWAY_NAME);
  if (name.includes(".execute-api.") && !targets.some(isThere)) {
    refuse(
      `Tried to create an alias that targets ${name}., type ${text(inputs, "type")} in zone ${textOr(alias, "zoneId", "")}, ` +
        "but that target was not found",
    );
  }
}

function requireAlarm(inputs: Props, world: World): void {
  const [name, region] = [text(inputs, "cloudwatchAlarmName"), text(inputs, "cloudwatchAlarmRegion")];
  const alarm = world.accounts.find(world.place.account, region, ALARM, name);
  if (alarm?.state !== "available") {
    throw new AwsError("InvalidInput", `The CloudWatch alarm ${name} does not exist in ${region}`);
  }
  const { statistic, period } = alarm.inputs;
  if (!STATISTICS.includes(String(statistic)) || Number(period) < 60) {
    throw new AwsError(
      "InvalidInput",
      `The CloudWatch alarm ${name} can't be used: Route 53 reads one metric of standard resolution, without metric math or percentile`,
    );
  }
}

function refuse(text: string): never {
  throw new AwsError("InvalidChangeBatch", `[${text}]`);
}
