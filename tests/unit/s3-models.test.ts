import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { ACCOUNT, DataAccount, document, type Made, NOTHING, refusal, T } from "./data-models-account";
import { S3 } from "./streaming-models-account";

const bucket = (data: DataAccount, name = "data", more: Props = {}): Promise<Made> =>
  data.make(S3.Bucket, { bucket: name, ...more });

async function policy(data: DataAccount, statement: Props, name = "data"): Promise<Made> {
  await bucket(data, name);
  return data.make(S3.Policy, { bucket: name, policy: document(statement) });
}

async function lifecycle(...rules: readonly Props[]): Promise<Made> {
  const data = new DataAccount();
  await bucket(data);
  const full = rules.map((rule, index) => ({ id: `rule-${index}`, status: "Enabled", filter: {}, ...rule }));
  return data.make(S3.Lifecycle, { bucket: "data", rules: full });
}

const DELIVERY = {
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::logs/buckets/*",
};

/** A bucket `data` that logs to a bucket `logs`, which is made ready in some way. */
async function logged(prepare: (data: DataAccount) => Promise<unknown>): Promise<Made> {
  const data = new DataAccount();
  await bucket(data);
  await prepare(data);
  return data.make(S3.Logging, { bucket: "data", targetBucket: "logs", targetPrefix: "buckets/" });
}

const kms = (key: unknown) => ({
  rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key } }],
});
const USE = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" };
const via = (service: string) => ({
  Condition: { StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` } },
});
const locked = (data: DataAccount, retention: Props, name = "data") =>
  data.make(S3.Lock, { bucket: name, rule: { defaultRetention: { mode: "GOVERNANCE", ...retention } } });
const versioned = (data: DataAccount, name = "data") =>
  data.make(S3.Versioning, { bucket: name, versioningConfiguration: { status: "Enabled" } });

const REFUSED: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  [
    "a second bucket of a name in an account",
    "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it. (data)",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await bucket(data);
    },
  ],
  [
    "a name that another account has, in another region",
    "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all users of the system. (data)",
    async () => {
      const data = new DataAccount();
      const made = await bucket(data);
      const stored = data.stored(made);
      assert.ok(stored);
      data.accounts.remove(stored);
      data.accounts.add({ ...stored, account: "444455556666", region: "eu-west-1" });
      await bucket(data);
    },
  ],
  [
    "a name with capitals",
    'bucket: expected lower-case letters, digits, dots and inner hyphens, and no prefix or suffix that S3 keeps for itself, got "Data"',
    () => bucket(new DataAccount(), "Data"),
  ],
  [
    "a name that is too long",
    `bucket: expected 3 to 63 characters, got "${"x".repeat(64)}"`,
    () => bucket(new DataAccount(), "x".repeat(64)),
  ],
  [
    "the end of a bucket with something in it",
    "BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all versions in the bucket. (data)",
    async () => {
      const data = new DataAccount();
      const made = await bucket(data);
      const stored = data.stored(made);
      assert.ok(stored);
      data.accounts.replace({ ...stored, computed: { ...stored.computed, objects: 1 } });
      await data.delete(made);
    },
  ],
  [
    "a part of no bucket",
    `Bucket.NotFound: Bucket "data" does not exist in account ${ACCOUNT}, eu-central-1`,
    () => versioned(new DataAccount()),
  ],
  [
    "a second policy of a bucket",
    `EntityAlreadyExists: BucketPolicy data already exists in account ${ACCOUNT}, eu-central-1`,
    async () => {
      const data = new DataAccount();
      const statement = {
        Principal: { Service: "s3.amazonaws.com" },
        Action: "s3:*",
        Resource: "arn:aws:s3:::data",
      };
      await policy(data, statement);
      await data.make(S3.Policy, { bucket: "data", policy: document(statement) });
    },
  ],
  [
    "a policy about another bucket",
    "MalformedPolicy: Policy has invalid resource",
    () =>
      policy(new DataAccount(), {
        Principal: { Service: "s3.amazonaws.com" },
        Action: "s3:*",
        Resource: "arn:aws:s3:::data-2/*",
      }),
  ],
  [
    "a public policy behind a block",
    'AccessDenied: not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::data" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access',
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await data.make(S3.PublicAccess, { bucket: "data", blockPublicPolicy: true });
      const open = document({ Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" });
      await data.make(S3.Policy, { bucket: "data", policy: open });
    },
  ],
  [
    "a policy of more than 20 KB",
    "PolicyTooLarge: Policy exceeds the maximum allowed size",
    () =>
      policy(new DataAccount(), {
        Sid: "x".repeat(20_480),
        Principal: { Service: "s3.amazonaws.com" },
        Action: "s3:*",
        Resource: "arn:aws:s3:::data",
      }),
  ],
  [
    "an unknown owner of objects",
    "rule.objectOwnership: expected one of BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter, got Nobody",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await data.make(S3.Ownership, { bucket: "data", rule: { objectOwnership: "Nobody" } });
    },
  ],
  [
    "a key beside S3's own encryption",
    "InvalidArgument: a KMSMasterKeyID is not applicable if sseAlgorithm is AES256",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      const rule = { sseAlgorithm: "AES256", kmsMasterKeyId: await data.key() };
      await data.make(S3.Encryption, {
        bucket: "data",
        rules: [{ applyServerSideEncryptionByDefault: rule }],
      });
    },
  ],
  [
    "a key that can't be used through S3",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:eu-central-1:${ACCOUNT}:key/# does not allow kms:Decrypt, kms:GenerateDataKey to account ${ACCOUNT} through s3`,
    async () => {
      const data = new DataAccount();
      await bucket(data);
      const key = await data.key([{ ...USE, ...via("rds") }]);
      await data.make(S3.Encryption, { bucket: "data", ...kms(key) });
    },
  ],
  [
    "a lock without versions",
    "InvalidBucketState: Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await locked(data, { days: 1 });
    },
  ],
  [
    "a lock for days and years",
    "InvalidArgument: Default retention period must be a positive integer value.",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await versioned(data);
      await locked(data, { days: 1, years: 1 });
    },
  ],
  [
    "the end of versions under a lock",
    "InvalidBucketState: An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      const versions = await versioned(data);
      await locked(data, { days: 1 });
      await data.change(versions, { versioningConfiguration: { status: "Suspended" } });
    },
  ],
  [
    "versions that were never there",
    "InvalidArgument: versioning_configuration.status cannot be updated from 'Enabled' or 'Suspended' to 'Disabled'",
    async () => {
      const data = new DataAccount();
      await bucket(data);
      await data.change(await versioned(data), { versioningConfiguration: { status: "Disabled" } });
    },
  ],
  [
    "logs to a bucket that does not let them in",
    "InvalidTargetBucketForLogging: logs can't take access logs: its policy does not let logging.s3.amazonaws.com put buckets/log",
    () => logged((data) => bucket(data, "logs")),
  ],
  [
    "logs to a place that the policy does not open",
    "InvalidTargetBucketForLogging: logs can't take access logs: its policy does not let logging.s3.amazonaws.com put buckets/log",
    () => logged((data) => policy(data, { ...DELIVERY, Resource: "arn:aws:s3:::logs/other/*" }, "logs")),
  ],
  [
    "logs to a bucket under a key",
    "InvalidTargetBucketForLogging: logs can't take access logs: it encrypts under a key of KMS, log delivery writes under S3's own only",
    () =>
      logged(async (data) => {
        await policy(data, DELIVERY, "logs");
        await data.make(S3.Encryption, { bucket: "logs", ...kms(await data.key([USE])) });
      }),
  ],
  [
    "logs to a locked bucket",
    "InvalidTargetBucketForLogging: logs can't take access logs: a lock with a default retention is on it",
    () =>
      logged(async (data) => {
        await policy(data, DELIVERY, "logs");
        await versioned(data, "logs");
        await locked(data, { days: 1 }, "logs");
      }),
  ],
  [
    "no rules",
    "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema",
    () => lifecycle(),
  ],
  [
    "two rules of an id",
    "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule",
    () => lifecycle({ id: "it", expiration: { days: 1 } }, { id: "it", expiration: { days: 2 } }),
  ],
  [
    "a rule that does nothing",
    "InvalidRequest: At least one action needs to be specified in a rule.",
    () => lifecycle({}),
  ],
  [
    "an end at once",
    "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    () => lifecycle({ expiration: { days: 0 } }),
  ],
  [
    "an end and the end of markers in one rule",
    "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema",
    () => lifecycle({ expiration: { days: 1, expiredObjectDeleteMarker: true } }),
  ],
  [
    "infrequent access before a month",
    "InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    () => lifecycle({ transitions: [{ storageClass: "STANDARD_IA", days: 29 }] }),
  ],
  [
    "Glacier within a month of infrequent access",
    "InvalidArgument: 'Days' in the 'Transition' action for StorageClass 'GLACIER' must be 30 days more than for StorageClass 'STANDARD_IA'",
    () =>
      lifecycle({
        transitions: [
          { storageClass: "GLACIER", days: 59 },
          { storageClass: "STANDARD_IA", days: 30 },
        ],
      }),
  ],
  [
    "an end before a transition",
    "InvalidArgument: 'Days' in the Expiration action must be greater than 'Days' in the Transition action",
    () => lifecycle({ transitions: [{ storageClass: "GLACIER", days: 90 }], expiration: { days: 90 } }),
  ],
  [
    "an unknown class",
    "rules.storageClass: expected one of STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, got FREEZER",
    () => lifecycle({ transitions: [{ storageClass: "FREEZER", days: 30 }] }),
  ],
  [
    "a rule about no objects",
    "rules.filter: one (and only one) of filter, prefix is required",
    () => lifecycle({ filter: undefined, expiration: { days: 1 } }),
  ],
];

