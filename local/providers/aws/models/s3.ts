import type { Props } from "../../../account/store";
import {
  BUCKET,
  BUCKET_ENCRYPTION,
  BUCKET_LOCK,
  BUCKET_POLICY,
  deliveryFault,
  partOf,
} from "../bucket-access";
import { oneOf, shaped, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { readStatements } from "../policy-documents";
import { mapOf, mapsOf, text, textOr, type World } from "../world";

export const BUCKET_LOGGING = "aws:s3/bucketLogging:BucketLogging";
const PUBLIC_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

/** Bytes of a bucket's policy; AWS raises it for nobody. */
const POLICY_BYTES = 20_480;

/** What is the same for every part of a bucket: it belongs to one, has its name as id, and dies with it. */
const part = {
  seconds: 1,
  taggable: false,
  computed: [],
  references: { bucket: { types: [BUCKET], by: "id" } },
  make: (inputs: Props) => ({ id: text(inputs, "bucket"), computed: {} }),
} as const satisfies Partial<Model>;

const bucket: Model = {
  type: BUCKET,
  source: "internal/service/s3/bucket.go",
  forceNew: ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"],
  autoName: "bucket",
  seconds: 2,
  taggable: true,
  computed: ["arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId"],
  defaults: { forceDestroy: false, objectLockEnabled: false },
  check: (inputs) => [
    ...shaped(inputs, "bucket", /^.{3,63}$/, "3 to 63 characters"),
    ...shaped(
      inputs,
      "bucket",
      /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]*[a-z0-9](?<!-s3alias|--ol-s3|--x-s3)$/,
      "lower-case letters, digits, dots and inner hyphens, and no prefix or suffix that S3 keeps for itself",
    ),
  ],
  verify: requireFreeName,
  make: (inputs, { place }) => {
    const name = text(inputs, "bucket");
    return {
      id: name,
      computed: {
        arn: `arn:aws:s3:::${name}`,
        bucketDomainName: `${name}.s3.amazonaws.com`,
        bucketRegion: place.region,
        bucketRegionalDomainName: `${name}.s3.${place.region}.amazonaws.com`,
        // The hosted zone of S3's websites in eu-central-1.
        hostedZoneId: "Z21DNDUVLTQW6Q",
      },
    };
  },
  beforeDelete: ({ id, inputs, computed }) => {
    if (Number(computed["objects"] ?? 0) > 0 && inputs["forceDestroy"] !== true) {
      throw new AwsError(
        "BucketNotEmpty",
        `The bucket you tried to delete is not empty. You must delete all versions in the bucket. (${id})`,
      );
    }
  },
};

const publicAccessBlock: Model = {
  ...part,
  type: PUBLIC_ACCESS_BLOCK,
  source: "internal/service/s3/bucket_public_access_block.go",
  forceNew: ["bucket"],
  defaults: {
    blockPublicAcls: false,
    blockPublicPolicy: false,
    ignorePublicAcls: false,
    restrictPublicBuckets: false,
  },
};

const ownershipControls: Model = {
  ...part,
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  source: "internal/service/s3/bucket_ownership_controls.go",
  forceNew: ["bucket"],
  check: (inputs) =>
    under(
      "rule",
      oneOf(mapOf(inputs["rule"]), "objectOwnership", [
        "BucketOwnerEnforced",
        "BucketOwnerPreferred",
        "ObjectWriter",
      ]),
    ),
};

const encryption: Model = {
  ...part,
  type: BUCKET_ENCRYPTION,
  source: "internal/service/s3/bucket_server_side_encryption_configuration.go",
  forceNew: ["bucket", "expectedBucketOwner"],
  check: (inputs) =>
    mapsOf(inputs["rules"]).flatMap((rule) =>
      under("rules", [
        ...oneOf(mapOf(rule["applyServerSideEncryptionByDefault"]), "sseAlgorithm", [
          "AES256",
          "aws:kms",
          "aws:kms:dsse",
        ]),
        ...oneOf(rule, "blockedEncryptionTypes", ["SSE-C", "NONE"]),
      ]),
    ),
  verify: (inputs, world) => {
    for (const rule of mapsOf(inputs["rules"])) {
      const { sseAlgorithm, kmsMasterKeyId } = mapOf(rule["applyServerSideEncryptionByDefault"]);
      if (kmsMasterKeyId !== undefined && sseAlgorithm === "AES256") {
        throw new AwsError("InvalidArgument", "a KMSMasterKeyID is not applicable if sseAlgorithm is AES256");
      }
      if (typeof kmsMasterKeyId === "string") requireKeyUse(world, kmsMasterKeyId, "s3");
    }
  },
};

const versioning: Model = {
  ...part,
  type: VERSIONING,
  source: "internal/service/s3/bucket_versioning.go",
  forceNew: ["bucket", "expectedBucketOwner"],
  check: (inputs) =>
    under(
      "versioningConfiguration",
      oneOf(mapOf(inputs["versioningConfiguration"]), "status", ["Enabled", "Suspended", "Disabled"]),
    ),
  verify: (inputs, world) => {
    const isLocked = partOf(world, BUCKET_LOCK, text(inputs, "bucket")) !== undefined;
    if (isLocked && mapOf(inputs["versioningConfiguration"])["status"] !== "Enabled") {
      throw new AwsError(
        "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
      );
    }
  },
  verifyChange: (from, to) => {
    const [was, is] = [from, to].map((inputs) => mapOf(inputs["versioningConfiguration"])["status"]);
    if (was !== "Disabled" && is === "Disabled") {
      throw new AwsError(
        "InvalidArgument",
        "versioning_configuration.status cannot be updated from 'Enabled' or 'Suspended' to 'Disabled'",
      );
    }
  },
};

