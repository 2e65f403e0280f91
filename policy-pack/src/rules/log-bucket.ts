import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import type { Resource } from "../engine/resource";
import { defineRule } from "../engine/rule";

const BUCKET = "aws:s3/bucket:Bucket";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

const bucket: ExampleResource = { type: BUCKET, name: "bucket", props: { bucket: "logs" } };
const encryption = (sseAlgorithm: ExampleProps[string]): ExampleResource => ({
  type: ENCRYPTION,
  props: { bucket: "logs", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }] },
  dependsOn: { bucket: ["bucket"] },
});
const logging = (targetBucket: ExampleProps[string]): ExampleResource => ({
  type: LOGGING,
  name: "logging",
  props: { targetBucket },
});
const balancer = (accessLogs: ExampleProps[string], dependsOn: readonly string[] = []): ExampleResource => ({
  type: BALANCER,
  name: "balancer",
  props: { accessLogs },
  dependsOn: { accessLogs: dependsOn },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** S3's own keys are for what AWS delivers logs to, and nothing else. */
export const bucketOwnKey = defineRule({
  id: "bucket-own-key",
  title: "Only buckets that AWS delivers logs to are encrypted under S3's own keys",
  severity: "critical",
  scope: "stack",
  isSuppressible: false,
  types: {
    [BUCKET]: [],
    [ENCRYPTION]: ["bucket", "rules"],
    [LOGGING]: ["targetBucket"],
    [BALANCER]: ["accessLogs"],
  },
  refs: { checkov: ["CKV_AWS_145"], securityHub: ["S3.17"], prowler: ["s3_bucket_kms_encryption"] },
  gdpr: ["25", "32(1)(a)"],
  rationale:
    "Under S3's own keys a right to read the bucket is enough. Log delivery can't use a key of ours, so one rule about the setting alone has to let it pass everywhere.",
  remediation: "encrypt the bucket with aws:kms and the data class's key",
  configSchema: {},
  examples: {
    pass: [
      stack("a key of ours", [encryption("aws:kms"), bucket]),
      stack("target of another bucket's log", [encryption("AES256"), bucket, logging("logs")]),
      stack("target of a load balancer", [encryption("AES256"), bucket, balancer({ bucket: "logs" })]),
      stack("target by reference", [encryption("AES256"), bucket, balancer({ bucket: UNKNOWN }, ["bucket"])]),
    ],
    fail: [
      stack("holds data", [encryption("AES256"), bucket], "not-for-logs"),
      stack(
        "logs go to another bucket",
        [encryption("AES256"), bucket, logging("other"), balancer({ bucket: "other" })],
        "not-for-logs",
      ),
      stack("load balancer without a log", [encryption("AES256"), bucket, balancer(null)], "not-for-logs"),
    ],
    unknown: [
      stack("algorithm unknown", [encryption(UNKNOWN), bucket], "unknown"),
      stack("target unknown", [encryption("AES256"), bucket, logging(UNKNOWN)], "unknown"),
      stack(
        "load balancer's target unknown",
        [encryption("AES256"), bucket, balancer({ bucket: UNKNOWN })],
        "unknown",
      ),
    ],
    notApplicable: [stack("no bucket's encryption", [bucket])],
  },
  check: ({ graph, notApplicable }) => {
    const encryptions = graph.ofTypes([ENCRYPTION]);
    if (encryptions.length === 0) {
      return notApplicable("the stack sets no bucket's encryption");
    }
    return encryptions.flatMap((resource) => {
      const algorithms = placesAt(resource.props, "rules[].applyServerSideEncryptionByDefault.sseAlgorithm");
      const unknown = algorithms.find(({ kind }) => kind === "unknown");
      if (unknown !== undefined) {
        return [notKnownYet(unknown.path, resource.urn)];
      }
      if (!algorithms.some(({ raw }) => raw === "AES256")) {
        return [];
      }
      switch (holdsLogs(graph, resource)) {
        case "yes":
          return [];
        case "unknown":
          return [notKnownYet("whether AWS delivers logs to the bucket", resource.urn)];
        case "no":
          return [
            fail("not-for-logs", "the bucket is under S3's own key", "Allowed: for log delivery only", {
              urn: resource.urn,
            }),
          ];
      }
    });
  },
});

function holdsLogs(graph: Graph, encryption: Resource): "yes" | "no" | "unknown" {
  const buckets = graph.targets(encryption, "bucket", [BUCKET]);
  if (buckets.kind !== "known") {
    return buckets.kind === "unknown" ? "unknown" : "no";
  }
  const logTargets = [
    ...graph.ofTypes([LOGGING]).map((from) => graph.targets(from, "targetBucket", [BUCKET])),
    ...graph
      .ofTypes([BALANCER])
      .map((from) => graph.follow(from, "accessLogs", from.props.at("accessLogs.bucket").string(), [BUCKET])),
  ];
  const isTarget = logTargets.some(
    (found) => found.kind === "known" && found.value.some((target) => buckets.value.includes(target)),
  );
  return isTarget ? "yes" : logTargets.some(({ kind }) => kind === "unknown") ? "unknown" : "no";
}
