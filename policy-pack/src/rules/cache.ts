import { bad, good, propertyRule } from "../engine/demand";
import {
  decide,
  hasForm,
  isCustomerKey,
  isGiven,
  isLeftOut,
  isOff,
  isOneOf,
  isTrue,
  isWithin,
  type Must,
  orLeftOut,
  orMade,
} from "../engine/must";
import { count } from "../engine/setting";

const GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";
const USER = "aws:elasticache/user:User";
const isOwnGroup = orMade(hasForm(/^(?!default$)./, "a subnet group of the program"));
// AWS's own limit of a group without shards.
const MAX_NODES = 6;
const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const isNoAdministrator: Must = {
  judge: decide((value) => {
    const words = String(value).split(/\s+/);
    const mayAll = words.includes("+@all") || words.includes("allcommands");
    return words.includes("off") || !mayAll || (words.includes("-@admin") && words.includes("-@dangerous"));
  }),
  wrong: "lets the user administer the cache",
  allowed: "`off`, or commands without @admin and @dangerous",
};

/** What the cache holds is encrypted on disk and on the wire. */
export const cacheEncrypted = propertyRule({
  id: "cache-encrypted",
  title: "Caches are encrypted at rest with a customer-managed key and refuse connections without TLS",
  severity: "critical",
  type: GROUP,
  refs: {
    checkov: ["CKV_AWS_29", "CKV_AWS_30", "CKV_AWS_191"],
    securityHub: ["ElastiCache.4", "ElastiCache.5"],
    cdkNag: ["AwsSolutions-AEC3"],
    prowler: [
      "elasticache_redis_cluster_rest_encryption_enabled",
      "elasticache_redis_cluster_in_transit_encryption_enabled",
    ],
  },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Sessions of viewers lie here, and `preferred` still lets clients speak in clear.",
  remediation:
    "set atRestEncryptionEnabled and transitEncryptionEnabled to true, transitEncryptionMode to required and kmsKeyId to the data key's ARN",
  demands: [
    { finding: "clear", at: "atRestEncryptionEnabled", must: isTrue },
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
    { finding: "clear-wire", at: "transitEncryptionEnabled", must: isTrue },
    { finding: "optional-tls", at: "transitEncryptionMode", must: orLeftOut(isOneOf(["required"])) },
  ],
  examples: {
    good: {
      atRestEncryptionEnabled: true,
      kmsKeyId,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
    },
    pass: [good("the mode's default", { transitEncryptionMode: null })],
    fail: [
      bad("in clear on disk", { atRestEncryptionEnabled: false }, "clear"),
      bad("no key", { kmsKeyId: null }, "no-key"),
      bad("in clear on the wire", { transitEncryptionEnabled: null }, "clear-wire"),
      bad("TLS for those who ask", { transitEncryptionMode: "preferred" }, "optional-tls"),
    ],
    unknown: ["atRestEncryptionEnabled", "transitEncryptionEnabled", "transitEncryptionMode"],
    made: ["kmsKeyId"],
  },
});

