/** What S3's models and those of services that deliver into buckets ask of a bucket. */
import { matchesPattern, readStatements } from "./policy-documents";
import { mapOf, mapsOf, type World } from "./world";

export const BUCKET = "aws:s3/bucket:Bucket";
export const BUCKET_ENCRYPTION =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
export const BUCKET_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
export const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";

/** A service that delivers logs into a bucket. */
export interface Delivery {
  readonly bucket: string;
  /** Such as `logging.s3.amazonaws.com`. */
  readonly service: string;
  /** Key of an object that it writes. */
  readonly key: string;
}

/** A configuration of a bucket that has one of its kind at most. */
export function partOf(world: World, type: string, bucket: string) {
  return world.all(type).find(({ inputs }) => inputs["bucket"] === bucket);
}

/** Whether new objects of a bucket are under a key of KMS; without a configuration they are under S3's own. */
export function isUnderKms(world: World, bucket: string): boolean {
  return mapsOf(partOf(world, BUCKET_ENCRYPTION, bucket)?.inputs["rules"])
    .map((rule) => mapOf(rule["applyServerSideEncryptionByDefault"])["sseAlgorithm"])
    .some((algorithm) => String(algorithm).startsWith("aws:kms"));
}

/** Why a service can't deliver its logs; undefined where it can. It has no way to a key of KMS. */
export function deliveryFault(world: World, { bucket, service, key }: Delivery): string | undefined {
  if (isUnderKms(world, bucket))
    return "it encrypts under a key of KMS, log delivery writes under S3's own only";
  const isAllowed = bucketAdmits(world, {
    bucket,
    service,
    action: "s3:PutObject",
    resource: `arn:aws:s3:::${bucket}/${key}`,
  });
  return isAllowed ? undefined : `its policy does not let ${service} put ${key}`;
}

/** What a service wants to do with a bucket. */
export interface BucketUse {
  readonly bucket: string;
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys, in lower case. @default conditions are taken to hold */
  readonly context?: Readonly<Record<string, string>>;
}

/** Whether a bucket's policy has a statement that lets a service do something. */
export function bucketAdmits(
  world: World,
  { bucket, service, action, resource, context }: BucketUse,
): boolean {
  const policy = partOf(world, BUCKET_POLICY, bucket)?.inputs["policy"];
  return (policy === undefined ? [] : readStatements(policy)).some(
    ({ effect, services, actions, resources, conditions }) =>
      effect === "Allow" &&
      services.includes(service) &&
      actions.some((pattern) => matchesPattern(pattern, action)) &&
      resources.some((pattern) => matchesPattern(pattern, resource)) &&
      (context === undefined ||
        Object.values(conditions)
          .flatMap((keys) => Object.entries(keys))
          .every(([key, allowed]) => allowed.some((pattern) => matchesPattern(pattern, context[key] ?? "")))),
  );
}

/** Whether a bucket's policy lets a service look at the bucket and write to its folder of the account's logs. */
export function admitsAccountLogs(
  world: World,
  {
    bucket,
    service,
    folder,
    context,
  }: Required<Pick<BucketUse, "bucket" | "service" | "context">> & { readonly folder: string },
): boolean {
  const own = `arn:aws:s3:::${bucket}`;
  const written = `${own}/AWSLogs/${world.place.account}/${folder}/file`;
  return (
    bucketAdmits(world, { bucket, service, action: "s3:GetBucketAcl", resource: own, context }) &&
    bucketAdmits(world, { bucket, service, action: "s3:PutObject", resource: written, context })
  );
}

/** Puts an object into a bucket: from now on it is not empty. The account counts objects, it keeps none. */
export function putObject(world: World, bucket: string): void {
  const object = world.need({ types: [BUCKET], by: "id" }, bucket);
  const { computed } = object;
  world.accounts.replace({
    ...object,
    computed: { ...computed, objects: Number(computed["objects"] ?? 0) + 1 },
  });
}
