import type { Props } from "../../../account/store";
import { BUCKET } from "../bucket-access";
import { inRange, oneOf, under } from "../checks";
import { AwsError, type Model } from "../model";
import { mapOf, mapsOf, text } from "../world";

/** Storage classes that objects can be moved to. */
const CLASSES = [
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const;

/** Days for which an object stays in S3 Standard, and then in an infrequently accessed class. */
const LEAST_DAYS = 30;
const INFREQUENT = ["STANDARD_IA", "ONEZONE_IA"];

const MOST_RULES = 1000;

const lifecycle: Model = {
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  source: "internal/service/s3/bucket_lifecycle_configuration.go",
  forceNew: ["bucket", "expectedBucketOwner"],
  // The provider reads the rules back until S3 says the same twice.
  seconds: 12,
  taggable: false,
  computed: ["expectedBucketOwner"],
  defaults: { transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
  references: { bucket: { types: [BUCKET], by: "id" } },
  check: (inputs) =>
    mapsOf(inputs["rules"]).flatMap((rule) =>
      under("rules", [
        ...oneOf(rule, "status", ["Enabled", "Disabled"]),
        ...mapsOf(rule["transitions"]).flatMap((it) => [
          ...oneOf(it, "storageClass", CLASSES),
          ...inRange(it, "days", 0, Infinity),
        ]),
        ...inRange(mapOf(rule["noncurrentVersionExpiration"]), "noncurrentDays", 1, Infinity),
        ...(rule["filter"] === undefined && rule["prefix"] === undefined
          ? [{ property: "filter", reason: "one (and only one) of filter, prefix is required" }]
          : []),
      ]),
    ),
  verify: (inputs) => {
    const rules = mapsOf(inputs["rules"]);
    const ids = rules.map((rule) => text(rule, "id"));
    if (rules.length === 0 || rules.length > MOST_RULES) throw malformed();
    if (new Set(ids).size < ids.length) {
      throw new AwsError("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule");
    }
    rules.forEach(verifyRule);
  },
  make: (inputs) => ({ id: text(inputs, "bucket"), computed: { expectedBucketOwner: "" } }),
};

export const s3LifecycleModels: readonly Model[] = [lifecycle];

function verifyRule(rule: Props): void {
  const expiration = mapOf(rule["expiration"]);
  const transitions = mapsOf(rule["transitions"]).map((it) => ({
    storageClass: String(it["storageClass"]),
    days: Number(it["days"] ?? 0),
  }));
  const actions = [
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
  ];
  if (actions.every((action) => rule[action] === undefined)) {
    throw new AwsError("InvalidRequest", "At least one action needs to be specified in a rule.");
  }
  const ends = ["date", "days", "expiredObjectDeleteMarker"].filter((it) => expiration[it] !== undefined);
  if (rule["expiration"] !== undefined && ends.length !== 1) throw malformed();
  if (expiration["days"] !== undefined && Number(expiration["days"]) < 1) {
    throw new AwsError("InvalidArgument", "'Days' for Expiration action must be a positive integer");
  }
  for (const { storageClass, days } of transitions) {
    if (INFREQUENT.includes(storageClass) && days < LEAST_DAYS) {
      throw new AwsError(
        "InvalidArgument",
        `'Days' in Transition action must be greater than or equal to ${LEAST_DAYS} for storageClass '${storageClass}'`,
      );
    }
    if (expiration["days"] !== undefined && Number(expiration["days"]) <= days) {
      throw new AwsError(
        "InvalidArgument",
        "'Days' in the Expiration action must be greater than 'Days' in the Transition action",
      );
    }
  }
  verifyOrder(transitions);
}

/** Objects go from one class to a colder one, and stay in an infrequently accessed one for a while. */
function verifyOrder(transitions: readonly { readonly storageClass: string; readonly days: number }[]): void {
  const warmestFirst = [...transitions].sort((a, b) => rank(a.storageClass) - rank(b.storageClass));
  warmestFirst.slice(1).forEach(({ storageClass, days }, index) => {
    const before = warmestFirst[index];
    if (before === undefined) return;
    const least = INFREQUENT.includes(before.storageClass) ? LEAST_DAYS : 1;
    if (days < before.days + least) {
      throw new AwsError(
        "InvalidArgument",
        `'Days' in the 'Transition' action for StorageClass '${storageClass}' must be ${least} days more than for StorageClass '${before.storageClass}'`,
      );
    }
  });
}

function rank(storageClass: string): number {
  return (CLASSES as readonly string[]).indexOf(storageClass);
}

function malformed(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
