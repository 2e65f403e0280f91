import { type ExampleProps, one, UNKNOWN } from "../engine/example";
import { defineRule } from "../engine/rule";
import { tagsOf } from "../engine/tags";

interface ProtectionConfig {
  readonly environments: readonly string[];
}

/** Types whose deletion loses data, or everything that lives inside. */
export const STATEFUL = [
  "aws:kms/key:Key",
  "aws:ec2/vpc:Vpc",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:efs/fileSystem:FileSystem",
  "aws:kinesis/stream:Stream",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "aws:backup/vault:Vault",
  "aws:cloudtrail/trail:Trail",
] as const;

const CLUSTER = "aws:rds/cluster:Cluster";
const prod = { tags: { environment: "prod" } };
const providerOf = (environment: string): { readonly provider: ExampleProps } => ({
  provider: { region: "eu-central-1", defaultTags: JSON.stringify({ tags: { environment } }) },
});

/** Data of prod survives a slip of the hand. */
export const statefulProtected = defineRule<ProtectionConfig>({
  id: "stateful-protected",
  title: "Stateful resources of guarded environments carry Pulumi's protect",
  severity: "high",
  scope: "resource",
  types: Object.fromEntries(STATEFUL.map((type) => [type, ["tags"]])),
  refs: {},
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale:
    "AWS's deletion protection does not cover every type, nor a replacement that an innocent change causes.",
  remediation:
    "give the resource `protect: true` in its options; unprotect it in a change of its own when it must go",
  configSchema: {
    environments: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Values of the `environment` tag whose stateful resources must be protected.",
      default: ["prod"],
    },
  },
  examples: {
    pass: [
      one("protected", CLUSTER, prod, { protect: true }),
      one("protected, tags unknown", CLUSTER, { tags: UNKNOWN }, { protect: true }),
    ],
    fail: [
      one("prod by its own tag", CLUSTER, prod, { findings: ["unprotected"] }),
      one(
        "prod by the provider's tags",
        "aws:kms/key:Key",
        {},
        { ...providerOf("prod"), findings: ["unprotected"] },
      ),
      one(
        "another guarded environment",
        CLUSTER,
        { tags: { environment: "staging" } },
        { findings: ["unprotected"], config: { environments: ["prod", "staging"] } },
      ),
    ],
    unknown: [one("tags unknown", CLUSTER, { tags: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [
      one("another environment", CLUSTER, {}, providerOf("dev")),
      one("own tag wins over the provider's", CLUSTER, { tags: { environment: "dev" } }, providerOf("prod")),
      one("a type without state", "aws:sns/topic:Topic", prod),
    ],
  },
  check: ({ resource, config, notApplicable }) => {
    if (resource.isProtected) {
      return [];
    }
    const environment = tagsOf(resource).get("environment");
    if (environment.kind === "unknown") {
      const problem = "protect is off, and the environment tag is not known yet";
      return [{ id: "unknown", status: "indeterminate", problem }];
    }
    // A missing tag is the business of required-tags, which covers all of these types.
    if (environment.kind === "absent" || !config.environments.includes(environment.value)) {
      return notApplicable("the environment is not guarded");
    }
    const problem = `protect is off on a stateful resource of ${environment.value}`;
    return [{ id: "unprotected", status: "fail", problem, allowed: "Required: protect" }];
  },
});
