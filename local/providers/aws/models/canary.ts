import { inRange, shaped, under } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { assetHash } from "../properties";
import { hexOf, mapOf, text, type World } from "../world";

const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

const bucketObject: Model = {
  type: BUCKET_OBJECT,
  source: "internal/service/s3/object.go",
  forceNew: ["bucket", "key"],
  kept: [
    "acl",
    "bucketKeyEnabled",
    "contentType",
    "etag",
    "kmsKeyId",
    "serverSideEncryption",
    "storageClass",
  ],
  seconds: 1,
  taggable: true,
  computed: ["arn", "versionId"],
  references: { bucket: { types: [BUCKET], by: "id" } },
  verify: (inputs, world) => {
    if (typeof inputs["kmsKeyId"] === "string") requireKeyUse(world, inputs["kmsKeyId"], "s3");
  },
  make: (inputs) => {
    const [bucket, key] = [text(inputs, "bucket"), text(inputs, "key")];
    return {
      // The provider's id is the key alone; here it has to tell the objects of two buckets apart.
      id: `${bucket}/${key}`,
      computed: {
        arn: `arn:aws:s3:::${bucket}/${key}`,
        versionId: hexOf(assetHash(inputs["source"]) ?? key, 32),
      },
    };
  },
};

/** Runtimes that canaries can be made with, without a browser and with one. */
const RUNTIME =
  /^syn-nodejs-3\.[01]$|^syn-nodejs-(puppeteer|playwright)-\d+\.\d+$|^syn-python-selenium-\d+\.\d+$/;

const canary: Model = {
  type: "aws:synthetics/canary:Canary",
  source: "internal/service/synthetics/canary.go",
  forceNew: ["name"],
  kept: ["runConfig"],
  seconds: 30,
  taggable: true,
  computed: ["arn", "engineArn", "sourceLocationArn", "status", "timelines"],
  defaults: {
    deleteLambda: false,
    failureRetentionPeriod: 31,
    startCanary: false,
    successRetentionPeriod: 31,
  },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[0-9a-z_-]{1,255}$/, "lower-case letters, digits, hyphens, underscores"),
    ...inRange(inputs, "failureRetentionPeriod", 1, 455),
    ...inRange(inputs, "successRetentionPeriod", 1, 455),
    ...under("runConfig", inRange(mapOf(inputs["runConfig"]), "timeoutInSeconds", 3, 840)),
    ...under(
      "schedule",
      shaped(
        mapOf(inputs["schedule"]),
        "expression",
        /^(rate\(\d+ (minutes?|hour)\)|cron\(.+\))$/,
        "rate(…) or cron(…)",
      ),
    ),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ConflictException: A canary named ${text(inputs, "name")} already exists`,
  }),
  verify: (inputs, world) => {
    requireTrust(world, text(inputs, "executionRoleArn"), "lambda.amazonaws.com");
    if (!RUNTIME.test(text(inputs, "runtimeVersion"))) {
      throw new AwsError("ValidationException", `Invalid runtime version: ${text(inputs, "runtimeVersion")}`);
    }
    requireCode(inputs, world);
    requireTimeout(inputs);
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return {
      id: name,
      computed: {
        arn: world.arn("synthetics", `canary:${name}`),
        engineArn: world.arn("lambda", `function:cwsyn-${name}-${hexOf(name, 8)}:1`),
        sourceLocationArn: world.arn("lambda", `layer:cwsyn-${name}-${hexOf(name, 8)}:1`),
        status: inputs["startCanary"] === true ? "RUNNING" : "READY",
        timelines: [],
      },
    };
  },
};

/** The code is read when the canary is made: object and bucket have to be there. */
function requireCode(inputs: Readonly<Record<string, unknown>>, world: World): void {
  if (inputs["s3Bucket"] === undefined) return;
  const object = `${text(inputs, "s3Bucket")}/${text(inputs, "s3Key")}`;
  if (world.resolve({ types: [BUCKET_OBJECT], by: "id" }, object) === undefined) {
    throw new AwsError("ValidationException", `Unable to fetch code from s3://${object}`);
  }
}

/** A run that takes longer than the time to the next one would overtake itself. */
function requireTimeout(inputs: Readonly<Record<string, unknown>>): void {
  const seconds = Number(mapOf(inputs["runConfig"])["timeoutInSeconds"] ?? 0);
  const minutes = /^rate\((\d+) minutes?\)$/.exec(text(mapOf(inputs["schedule"]), "expression"))?.[1];
  if (minutes !== undefined && Number(minutes) > 0 && seconds > Number(minutes) * 60) {
    throw new AwsError("ValidationException", "The timeout can't be longer than the canary's frequency.");
  }
}

export const canaryModels: readonly Model[] = [bucketObject, canary];