describe("S3 models refuse", () => {
  for (const [what, text, attempt] of REFUSED) {
    it(what, async () => {
      assert.equal(await refusal(attempt), text);
    });
  }
});

describe("S3 models take", () => {
  it("logs into a bucket that lets them in", async () => {
    assert.equal(await refusal(() => logged((data) => policy(data, DELIVERY, "logs"))), NOTHING);
  });

  it("a bucket under a key, versioned and locked, and changes of it", async () => {
    const data = new DataAccount();
    const made = await bucket(data);
    assert.equal(made.outputs["bucketRegionalDomainName"], "data.s3.eu-central-1.amazonaws.com");
    const encryption = await data.make(S3.Encryption, {
      bucket: "data",
      ...kms(await data.key([{ ...USE, ...via("s3") }])),
    });
    await data.change(encryption, kms(await data.key([USE])));
    await versioned(data);
    await locked(data, { days: 1 });
    await data.change(made, { forceDestroy: true });
    assert.equal(data.stored(made)?.inputs["forceDestroy"], true);
  });

  it("the end of a full bucket that may be emptied, and a new one of its name", async () => {
    const data = new DataAccount();
    const made = await bucket(data, "data", { forceDestroy: true });
    const stored = data.stored(made);
    assert.ok(stored);
    data.accounts.replace({ ...stored, computed: { ...stored.computed, objects: 2 } });
    await data.delete(made);
    assert.equal(await refusal(() => bucket(data)), NOTHING);
  });
});

