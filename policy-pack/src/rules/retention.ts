import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import type { Place } from "../engine/place";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";
import { tagsOf } from "../engine/tags";

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const STREAM = "aws:kinesis/stream:Stream";
const BUCKET = "aws:s3/bucket:Bucket";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";

interface Bounds {
  readonly minimumDays: number;
  readonly maximumDays: number;
}

interface RetentionConfig {
  readonly classes: Readonly<Record<string, Bounds>>;
}

const table = { classes: { logs: { minimumDays: 7, maximumDays: 30 } } };
const tags = { "retention-class": "logs" };
const group = (props: ExampleProps): ExampleResource => ({ type: LOG_GROUP, props: { tags, ...props } });
const bucket: ExampleResource = { type: BUCKET, name: "bucket", props: { tags, bucket: "b" } };
const lifecycle = (rule: ExampleProps): ExampleResource => ({
  type: LIFECYCLE,
  props: { bucket: "b", rules: [{ status: "Enabled", ...rule }] },
});
const under = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings, config: table });

/** One table says how long; everything that keeps data of a class obeys it. */
export const retentionCoherent = defineRule<RetentionConfig>({
  id: "retention-coherent",
  title: "What keeps data of a retention class keeps it within the class's bounds",
  severity: "medium",
  scope: "stack",
  types: {
    [LOG_GROUP]: ["tags", "retentionInDays"],
    [STREAM]: ["tags", "retentionPeriod"],
    [BUCKET]: ["tags"],
    [LIFECYCLE]: ["bucket", "rules"],
  },
  refs: { checkov: ["CKV2_AWS_61"], securityHub: ["S3.13", "Kinesis.3"] },
  gdpr: ["5(1)(e)", "17"],
  rationale:
    "A copy that outlives its class keeps what the others erased, and one that ends early breaks a promise.",
  remediation:
    "take the days from the stack's streamflix:retention table, and repeat its classes in the pack's file",
  configSchema: {
    classes: {
      type: "object",
      additionalProperties: true,
      description: "Classes by the value of `retention-class`, each with minimumDays and maximumDays.",
      default: {},
    },
  },
  examples: {
    pass: [
      under("within the bounds", [group({ retentionInDays: 30 })]),
      under("hours of a stream", [{ type: STREAM, props: { tags, retentionPeriod: 168 } }]),
      under("a bucket's lifecycle", [bucket, lifecycle({ expiration: { days: 30 } })]),
      under("another class", [group({ tags: { "retention-class": "other" }, retentionInDays: 3653 })]),
    ],
    fail: [
      under("too long", [group({ retentionInDays: 60 })], "days"),
      under("too short", [group({ retentionInDays: 1 })], "days"),
      under("for ever", [group({})], "for-ever"),
      under("hours of a stream", [{ type: STREAM, props: { tags, retentionPeriod: 24 } }], "days"),
      under("a bucket's lifecycle", [bucket, lifecycle({ expiration: { days: 365 } })], "days@example"),
      under(
        "old versions",
        [
          bucket,
          lifecycle({ expiration: { days: 30 }, noncurrentVersionExpiration: { noncurrentDays: 90 } }),
        ],
        "days@example",
      ),
      under("a bucket without a lifecycle", [bucket], "for-ever"),
    ],
    unknown: [
      under("days not known", [group({ retentionInDays: UNKNOWN })], "unknown"),
      under("class not known", [group({ tags: UNKNOWN, retentionInDays: 30 })], "unknown"),
    ],
    notApplicable: [{ title: "no table", resources: [group({})] }],
  },
  check: ({ graph, config, notApplicable }) => {
    if (Object.keys(config.classes).length === 0) {
      return notApplicable("the stack's file has no table of classes");
    }
    return graph.ofTypes([LOG_GROUP, STREAM, BUCKET]).flatMap((resource): readonly Finding[] => {
      const name = tagsOf(resource).get("retention-class");
      if (name.kind === "unknown") {
        return [notKnownYet("tags.retention-class", resource.urn)];
      }
      const bounds = name.kind === "known" ? config.classes[name.value] : undefined;
      return bounds === undefined ? [] : judgeKeeper(graph, resource, bounds);
    });
  },
});

function judgeKeeper(graph: Graph, resource: Resource, bounds: Bounds): readonly Finding[] {
  switch (resource.type) {
    case LOG_GROUP:
      return judgeDays(resource.props.at("retentionInDays"), 1, bounds, resource.urn);
    case STREAM:
      return judgeDays(resource.props.at("retentionPeriod"), 24, bounds, resource.urn);
    default: {
      const { found, isOpen } = graph.referrers([LIFECYCLE], "bucket", resource);
      if (found.length === 0) {
        return isOpen
          ? [notKnownYet("the bucket's lifecycle", resource.urn)]
          : [
              fail("for-ever", "the bucket has no lifecycle, so it keeps data for ever", text(bounds), {
                urn: resource.urn,
              }),
            ];
      }
      return found.flatMap(({ props, urn }) =>
        props
          .at("rules")
          .items()
          .flatMap((rule) =>
            [rule.at("expiration.days"), rule.at("noncurrentVersionExpiration.noncurrentDays")]
              .filter(({ kind }) => kind !== "absent")
              .flatMap((days) => judgeDays(days, 1, { ...bounds, minimumDays: 1 }, urn)),
          ),
      );
    }
  }
}

function judgeDays(place: Place, unitsPerDay: number, bounds: Bounds, urn: string): readonly Finding[] {
  const found = place.number();
  if (found.kind === "unknown") {
    return [notKnownYet(place.path, urn)];
  }
  if (found.kind === "absent" || found.value === 0) {
    return [fail("for-ever", `${place.path} is not set`, text(bounds), { urn })];
  }
  const days = found.value / unitsPerDay;
  return days >= bounds.minimumDays && days <= bounds.maximumDays
    ? []
    : [fail("days", `${place.path} keeps data for ${days} days`, text(bounds), { urn })];
}

function text({ minimumDays, maximumDays }: Bounds): string {
  return `Allowed: ${minimumDays} to ${maximumDays} days`;
}
