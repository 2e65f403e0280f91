import { type ExampleProps, one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { isRegionName } from "../engine/region";
import { type Mention, mentionsIn } from "../engine/region-scan";
import { isAllowed, type RegionConfig, regionSettings } from "../engine/region-settings";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding, type Setting } from "../engine/rule";
import { absent, isBag, known, readString, type Tri } from "../engine/tri";

const PROVIDER = "pulumi:providers:aws";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const PLAN = "aws:backup/plan:Plan";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const SECRET = "aws:secretsmanager/secret:Secret";
const CLUSTER = "aws:rds/cluster:Cluster";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";

interface MentionConfig extends RegionConfig {
  readonly partitions: readonly string[];
  readonly accounts: readonly string[];
}

const list = { type: "array", items: { type: "string" }, uniqueItems: true } as const;
const own: { readonly [K in "partitions" | "accounts"]: Setting<readonly string[]> } = {
  partitions: { ...list, minItems: 1, description: "AWS partitions that ARNs may name.", default: ["aws"] },
  accounts: {
    ...list,
    description:
      "Accounts that may be named beside the provider's `allowedAccountIds`, such as AWS's own for logs.",
    default: [],
  },
};

const account = "111122223333";
const provider = { region: "eu-central-1", allowedAccountIds: JSON.stringify([account]) };
const arn = (region: string, id = account) => `arn:aws:sqs:${region}:${id}:x`;
const policy = (statement: object): ExampleProps => ({ policy: JSON.stringify({ Statement: [statement] }) });
const containers = (container: object): ExampleProps => ({
  containerDefinitions: JSON.stringify([container]),
});
const standby = { standbyRegions: ["eu-west-1"], standbyTypes: [PLAN, SECRET, REPLICATION] };
const replicaKey = (region: string) => ({
  rules: [
    {
      destination: {
        encryptionConfiguration: { replicaKmsKeyId: `arn:aws:kms:${region}:${account}:alias/x` },
      },
    },
  ],
});
const copy = {
  rules: [{ copyActions: [{ destinationVaultArn: `arn:aws:backup:eu-west-1:${account}:backup-vault:x` }] }],
};

/** No resource leads elsewhere, whatever the property is called. */
export const regionMentions = defineRule<MentionConfig>({
  id: "region-mentions",
  title: "No property names a region, partition or account that is not allowed",
  severity: "critical",
  scope: "resource",
  isSuppressible: false,
  types: { [PROVIDER]: ["*"], "aws:*": ["*"] },
  refs: {
    checkov: ["CKV_AWS_364", "CKV_AWS_385"],
    prowler: ["organizations_scp_check_deny_regions", "s3_bucket_cross_account_access"],
    aws: ["CT.MULTISERVICE.PV.1", "identity_perimeter_rcp"],
  },
  gdpr: ["5(1)(f)", "28", "44"],
  rationale:
    "A copy target, a log's region or a trusted account in one property moves data as surely as a resource in the wrong region.",
  remediation: "name a resource of an allowed region and account, or leave the property out",
  configSchema: { ...regionSettings, ...own },
  examples: {
    pass: [
      one("nothing named", QUEUE_POLICY, {}),
      one("own region and account", QUEUE_POLICY, { redrive: arn("eu-central-1") }, { provider }),
      one("an ARN without a region", QUEUE_POLICY, policy({ Resource: "arn:aws:s3:::bucket/*" }), {
        provider,
      }),
      one("a managed policy of AWS", QUEUE_POLICY, policy({ Resource: "arn:aws:iam::aws:policy/X" }), {
        provider,
      }),
      one("free text", QUEUE_POLICY, { description: "replaces us-east-1", tags: { note: "us-east-1" } }),
      one("a switch that is called a region", PROVIDER, { skipRegionValidation: "true" }),
      one("a backup that may go to the standby region", PLAN, copy, { provider, config: standby }),
      one(
        "a secret that may go to the standby region",
        SECRET,
        { replicas: [{ region: "eu-west-1", kmsKeyId: `arn:aws:kms:eu-west-1:${account}:alias/x` }] },
        { provider, config: standby },
      ),
      one("copies under a key of the standby region", REPLICATION, replicaKey("eu-west-1"), {
        provider,
        config: standby,
      }),
      one("an account of AWS", QUEUE_POLICY, policy({ Principal: { AWS: "054676820928" } }), {
        provider,
        config: { accounts: ["054676820928"] },
      }),
    ],
    fail: [
      one(
        "ARN elsewhere",
        QUEUE_POLICY,
        { redrive: arn("us-east-1") },
        { provider, findings: ["arn-region"] },
      ),
      one("ARN of any region", QUEUE_POLICY, policy({ Resource: arn("*") }), {
        provider,
        findings: ["arn-region"],
      }),
      one(
        "ARN of a later statement in JSON",
        QUEUE_POLICY,
        policy({ Resource: ["arn:aws:s3:::b", arn("eu-west-2")] }),
        {
          provider,
          findings: ["arn-region"],
        },
      ),
      one(
        "another partition",
        QUEUE_POLICY,
        { redrive: `arn:aws-cn:sqs:cn-north-1:${account}:x` },
        {
          provider,
          findings: ["partition", "arn-region"],
        },
      ),
      one("a backup to the standby region without leave", PLAN, copy, { provider, findings: ["arn-region"] }),
      one(
        "standby region in another type",
        QUEUE_POLICY,
        { redrive: arn("eu-west-1") },
        {
          provider,
          findings: ["arn-region"],
          config: standby,
        },
      ),
      one(
        "another account's queue",
        QUEUE_POLICY,
        { redrive: arn("eu-central-1", "999988887777") },
        {
          provider,
          findings: ["account"],
        },
      ),
      one(
        "another account trusted by its number",
        QUEUE_POLICY,
        policy({ Principal: { AWS: ["999988887777"] } }),
        {
          provider,
          findings: ["account"],
        },
      ),
      one(
        "service name of an endpoint",
        ENDPOINT,
        { serviceName: "com.amazonaws.us-east-1.s3" },
        {
          findings: ["endpoint-region"],
        },
      ),
      one(
        "region of an endpoint's service",
        ENDPOINT,
        { serviceRegion: "us-east-1" },
        {
          findings: ["property-region"],
        },
      ),
      one("image elsewhere", TASK, containers({ image: `${account}.dkr.ecr.us-east-1.amazonaws.com/x` }), {
        provider,
        findings: ["endpoint-region"],
      }),
      one(
        "image of another account",
        TASK,
        containers({ image: "999988887777.dkr.ecr.eu-central-1.amazonaws.com/x" }),
        {
          provider,
          findings: ["account"],
        },
      ),
      one(
        "logs sent elsewhere",
        TASK,
        containers({ logConfiguration: { options: { "awslogs-region": "us-east-1" } } }),
        {
          findings: ["property-region"],
        },
      ),
      one(
        "region in the environment",
        TASK,
        containers({ environment: [{ name: "AWS_REGION", value: "us-east-1" }] }),
        {
          findings: ["property-region"],
        },
      ),
      one(
        "secret copied",
        SECRET,
        { replicas: [{ region: "us-east-1" }] },
        { findings: ["property-region"] },
      ),
      one(
        "secret copied past the standby region",
        SECRET,
        { replicas: [{ region: "eu-west-1" }, { region: "eu-west-2" }] },
        { findings: ["property-region"], config: standby },
      ),
      one("copies under a key past the standby region", REPLICATION, replicaKey("eu-west-3"), {
        provider,
        findings: ["arn-region"],
        config: standby,
      }),
      one(
        "zone elsewhere",
        CLUSTER,
        { availabilityZones: ["us-east-1a"] },
        { findings: ["property-region"] },
      ),
      one("every region", QUEUE_POLICY, { allRegions: true }, { findings: ["property-region"] }),
      one(
        "the provider's endpoint",
        PROVIDER,
        {
          endpoints: JSON.stringify([{ sts: "https://sts.us-east-1.amazonaws.com" }]),
        },
        { findings: ["endpoint-region"] },
      ),
      one(
        "the provider's token service",
        PROVIDER,
        { stsRegion: "us-east-1" },
        { findings: ["property-region"] },
      ),
    ],
    unknown: [
      one(
        "accounts of the provider unknown",
        QUEUE_POLICY,
        { redrive: arn("eu-central-1") },
        {
          provider: { ...provider, allowedAccountIds: UNKNOWN },
          findings: ["unknown"],
        },
      ),
    ],
    notApplicable: [one("another provider", "random:index/randomPassword:RandomPassword", {})],
  },
  check: ({ resource, config }) => {
    // The region of the resource itself is judged by allowed-region.
    const properties = Object.entries(resource.props.all()).filter(([name]) => name !== "region");
    const mentions = mentionsIn(Object.fromEntries(properties), "");
    return [...elsewhere(resource, mentions, config), ...foreignAccounts(resource, mentions, config)];
  },
});

