import { one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { defineRule } from "../engine/rule";
import { readAny } from "../engine/tri";

const CLUSTER = "aws:rds/cluster:Cluster";
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const PROVIDER = "pulumi:providers:aws";
const TOPIC = "aws:sns/topic:Topic";

const texts = { type: "array", items: { type: "string" }, uniqueItems: true } as const;

// By the start of a path's last name: what decides over access, encryption, residency and the record of processing.
const GUARDED =
  /^(\*|kms|.*Kms|encrypt|.*Encrypt|policy|.*Policy$|public|block|assumeRole|ingress|egress|tags|region|replica|retention|deletionProtection|logg?ing)/;

/**
 * What AWS alone sets on something that exists, whatever its name begins with: clusters of a global database become each
 * other's copies when somebody moves the primary, and nobody can make another one a copy.
 */
const SET_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  [CLUSTER]: ["replicationSourceIdentifier"],
};

/** Pulumi sees every change of what the rules judge. */
export const noBlindSpot = defineRule({
  id: "no-blind-spot",
  title: "No ignoreChanges hides a property that rules judge",
  severity: "critical",
  scope: "resource",
  types: { "aws:*": [] },
  refs: {},
  gdpr: ["25", "32(1)(d)"],
  rationale:
    "What Pulumi is told to overlook can be opened by hand and stays open: no later deployment mends it.",
  remediation: "take the property out of ignoreChanges, or make the owner of its value a resource of its own",
  configSchema: {},
  examples: {
    pass: [
      one("nothing ignored", CLUSTER, {}),
      one(
        "a value with another owner",
        SECRET_VERSION,
        {},
        { ignoreChanges: ["secretString", "versionStages"] },
      ),
      one("the place in a global database", CLUSTER, {}, { ignoreChanges: ["replicationSourceIdentifier"] }),
    ],
    fail: [
      one("everything", CLUSTER, {}, { ignoreChanges: ["*"], findings: ["ignored"] }),
      one("key", CLUSTER, {}, { ignoreChanges: ["kmsKeyId"], findings: ["ignored"] }),
      one(
        "encryption, below a list",
        CLUSTER,
        {},
        {
          ignoreChanges: ["rules[0].encryptionConfiguration"],
          findings: ["ignored"],
        },
      ),
      one(
        "two",
        CLUSTER,
        {},
        { ignoreChanges: ["tags", "port", "policy"], findings: ["ignored", "ignored"] },
      ),
      one(
        "the source of another type's copies",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        {},
        { ignoreChanges: ["replicationSourceIdentifier"], findings: ["ignored"] },
      ),
    ],
    unknown: [],
    notApplicable: [one("another provider", "random:index/randomPassword:RandomPassword", {})],
  },
  check: ({ resource }) =>
    resource.ignoreChanges
      .filter((path) => SET_BY_AWS[resource.type]?.includes(path) !== true)
      .filter((path) => path.split(/[.[\]"]+/).some((name) => GUARDED.test(name)))
      .map((path) =>
        fail("ignored", `ignoreChanges holds ${path}`, "Allowed: properties with another owner"),
      ),
});

interface ProviderConfig {
  readonly packages: readonly string[];
  readonly deniedTypes: readonly string[];
}

/** Nothing is made by a way that the rules can't look into. */
export const providerAllowed = defineRule<ProviderConfig>({
  id: "provider-allowed",
  title: "Resources come from providers whose types the rules know, bound to an account",
  severity: "high",
  scope: "resource",
  types: { "*": ["allowedAccountIds"] },
  refs: {},
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A template, a command or a second AWS provider makes the same resources and no rule sees a property of them.",
  remediation: "make the resource with the aws provider, and give that provider allowedAccountIds",
  configSchema: {
    packages: {
      ...texts,
      description: "Packages whose resources may be made; `streamflix` are the program's own components.",
      default: ["aws", "awsx", "pulumi", "random", "streamflix"],
    },
    deniedTypes: {
      ...texts,
      description: "Types that hide others inside them.",
      default: [
        "aws:cloudformation/stack:Stack",
        "aws:cloudformation/stackSet:StackSet",
        "aws:cloudformation/stackInstances:StackInstances",
        "aws:cloudcontrol/resource:Resource",
      ],
    },
  },
  examples: {
    pass: [
      one("aws", TOPIC, {}),
      one("component of the program", "streamflix:keys:Keys", {}),
      one("provider of one account", PROVIDER, { allowedAccountIds: ["111122223333"] }),
    ],
    fail: [
      one("another AWS provider", "aws-native:s3:Bucket", {}, { findings: ["package"] }),
      one("a command", "command:local:Command", {}, { findings: ["package"] }),
      one("code of the program's own", "pulumi-nodejs:dynamic:Resource", {}, { findings: ["package"] }),
      one("another provider by itself", "pulumi:providers:gcp", {}, { findings: ["package"] }),
      one("a template", "aws:cloudformation/stack:Stack", {}, { findings: ["type"] }),
      one("provider of any account", PROVIDER, {}, { findings: ["any-account"] }),
      one("provider of no list", PROVIDER, { allowedAccountIds: "[]" }, { findings: ["any-account"] }),
    ],
    unknown: [one("account not known", PROVIDER, { allowedAccountIds: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("the stack itself", "pulumi:pulumi:Stack", {})],
  },
  check: ({ resource: { type, props }, config, notApplicable }) => {
    const [first = "", ...rest] = type.split(":");
    if (type === "pulumi:pulumi:Stack") {
      return notApplicable("the stack is no resource of a provider");
    }
    const made = type.startsWith("pulumi:providers:") ? (rest.at(-1) ?? "") : first;
    if (!config.packages.includes(made)) {
      return [
        fail("package", `the package of ${type} is not allowed`, `Allowed: ${config.packages.join(", ")}`),
      ];
    }
    if (config.deniedTypes.includes(type)) {
      return [fail("type", `${type} hides other resources`, `Not allowed: ${config.deniedTypes.join(", ")}`)];
    }
    if (type !== PROVIDER) {
      return [];
    }
    const accounts = readAny(props.raw("allowedAccountIds"));
    if (accounts.kind === "unknown") {
      return [notKnownYet("allowedAccountIds")];
    }
    // The engine hands lists of a provider over as JSON text.
    const isBound = accounts.kind === "known" && /\d{12}/.test(JSON.stringify(accounts.value));
    return isBound
      ? []
      : [fail("any-account", "allowedAccountIds names no account", "Required: the stack's account")];
  },
});

// Tokens of earlier generations, which the rules' own types do not match.
const LEGACY = [
  /^aws:s3\/bucket\w*V2:/,
  /^aws:s3\/bucketObject:/,
  /^aws:(alb|elasticloadbalancing|elasticloadbalancingv2|applicationloadbalancing)\//,
  /^aws:elb\//,
  /^aws:ec2\/(vpcEndpointServiceAllowedPrinciple|launchConfiguration|spotInstanceRequest):/,
];

/** Every resource has the type that the rules know it by. */
export const noLegacyType = defineRule({
  id: "no-legacy-type",
  title: "No resource has a type of an earlier generation",
  severity: "high",
  scope: "resource",
  types: { "aws:*": [] },
  refs: {},
  gdpr: ["25"],
  rationale:
    "A bucket made as BucketV2 or a balancer made as alb is the same thing in AWS and invisible to rules on the new type.",
  remediation: "use the type without V2, and lb instead of alb and elb",
  configSchema: {},
  examples: {
    pass: [
      one("today's type", "aws:s3/bucket:Bucket", {}),
      one("load balancer", "aws:lb/loadBalancer:LoadBalancer", {}),
    ],
    fail: [
      one("bucket", "aws:s3/bucketV2:BucketV2", {}, { findings: ["legacy"] }),
      one("its satellite", "aws:s3/bucketLoggingV2:BucketLoggingV2", {}, { findings: ["legacy"] }),
      one("load balancer", "aws:alb/loadBalancer:LoadBalancer", {}, { findings: ["legacy"] }),
      one("classic load balancer", "aws:elb/loadBalancer:LoadBalancer", {}, { findings: ["legacy"] }),
    ],
    unknown: [],
    notApplicable: [one("another provider", "random:index/randomPassword:RandomPassword", {})],
  },
  check: ({ resource: { type } }) =>
    LEGACY.some((token) => token.test(type))
      ? [fail("legacy", `${type} is a type of an earlier generation`, "Allowed: the type that replaced it")]
      : [],
});
