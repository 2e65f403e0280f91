import assert from "node:assert/strict";

import { Bucket, type BucketArgs } from "../../components/bucket";
import { ARCHIVE_TIERS, lifecycleRules } from "../../components/bucket/lifecycle";
import { type Inputs, record, type Registration } from "./mocks";
import { only, ofType, PLACE, statementsOf } from "./registrations";

const { names, accountId, retention } = PLACE;
const common = { names, accountId, retention, protect: false };
const LOGS = "streamflix-access-logs-unit-111122223333-eu-central-1";
const EVENTS = "streamflix-events-unit-111122223333-eu-central-1";
const ARN = `arn:aws:s3:::${EVENTS}`;

/** A bucket of the access-log kind, and one that logs to it. */
async function buckets(make: (accessLogs: Bucket) => BucketArgs): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    const accessLogs = new Bucket("logs", { ...common, kind: "access-log", what: "access-logs" });
    new Bucket("events", make(accessLogs));
  });
  return registrations;
}

const data = (accessLogs: Bucket, changes: object = {}): BucketArgs => ({
  ...common,
  kind: "data",
  what: "events",
  classification: "personal",
  retentionClass: "viewer-events",
  keyArn: "key-arn",
  accessLogs,
  ...changes,
});

const TLS_ONLY = (arn: string) => ({
  Effect: "Deny",
  Principal: "*",
  Sid: "TlsOnly",
  Action: "s3:*",
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const RIGHT_ENCRYPTION = (arn: string, encryption: string) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "s3:PutObject",
  Resource: `${arn}/*`,
  Sid: "RightEncryptionOnly",
  Condition: { StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": encryption } },
});

describe("Bucket for data", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await buckets((accessLogs) => data(accessLogs, { tiers: ARCHIVE_TIERS }));
  });

  it("is private, versioned, encrypted under the stack's key, logged, and says what it holds", () => {
    const of = { bucket: EVENTS };
    const parts: Record<string, Inputs> = {
      "s3/bucket:Bucket": {
        bucket: EVENTS,
        forceDestroy: true,
        tags: { "data-classification": "personal", "retention-class": "viewer-events" },
      },
      BucketPublicAccessBlock: {
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      BucketOwnershipControls: { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      BucketServerSideEncryptionConfiguration: {
        ...of,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "key-arn" },
            bucketKeyEnabled: true,
            blockedEncryptionTypes: ["SSE-C"],
          },
        ],
      },
      BucketVersioning: { ...of, versioningConfiguration: { status: "Enabled" } },
      BucketLogging: {
        ...of,
        targetBucket: LOGS,
        targetPrefix: "buckets/",
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
      },
    };
    for (const [type, inputs] of Object.entries(parts)) {
      const token = type.includes("/") ? `aws:${type}` : type;
      assert.deepEqual(only(all, token, "events").inputs, inputs);
    }
  });

  it("changes one thing at a time, and is called ready after the last one", () => {
    const steps = all.filter(({ type, name }) => type.startsWith("aws:s3/") && name === "events");
    assert.deepEqual(
      steps.map(({ type, dependsOn }) => [type.split(":").at(-1), ...dependsOn]),
      [
        ["Bucket"],
        ["BucketPublicAccessBlock", "Bucket events"],
        ["BucketOwnershipControls", "BucketPublicAccessBlock events"],
        ["BucketServerSideEncryptionConfiguration", "BucketOwnershipControls events"],
        ["BucketVersioning", "BucketServerSideEncryptionConfiguration events"],
        ["BucketLifecycleConfiguration", "BucketVersioning events"],
        ["BucketPolicy", "BucketLifecycleConfiguration events"],
        ["BucketLogging", "BucketPolicy events"],
      ],
    );
  });

  it("is used over TLS only, and encrypts under no other key", () => {
    assert.deepEqual(statementsOf(only(all, "BucketPolicy", "events").inputs["policy"]), [
      TLS_ONLY(ARN),
      RIGHT_ENCRYPTION(ARN, "aws:kms"),
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: `${ARN}/*`,
        Sid: "RightKeyOnly",
        Condition: {
          Null: { "s3:x-amz-server-side-encryption": "false" },
          BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        },
      },
    ]);
  });

  it("passes through cheaper storage, and keeps nothing beyond its class", () => {
    assert.deepEqual(only(all, "BucketLifecycleConfiguration", "events").inputs, {
      bucket: EVENTS,
      rules: [
        {
          id: "expire",
          status: "Enabled",
          filter: {},
          transitions: [
            { storageClass: "STANDARD_IA", days: 30 },
            { storageClass: "GLACIER", days: 90 },
            { storageClass: "DEEP_ARCHIVE", days: 365 },
          ],
          expiration: { days: 700 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
          id: "delete-markers",
          status: "Enabled",
          filter: {},
          expiration: { expiredObjectDeleteMarker: true },
        },
      ],
    });
  });

  it("takes further statements into its one policy", async () => {
    const statement = { Sid: "More", Effect: "Allow" as const, Principal: { Service: "s.amazonaws.com" } };
    const more = await buckets((accessLogs) =>
      data(accessLogs, {
        statements: (arn: string) => [{ ...statement, Action: "s3:PutObject", Resource: `${arn}/*` }],
      }),
    );
    const statements = statementsOf(only(more, "BucketPolicy", "events").inputs["policy"]);
    assert.equal(statements.length, 4);
    assert.deepEqual(statements[3], { ...statement, Action: "s3:PutObject", Resource: `${ARN}/*` });
  });

  it("is neither deleted nor emptied where the stack is protected", async () => {
    const kept = await buckets((accessLogs) => data(accessLogs, { protect: true }));
    const bucket = only(kept, "aws:s3/bucket:Bucket", "events");
    assert.deepEqual([bucket.protect, bucket.inputs["forceDestroy"]], [true, false]);
    assert.deepEqual(
      kept.filter((it) => it.protect).map(({ type }) => type),
      ["aws:s3/bucket:Bucket"],
    );
  });
});

