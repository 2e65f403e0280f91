import { type Example, type ExampleResource, one, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { type PolicyDocument, readPolicyDocument } from "../engine/policy-document";
import { effectiveRegion } from "../engine/region";
import { type RegionConfig, regionSettings } from "../engine/region-settings";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";
import { Place } from "../engine/place";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const POLICY = "aws:iam/policy:Policy";
const SCP = "aws:organizations/policy:Policy";

const texts = { type: "array", items: { type: "string" }, uniqueItems: true } as const;

const bucket = (name: string, region: string): ExampleResource => ({
  type: "aws:s3/bucket:Bucket",
  name,
  props: { region, arn: `arn:aws:s3:::${name}` },
});
const replication = (
  target: string | typeof UNKNOWN,
  dependsOn: readonly string[] = [],
): ExampleResource => ({
  type: REPLICATION,
  props: { rules: [{ destination: { bucket: target } }] },
  dependsOn: { rules: dependsOn },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  rest: Partial<Example> = {},
): Example => ({
  title,
  resources,
  ...rest,
});

interface ReplicationConfig extends RegionConfig {
  readonly knownTargets: readonly string[];
}

/** Replicas stay in allowed regions, although a bucket's ARN has none. */
export const s3ReplicationTarget = defineRule<ReplicationConfig>({
  id: "s3-replication-target",
  title: "S3 replicates only to buckets whose region is known and allowed",
  severity: "critical",
  scope: "stack",
  isSuppressible: false,
  types: { [REPLICATION]: ["rules"], ...Object.fromEntries(BUCKETS.map((type) => [type, ["region"]])) },
  refs: { aws: ["AWS-GR_RESTRICT_S3_CROSS_REGION_REPLICATION"] },
  gdpr: ["44", "5(1)(f)"],
  rationale: "The ARN of a bucket names no region, so only the bucket itself tells where a replica goes.",
  remediation:
    "replicate to a bucket of this stack in an allowed region, or have the bucket assessed and list its name",
  configSchema: {
    ...regionSettings,
    knownTargets: {
      ...texts,
      description: "Names of buckets of other stacks whose region was checked by hand.",
      default: [],
    },
  },
  examples: {
    pass: [
      stack("target of this stack, not made yet", [
        replication(UNKNOWN, ["copy"]),
        bucket("copy", "eu-central-1"),
      ]),
      stack("target by its ARN", [replication("arn:aws:s3:::copy"), bucket("copy", "eu-central-1")]),
      stack("target in the standby region", [replication(UNKNOWN, ["copy"]), bucket("copy", "eu-west-1")], {
        config: { standbyRegions: ["eu-west-1"], standbyTypes: BUCKETS },
      }),
      stack("target of another stack that was checked", [replication("arn:aws:s3:::streamflix-copy")], {
        config: { knownTargets: ["streamflix-copy"] },
      }),
    ],
    fail: [
      stack("target elsewhere", [replication(UNKNOWN, ["copy"]), bucket("copy", "us-east-1")], {
        findings: ["target-region"],
      }),
      stack("target outside the stack", [replication("arn:aws:s3:::copy")], {
        findings: ["target-untraced"],
      }),
      stack(
        "second rule elsewhere",
        [
          {
            type: REPLICATION,
            props: {
              rules: [
                { destination: { bucket: "arn:aws:s3:::home" } },
                { destination: { bucket: "arn:aws:s3:::away" } },
              ],
            },
          },
          bucket("home", "eu-central-1"),
          bucket("away", "us-east-1"),
        ],
        { findings: ["target-region"] },
      ),
    ],
    unknown: [
      stack("target that can't be followed", [replication(UNKNOWN)], { findings: ["unknown"] }),
      stack(
        "target whose region is not known",
        [
          replication("arn:aws:s3:::copy"),
          {
            type: "aws:s3/bucket:Bucket",
            name: "copy",
            props: { region: UNKNOWN, arn: "arn:aws:s3:::copy" },
          },
        ],
        { findings: ["unknown"] },
      ),
    ],
    notApplicable: [stack("no replication", [bucket("only", "eu-central-1")])],
  },
  check: ({ graph, config, notApplicable }) => {
    const replications = graph.ofTypes([REPLICATION]);
    if (replications.length === 0) {
      return notApplicable("nothing is replicated");
    }
    return replications.flatMap((resource) =>
      resource.props
        .at("rules")
        .items()
        .flatMap((rule) => judgeTarget(graph, resource, rule.at("destination.bucket"), config))
        .map((finding) => ({ ...finding, urn: resource.urn })),
    );
  },
});

function judgeTarget(
  graph: Graph,
  from: Resource,
  place: Place,
  config: ReplicationConfig,
): readonly Finding[] {
  const target = place.string();
  const followed = graph.follow(from, "rules", target, BUCKETS);
  if (followed.kind !== "known") {
    return [notKnownYet(place.path)];
  }
  if (followed.value.length === 0) {
    const isListed =
      target.kind === "known" && config.knownTargets.includes(target.value.replace(/^arn:aws:s3:::/, ""));
    return isListed
      ? []
      : [
          fail(
            "target-untraced",
            `${place.path} is a bucket of no known region`,
            "Allowed: buckets of this stack and knownTargets",
          ),
        ];
  }
  return followed.value.flatMap((bucketFound) => {
    const { region } = effectiveRegion(bucketFound);
    const allowed = [
      ...config.allowedRegions,
      ...(config.standbyTypes.includes(bucketFound.type) ? config.standbyRegions : []),
    ];
    return region.kind === "unknown"
      ? [notKnownYet(`region of ${place.path}`)]
      : region.kind === "known" && allowed.includes(region.value)
        ? []
        : [
            fail(
              "target-region",
              `${place.path} is in a region that is not allowed`,
              `Allowed: ${allowed.join(", ")}`,
            ),
          ];
  });
}

interface GuardrailConfig extends RegionConfig {
  readonly isRequired: boolean;
}

const guardrail = (
  regions: readonly string[],
  rest: object = { NotAction: ["iam:*", "sts:*"] },
): Example["resources"][number] => ({
  type: POLICY,
  props: {
    policy: JSON.stringify({
      Statement: {
        Effect: "Deny",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:RequestedRegion": regions } },
        ...rest,
      },
    }),
  },
});

/** The account itself refuses what the pack would refuse. */
export const regionGuardrail = defineRule<GuardrailConfig>({
  id: "region-guardrail",
  title: "The boundary that denies other regions lists exactly the allowed ones",
  severity: "medium",
  scope: "stack",
  isSuppressible: false,
  types: { [POLICY]: ["policy"], [SCP]: ["content"] },
  refs: { prowler: ["organizations_scp_check_deny_regions"], aws: ["CT.MULTISERVICE.PV.1"] },
  gdpr: ["44", "25"],
  rationale:
    "A pack sees only what goes through it: the guardrail also stops the console and every other program.",
  remediation:
    "deny with NotAction for the global services and StringNotEquals on aws:RequestedRegion with the allowed regions",
  configSchema: {
    ...regionSettings,
    isRequired: {
      type: "boolean",
      description:
        "Whether the stack must declare the guardrail: true for the one that prepares the account.",
      default: false,
    },
  },
  examples: {
    pass: [
      stack("exactly the allowed regions", [guardrail(["eu-central-1"])]),
      stack("requests that name a region only", [
        guardrail(["eu-central-1"], {
          NotAction: ["iam:*", "sts:*"],
          Condition: {
            StringNotEquals: { "aws:RequestedRegion": ["eu-central-1"] },
            Null: { "aws:RequestedRegion": "false" },
          },
        }),
      ]),
    ],
    fail: [
      stack("one more region", [guardrail(["eu-central-1", "us-east-1"])], { findings: ["regions"] }),
      stack("one region fewer", [guardrail(["eu-central-1"])], {
        findings: ["regions"],
        config: { standbyRegions: ["eu-west-1"] },
      }),
      stack("denies global services too", [guardrail(["eu-central-1"], { Action: "*" })], {
        findings: ["global-services"],
      }),
      stack("none where there must be one", [{ type: "aws:iam/role:Role", props: {} }], {
        findings: ["none"],
        config: { isRequired: true },
      }),
    ],
    unknown: [
      one(
        "document not known",
        POLICY,
        { policy: UNKNOWN },
        { findings: ["unknown"], config: { isRequired: true } },
      ),
    ],
    notApplicable: [stack("a stack without one", [{ type: "aws:iam/role:Role", props: {} }])],
  },
  check: ({ graph, config, notApplicable }) => {
    const documents = graph
      .ofTypes([POLICY, SCP])
      .map((resource) => ({ resource, found: documentOf(resource) }));
    const guards = documents.flatMap(({ resource, found }) =>
      found.kind === "known"
        ? guardStatements(found.value).map((statement) => ({ resource, statement }))
        : [],
    );
    if (guards.length === 0) {
      const open = documents.find(({ found }) => found.kind === "unknown");
      if (!config.isRequired) {
        return notApplicable("the stack has no guardrail of its own");
      }
      const anchor = open?.resource.urn ?? graph.resources[0]?.urn;
      const urn = anchor === undefined ? {} : { urn: anchor };
      return open === undefined
        ? [fail("none", "the stack declares no guardrail for regions", "Required: one", urn)]
        : [notKnownYet("policy", open.resource.urn)];
    }
    const wanted = [...config.allowedRegions, ...config.standbyRegions].sort();
    return guards.flatMap(({ resource, statement }): readonly Finding[] => [
      ...(regionsOf(statement).join() === wanted.join()
        ? []
        : [
            fail("regions", `${statement.path} lists other regions`, `Required: ${wanted.join(", ")}`, {
              urn: resource.urn,
            }),
          ]),
      ...(statement.notActions.length > 0
        ? []
        : [
            fail(
              "global-services",
              `${statement.path} denies global services too`,
              "Required: NotAction with them",
              {
                urn: resource.urn,
              },
            ),
          ]),
    ]);
  },
});

type Statements = PolicyDocument["statements"];

function documentOf({ type, props }: Resource) {
  const property = type === SCP ? "content" : "policy";
  return readPolicyDocument(props.raw(property), property);
}

function guardStatements({ statements }: PolicyDocument): Statements {
  return statements.filter((statement) => !statement.allows && statement.conditions.some(isElsewhere));
}

/** A condition that holds outside some regions. */
function isElsewhere({ operator, key }: Statements[number]["conditions"][number]): boolean {
  return operator === "stringnotequals" && key === "aws:requestedregion";
}

function regionsOf({ conditions }: Statements[number]): readonly string[] {
  return conditions
    .filter(isElsewhere)
    .flatMap(({ values }) => values)
    .sort();
}
