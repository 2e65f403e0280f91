import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { State } from "../../bootstrap/state";
import { stateNames } from "../../bootstrap/state/names";
import { Names } from "../../config";
import { made, record, type Registration } from "./mocks";
import { ofType, only, statementsOf } from "./registrations";

const ACCOUNT = "444455556666";
const NAME = `streamflix-state-prod-${ACCOUNT}-eu-central-1`;
const COPY = `streamflix-state-copy-prod-${ACCOUNT}-eu-west-1`;
const place = (region: string) => ({
  names: new Names({ environment: { suffix: "prod" }, aws: { accountId: ACCOUNT, region } }),
  accountId: ACCOUNT,
  region,
  state: { earlierStatesDays: 365, accessLogDays: 90 },
  protect: true,
});

describe("the stacks' state", () => {
  let all: readonly Registration[];
  before(async () => {
    ({ registrations: all } = await record(() => {
      const home = new State("state-home", place("eu-central-1"));
      new State("state-standby", place("eu-west-1")).copyFrom(home, "boundary");
    }));
  });

  it("is in a bucket that can't be deleted, emptied or replaced", () => {
    const { inputs, protect } = only(all, "aws:s3/bucket:Bucket", "state-home");
    assert.deepEqual(inputs, {
      bucket: NAME,
      forceDestroy: false,
      tags: { "data-classification": "confidential", "retention-class": "operational" },
    });
    assert.equal(protect, true);
  });

  it("is not emptied without protection either", async () => {
    const { registrations } = await record(() => {
      new State("state", { ...place("eu-central-1"), protect: false });
    });
    const forced = ofType(registrations, "aws:s3/bucket:Bucket").map(({ name, inputs }) => [
      name,
      inputs["forceDestroy"],
    ]);
    assert.deepEqual(forced, [
      ["state", false],
      ["state-logs", true],
    ]);
  });

  it("stays for ever, and what was before for as long as it is said", () => {
    const status = "Enabled";
    assert.deepEqual(only(all, "BucketLifecycleConfiguration", "state-home").inputs["rules"], [
      {
        id: "earlier-states",
        status,
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 365 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
      { id: "history", status, filter: { prefix: ".pulumi/history/" }, expiration: { days: 365 } },
      { id: "backups", status, filter: { prefix: ".pulumi/backups/" }, expiration: { days: 365 } },
      { id: "delete-markers", status, filter: {}, expiration: { expiredObjectDeleteMarker: true } },
    ]);
  });

  it("is encrypted under the region's own key, reached over TLS only, with its requests logged", () => {
    assert.deepEqual(only(all, "BucketServerSideEncryptionConfiguration", "state-home").inputs["rules"], [
      {
        applyServerSideEncryptionByDefault: {
          sseAlgorithm: "aws:kms",
          kmsMasterKeyId: made("Key", "state-home-key", "arn"),
        },
        blockedEncryptionTypes: ["SSE-C"],
        bucketKeyEnabled: true,
      },
    ]);
    assert.deepEqual(
      statementsOf(only(all, "BucketPolicy", "state-home").inputs["policy"]).map(({ Sid }) => Sid),
      ["TlsOnly", "RightEncryptionOnly", "RightKeyOnly"],
    );
    const logging = only(all, "BucketLogging", "state-home").inputs;
    assert.equal(logging["targetBucket"], `streamflix-state-logs-prod-${ACCOUNT}-eu-central-1`);
    const logs = only(all, "BucketLifecycleConfiguration", "state-home-logs").inputs["rules"];
    assert.deepEqual((logs as { expiration: object }[])[0]?.expiration, { days: 81 });
  });

  it("has secrets that only the pipeline's roles and people who sign in open", () => {
    const { inputs, protect } = only(all, "aws:kms/key:Key", "state-home-key");
    assert.equal(protect, true);
    const direct = statementsOf(inputs["policy"]).find(({ Sid }) => Sid === "SecretsProvider");
    assert.deepEqual(direct, {
      Sid: "SecretsProvider",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
      Resource: "*",
      Condition: {
        ArnLike: {
          "aws:PrincipalArn": [
            `arn:aws:iam::${ACCOUNT}:role/streamflix-account/*`,
            `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*`,
          ],
        },
      },
    });
    assert.equal(
      only(all, "aws:kms/alias:Alias", "state-home-key").inputs["name"],
      "alias/streamflix-state-prod",
    );
  });

  it("is copied to the standby region, without locks, into a bucket of its own", () => {
    const { inputs, dependsOn } = only(all, "BucketReplicationConfig");
    const rule = (id: string, priority: number) => ({
      id,
      priority,
      status: "Enabled",
      filter: { prefix: id },
      deleteMarkerReplication: { status: "Disabled" },
      sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
      destination: {
        bucket: made("Bucket", "state-copy", "arn"),
        encryptionConfiguration: { replicaKmsKeyId: made("Key", "state-standby-key", "arn") },
      },
    });
    assert.deepEqual(inputs, {
      bucket: NAME,
      role: made("Role", "state-copy", "arn"),
      rules: [
        rule(".pulumi/meta.yaml", 1),
        rule(".pulumi/stacks/", 2),
        rule(".pulumi/history/", 3),
        rule(".pulumi/backups/", 4),
      ],
    });
    assert.deepEqual(dependsOn, ["RolePolicy state-copy"]);
    assert.equal(only(all, "aws:s3/bucket:Bucket", "state-copy").inputs["bucket"], COPY);
    assert.equal(only(all, "BucketVersioning", "state-copy").inputs["bucket"], COPY);
  });

  it("has the names that docs/state.md tells people to type", () => {
    const text = readFileSync(path.join(__dirname, "../../docs/state.md"), "utf8");
    const { bucketName, keyAlias } = stateNames(place("eu-central-1").names);
    assert.ok(
      text.includes(`BACKEND='s3://${bucketName}?`) && text.includes(`SECRETS="awskms://${keyAlias}?`),
    );
  });

  it("is copied by a role that S3 takes for this bucket, and that reads and writes nothing else", () => {
    const role = only(all, "aws:iam/role:Role", "state-copy").inputs;
    assert.equal(role["permissionsBoundary"], "boundary");
    assert.deepEqual(statementsOf(role["assumeRolePolicy"])[0]?.Condition, {
      StringEquals: { "aws:SourceAccount": ACCOUNT },
      ArnLike: { "aws:SourceArn": `arn:aws:s3:::${NAME}` },
    });
    const rights = statementsOf(only(all, "aws:iam/rolePolicy:RolePolicy", "state-copy").inputs["policy"]);
    assert.deepEqual(
      rights.map(({ Sid, Action, Resource }) => [Sid, Action, Resource]),
      [
        ["ReadSource", ["s3:GetReplicationConfiguration", "s3:ListBucket"], `arn:aws:s3:::${NAME}`],
        [
          "ReadVersions",
          ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
          `arn:aws:s3:::${NAME}/*`,
        ],
        ["WriteCopies", ["s3:ReplicateObject", "s3:ReplicateTags"], `arn:aws:s3:::${COPY}/*`],
        ["DecryptSource", "kms:Decrypt", `arn:aws:kms:eu-central-1:${ACCOUNT}:key/*`],
        ["EncryptCopies", ["kms:Encrypt", "kms:GenerateDataKey"], `arn:aws:kms:eu-west-1:${ACCOUNT}:key/*`],
      ],
    );
  });
});
