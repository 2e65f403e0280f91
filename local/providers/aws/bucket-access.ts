/** What S3's models and those of services that deliver into buckets ask of a bucket. */
import { matchesPattern, readStatements } from "./policy-documents";
import { mapOf, mapsOf, type World } from "./world";

export const BUCKET = "aws:s3/bucket:Bucket";
export const BUCKET_ENCRYPTION =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
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
  const policy = partOf(world, BUCKET_POLICY, bucket)?.inputs["policy"];
  const isAllowed = (policy === undefined ? [] : readStatements(policy)).some(
    ({ effect, services, actions, resources }) =>
      effect === "Allow" &&
      services.includes(service) &&
      actions.some((pattern) => matchesPattern(pattern, "s3:PutObject")) &&
      resources.some((pattern) => matchesPattern(pattern, `arn:aws:s3:::${bucket}/${key}`)),
  );
  return isAllowed ? undefined : `its policy does not let ${service} put ${key}`;
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