describe("Bucket for evidence", () => {
  const evidence = (accessLogs: Bucket, changes: object = {}): BucketArgs => ({
    ...common,
    kind: "evidence",
    what: "events",
    keyArn: "key-arn",
    accessLogs,
    ...changes,
  });

  it("is locked for the least days of its class, once there are versions", async () => {
    const all = await buckets((accessLogs) => evidence(accessLogs, { lock: "GOVERNANCE" }));
    const bucket = only(all, "aws:s3/bucket:Bucket", "events").inputs;
    assert.deepEqual(
      [bucket["objectLockEnabled"], bucket["tags"]],
      [true, { "data-classification": "confidential", "retention-class": "audit" }],
    );
    const { inputs, dependsOn } = only(all, "BucketObjectLockConfiguration");
    assert.deepEqual(inputs, {
      bucket: EVENTS,
      rule: { defaultRetention: { mode: "GOVERNANCE", days: 90 } },
    });
    assert.deepEqual(dependsOn, ["BucketVersioning events"]);
    const sids = statementsOf(only(all, "BucketPolicy", "events").inputs["policy"]).map(({ Sid }) => Sid);
    assert.deepEqual(sids, ["TlsOnly", "RightKeyOnly"]);
    const lifecycle = only(all, "BucketLifecycleConfiguration", "events");
    assert.deepEqual(lifecycle.dependsOn, ["BucketObjectLockConfiguration events"]);
    const [expire] = lifecycle.inputs["rules"] as [Inputs];
    assert.deepEqual([expire["expiration"], expire["transitions"]], [{ days: 370 }, undefined]);
  });

  it("has no lock unless it is asked for", async () => {
    const all = await buckets((accessLogs) => evidence(accessLogs));
    assert.deepEqual(ofType(all, "BucketObjectLockConfiguration"), []);
    assert.equal(only(all, "aws:s3/bucket:Bucket", "events").inputs["objectLockEnabled"], undefined);
  });
});

describe("Bucket for access logs", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await buckets(data);
  });

  it("is under S3's own keys, personal, and logs no requests to itself", () => {
    const bucket = only(all, "aws:s3/bucket:Bucket", "logs").inputs;
    assert.deepEqual(bucket["tags"], { "data-classification": "personal", "retention-class": "access-log" });
    assert.deepEqual(only(all, "BucketServerSideEncryptionConfiguration", "logs").inputs["rules"], [
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, blockedEncryptionTypes: ["SSE-C"] },
    ]);
    assert.deepEqual(
      ofType(all, "BucketLogging").map(({ name }) => name),
      ["events"],
    );
  });

  it("lets AWS deliver logs of this account only", () => {
    const arn = `arn:aws:s3:::${LOGS}`;
    assert.deepEqual(statementsOf(only(all, "BucketPolicy", "logs").inputs["policy"]), [
      TLS_ONLY(arn),
      RIGHT_ENCRYPTION(arn, "AES256"),
      {
        Sid: "DeliverBucketLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${arn}/buckets/*`,
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
      {
        Sid: "DeliverLoadBalancerLogs",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${arn}/load-balancer/AWSLogs/111122223333/*`,
      },
    ]);
  });
});

describe("lifecycle of a bucket", () => {
  interface Expire {
    readonly expiration: { readonly days: number };
    readonly noncurrentVersionExpiration: { readonly noncurrentDays: number };
    readonly abortIncompleteMultipartUpload: { readonly daysAfterInitiation: number };
    readonly transitions?: readonly { readonly storageClass: string; readonly days: number }[];
  }
  const expire = (days: number) => lifecycleRules(days, ARCHIVE_TIERS)[0] as unknown as Expire;

  it("leaves nothing after the most days, whatever their number", () => {
    for (let days = 2; days <= 3653; days += 1) {
      const { expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload } = expire(days);
      assert.equal(expiration.days + noncurrentVersionExpiration.noncurrentDays, days);
      assert.ok(expiration.days >= 1 && noncurrentVersionExpiration.noncurrentDays >= 1);
      assert.ok(abortIncompleteMultipartUpload.daysAfterInitiation <= days);
    }
  });

  const cases: readonly (readonly [number, string])[] = [
    [2, ""],
    [60, ""],
    [61, "STANDARD_IA"],
    [180, "STANDARD_IA"],
    [181, "STANDARD_IA GLACIER"],
    [545, "STANDARD_IA GLACIER"],
    [546, "STANDARD_IA GLACIER DEEP_ARCHIVE"],
  ];
  for (const [days, classes] of cases) {
    it(`passes within ${days} days through ${classes || "no other class"}: a later one would be billed beyond the end`, () => {
      const { transitions = [] } = expire(days);
      assert.equal(transitions.map(({ storageClass }) => storageClass).join(" "), classes);
    });
  }
});
