import { one, UNKNOWN } from "../engine/example";
import { fail, judgeFlag, notKnownYet } from "../engine/judge";
import { defineRule, type Finding, type Setting } from "../engine/rule";
import { readAny } from "../engine/tri";

const KEY = "aws:kms/key:Key";
const EXTERNAL_KEY = "aws:kms/externalKey:ExternalKey";
const REST_API = "aws:apigateway/restApi:RestApi";
const DOMAIN = "aws:apigateway/domainName:DomainName";
const TOPIC = "aws:sns/topic:Topic";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const DESTINATION = "aws:cloudwatch/eventApiDestination:EventApiDestination";
const FIREHOSE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";

const residency = {
  severity: "high",
  isSuppressible: false,
  gdpr: ["44", "5(1)(f)"],
} as const;
const texts = { type: "array", items: { type: "string" }, uniqueItems: true } as const;

/** Keys stay where their data is. */
export const kmsSingleRegion = defineRule({
  ...residency,
  id: "kms-single-region",
  scope: "resource",
  title: "KMS keys are single-Region keys",
  types: { [KEY]: ["multiRegion"], [EXTERNAL_KEY]: ["multiRegion"] },
  refs: { prowler: ["kms_cmk_not_multi_region"] },
  rationale:
    "A multi-Region key can be copied to any region by whoever may replicate it, and with it the data it opens.",
  remediation: "leave multiRegion unset, and give the standby region a key of its own",
  configSchema: {},
  examples: {
    pass: [one("not set", KEY, {}), one("off", KEY, { multiRegion: false })],
    fail: [
      one("on", KEY, { multiRegion: true }, { findings: ["multi-region"] }),
      one("imported key", EXTERNAL_KEY, { multiRegion: true }, { findings: ["multi-region"] }),
    ],
    unknown: [one("not known", KEY, { multiRegion: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("another type", TOPIC, {})],
  },
  check: ({ resource }) =>
    judgeFlag(resource.props.at("multiRegion"), "multi-region", false, { absentPasses: true }),
});

/** APIs answer in their region, not from AWS's edge. */
export const apiRegional = defineRule({
  ...residency,
  id: "api-regional",
  scope: "resource",
  title: "API Gateway's APIs and domains are regional or private",
  types: { [REST_API]: ["endpointConfiguration"], [DOMAIN]: ["endpointConfiguration"] },
  refs: { aws: ["api-gw-endpoint-type-check"] },
  rationale: "EDGE, AWS's default, ends viewers' TLS in CloudFront locations all over the world.",
  remediation: "set endpointConfiguration.types to REGIONAL",
  configSchema: {},
  examples: {
    pass: [
      one("regional", REST_API, { endpointConfiguration: { types: "REGIONAL" } }),
      one("private, as a list", REST_API, { endpointConfiguration: { types: ["PRIVATE"] } }),
    ],
    fail: [
      one("AWS's default", REST_API, {}, { findings: ["edge"] }),
      one("edge", DOMAIN, { endpointConfiguration: { types: "EDGE" } }, { findings: ["edge"] }),
      one("no type", DOMAIN, { endpointConfiguration: {} }, { findings: ["edge"] }),
    ],
    unknown: [
      one("not known", REST_API, { endpointConfiguration: { types: UNKNOWN } }, { findings: ["unknown"] }),
      one("nothing known", REST_API, { endpointConfiguration: UNKNOWN }, { findings: ["unknown"] }),
    ],
    notApplicable: [one("another type", TOPIC, {})],
  },
  check: ({ resource }) => {
    const place = resource.props.at("endpointConfiguration.types");
    const found = readAny(place.raw);
    if (found.kind === "unknown") {
      return [notKnownYet(place.path)];
    }
    const kinds: readonly unknown[] =
      found.kind === "absent" ? [] : Array.isArray(found.value) ? found.value : [found.value];
    return kinds.length > 0 && kinds.every((kind) => kind === "REGIONAL" || kind === "PRIVATE")
      ? []
      : [fail("edge", `${place.path} is not regional`, "Allowed: REGIONAL, PRIVATE")];
  },
});

interface TypeConfig {
  readonly allowedTypes: readonly string[];
}

const allowedTypes: Setting<readonly string[]> = {
  ...texts,
  description: "Types that the transfer assessment covers all the same.",
  default: [],
};

/** Services that work from everywhere, and copies that leave the region by design. */
const GLOBAL_TYPES: Readonly<Record<string, string>> = {
  "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2": "edge",
  "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": "edge",
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": "edge",
  "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy": "edge",
  "aws:cloudfront/distribution:Distribution": "edge",
  "aws:cloudfront/multitenantDistribution:MultitenantDistribution": "edge",
  "aws:cloudfront/function:Function": "edge",
  "aws:globalaccelerator/accelerator:Accelerator": "edge",
  "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator": "edge",
  "aws:rds/globalCluster:GlobalCluster": "replication",
  "aws:docdb/globalCluster:GlobalCluster": "replication",
  "aws:neptune/globalCluster:GlobalCluster": "replication",
  "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": "replication",
  "aws:memorydb/multiRegionCluster:MultiRegionCluster": "replication",
  "aws:dynamodb/globalTable:GlobalTable": "replication",
  "aws:dynamodb/tableReplica:TableReplica": "replication",
  "aws:efs/replicationConfiguration:ReplicationConfiguration": "replication",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": "replication",
  "aws:ebs/snapshotCopy:SnapshotCopy": "copy",
  "aws:ec2/amiCopy:AmiCopy": "copy",
  "aws:rds/snapshotCopy:SnapshotCopy": "copy",
  "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "copy",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": "copy",
};

/** Nothing is made that works outside the region whatever its region says. */
export const noGlobalService = defineRule<TypeConfig>({
  ...residency,
  id: "no-global-service",
  scope: "resource",
  title: "No resource serves from AWS's edge or copies data between regions",
  severity: "critical",
  types: {
    ...Object.fromEntries(Object.keys(GLOBAL_TYPES).map((type) => [type, []])),
    [WEB_ACL]: ["scope"],
    "aws:elasticache/replicationGroup:ReplicationGroup": ["globalReplicationGroupId"],
    "aws:rds/cluster:Cluster": ["globalClusterIdentifier", "replicationSourceIdentifier"],
    "aws:dynamodb/table:Table": ["replicas"],
  },
  refs: { aws: ["CT.MULTISERVICE.PV.1", "AWS-GR_RESTRICT_S3_CROSS_REGION_REPLICATION"] },
  gdpr: ["44", "5(1)(f)"],
  rationale: "These types hold or serve data in regions that their own region property does not name.",
  remediation:
    "use a regional service, or have the transfer assessed and add the type to allowedTypes in the stack's file",
  configSchema: { allowedTypes },
  examples: {
    pass: [
      one("a cluster by itself", "aws:rds/cluster:Cluster", {}),
      one("a cache by itself", "aws:elasticache/replicationGroup:ReplicationGroup", {}),
      one(
        "an assessed copy",
        "aws:rds/globalCluster:GlobalCluster",
        {},
        {
          config: { allowedTypes: ["aws:rds/globalCluster:GlobalCluster"] },
        },
      ),
    ],
    fail: [
      one("CloudFront", "aws:cloudfront/distribution:Distribution", {}, { findings: ["edge"] }),
      one("a firewall at the edge", WEB_ACL, { scope: "CLOUDFRONT" }, { findings: ["edge"] }),
      one("global database", "aws:rds/globalCluster:GlobalCluster", {}, { findings: ["replication"] }),
      one(
        "member of a global database",
        "aws:rds/cluster:Cluster",
        { globalClusterIdentifier: "x" },
        {
          findings: ["replication"],
        },
      ),
      one(
        "replica of a cluster",
        "aws:rds/cluster:Cluster",
        { replicationSourceIdentifier: UNKNOWN },
        {
          findings: ["replication"],
        },
      ),
      one("snapshot copy", "aws:ebs/snapshotCopy:SnapshotCopy", {}, { findings: ["copy"] }),
    ],
    unknown: [one("scope not known", WEB_ACL, { scope: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("another type", TOPIC, {})],
  },
  check: ({ resource, config }) => {
    const { type, props } = resource;
    if (config.allowedTypes.includes(type)) {
      return [];
    }
    const kind = GLOBAL_TYPES[type];
    if (kind !== undefined) {
      return [fail(kind, `${type} leaves the region by design`, allowedTypesText(config))];
    }
    if (type === WEB_ACL) {
      const scope = props.string("scope");
      return scope.kind === "unknown"
        ? [notKnownYet("scope")]
        : scope.kind === "known" && scope.value === "CLOUDFRONT"
          ? [fail("edge", "scope is CLOUDFRONT", "Allowed: REGIONAL")]
          : [];
    }
    // A value that is not known yet is one that is set.
    const names = [
      "globalReplicationGroupId",
      "globalClusterIdentifier",
      "replicationSourceIdentifier",
      "replicas",
    ];
    return names
      .filter((name) => props.declares(name) && readAny(props.raw(name)).kind !== "absent")
      .map((name) => fail("replication", `${name} joins a copy in another region`, allowedTypesText(config)));
  },
});

function allowedTypesText({ allowedTypes: types }: TypeConfig): string {
  return `Allowed: ${types.length === 0 ? "none of these" : types.join(", ")}`;
}

interface SinkConfig {
  readonly protocols: readonly string[];
  readonly hosts: readonly string[];
}

/** Data goes to nobody outside AWS who was not assessed. */
export const noExternalSink = defineRule<SinkConfig>({
  ...residency,
  id: "no-external-sink",
  scope: "resource",
  title: "Notifications, events and streams go only to assessed receivers",
  types: {
    [SUBSCRIPTION]: ["protocol", "endpoint"],
    [DESTINATION]: ["invocationEndpoint"],
    [FIREHOSE]: ["destination"],
  },
  refs: { prowler: ["sns_subscription_not_using_http_endpoints"] },
  gdpr: ["28", "44"],
  rationale: "Whoever receives data is a processor and needs a contract, wherever the sender stands.",
  remediation:
    "deliver inside the account, or have the receiver assessed and add its host to the stack's file",
  configSchema: {
    protocols: {
      ...texts,
      description:
        "Protocols of subscriptions that need no host on the list; people's addresses come from secure configuration.",
      default: ["email", "sms", "sqs", "lambda", "firehose"],
    },
    hosts: {
      ...texts,
      description: "Hosts outside AWS that may receive data, over HTTPS only.",
      default: [],
    },
  },
  examples: {
    pass: [
      one("people on call", SUBSCRIPTION, { protocol: "email", endpoint: "oncall@streamflix.example" }),
      one("queue", SUBSCRIPTION, { protocol: "sqs", endpoint: UNKNOWN }),
      one(
        "assessed receiver",
        SUBSCRIPTION,
        { protocol: "https", endpoint: "https://pager.example.com/x" },
        {
          config: { hosts: ["pager.example.com"] },
        },
      ),
      one("archive", FIREHOSE, { destination: "extended_s3" }),
      one(
        "assessed event receiver",
        DESTINATION,
        { invocationEndpoint: "https://pager.example.com/*" },
        {
          config: { hosts: ["pager.example.com"] },
        },
      ),
    ],
    fail: [
      one(
        "plain HTTP",
        SUBSCRIPTION,
        { protocol: "http", endpoint: "http://pager.example.com" },
        {
          findings: ["receiver"],
          config: { hosts: ["pager.example.com"] },
        },
      ),
      one(
        "unknown host",
        SUBSCRIPTION,
        { protocol: "https", endpoint: "https://pager.example.com.evil.example" },
        {
          findings: ["receiver"],
          config: { hosts: ["pager.example.com"] },
        },
      ),
      one(
        "event receiver",
        DESTINATION,
        { invocationEndpoint: "https://x.example" },
        { findings: ["receiver"] },
      ),
      one("stream to a vendor", FIREHOSE, { destination: "splunk" }, { findings: ["receiver"] }),
      one("stream to a host", FIREHOSE, { destination: "http_endpoint" }, { findings: ["receiver"] }),
      one(
        "a second @ hides the host",
        DESTINATION,
        { invocationEndpoint: "https://pager.example.com@x.example/" },
        {
          findings: ["receiver"],
          config: { hosts: ["pager.example.com"] },
        },
      ),
    ],
    unknown: [
      one("protocol", SUBSCRIPTION, { protocol: UNKNOWN }, { findings: ["unknown"] }),
      one("receiver", SUBSCRIPTION, { protocol: "https", endpoint: UNKNOWN }, { findings: ["unknown"] }),
    ],
    notApplicable: [one("another type", TOPIC, {})],
  },
  check: ({ resource: { type, props }, config }) => {
    if (type === FIREHOSE) {
      const target = props.string("destination");
      const inside = ["extended_s3", "opensearch", "opensearchserverless", "redshift", "iceberg"];
      return target.kind === "unknown"
        ? [notKnownYet("destination")]
        : target.kind === "known" && inside.includes(target.value)
          ? []
          : [fail("receiver", "destination is outside AWS", `Allowed: ${inside.join(", ")}`)];
    }
    if (type === SUBSCRIPTION) {
      const protocol = props.string("protocol");
      if (protocol.kind === "unknown") {
        return [notKnownYet("protocol")];
      }
      if (protocol.kind === "known" && config.protocols.includes(protocol.value)) {
        return [];
      }
    }
    return judgeHost(props.at(type === SUBSCRIPTION ? "endpoint" : "invocationEndpoint"), config);
  },
});

function judgeHost(
  place: { readonly path: string; readonly raw: unknown },
  { hosts }: SinkConfig,
): readonly Finding[] {
  const found = readAny(place.raw);
  if (found.kind === "unknown") {
    return [notKnownYet(place.path)];
  }
  const url = found.kind === "known" ? asUrl(found.value) : undefined;
  return url?.protocol === "https:" && hosts.includes(url.hostname)
    ? []
    : [
        fail(
          "receiver",
          `${place.path} is no assessed receiver`,
          `Allowed: ${hosts.length === 0 ? "none outside AWS" : hosts.join(", ")}`,
        ),
      ];
}

function asUrl(value: unknown): URL | undefined {
  return typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
}
