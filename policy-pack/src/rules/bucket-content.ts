import { bad, good, meets, propertyRule } from "../engine/demand";
import { fail, notKnownYet } from "../engine/judge";
import { isCustomerKey, isGiven, isOneOf, isTrue, isWithin } from "../engine/must";
import { placesAt } from "../engine/path";
import { count } from "../engine/setting";

const kmsMasterKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** Objects are encrypted with a key of ours; only what AWS delivers logs to may be under S3's own. */
export const bucketEncrypted = propertyRule({
  id: "bucket-encrypted",
  title: "Buckets encrypt under a customer-managed key and a bucket key, or under S3's own keys for logs",
  severity: "critical",
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  refs: {
    checkov: ["CKV_AWS_19", "CKV_AWS_145"],
    securityHub: ["S3.17"],
    cdkNag: ["S3DefaultEncryptionKMS"],
    prowler: ["s3_bucket_default_encryption", "s3_bucket_kms_encryption"],
  },
  gdpr: ["25", "32(1)(a)"],
  rationale: "With a key of ours a right to read the bucket alone opens nothing. Log delivery can't use one.",
  remediation:
    "set applyServerSideEncryptionByDefault to aws:kms with the data key's ARN as kmsMasterKeyId, and bucketKeyEnabled to true",
  isSuppressible: false,
  demands: [
    { finding: "no-rules", at: "rules", must: isGiven },
    {
      finding: "algorithm",
      at: "rules[].applyServerSideEncryptionByDefault.sseAlgorithm",
      must: isOneOf(["aws:kms", "aws:kms:dsse", "AES256"]),
    },
  ],
  also: {
    reads: ["rules"],
    judge: (props) =>
      placesAt(props, "rules[].applyServerSideEncryptionByDefault.sseAlgorithm").some(({ raw }) =>
        /^aws:kms/.test(String(raw)),
      )
        ? [
            ...meets(
              props,
              "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId",
              isCustomerKey,
              "no-key",
            ),
            ...meets(props, "rules[].bucketKeyEnabled", isTrue, "no-bucket-key"),
          ]
        : [],
  },
  examples: {
    good: {
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
          bucketKeyEnabled: true,
        },
      ],
    },
    pass: [good("logs", { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] })],
    fail: [
      bad("no rules", { rules: [] }, "no-rules"),
      bad("nothing said", { "rules[0].applyServerSideEncryptionByDefault": null }, "algorithm"),
      bad("AWS's own key", { "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": null }, "no-key"),
      bad("each object calls KMS", { "rules[0].bucketKeyEnabled": false }, "no-bucket-key"),
    ],
    unknown: [
      "rules",
      "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm",
      "rules[0].bucketKeyEnabled",
    ],
    made: ["rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"],
  },
});

/** What is overwritten can be had back. */
export const bucketVersioned = propertyRule({
  id: "bucket-versioned",
  title: "Buckets keep earlier versions",
  severity: "high",
  type: "aws:s3/bucketVersioning:BucketVersioning",
  refs: { checkov: ["CKV_AWS_21"], securityHub: ["S3.14"], prowler: ["s3_bucket_object_versioning"] },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale: "Without versions a wrong upload or a stolen key destroys what was there.",
  remediation: "set versioningConfiguration.status to Enabled",
  demands: [{ finding: "off", at: "versioningConfiguration.status", must: isOneOf(["Enabled"]) }],
  examples: {
    good: { versioningConfiguration: { status: "Enabled" } },
    fail: [
      bad("suspended", { "versioningConfiguration.status": "Suspended" }, "off"),
      bad("not said", { versioningConfiguration: null }, "off"),
    ],
    unknown: ["versioningConfiguration.status"],
  },
});

interface LifecycleConfig {
  readonly maxDays: number;
}

// Each demand is met by at least one rule of the bucket.
const ENDS = [
  ["expiration", "rules[].expiration?.days"],
  ["noncurrent", "rules[].noncurrentVersionExpiration?.noncurrentDays"],
  ["uploads", "rules[].abortIncompleteMultipartUpload?.daysAfterInitiation"],
] as const;