const objectLock: Model = {
  ...part,
  type: BUCKET_LOCK,
  source: "internal/service/s3/bucket_object_lock_configuration.go",
  forceNew: ["bucket", "expectedBucketOwner", "objectLockEnabled"],
  defaults: { objectLockEnabled: "Enabled" },
  check: (inputs) =>
    under("rule.defaultRetention", oneOf(retentionOf(inputs), "mode", ["GOVERNANCE", "COMPLIANCE"])),
  verify: (inputs, world) => {
    const name = text(inputs, "bucket");
    const status = mapOf(partOf(world, VERSIONING, name)?.inputs["versioningConfiguration"])["status"];
    if (status !== "Enabled") {
      throw new AwsError(
        "InvalidBucketState",
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
      );
    }
    const { days, years } = retentionOf(inputs);
    if ((days === undefined) === (years === undefined) || Number(days ?? years) < 1) {
      throw new AwsError("InvalidArgument", "Default retention period must be a positive integer value.");
    }
    if (world.all(BUCKET_LOGGING).some((it) => it.inputs["targetBucket"] === name)) {
      throw new AwsError(
        "InvalidBucketState",
        `${name} takes access logs, which can't be written under a lock`,
      );
    }
  },
};

const policy: Model = {
  ...part,
  type: BUCKET_POLICY,
  source: "internal/service/s3/bucket_policy.go",
  forceNew: ["bucket"],
  documents: [{ property: "policy", kind: "resource" }],
  verify: (inputs, world) => {
    const name = text(inputs, "bucket");
    const statements = readStatements(inputs["policy"]);
    const own = `arn:aws:s3:::${name}`;
    if (text(inputs, "policy").length > POLICY_BYTES) {
      throw new AwsError("PolicyTooLarge", "Policy exceeds the maximum allowed size");
    }
    if (statements.some(({ resources }) => resources.some((it) => it !== own && !it.startsWith(`${own}/`)))) {
      throw new AwsError("MalformedPolicy", "Policy has invalid resource");
    }
    // What a condition on the account or an ARN narrows down is not public to S3.
    const isPublic = statements.some(
      ({ effect, awsPrincipals, conditions }) =>
        effect === "Allow" && awsPrincipals.includes("*") && Object.keys(conditions).length === 0,
    );
    if (isPublic && partOf(world, PUBLIC_ACCESS_BLOCK, name)?.inputs["blockPublicPolicy"] === true) {
      throw new AwsError(
        "AccessDenied",
        `not authorized to perform: s3:PutBucketPolicy on resource: "${own}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access`,
      );
    }
  },
};

const logging: Model = {
  ...part,
  type: BUCKET_LOGGING,
  source: "internal/service/s3/bucket_logging.go",
  forceNew: ["bucket", "expectedBucketOwner"],
  references: { ...part.references, targetBucket: { types: [BUCKET], by: "id" } },
  verify: (inputs, world) => {
    const target = text(inputs, "targetBucket");
    const key = `${textOr(inputs, "targetPrefix", "")}log`;
    const fault =
      partOf(world, BUCKET_LOCK, target) === undefined
        ? deliveryFault(world, { bucket: target, service: "logging.s3.amazonaws.com", key })
        : "a lock with a default retention is on it";
    if (fault !== undefined) {
      throw new AwsError("InvalidTargetBucketForLogging", `${target} can't take access logs: ${fault}`);
    }
  },
};

export const s3Models: readonly Model[] = [
  bucket,
  publicAccessBlock,
  ownershipControls,
  encryption,
  versioning,
  objectLock,
  policy,
  logging,
];

function retentionOf(inputs: Props): Props {
  return mapOf(mapOf(inputs["rule"])["defaultRetention"]);
}

/** A name is taken in the whole world: by this account or by another, in any region. */
function requireFreeName(inputs: Props, world: World): void {
  const name = text(inputs, "bucket");
  const { account, region } = world.place;
  const holder = world.accounts
    .list()
    .find((object) => object.type === BUCKET && object.id === name && object.state === "available");
  // The bucket itself, when it is changed.
  if (
    holder === undefined ||
    (holder.account === account && holder.region === region && isHidden(world, name))
  ) {
    return;
  }
  throw holder.account === account
    ? new AwsError(
        "BucketAlreadyOwnedByYou",
        `Your previous request to create the named bucket succeeded and you already own it. (${name})`,
      )
    : new AwsError(
        "BucketAlreadyExists",
        `The requested bucket name is not available. The bucket namespace is shared by all users of the system. (${name})`,
      );
}

function isHidden(world: World, name: string): boolean {
  return world.all(BUCKET).every(({ id }) => id !== name);
}
