import { bad, good, propertyRule } from "../engine/demand";
import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { isTrue } from "../engine/must";
import { defineRule } from "../engine/rule";
import { flag, texts } from "../engine/setting";
import { effectiveTags } from "../engine/tags";

const BUCKET = "aws:s3/bucket:Bucket";
const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
const TRAIL = "aws:cloudtrail/trail:Trail";

const evidence = {
  severity: "high",
  refs: { checkov: ["CKV_AWS_143"], securityHub: ["S3.15"], prowler: ["s3_bucket_object_lock"] },
  gdpr: ["5(1)(f)", "30", "32(1)(b)"],
  rationale: "An intruder deletes the record of what he did first; a lock keeps it from administrators, too.",
} as const;

interface LockableConfig {
  readonly classes: readonly string[];
  readonly unlocked: readonly string[];
}

const tags = { "retention-class": "audit" };

/** Evidence is made to be locked: a bucket can't be given the ability later. */
export const bucketLockable = propertyRule<LockableConfig>({
  ...evidence,
  id: "bucket-lockable",
  title: "Buckets with evidence are made with object lock",
  type: BUCKET,
  remediation: "make the bucket with the Bucket component's kind `evidence` and a lock",
  configSchema: {
    classes: texts("Values of the tag `retention-class` that mark evidence.", ["audit"]),
    unlocked: texts(
      "Beginnings of names of buckets that can't be locked, such as one that AWS Config delivers to.",
      [],
    ),
  },
  demands: [{ finding: "not-lockable", at: "objectLockEnabled", must: isTrue }],
  skip: {
    reads: ["tags", "bucket"],
    why: (props, { classes, unlocked }) => {
      const kind = effectiveTags(props.bag("tags"), undefined).get("retention-class");
      const name = props.string("bucket");
      const isMarked = kind.kind === "known" && classes.includes(kind.value);
      return !isMarked || (name.kind === "known" && unlocked.some((start) => name.value.startsWith(start)))
        ? "the bucket holds no evidence that can be locked"
        : undefined;
    },
  },
  examples: {
    good: { tags, objectLockEnabled: true },
    fail: [
      bad("no lock", { objectLockEnabled: null }, "not-lockable"),
      bad("switched off", { objectLockEnabled: false }, "not-lockable"),
      bad("another bucket is exempt", { objectLockEnabled: null, bucket: "trail" }, "not-lockable", {
        unlocked: ["configuration-"],
      }),
    ],
    unknown: ["objectLockEnabled"],
    notApplicable: [
      good("another class", { tags: { "retention-class": "viewer-data" }, objectLockEnabled: null }),
      good("no class", { tags: null, objectLockEnabled: null }),
      good(
        "exempt by configuration",
        { bucket: "configuration-1", objectLockEnabled: null },
        { unlocked: ["configuration-"] },
      ),
    ],
  },
});

interface TrailBucketConfig {
  readonly needsLock: boolean;
}

const trail = (s3BucketName: ExampleProps[string], dependsOn: readonly string[] = []): ExampleResource => ({
  type: TRAIL,
  name: "trail",
  props: { s3BucketName },
  dependsOn: { s3BucketName: dependsOn },
});
const bucket: ExampleResource = { type: BUCKET, name: "bucket", props: { bucket: "trail" } };
const lock = (name: ExampleProps[string], dependsOn: readonly string[] = []): ExampleResource => ({
  type: LOCK,
  props: { bucket: name },
  dependsOn: { bucket: dependsOn },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** Nobody takes the trail's files away before their time. */
export const trailBucketLocked = defineRule<TrailBucketConfig>({
  ...evidence,
  id: "trail-bucket-locked",
  title: "Every trail delivers into a bucket of the stack that has an object lock",
  scope: "stack",
  types: { [TRAIL]: ["s3BucketName"], [BUCKET]: [], [LOCK]: ["bucket"] },
  refs: { ...evidence.refs, securityHub: ["CloudTrail.6", "S3.15"] },
  remediation: "give the trail's bucket an aws.s3.BucketObjectLockConfiguration with a default retention",
  configSchema: { needsLock: flag("Whether the bucket of a trail has to be locked.", true) },
  examples: {
    pass: [
      stack("locked", [trail("trail"), bucket, lock("trail")]),
      stack("locked by reference", [trail(UNKNOWN, ["bucket"]), bucket, lock(UNKNOWN, ["bucket"])]),
      {
        ...stack("not locked by configuration", [trail("trail"), bucket]),
        config: { needsLock: false },
      },
    ],
    fail: [
      stack("no lock", [trail("trail"), bucket], "not-locked@trail"),
      stack("another bucket's lock", [trail("trail"), bucket, lock("other")], "not-locked@trail"),
      stack("a bucket that nobody knows", [trail("elsewhere"), bucket, lock("trail")], "not-ours@trail"),
    ],
    unknown: [
      stack("bucket unknown", [trail(UNKNOWN), bucket, lock("trail")], "unknown@trail"),
      stack("lock that can't be followed", [trail("trail"), bucket, lock(UNKNOWN)], "unknown@trail"),
    ],
    notApplicable: [stack("no trail", [bucket])],
  },
  check: ({ graph, config, notApplicable }) => {
    const trails = graph.ofTypes([TRAIL]);
    if (trails.length === 0) {
      return notApplicable("the stack has no trail");
    }
    return trails.flatMap((entry) => {
      const { urn } = entry;
      const found = graph.targets(entry, "s3BucketName", [BUCKET]);
      if (!config.needsLock) {
        return [];
      }
      if (found.kind !== "known") {
        return [notKnownYet("s3BucketName", urn)];
      }
      const [target] = found.value;
      if (target === undefined) {
        return [
          fail("not-ours", "s3BucketName names no bucket of the stack", "Required: a bucket with a lock", {
            urn,
          }),
        ];
      }
      const locks = graph.referrers([LOCK], "bucket", target);
      if (locks.found.length > 0) {
        return [];
      }
      return locks.isOpen
        ? [notKnownYet("bucket of an object lock", urn)]
        : [fail("not-locked", "the trail's bucket has no object lock", "Required: a lock", { urn })];
    });
  },
});
