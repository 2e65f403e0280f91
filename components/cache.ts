import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type CacheConfig, dataTags, type Names, type RetentionConfig, SMALL_CACHE_SIZES } from "../config";
import { logGroup } from "./log-group";
import type { MetricSource } from "./metrics";

export interface CacheArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly availabilityZones: readonly string[];
  readonly cache: CacheConfig;
  /** Isolated subnets, one per zone. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Group of the isolated tier, which admits the private one. */
  readonly securityGroupId: pulumi.Input<string>;
  /** Encrypts nodes and snapshots. */
  readonly dataKeyArn: pulumi.Input<string>;
  readonly logsKeyArn: pulumi.Input<string>;
  /** Refuses to delete or replace the cache, and takes a final snapshot. */
  readonly protect: boolean;
}

/** Port of every node. */
export const CACHE_PORT = 6379;

const TAGS = dataTags("personal", "viewer-data");

/** All commands on all keys, but none that administers the server or stops it for others; clients ask for `info`. */
const SERVICE_RIGHTS = "on ~* +@all -@admin -@dangerous +info";

/**
 * A Valkey or Redis OSS replication group in the isolated tier, over TLS only. The service signs in with IAM; the user
 * that clients are without signing in is shut.
 */
export class Cache extends pulumi.ComponentResource {
  /** Host that writes; it moves with the primary. */
  readonly primaryEndpoint: pulumi.Output<string>;
  /** Host that spreads connections over the replicas. */
  readonly readerEndpoint: pulumi.Output<string>;
  readonly port = CACHE_PORT;
  readonly arn: pulumi.Output<string>;
  /** Figures of each node, and whether its engine has a CPU of its own. */
  readonly metrics: { readonly nodes: readonly MetricSource[]; readonly largeNodes: boolean };
  /** Id of the replication group: the token that signs in is for it. */
  readonly replicationGroupId: string;
  /** The service's user, both its id and its name. */
  readonly serviceUser: string;
  /** Where others find the cache: values by parameter name. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;
  readonly #serviceUserArn: pulumi.Output<string>;

  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:cache:Cache", name, {}, opts);
    const { names, cache, protect } = args;
    const parent = { parent: this };
    const family = parameterGroupFamily(cache);

    const { group: userGroup, service } = this.users(name, args);
    const subnetGroup = new aws.elasticache.SubnetGroup(
      name,
      {
        name: names.fixed("cacheSubnetGroup", "cache"),
        description: "Isolated subnets",
        subnetIds: args.subnetIds,
      },
      parent,
    );
    const parameterGroup = new aws.elasticache.ParameterGroup(
      name,
      {
        name: names.fixed("cacheParameterGroup", `cache-${family}`),
        family,
        description: "Settings of the cache",
        // A full cache forgets what was used longest ago, instead of refusing to write.
        parameters: [{ name: "maxmemory-policy", value: "allkeys-lru" }],
      },
      parent,
    );
    const logs = this.logs(name, args);
    this.replicationGroupId = names.fixed("cache", "cache");
    const replicationGroup = new aws.elasticache.ReplicationGroup(
      name,
      {
        replicationGroupId: this.replicationGroupId,
        description: "StreamFlix: cache of viewers' sessions and catalogue",
        engine: cache.engine,
        engineVersion: cache.engineVersion,
        nodeType: cache.nodeType,
        numCacheClusters: cache.nodes,
        clusterMode: "disabled",
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        preferredCacheClusterAzs: Array.from(
          { length: cache.nodes },
          (_, index) => args.availabilityZones[index % args.availabilityZones.length] ?? "",
        ),
        port: CACHE_PORT,
        parameterGroupName: parameterGroup.name,
        subnetGroupName: subnetGroup.name,
        securityGroupIds: [args.securityGroupId],
        userGroupIds: [userGroup.userGroupId],
        atRestEncryptionEnabled: true,
        kmsKeyId: args.dataKeyArn,
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        snapshotRetentionLimit: cache.snapshotRetentionDays,
        snapshotWindow: cache.snapshotWindow,
        ...(protect ? { finalSnapshotIdentifier: names.fixed("cacheSnapshot", "cache-final") } : {}),
        maintenanceWindow: cache.maintenanceWindow,
        autoMinorVersionUpgrade: false,
        applyImmediately: cache.applyChanges === "now",
        logDeliveryConfigurations: logs,
        tags: TAGS,
      },
      { parent: this, protect },
    );
    this.primaryEndpoint = replicationGroup.primaryEndpointAddress;
    this.readerEndpoint = replicationGroup.readerEndpointAddress;
    this.arn = replicationGroup.arn;
    this.metrics = {
      nodes: nodeMetrics(this.replicationGroupId, cache.nodes),
      largeNodes: !SMALL_CACHE_SIZES.some((size) => cache.nodeType.endsWith(`.${size}`)),
    };
    this.serviceUser = names.fixed("cache", "service");
    this.#serviceUserArn = service.arn;
    this.parameters = {
      "cache/primary-endpoint": this.primaryEndpoint,
      "cache/reader-endpoint": this.readerEndpoint,
      "cache/port": String(CACHE_PORT),
      "cache/engine": cache.engine,
      "cache/user": this.serviceUser,
    };
    this.registerOutputs({
      primaryEndpoint: this.primaryEndpoint,
      readerEndpoint: this.readerEndpoint,
      port: this.port,
      arn: this.arn,
      metrics: this.metrics,
      replicationGroupId: this.replicationGroupId,
      serviceUser: this.serviceUser,
      parameters: this.parameters,
    });
  }

  /** Lets a role sign in as the service's user with IAM. */
  connectStatement(): aws.iam.PolicyStatement {
    return {
      Sid: "SignInToCache",
      Effect: "Allow",
      Action: "elasticache:Connect",
      Resource: [this.arn, this.#serviceUserArn],
    };
  }

  /** The service's user, and the default one, which every user group of Redis OSS has to have: shut in both engines. */
  private users(name: string, { names, cache: { engine } }: CacheArgs) {
    const parent = { parent: this };
    // Valkey's groups refuse users without a password, even shut ones. Nobody is told this one.
    const unused = new random.RandomPassword(`${name}-default`, { length: 64, special: false }, parent);
    const shut = new aws.elasticache.User(
      `${name}-default`,
      {
        userId: names.fixed("cache", "default"),
        userName: "default",
        engine,
        accessString: "off -@all",
        authenticationMode: { type: "password", passwords: [unused.result] },
      },
      parent,
    );
    const serviceId = names.fixed("cache", "service");
    const service = new aws.elasticache.User(
      `${name}-service`,
      {
        userId: serviceId,
        // IAM sign-in wants the same name and id.
        userName: serviceId,
        engine,
        accessString: SERVICE_RIGHTS,
        authenticationMode: { type: "iam" },
      },
      parent,
    );
    const group = new aws.elasticache.UserGroup(
      name,
      { userGroupId: names.fixed("cache", "users"), engine, userIds: [shut.userId, service.userId] },
      parent,
    );
    return { group, service };
  }

  /** Slow commands show their keys and values, so the logs count as personal data. */
  private logs(name: string, { names, retention, logsKeyArn }: CacheArgs) {
    return (["slow-log", "engine-log"] as const).map((logType) => ({
      logType,
      logFormat: "json",
      destinationType: "cloudwatch-logs",
      destination: logGroup(
        `${name}-${logType}`,
        {
          logGroupName: names.fixed("logGroup", `cache/${logType}`),
          classification: "personal",
          retentionClass: "operational",
          retention,
          keyArn: logsKeyArn,
        },
        { parent: this },
      ).name,
    }));
  }
}

/** ElastiCache numbers the nodes of a group, and calls the one node of each `0001`. */
function nodeMetrics(replicationGroupId: string, nodes: number): MetricSource[] {
  return Array.from({ length: nodes }, (_, index) => ({
    namespace: "AWS/ElastiCache",
    dimensions: {
      CacheClusterId: `${replicationGroupId}-${String(index + 1).padStart(3, "0")}`,
      CacheNodeId: "0001",
    },
  }));
}

/** Such as `valkey8` for Valkey 8.0. */
export function parameterGroupFamily({
  engine,
  engineVersion,
}: Pick<CacheConfig, "engine" | "engineVersion">): string {
  return `${engine}${engineVersion.split(".", 1).join("")}`;
}
