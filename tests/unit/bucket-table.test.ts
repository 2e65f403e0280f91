import assert from "node:assert/strict";

import { committedPlan } from "../../tools/plan/main";

interface Part {
  readonly bucket?: string;
  readonly policy?: { readonly Statement: readonly { readonly Sid: string }[] };
  readonly rules?: readonly Rule[];
  readonly targetBucket?: string;
  readonly versioningConfiguration?: { readonly status: string };
  readonly [flag: string]: unknown;
}

interface Rule {
  readonly id?: string;
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm: string };
  readonly bucketKeyEnabled?: boolean;
  readonly transitions?: readonly { readonly storageClass: string; readonly days: number }[];
  readonly expiration?: { readonly days?: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number };
}

/** What a reviewer asks of a bucket, as the stack's committed plan has it. */
function row(parts: Readonly<Record<string, Part>>) {
  const access = parts["BucketPublicAccessBlock"] ?? {};
  const [encryption] = parts["BucketServerSideEncryptionConfiguration"]?.rules ?? [];
  const [expire] = parts["BucketLifecycleConfiguration"]?.rules ?? [];
  return {
    policy: parts["BucketPolicy"]?.policy?.Statement.map(({ Sid }) => Sid).join(", "),
    openings: ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].filter(
      (flag) => access[flag] !== true,
    ),
    encryption: [
      encryption?.applyServerSideEncryptionByDefault?.sseAlgorithm,
      ...(encryption?.bucketKeyEnabled === true ? ["bucket key"] : []),
    ].join(" with "),
    versions: parts["BucketVersioning"]?.versioningConfiguration?.status,
    logsTo: parts["BucketLogging"]?.targetBucket ?? "nowhere",
    path: expire?.transitions?.map(({ storageClass, days }) => `${storageClass} ${days}`).join(", ") ?? "",
    gone: `${expire?.expiration?.days ?? "never"} + ${expire?.noncurrentVersionExpiration?.noncurrentDays ?? "never"}`,
  };
}

/** Rows by bucket, in the order of their names. */
function table(stack: "dev" | "prod") {
  const parts: Record<string, Record<string, Part>> = {};
  for (const [urn, { inputs }] of Object.entries(committedPlan(stack))) {
    const type = /aws:s3\/bucket\w*:(\w+)::/.exec(urn)?.[1];
    const part = inputs as Part;
    if (type !== undefined) parts[part.bucket ?? urn] = { ...parts[part.bucket ?? urn], [type]: part };
  }
  return Object.fromEntries(
    Object.entries(parts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([bucket, of]) => [bucket, row(of)]),
  );
}

const LOG_POLICY = "TlsOnly, RightEncryptionOnly, DeliverBucketLogs, DeliverLoadBalancerLogs";
const DATA_POLICY = "TlsOnly, RightEncryptionOnly, RightKeyOnly";
/** Services that bring evidence choose between the stack's key and S3's own. */
const EVIDENCE_POLICY = "TlsOnly, RightKeyOnly";
const CLOSED = { openings: [], versions: "Enabled" };

describe("every bucket of a stack has policy, public access block, encryption, logging and lifecycle", () => {
  it("dev", () => {
    assert.deepEqual(table("dev"), {
      // The target of all access logs can't log to itself.
      "streamflix-access-logs-dev-111122223333-eu-central-1": {
        ...CLOSED,
        policy: LOG_POLICY,
        encryption: "AES256",
        logsTo: "nowhere",
        path: "",
        gone: "6 + 1",
      },
      "streamflix-canary-dev-111122223333-eu-central-1": {
        ...CLOSED,
        policy: DATA_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-dev-111122223333-eu-central-1",
        path: "",
        gone: "6 + 1",
      },
      "streamflix-erasures-dev-111122223333-eu-central-1": {
        ...CLOSED,
        policy: EVIDENCE_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-dev-111122223333-eu-central-1",
        path: "",
        gone: "81 + 9",
      },
      "streamflix-events-dev-111122223333-eu-central-1": {
        ...CLOSED,
        policy: DATA_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-dev-111122223333-eu-central-1",
        path: "STANDARD_IA 30",
        gone: "81 + 9",
      },
      "streamflix-trail-dev-111122223333-eu-central-1": {
        ...CLOSED,
        policy: `${EVIDENCE_POLICY}, TrailChecksBucket, TrailDelivers`,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-dev-111122223333-eu-central-1",
        path: "",
        gone: "81 + 9",
      },
    });
  });

  it("prod", () => {
    assert.deepEqual(table("prod"), {
      "streamflix-access-logs-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: LOG_POLICY,
        encryption: "AES256",
        logsTo: "nowhere",
        path: "",
        gone: "81 + 9",
      },
      "streamflix-canary-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: DATA_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-prod-444455556666-eu-central-1",
        path: "",
        gone: "27 + 3",
      },
      "streamflix-erasures-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: EVIDENCE_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-prod-444455556666-eu-central-1",
        path: "",
        gone: "1066 + 30",
      },
      "streamflix-events-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: DATA_POLICY,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-prod-444455556666-eu-central-1",
        path: "STANDARD_IA 30, GLACIER 90, DEEP_ARCHIVE 365",
        gone: "700 + 30",
      },
      "streamflix-configuration-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: `${EVIDENCE_POLICY}, ConfigChecksBucket, ConfigDelivers`,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-prod-444455556666-eu-central-1",
        path: "",
        gone: "1066 + 30",
      },
      "streamflix-trail-prod-444455556666-eu-central-1": {
        ...CLOSED,
        policy: `${EVIDENCE_POLICY}, TrailChecksBucket, TrailDelivers`,
        encryption: "aws:kms with bucket key",
        logsTo: "streamflix-access-logs-prod-444455556666-eu-central-1",
        path: "",
        gone: "1066 + 30",
      },
    });
  });
});
