import { bad, good, propertyRule } from "../engine/demand";
import { isLeftOut, isOff, isOneOf, isTrue, orLeftOut } from "../engine/must";
import { flag } from "../engine/setting";

const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

const blocked = {
  severity: "critical",
  gdpr: ["25", "32(1)(b)"],
  rationale: "One public bucket is the usual way that data of millions of people leaks.",
  remediation: "set blockPublicAcls, blockPublicPolicy, ignorePublicAcls and restrictPublicBuckets to true",
  isSuppressible: false,
  demands: FLAGS.map((at) => ({ finding: "open", at, must: isTrue })),
  examples: {
    good: Object.fromEntries(FLAGS.map((name) => [name, true])),
    fail: [
      ...FLAGS.map((name) => bad(`${name} off`, { [name]: false }, "open")),
      bad(
        "left at AWS's default",
        Object.fromEntries(FLAGS.map((name) => [name, null])),
        FLAGS.map(() => "open"),
      ),
    ],
    unknown: [...FLAGS],
  },
} as const;

/** Nothing in a bucket is public. */
export const bucketNotPublic = propertyRule({
  ...blocked,
  id: "bucket-access-blocked",
  title: "Buckets refuse public access lists and policies",
  type: BLOCK,
  refs: {
    checkov: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
    securityHub: ["S3.8"],
    cdkNag: ["AwsSolutions-S2"],
    prowler: ["s3_bucket_level_public_access_block"],
  },
});

/** Nothing in the account's buckets is public. */
export const accountNotPublic = propertyRule({
  ...blocked,
  id: "account-access-blocked",
  title: "The account refuses public access lists and policies of buckets",
  type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
  refs: { securityHub: ["S3.1"], prowler: ["s3_account_level_public_access_blocks"] },
});

interface BucketConfig {
  readonly mayBeForced: boolean;
}

/** What the rules about a bucket's parts say holds: nothing goes around them. */
export const bucketParts = propertyRule<BucketConfig>({
  id: "bucket-parts",
  title: "Buckets stay when they hold data, and have their settings as resources of their own",
  severity: "high",
  type: "aws:s3/bucket:Bucket",
  refs: {
    checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375"],
    securityHub: ["S3.12"],
    prowler: ["s3_bucket_acl_prohibited"],
  },
  gdpr: ["25", "32(1)(b)", "32(1)(c)"],
  rationale:
    "Settings inside the bucket undo those beside it, and no rule looks at them; a website is public by design.",
  remediation: "make a resource for each setting, such as BucketVersioning, and leave forceDestroy away",
  configSchema: { mayBeForced: flag("Whether a bucket may be deleted with what it holds.", false) },
  demands: [
    {
      finding: "force-destroy",
      at: "forceDestroy",
      must: ({ mayBeForced }) => (mayBeForced ? undefined : isOff),
    },
    ...[
      "acl",
      "grants",
      "policy",
      "website",
      "logging",
      "versioning",
      "lifecycleRules",
      "serverSideEncryptionConfiguration",
      "replicationConfiguration",
      "objectLockConfiguration",
    ].map((at) => ({ finding: "inline", at, must: isLeftOut })),
  ],
  examples: {
    good: { forceDestroy: false },
    pass: [good("destroyable by configuration", { forceDestroy: true }, { mayBeForced: true })],
    fail: [
      bad("deleted with its data", { forceDestroy: true }, "force-destroy"),
      bad("access list", { acl: "public-read" }, "inline"),
      bad("website", { website: { indexDocument: "index.html" } }, "inline"),
      bad("versioning inside", { versioning: { enabled: false } }, "inline"),
    ],
    unknown: ["forceDestroy", "acl", "policy"],
  },
});

/** Access lists are a thing of the past. */
export const bucketOwner = propertyRule({
  id: "bucket-owner-enforced",
  title: "Buckets have no access lists: their owner owns every object",
  severity: "high",
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  refs: { checkov: ["CKV2_AWS_65"], securityHub: ["S3.12"], prowler: ["s3_bucket_acl_prohibited"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "An access list on one object opens it, whatever the bucket's policy says.",
  remediation: "set rule.objectOwnership to BucketOwnerEnforced",
  demands: [{ finding: "lists", at: "rule.objectOwnership", must: isOneOf(["BucketOwnerEnforced"]) }],
  examples: {
    good: { rule: { objectOwnership: "BucketOwnerEnforced" } },
    fail: [
      bad("lists count", { "rule.objectOwnership": "ObjectWriter" }, "lists"),
      bad("no rule", { rule: null }, "lists"),
    ],
    unknown: ["rule.objectOwnership"],
  },
});

/** Lists that are made all the same stay private, and nobody publishes pages. */
export const bucketAcl = propertyRule({
  id: "bucket-acl-private",
  title: "Access lists of buckets are private",
  severity: "critical",
  type: "aws:s3/bucketAcl:BucketAcl",
  refs: { checkov: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375"], securityHub: ["S3.2", "S3.3"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A list opens objects to whole groups, such as everybody.",
  remediation: "remove the access list",
  isSuppressible: false,
  demands: [
    { finding: "open", at: "acl", must: orLeftOut(isOneOf(["private"])) },
    { finding: "grants", at: "accessControlPolicy", must: isLeftOut },
  ],
  examples: {
    good: { acl: "private" },
    fail: [
      bad("everybody reads", { acl: "public-read" }, "open"),
      bad("everybody with an account reads", { acl: "authenticated-read" }, "open"),
      bad("list of its own", { accessControlPolicy: { grants: [] } }, "grants"),
    ],
    unknown: ["acl", "accessControlPolicy"],
  },
});