function elsewhere(
  { type }: Resource,
  mentions: readonly Mention[],
  config: MentionConfig,
): readonly Finding[] {
  const partitions = once(mentions, ({ partition }) => partition).filter(
    ({ partition }) => partition !== undefined && !config.partitions.includes(partition),
  );
  const regions = once(mentions, ({ region }) => region).filter(
    ({ region }) => region !== "" && !isAllowed(region, type, config),
  );
  return [
    ...partitions.map(({ path }) =>
      fail("partition", `${path} names another partition of AWS`, `Allowed: ${config.partitions.join(", ")}`),
    ),
    ...regions.map(({ path, by, region }) => {
      const name = isRegionName(region) ? region : "more than one region";
      return fail(`${by}-region`, `${path} leads to ${name}`, `Allowed: ${config.allowedRegions.join(", ")}`);
    }),
  ];
}

function foreignAccounts(
  resource: Resource,
  mentions: readonly Mention[],
  config: MentionConfig,
): readonly Finding[] {
  const named = once(
    mentions.filter(({ account: id }) => id !== undefined && !config.accounts.includes(id)),
    ({ account: id }) => id,
  );
  const allowed = allowedAccounts(resource);
  if (named.length === 0 || allowed.kind === "absent") {
    return [];
  }
  if (allowed.kind === "unknown") {
    return [notKnownYet("allowedAccountIds of the provider")];
  }
  return named
    .filter(({ account: id = "" }) => !allowed.value.includes(id))
    .map(({ path }) =>
      fail(
        "account",
        `${path} names another account`,
        "Allowed: the provider's allowedAccountIds and AWS's own",
      ),
    );
}

// The engine hands a provider's list over as JSON text. A provider without one is the business of `provider-allowed`.
function allowedAccounts({ provider: used }: Resource): Tri<string> {
  return used === undefined || isBag(used.props["allowedAccountIds"])
    ? absent
    : asText(used.props["allowedAccountIds"]);
}

function asText(value: unknown): Tri<string> {
  return Array.isArray(value) ? known(value.join(" ")) : readString(value, "provider allowedAccountIds");
}

/** The first mention of each value of each path: a document that names a queue ten times is one finding. */
function once(
  mentions: readonly Mention[],
  value: (mention: Mention) => string | undefined,
): readonly Mention[] {
  const seen = new Map(mentions.map((mention) => [`${mention.path} ${value(mention) ?? ""}`, mention]));
  return [...seen.values()];
}