describe("load balancer models and access logs", () => {
  const ELB = {
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::logs/lb/AWSLogs/${ACCOUNT}/*`,
  };
  const balancer = async (data: DataAccount): Promise<Made> => {
    const { subnetIds, groupId } = await data.network();
    return data.make(T.LoadBalancer, {
      name: "main",
      internal: true,
      subnets: subnetIds,
      securityGroups: [groupId],
      accessLogs: { bucket: "logs", prefix: "lb", enabled: true },
    });
  };

  it("refuse a bucket that does not let them in", async () => {
    const data = new DataAccount();
    await bucket(data, "logs");
    assert.equal(
      await refusal(() => balancer(data)),
      "InvalidConfigurationRequest: Access Denied for bucket: logs. Please check S3bucket permission (its policy does not let logdelivery.elasticloadbalancing.amazonaws.com put lb/AWSLogs/111122223333/ELBAccessLogTestFile)",
    );
  });

  it("put a first object into a bucket that does, so that it is not empty", async () => {
    const data = new DataAccount();
    const made = await policy(data, ELB, "logs").then(() => data.stored({ type: S3.Bucket, id: "logs" }));
    assert.equal(made?.computed["objects"], undefined);
    await balancer(data);
    assert.equal(data.stored({ type: S3.Bucket, id: "logs" })?.computed["objects"], 1);
  });
});
