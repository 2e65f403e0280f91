import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { ACCOUNT, DataAccount, NOTHING, refusal, T } from "./data-models-account";
import { S3 } from "./streaming-models-account";

const KEY_USE = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "kms:*", Resource: "*" };

interface World {
  readonly account: DataAccount;
  readonly role: string;
  readonly key: string;
}

/** Two buckets, a role and a key; then replication from one bucket to the other, with one rule changed. */
async function replicate(
  changes: (world: World) => Promise<Props | Props[]> | Props | Props[] = () => ({}),
  { versioned = ["data", "copy"], service = "s3.amazonaws.com" } = {},
): Promise<unknown> {
  const account = new DataAccount();
  for (const bucket of ["data", "copy"]) {
    await account.make(S3.Bucket, { bucket }, bucket);
    const status = versioned.includes(bucket) ? "Enabled" : "Suspended";
    await account.make(S3.Versioning, { bucket, versioningConfiguration: { status } }, bucket);
  }
  const world = { account, role: await account.role(service), key: await account.key([KEY_USE]) };
  const rules = [await changes(world)].flat().map((change, index) => ({
    id: `rule-${index}`,
    priority: index + 1,
    status: "Enabled",
    destination: { bucket: "arn:aws:s3:::copy" },
    ...change,
  }));
  return account.make(S3.Replication, { bucket: "data", role: world.role, rules });
}

const under = (replicaKmsKeyId: string) => ({
  destination: { bucket: "arn:aws:s3:::copy", encryptionConfiguration: { replicaKmsKeyId } },
});
const SELECTS_KMS = { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } };
const elsewhere = {
  destination: {
    bucket: "arn:aws:s3:::none",
    encryptionConfiguration: { replicaKmsKeyId: `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/data` },
  },
};
const time = (minutes: number) => ({ status: "Enabled", time: { minutes } });
const threshold = (minutes: number) => ({ status: "Enabled", eventThreshold: { minutes } });
const timed = (settings: Props) => ({ destination: { bucket: "arn:aws:s3:::copy", ...settings } });
const FILTERED = { filter: { prefix: "a/" }, deleteMarkerReplication: { status: "Disabled" } };
const versions = (end: string) =>
  `InvalidRequest: Versioning must be 'Enabled' on the ${end} bucket to apply a replication configuration`;

const CASES: readonly (readonly [title: string, answer: string, attempt: () => Promise<unknown>])[] = [
  ["everything", NOTHING, () => replicate()],
  ["two prefixes", NOTHING, () => replicate(() => [FILTERED, { ...FILTERED, filter: { prefix: "b/" } }])],
  ["objects under a key", NOTHING, () => replicate(({ key }) => ({ ...under(key), ...SELECTS_KMS }))],
  ["a source without versions", versions("source"), () => replicate(undefined, { versioned: ["copy"] })],
  ["a target without versions", versions("destination"), () => replicate(undefined, { versioned: ["data"] })],
  [
    "a target that is not there",
    "InvalidRequest: Destination bucket must exist.",
    () => replicate(() => ({ destination: { bucket: "arn:aws:s3:::none" } })),
  ],
  [
    "a role that S3 may not assume",
    `AccessDenied: s3.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/lambda: its trust policy does not name it`,
    () => replicate(undefined, { service: "lambda.amazonaws.com" }),
  ],
  [
    "two rules of one rank",
    "InvalidRequest: Found duplicate rule priorities in the replication configuration",
    () => replicate(() => [FILTERED, { ...FILTERED, priority: 1 }]),
  ],
  [
    "a key without the objects that need it",
    "InvalidRequest: SseKmsEncryptedObjects and ReplicaKmsKeyID have to be given together",
    () => replicate(({ key }) => under(key)),
  ],
  [
    "encrypted objects without a key",
    "InvalidRequest: SseKmsEncryptedObjects and ReplicaKmsKeyID have to be given together",
    () => replicate(() => SELECTS_KMS),
  ],
  [
    "a key that S3 may not use",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:eu-central-1:${ACCOUNT}:key/# does not allow kms:Decrypt, kms:GenerateDataKey to account ${ACCOUNT} through s3`,
    () =>
      replicate(async ({ account }) => ({
        ...under(await account.key([{ ...KEY_USE, Action: "kms:Describe*" }])),
        ...SELECTS_KMS,
      })),
  ],
  [
    "a filter that says nothing about delete markers",
    "InvalidRequest: DeleteMarkerReplication must be specified with a Filter",
    () => replicate(() => ({ filter: { prefix: "a/" } })),
  ],
  [
    "a locked source without a lock on its target",
    "InvalidRequest: Destination bucket must have Object Lock enabled, as the source has",
    () =>
      replicate(async ({ account }) => {
        const rule = { defaultRetention: { mode: "GOVERNANCE", days: 1 } };
        await account.make(S3.Lock, { bucket: "data", rule });
        return {};
      }),
  ],
  [
    "a target in a standby region that has no stack yet",
    NOTHING,
    () => replicate(() => ({ ...elsewhere, ...SELECTS_KMS })),
  ],
  [
    "a target that the stack in the standby region does not have",
    "InvalidRequest: Destination bucket must exist.",
    () =>
      replicate(async ({ account }) => {
        await account.make(T.Vpc, { region: "eu-west-1", cidrBlock: "10.1.0.0/16" });
        return { ...elsewhere, ...SELECTS_KMS };
      }),
  ],
  [
    "a time without figures",
    "InvalidRequest: Replication Metrics must be Enabled when Replication Time is Enabled",
    () => replicate(() => timed({ replicationTime: time(15) })),
  ],
  [
    "figures of a time that is not set",
    "InvalidArgument: Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled",
    () => replicate(() => timed({ metrics: threshold(15) })),
  ],
  [
    "a time that S3 doesn't promise",
    "InvalidArgument: Replication time must be 15 minutes",
    () => replicate(() => timed({ replicationTime: time(10), metrics: threshold(15) })),
  ],
  [
    "a quarter of an hour",
    NOTHING,
    () => replicate(() => timed({ replicationTime: time(15), metrics: threshold(15) })),
  ],
  [
    "a rule that is neither on nor off",
    "rules.status: expected one of Enabled, Disabled, got On",
    () => replicate(() => ({ status: "On" })),
  ],
];

describe("replication of buckets", () => {
  for (const [title, answer, attempt] of CASES) {
    it(`${answer === NOTHING ? "takes" : "refuses"} ${title}`, async () => {
      assert.equal(await refusal(attempt), answer);
    });
  }
});
