import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { parseArn } from "../engine/arn";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { effectiveRegion } from "../engine/region";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";
import { keyProperties } from "../generated/key-properties";

const KEYS = [
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/alias:Alias",
];
const TOPIC = "aws:sns/topic:Topic";

const key = (region = "eu-central-1", type = "aws:kms/key:Key"): ExampleResource => ({
  type,
  name: "key",
  props: { region },
});
const topic = (props: ExampleProps, dependsOn: readonly string[] = []): ExampleResource => ({
  type: TOPIC,
  props: { region: "eu-central-1", ...props },
  dependsOn: { kmsMasterKeyId: dependsOn },
});
const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/1234`;
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/**
 * Keys that are not known before creation are followed through the graph: one that this run makes is a pass, not a
 * doubt.
 */
export const keyReferences = defineRule({
  id: "key-references",
  title: "Every key that a resource names is a KMS key of its own region",
  severity: "high",
  scope: "stack",
  isSuppressible: false,
  types: {
    ...Object.fromEntries(Object.entries(keyProperties).map(([type, names]) => [type, ["region", ...names]])),
    ...Object.fromEntries(KEYS.map((type) => [type, ["region"]])),
  },
  refs: {},
  gdpr: ["32(1)(a)", "44"],
  rationale:
    "A key of another region takes the data's protection out of the region, and a wrong reference shows only when AWS refuses it.",
  remediation: "name a key of this stack, of the resource's own region",
  configSchema: {},
  examples: {
    pass: [
      stack("a key of the same run", [topic({ kmsMasterKeyId: UNKNOWN }, ["key"]), key()]),
      stack("an alias of the same run", [
        topic({ kmsMasterKeyId: UNKNOWN }, ["key"]),
        key("eu-central-1", "aws:kms/alias:Alias"),
      ]),
      stack("a key outside the stack, by its ARN", [topic({ kmsMasterKeyId: arn("eu-central-1") })]),
      stack("no key: the type's own rule judges that", [topic({})]),
    ],
    fail: [
      stack(
        "a key of another region in the same run",
        [topic({ kmsMasterKeyId: UNKNOWN }, ["key"]), key("eu-west-1")],
        "key-region",
      ),
      stack(
        "a key of another region by its ARN",
        [topic({ kmsMasterKeyId: arn("eu-west-1") })],
        "key-region",
      ),
      stack(
        "something that is no key",
        [
          topic({ kmsMasterKeyId: UNKNOWN }, ["bucket"]),
          { type: "aws:s3/bucket:Bucket", name: "bucket", props: {} },
        ],
        "no-key",
      ),
    ],
    unknown: [
      stack("a key that can't be followed", [topic({ kmsMasterKeyId: UNKNOWN })], "unknown"),
      stack(
        "a component that may hold keys",
        [
          topic({ kmsMasterKeyId: UNKNOWN }, ["component"]),
          { type: "streamflix:keys:Keys", name: "component", props: {} },
        ],
        "unknown",
      ),
      stack(
        "a region that is not known",
        [{ ...topic({ kmsMasterKeyId: UNKNOWN, region: UNKNOWN }, ["key"]) }, key()],
        "unknown",
      ),
    ],
    notApplicable: [stack("no type with keys", [{ type: "aws:ec2/vpc:Vpc", props: {} }])],
  },
  check: ({ graph, notApplicable }) => {
    const users = graph.ofTypes(Object.keys(keyProperties));
    if (users.length === 0) {
      return notApplicable("no resource of the stack can name a key");
    }
    return users.flatMap((resource) =>
      (keyProperties[resource.type] ?? [])
        .flatMap((property) => judgeReference(graph, resource, property))
        .map((finding) => ({ ...finding, urn: resource.urn })),
    );
  },
});

function judgeReference(graph: Graph, resource: Resource, property: string): readonly Finding[] {
  const value = resource.props.string(property);
  if (value.kind === "absent" || (value.kind === "known" && value.value === "")) {
    return [];
  }
  const keys = graph.targets(resource, property, KEYS);
  const named = value.kind === "known" ? parseArn(value.value)?.region : undefined;
  if (named !== undefined && named !== "") {
    return judgeRegion(resource, property, [named]);
  }
  if (keys.kind !== "known" || keys.value.length > 0) {
    return keys.kind === "known"
      ? keys.value.flatMap((key) => judgeKeyRegion(resource, property, key))
      : [notKnownYet(property)];
  }
  // A known id or alias without an ARN is of the resource's own region: AWS looks nowhere else.
  if (value.kind === "known") {
    return [];
  }
  return graph.comesFromResources(resource, property)
    ? [fail("no-key", `${property} comes from a resource that is no KMS key`, "Allowed: a KMS key or alias")]
    : [notKnownYet(property)];
}

function judgeKeyRegion(resource: Resource, property: string, key: Resource): readonly Finding[] {
  const { region } = effectiveRegion(key);
  return region.kind === "known"
    ? judgeRegion(resource, property, [region.value])
    : [notKnownYet(`region of ${property}`)];
}

function judgeRegion(resource: Resource, property: string, regions: readonly string[]): readonly Finding[] {
  const { region } = effectiveRegion(resource);
  if (region.kind !== "known") {
    return [notKnownYet("region")];
  }
  return regions.every((each) => each === region.value)
    ? []
    : [fail("key-region", `${property} names a key of another region`, `Allowed: ${region.value}`)];
}