/** Users sign in, and nobody comes in from elsewhere. */
export const cacheAccess = propertyRule({
  id: "cache-access",
  title: "Caches know their users and lie in subnets and security groups of ours",
  severity: "high",
  type: GROUP,
  refs: {
    checkov: ["CKV_AWS_31", "CKV_AWS_323"],
    securityHub: ["ElastiCache.6", "ElastiCache.7"],
    cdkNag: ["AwsSolutions-AEC6"],
    prowler: ["elasticache_redis_replication_group_auth_enabled"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "Without users whoever reaches the port reads all sessions; a shared token can't be taken from one.",
  remediation: "set userGroupIds, subnetGroupName and securityGroupIds, and no authToken",
  demands: [
    { finding: "no-users", at: "userGroupIds", must: isGiven },
    { finding: "token", at: "authToken", must: isLeftOut },
    { finding: "no-subnet-group", at: "subnetGroupName", must: isOwnGroup },
    { finding: "no-security-group", at: "securityGroupIds", must: isGiven },
  ],
  examples: {
    good: {
      userGroupIds: ["streamflix-users-dev"],
      subnetGroupName: "streamflix-cache-dev",
      securityGroupIds: ["sg-0a1b"],
    },
    fail: [
      bad("open to all", { userGroupIds: null }, "no-users"),
      bad("token in the program", { authToken: "x" }, "token"),
      bad("default subnets", { subnetGroupName: null }, "no-subnet-group"),
      bad("default subnets by name", { subnetGroupName: "default" }, "no-subnet-group"),
      bad("default security group", { securityGroupIds: [] }, "no-security-group"),
    ],
    unknown: ["authToken"],
    made: ["userGroupIds", "securityGroupIds"],
  },
});

interface AvailabilityConfig {
  readonly minNodes: number;
  readonly minSnapshotDays: number;
  readonly maxSnapshotDays: number;
}

/** The loss of a zone costs no session. */
export const cacheAvailable = propertyRule<AvailabilityConfig>({
  id: "cache-available",
  title: "Caches fail over to another zone and keep snapshots within bounds",
  severity: "medium",
  type: GROUP,
  refs: {
    checkov: ["CKV2_AWS_50", "CKV_AWS_134"],
    securityHub: ["ElastiCache.1", "ElastiCache.3"],
    cdkNag: ["AwsSolutions-AEC4"],
    prowler: ["elasticache_redis_cluster_multi_az_enabled", "elasticache_redis_cluster_backup_enabled"],
  },
  gdpr: ["5(1)(e)", "32(1)(b)", "32(1)(c)"],
  rationale:
    "Without the cache the database takes the whole load; old snapshots keep sessions that have ended.",
  remediation:
    "set multiAzEnabled and automaticFailoverEnabled to true, numCacheClusters to 2 or more and snapshotRetentionLimit within the bounds",
  configSchema: {
    minNodes: count("Fewest nodes.", 2, 1),
    minSnapshotDays: count("Shortest retention of snapshots, in days.", 1),
    maxSnapshotDays: count("Longest retention of snapshots, in days.", 35),
  },
  demands: [
    { finding: "one-zone", at: "multiAzEnabled", must: isTrue },
    { finding: "no-failover", at: "automaticFailoverEnabled", must: isTrue },
    {
      finding: "nodes",
      at: "numCacheClusters",
      must: ({ minNodes }) => orLeftOut(isWithin(minNodes, MAX_NODES, "nodes")),
    },
    {
      finding: "snapshot-days",
      at: "snapshotRetentionLimit",
      must: ({ minSnapshotDays, maxSnapshotDays }) => isWithin(minSnapshotDays, maxSnapshotDays, "days"),
    },
  ],
  examples: {
    good: {
      multiAzEnabled: true,
      automaticFailoverEnabled: true,
      numCacheClusters: 2,
      snapshotRetentionLimit: 7,
    },
    pass: [good("counted in shards", { numCacheClusters: null })],
    fail: [
      bad("one zone", { multiAzEnabled: null }, "one-zone"),
      bad("no failover", { automaticFailoverEnabled: false }, "no-failover"),
      bad("one node", { numCacheClusters: 1 }, "nodes"),
      bad("no snapshots", { snapshotRetentionLimit: 0 }, "snapshot-days"),
      bad("kept too long", { snapshotRetentionLimit: 36 }, "snapshot-days"),
    ],
    unknown: ["multiAzEnabled", "automaticFailoverEnabled", "numCacheClusters", "snapshotRetentionLimit"],
  },
});

/** No user comes in without proof, or may do everything. */
export const cacheUsers = propertyRule({
  id: "cache-users",
  title: "Cache users prove who they are and do not administer the cache",
  severity: "high",
  type: USER,
  refs: { securityHub: ["ElastiCache.6"] },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "Clients that need no proof are anybody; one who may administer reads every key and stops the cache.",
  remediation:
    "set authenticationMode to iam, take @admin and @dangerous out of accessString, and leave noPasswordRequired away",
  demands: [
    { finding: "no-password", at: "noPasswordRequired", must: isOff },
    { finding: "mode", at: "authenticationMode.type", must: isOneOf(["iam", "password"]) },
    { finding: "passwords", at: "passwords", must: isLeftOut },
    { finding: "administrator", at: "accessString", must: isNoAdministrator },
  ],
  examples: {
    good: { accessString: "on ~* +@all -@admin -@dangerous", authenticationMode: { type: "iam" } },
    pass: [good("nobody", { accessString: "off +@all", "authenticationMode.type": "password" })],
    fail: [
      bad("comes in without proof", { noPasswordRequired: true }, "no-password"),
      bad("mode without proof", { "authenticationMode.type": "no-password-required" }, "mode"),
      bad("old way to give passwords", { passwords: ["x"] }, "passwords"),
      bad("may do everything", { accessString: "on ~* +@all" }, "administrator"),
      bad("may do nearly everything", { accessString: "on ~* +@all -@admin" }, "administrator"),
    ],
    unknown: ["noPasswordRequired", "authenticationMode.type", "accessString"],
  },
});

/** The user that a client without a name becomes can do nothing. */
export const cacheDefaultUser = propertyRule({
  id: "cache-default-user",
  title: "The cache's default user is switched off",
  severity: "high",
  type: USER,
  refs: { securityHub: ["ElastiCache.6"] },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "ElastiCache takes a client without a name for `default`, who may do everything unless told otherwise.",
  remediation: "give the user the access string `off -@all`",
  skip: {
    reads: ["userName"],
    why: (props) => {
      const name = props.string("userName");
      return name.kind === "known" && name.value !== "default" ? "the user has a name of its own" : undefined;
    },
  },
  demands: [{ finding: "on", at: "accessString", must: hasForm(/^off\b/, "`off -@all`") }],
  examples: {
    good: { userName: "default", accessString: "off -@all" },
    fail: [bad("on", { accessString: "on ~* -@all" }, "on")],
    unknown: ["accessString"],
    notApplicable: [good("another user", { userName: "service", accessString: "on ~* +@read" })],
  },
});

/** The type that can't speak TLS for this engine is not used. */
export const cacheTypes = propertyRule({
  id: "cache-cluster-type",
  title: "Redis and Valkey caches are replication groups, which can be encrypted",
  severity: "high",
  type: "aws:elasticache/cluster:Cluster",
  refs: { checkov: ["CKV_AWS_30"], securityHub: ["ElastiCache.5"] },
  gdpr: ["32(1)(a)"],
  rationale: "A plain cluster of these engines has no encryption in transit and no failover.",
  remediation: "use aws.elasticache.ReplicationGroup",
  demands: [{ finding: "type", at: "engine", must: orLeftOut(isOneOf(["memcached"])) }],
  examples: {
    good: { engine: "memcached" },
    pass: [good("member of a replication group", { engine: null })],
    fail: [bad("redis", { engine: "redis" }, "type"), bad("valkey", { engine: "valkey" }, "type")],
    unknown: ["engine"],
  },
});