/** Objects, their earlier versions and unfinished uploads have an end. */
export const bucketForgets = propertyRule<LifecycleConfig>({
  id: "bucket-forgets",
  title: "Lifecycles end objects, earlier versions and unfinished uploads within bounds",
  severity: "high",
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  refs: {
    checkov: ["CKV2_AWS_61", "CKV_AWS_300"],
    securityHub: ["S3.10", "S3.13"],
    prowler: ["s3_bucket_lifecycle_enabled"],
  },
  gdpr: ["5(1)(e)", "17"],
  rationale: "A version that was deleted is still there until a rule ends it; storage limitation counts it.",
  remediation: "give a rule expiration.days, noncurrentVersionExpiration and abortIncompleteMultipartUpload",
  configSchema: { maxDays: count("Longest time until anything ends, in days.", 2555, 1) },
  demands: [{ finding: "disabled", at: "rules[].status", must: isOneOf(["Enabled"]) }],
  also: {
    reads: ["rules"],
    judge: (props, { maxDays }) =>
      ENDS.flatMap(([id, path]) => {
        const places = placesAt(props, path).filter(({ kind }) => kind !== "absent");
        if (places.length === 0) {
          return [fail(id, `no rule of ${path.replace("?", "")}`, `Required: at most ${maxDays} days`)];
        }
        return places.some(({ kind }) => kind === "unknown")
          ? [notKnownYet(path)]
          : places.flatMap(({ path: at, raw }) =>
              typeof raw === "number" && raw <= maxDays
                ? []
                : [fail(id, `${at} is not within bounds`, `Allowed: at most ${maxDays} days`)],
            );
      }),
  },
  examples: {
    good: {
      rules: [
        {
          status: "Enabled",
          expiration: { days: 365 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        { status: "Enabled", expiration: { expiredObjectDeleteMarker: true } },
      ],
    },
    fail: [
      bad("no rules", { rules: [] }, ["expiration", "noncurrent", "uploads"]),
      bad("for ever", { "rules[0].expiration": null }, "expiration"),
      bad("too long", { "rules[0].expiration.days": 2556 }, "expiration"),
      bad("earlier versions for ever", { "rules[0].noncurrentVersionExpiration": null }, "noncurrent"),
      bad("uploads for ever", { "rules[0].abortIncompleteMultipartUpload": null }, "uploads"),
      bad("switched off", { "rules[0].status": "Disabled" }, "disabled"),
      bad("shorter by configuration", { "rules[0].expiration.days": 8 }, ["expiration", "noncurrent"], {
        maxDays: 7,
      }),
    ],
    unknown: ["rules[0].status", "rules[0].expiration.days"],
  },
});

interface LockConfig {
  readonly maxDays: number;
}

/** A lock keeps evidence, and not for longer than the class of data. */
export const bucketLock = propertyRule<LockConfig>({
  id: "bucket-lock",
  title: "Object locks have a mode and a retention within bounds",
  severity: "high",
  type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  refs: { checkov: ["CKV_AWS_143"], securityHub: ["S3.15"], prowler: ["s3_bucket_object_lock"] },
  gdpr: ["5(1)(e)", "5(1)(f)", "17"],
  rationale: "Evidence that can be deleted proves nothing; a lock that outlives its class forbids erasure.",
  remediation: "set rule.defaultRetention with a mode and days within the bounds",
  configSchema: { maxDays: count("Longest retention of the lock, in days.", 731, 1) },
  demands: [
    { finding: "mode", at: "rule.defaultRetention.mode", must: isOneOf(["GOVERNANCE", "COMPLIANCE"]) },
    {
      finding: "days",
      at: "rule.defaultRetention.days",
      must: ({ maxDays }) => isWithin(1, maxDays, "days"),
    },
  ],
  examples: {
    good: { rule: { defaultRetention: { mode: "GOVERNANCE", days: 365 } } },
    fail: [
      bad("no mode", { "rule.defaultRetention.mode": null }, "mode"),
      bad("ten years", { "rule.defaultRetention.days": 3650 }, "days"),
      bad("no retention", { rule: null }, ["mode", "days"]),
    ],
    unknown: ["rule.defaultRetention.mode", "rule.defaultRetention.days"],
  },
});
